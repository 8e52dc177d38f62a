package client

import "time"

// Attempt is one request and its answer, for [Config.Trace]. It has no key, only the
// fingerprint of the public one. Received and Sent are sealed as they were on the wire;
// do not change them.
type Attempt struct {
	Number         int    // 1, or 2 for the retry after a 421
	KeyFingerprint string // of the public key that sealed the request, see [keystore.Fingerprint]
	Sent           []byte // the body of the request
	Status         int    // 0 if there is no answer
	Received       []byte // the body of the answer; its first 4 MiB if it is longer

	Start time.Time     // when the request was sent
	Seal  time.Duration // how long it took to seal and sign the request
	Wait  time.Duration // from sending to the last byte of the answer
	Open  time.Duration // how long it took to open and read the answer; 0 if it was not sealed

	Err error // what [Client.Do] returns for this attempt
}
