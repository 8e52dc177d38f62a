package protocol

// TimeoutSeconds is how long Meta's servers wait for an answer (Meta, "Flows error
// codes", July 2026).
const TimeoutSeconds = 10

// MaxAnswerBytes is the largest size of an answer in plaintext (Meta,
// "Components", April 14, 2026: 1 MB in total).
const MaxAnswerBytes = 1_000_000
