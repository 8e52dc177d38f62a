//go:build !race

package multirsa

const raceDetector = false
