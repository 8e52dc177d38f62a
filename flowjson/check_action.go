package flowjson

func checkActions(*Flow, *report) {}
