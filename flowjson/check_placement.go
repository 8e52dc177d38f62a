package flowjson

func checkPlacement(*Flow, *report) {}
