package token_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange/token"
)

// FuzzSigner_Verify checks that nothing verifies but what the secret signed, in
// the one spelling that signing gives it, and that forgeries have no claims.
func FuzzSigner_Verify(f *testing.F) {
	s := signerAt(f, issued, newSecret)
	f.Add(mint(f, s, token.Claims{Subject: "4711", Flow: "booking"}), "booking")
	f.Add(mint(f, s, token.Claims{Flow: "survey"}), "booking")
	f.Add(sign(newSecret, goodHeader, strings.Replace(goodPayload, "1799226000", "1e300", 1)), "booking")
	f.Add(sign(newSecret, goodHeader, strings.Replace(goodPayload, "1799226000", "-1e300", 1)), "booking")
	f.Add(sign(newSecret, goodHeader, goodPayload)+"\n", "booking")
	f.Add(sign(newSecret, `{"alg":"none"}`, goodPayload), "booking")
	f.Add("unused", "")
	for _, v := range signatureVectors(f) {
		f.Add(v.JWT, "booking")
	}
	f.Fuzz(func(t *testing.T, text, flow string) {
		claims, err := s.Verify(text, flow)
		if errors.Is(err, token.ErrForged) {
			if claims != (token.Claims{}) {
				t.Errorf("got claims %v of a forgery", claims)
			}
			return
		}
		header, payload, _ := strings.Cut(text[:strings.LastIndex(text, ".")], ".")
		if want := sign(newSecret, decode(t, header), decode(t, payload)); text != want {
			t.Errorf("%q verifies, want %q only", text, want)
		}
		if err == nil && claims.Flow != flow {
			t.Errorf("got flow %q, want %q", claims.Flow, flow)
		}
	})
}
