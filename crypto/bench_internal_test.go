package crypto

import "testing"

func BenchmarkSeal(b *testing.B) {
	gcm, err := newGCM(make([]byte, aesKeySize))
	if err != nil {
		b.Fatal(err)
	}
	answer := make([]byte, 1024)
	b.ReportAllocs()
	for b.Loop() {
		reply := Sealer{gcm: gcm} // one each: a Sealer works once
		if _, err := reply.Seal(answer); err != nil {
			b.Fatal(err)
		}
	}
}
