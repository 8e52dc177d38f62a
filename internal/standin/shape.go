package standin

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"strings"
)

// entry has the two fields of Meta's Business Encryption API.
type entry struct {
	Key    string `json:"business_public_key"`
	Status string `json:"business_public_key_signature_status"`
}

// flat is an entry instead of "data", as in Meta's guide.
type flat struct{ entry }

func (s *Server) entry() entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return entry{Key: s.pem, Status: s.status}
}

// encode lays JSON out as the vendors' pages do.
func encode(v any) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		panic("standin: " + err.Error()) // strings, lists and maps always encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// acceptable is true of the one form of key that Meta documents: an RSA public
// key of 2048 bits, as PEM.
func acceptable(text string) bool {
	block, _ := pem.Decode([]byte(text))
	if block == nil || block.Type != "PUBLIC KEY" {
		return false
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return false
	}
	rsaKey, ok := key.(*rsa.PublicKey)
	return ok && rsaKey.N.BitLen() == 2048
}
