package token_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/secret"
)

const (
	newSecret = "the-new-secret-of-the-sender-0123456789"
	oldSecret = "the-old-secret-of-the-sender-0123456789"
)

var (
	issued  = time.Date(2027, 1, 4, 9, 0, 0, 0, time.UTC)
	expires = issued.Add(48 * time.Hour)
)

func secrets(list ...string) secret.List {
	var s secret.List
	for _, secret := range list {
		s = append(s, []byte(secret))
	}
	return s
}

// signerAt makes a signer whose clock stands still.
func signerAt(tb testing.TB, now time.Time, list ...string) *token.Signer {
	tb.Helper()
	s, err := token.NewSigner(token.Config{Secrets: secrets(list...), Now: func() time.Time { return now }})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func mint(tb testing.TB, s *token.Signer, c token.Claims) string {
	tb.Helper()
	minted, err := s.Mint(c)
	if err != nil {
		tb.Fatal(err)
	}
	return minted
}

// sign makes a JWT of any header and payload, signed with HMAC-SHA256 whatever the
// header says.
func sign(secret, header, payload string) string {
	text := encode([]byte(header)) + "." + encode([]byte(payload))
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(text))
	return text + "." + encode(mac.Sum(nil))
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func TestSigner(t *testing.T) {
	t.Parallel()
	s := signerAt(t, issued.Add(700*time.Millisecond), newSecret)
	minted := mint(t, s, token.Claims{Subject: "customer/4711 ü", Flow: "booking", ExpiresAt: expires})
	if !regexp.MustCompile(`^[A-Za-z0-9._-]{100,300}$`).MatchString(minted) {
		t.Errorf("got a token of %d characters, want 100 to 300 that need no escapes", len(minted))
	}
	got, err := s.Verify(minted, "booking")
	if err != nil {
		t.Fatal(err)
	}
	if len(got.ID) < 22 {
		t.Errorf("got id %q, want one of 128 bits or more", got.ID)
	}
	want := token.Claims{Subject: "customer/4711 ü", Flow: "booking", IssuedAt: issued, ExpiresAt: expires, ID: got.ID}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestSigner_TokensDiffer(t *testing.T) {
	t.Parallel()
	s := signerAt(t, issued, newSecret)
	seen := map[string]bool{}
	for range 100 {
		minted := mint(t, s, token.Claims{Subject: "4711", Flow: "booking", ID: "chosen", IssuedAt: expires})
		claims, err := s.Verify(minted, "booking")
		if err != nil {
			t.Fatal(err)
		}
		if seen[claims.ID] || claims.ID == "chosen" || !claims.IssuedAt.Equal(issued) {
			t.Fatalf("got id %q, issued at %v; want a new id, issued at %v", claims.ID, claims.IssuedAt, issued)
		}
		seen[claims.ID] = true
	}
}

func TestNewSigner_Refuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		secrets secret.List
		want    string
	}{
		"no secrets": {nil, "token: Config.Secrets is empty: give a random secret of 32 bytes or more, for example from `openssl rand -hex 32`"},
		"an empty one": {
			secrets(newSecret, ""),
			"token: Config.Secrets[1] has 0 bytes, expected at least 32: generate another, for example with `openssl rand -hex 32`",
		},
		"one that is short": {secrets(newSecret[:31]), "token: Config.Secrets[0] has 31 bytes, expected at least 32: generate another, for example with " +
			"`openssl rand -hex 32`"},
		"a short previous one": {
			secrets(newSecret, oldSecret[:8]),
			"token: Config.Secrets[1] has 8 bytes, expected at least 32: generate another, for example with `openssl rand -hex 32`",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := token.NewSigner(token.Config{Secrets: test.secrets})
			if err == nil || err.Error() != test.want || s != nil {
				t.Errorf("got signer %v and error %v, want no signer and %q", s, err, test.want)
			}
		})
	}
	if _, err := token.NewSigner(token.Config{Secrets: secrets(newSecret[:token.MinSecret])}); err != nil {
		t.Errorf("a secret of the least length: %v", err)
	}
}

