package flowjson

func checkComponents(*Flow, *report) {}
