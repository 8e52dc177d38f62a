package flowjson

func checkDocument(*Flow, *report) {}
