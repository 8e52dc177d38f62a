//go:build race

package flowjson_test

const raceDetector = true
