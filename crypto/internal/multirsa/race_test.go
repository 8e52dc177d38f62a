//go:build race

package multirsa

const raceDetector = true