func TestNewSigner_CopiesSecrets(t *testing.T) {
	t.Parallel()
	list := secrets(newSecret)
	s, err := token.NewSigner(token.Config{Secrets: list})
	if err != nil {
		t.Fatal(err)
	}
	clear(list[0])
	minted := mint(t, s, token.Claims{Flow: "booking"})
	if _, err := signerAt(t, time.Now(), newSecret).Verify(minted, "booking"); err != nil {
		t.Errorf("the signer changed with its caller's slice: %v", err)
	}
}

func TestSigner_MintRefuses(t *testing.T) {
	t.Parallel()
	s := signerAt(t, issued, newSecret)
	for name, test := range map[string]struct {
		claims token.Claims
		want   string
	}{
		"no flow":           {token.Claims{Subject: "4711"}, "token: mint: Claims.Flow is empty: a token is for one Flow"},
		"expired":           {token.Claims{Flow: "booking", ExpiresAt: issued}, "token: mint: Claims.ExpiresAt has passed"},
		"subject not UTF-8": {token.Claims{Flow: "booking", Subject: "\xff"}, "token: mint: Claims.Flow or Claims.Subject is not UTF-8"},
		"flow not UTF-8":    {token.Claims{Flow: "\xff"}, "token: mint: Claims.Flow or Claims.Subject is not UTF-8"},
		"long subject": {
			token.Claims{Flow: "booking", Subject: strings.Repeat("x", 3000)},
			"token: mint: the token has 4211 characters, of at most 2048: choose a shorter Subject",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			minted, err := s.Mint(test.claims)
			if err == nil || err.Error() != test.want || minted != "" {
				t.Errorf("got token %q and error %v, want none and %q", minted, err, test.want)
			}
		})
	}
}

func TestSigner_Rotation(t *testing.T) {
	t.Parallel()
	before, during, after := signerAt(t, issued, oldSecret), signerAt(t, issued, newSecret, oldSecret), signerAt(t, issued, newSecret)
	c := token.Claims{Flow: "booking"}
	for name, test := range map[string]struct {
		minted string
		by     *token.Signer
		want   error
	}{
		"old token during":       {mint(t, before, c), during, nil},
		"old token after":        {mint(t, before, c), after, token.ErrForged},
		"token of during, after": {mint(t, during, c), after, nil},
		"new token, before":      {mint(t, after, c), before, token.ErrForged},
		"new token, during":      {mint(t, after, c), during, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := test.by.Verify(test.minted, "booking"); !errors.Is(err, test.want) {
				t.Errorf("got error %v, want %v", err, test.want)
			}
		})
	}
}

func TestSigner_VerifyTimes(t *testing.T) {
	t.Parallel()
	minted := mint(t, signerAt(t, issued, newSecret), token.Claims{Subject: "4711", Flow: "booking", ExpiresAt: expires})
	for name, test := range map[string]struct {
		now  time.Time
		want error
	}{
		"at once":                           {issued, nil},
		"a clock that is 10 s late":         {issued.Add(-10 * time.Second), nil},
		"a clock that is 11 s late":         {issued.Add(-11 * time.Second), token.ErrForged},
		"at the end":                        {expires, nil},
		"a clock that is almost 10 s early": {expires.Add(10*time.Second - 1), nil},
		"10 s after the end":                {expires.Add(10 * time.Second), token.ErrExpired},
		"years after":                       {expires.AddDate(9, 0, 0), token.ErrExpired},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			claims, err := signerAt(t, test.now, newSecret).Verify(minted, "booking")
			if !errors.Is(err, test.want) {
				t.Errorf("got error %v, want %v", err, test.want)
			}
			if known := claims.Subject == "4711" && claims.ExpiresAt.Equal(expires); known == errors.Is(err, token.ErrForged) {
				t.Errorf("got claims %v with error %v, want some unless the token is forged", claims, err)
			}
		})
	}
}

