//go:build race

package exchange_test

func init() { raceDetector = true }
