package flowjson

func checkRouting(*Flow, *report) {}