func TestSigner_DefaultClockAndLifetime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, err := token.NewSigner(token.Config{Secrets: secrets(newSecret)})
		if err != nil {
			t.Fatal(err)
		}
		minted := mint(t, s, token.Claims{Flow: "booking"})
		time.Sleep(token.DefaultLifetime)
		if _, err := s.Verify(minted, "booking"); err != nil {
			t.Errorf("after %v: %v", token.DefaultLifetime, err)
		}
		time.Sleep(11 * time.Second)
		if _, err := s.Verify(minted, "booking"); !errors.Is(err, token.ErrExpired) {
			t.Errorf("later: got error %v, want %v", err, token.ErrExpired)
		}
	})
}

func TestSigner_VerifyFlow(t *testing.T) {
	t.Parallel()
	s, later := signerAt(t, issued, newSecret), signerAt(t, expires.Add(time.Hour), newSecret)
	minted := mint(t, s, token.Claims{Flow: "booking", ExpiresAt: expires})
	for _, flow := range []string{"survey", "Booking", "booking ", ""} {
		claims, err := s.Verify(minted, flow)
		if !errors.Is(err, token.ErrFlow) || claims.Flow != "booking" {
			t.Errorf("for flow %q: got error %v and claims %v, want %v and those of the token", flow, err, claims, token.ErrFlow)
		}
	}
	if _, err := later.Verify(minted, "survey"); !errors.Is(err, token.ErrExpired) {
		t.Errorf("expired, and for another flow: got error %v, want %v", err, token.ErrExpired)
	}
}

// goodPayload is what Mint writes, so that each forgery differs in one thing.
const (
	goodHeader  = `{"alg":"HS256","typ":"JWT"}`
	goodPayload = `{"sub":"4711","aud":["booking"],"exp":1799226000,"iat":1799053200,"jti":"ABCDEFGHIJKLMNOPQRSTUVWXYZ"}`
)

