package flowjson

func checkReferences(*Flow, *report) {}
