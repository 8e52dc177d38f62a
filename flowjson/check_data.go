package flowjson

func checkData(*Flow, *report) {}