func TestSigner_Forged(t *testing.T) {
	t.Parallel()
	s := signerAt(t, issued, newSecret)
	good := sign(newSecret, goodHeader, goodPayload)
	if _, err := s.Verify(good, "booking"); err != nil {
		t.Fatalf("the token that the cases are made of: %v", err)
	}
	parts := strings.Split(good, ".")
	without := func(part string) string { return strings.Replace(goodPayload, part, "", 1) }
	signWith := func(method jwt.SigningMethod, key any) string {
		text, err := jwt.NewWithClaims(method, jwt.RegisteredClaims{
			Audience: jwt.ClaimStrings{"booking"}, ID: "id", IssuedAt: jwt.NewNumericDate(issued), ExpiresAt: jwt.NewNumericDate(expires),
		}).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	for name, forged := range map[string]string{
		"empty":                   "",
		"unused":                  "unused",
		"dots":                    "..",
		"two parts":               parts[0] + "." + parts[1],
		"four parts":              good + "." + parts[2],
		"no signature":            parts[0] + "." + parts[1] + ".",
		"another secret":          sign(oldSecret, goodHeader, goodPayload),
		"empty secret":            sign("", goodHeader, goodPayload),
		"alg none, unsigned":      encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + ".",
		"alg None, unsigned":      encode([]byte(`{"alg":"None","typ":"JWT"}`)) + "." + parts[1] + ".",
		"alg none, signed":        sign(newSecret, `{"alg":"none","typ":"JWT"}`, goodPayload),
		"alg none, by the book":   signWith(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"alg HS384":               signWith(jwt.SigningMethodHS384, []byte(newSecret)),
		"alg HS512":               signWith(jwt.SigningMethodHS512, []byte(newSecret)),
		"alg HS384 by name":       sign(newSecret, `{"alg":"HS384","typ":"JWT"}`, goodPayload),
		"alg RS256":               sign(newSecret, `{"alg":"RS256","typ":"JWT"}`, goodPayload),
		"alg in lower case":       sign(newSecret, `{"alg":"hs256","typ":"JWT"}`, goodPayload),
		"alg unknown":             sign(newSecret, `{"alg":"MD5","typ":"JWT"}`, goodPayload),
		"alg missing":             sign(newSecret, `{"typ":"JWT"}`, goodPayload),
		"alg a list":              sign(newSecret, `{"alg":["HS256"]}`, goodPayload),
		"header null":             sign(newSecret, `null`, goodPayload),
		"header no JSON":          sign(newSecret, `{`, goodPayload),
		"payload null":            sign(newSecret, goodHeader, `null`),
		"payload a list":          sign(newSecret, goodHeader, `[]`),
		"payload no JSON":         sign(newSecret, goodHeader, `{`),
		"no expiry":               sign(newSecret, goodHeader, without(`"exp":1799226000,`)),
		"no time of issue":        sign(newSecret, goodHeader, without(`"iat":1799053200,`)),
		"no id":                   sign(newSecret, goodHeader, without(`,"jti":"ABCDEFGHIJKLMNOPQRSTUVWXYZ"`)),
		"no flow":                 sign(newSecret, goodHeader, without(`"aud":["booking"],`)),
		"two flows":               sign(newSecret, goodHeader, strings.Replace(goodPayload, `["booking"]`, `["booking","survey"]`, 1)),
		"expiry a word":           sign(newSecret, goodHeader, strings.Replace(goodPayload, `1799226000`, `"never"`, 1)),
		"not valid yet":           sign(newSecret, goodHeader, strings.Replace(goodPayload, `"sub"`, `"nbf":1799200000,"sub"`, 1)),
		"subject a number":        sign(newSecret, goodHeader, strings.Replace(goodPayload, `"4711"`, `4711`, 1)),
		"a signature of WhatsApp": sign(newSecret, goodHeader, `{"flow_token":"tok-1"}`),
		"expired, other secret":   sign(oldSecret, goodHeader, strings.Replace(goodPayload, `1799226000`, `1700000000`, 1)),
		"line break at the end":   good + "\n",
		"padding":                 good + "=",
		"space before":            " " + good,
		"Bearer":                  "Bearer " + good,
		"over the limit":          sign(newSecret, goodHeader, strings.Replace(goodPayload, "4711", strings.Repeat("4711", 500), 1)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			claims, err := s.Verify(forged, "booking")
			if !errors.Is(err, token.ErrForged) {
				t.Fatalf("got error %v, want %v", err, token.ErrForged)
			}
			if claims != (token.Claims{}) {
				t.Errorf("got claims %v, want none", claims)
			}
			if len(forged) > 20 && strings.Contains(err.Error(), forged[:20]) || strings.Contains(err.Error(), newSecret) {
				t.Errorf("the error %q quotes the token or the secret", err)
			}
		})
	}
}

// TestSigner_Tampering changes a good token at each of its bytes: to every other
// byte, by an insertion before it, and by taking it out.
func TestSigner_Tampering(t *testing.T) {
	t.Parallel()
	s := signerAt(t, issued, newSecret)
	good := []byte(mint(t, s, token.Claims{Subject: "4711", Flow: "booking", ExpiresAt: expires}))
	reject := func(tampered []byte, how string, i int, b byte) {
		if claims, err := s.Verify(string(tampered), "booking"); !errors.Is(err, token.ErrForged) {
			t.Fatalf("%s %q at byte %d: got claims %v and error %v, want %v", how, b, i, claims, err, token.ErrForged)
		}
	}
	for i, original := range good {
		for b := range 256 {
			if byte(b) == original {
				continue
			}
			tampered := bytes.Clone(good)
			tampered[i] = byte(b)
			reject(tampered, "set", i, byte(b))
		}
		for _, b := range []byte("A=.\r\n \x00") {
			reject(append(append(bytes.Clone(good[:i]), b), good[i:]...), "inserted", i, b)
		}
		reject(append(bytes.Clone(good[:i]), good[i+1:]...), "took out", i, original)
	}
}
