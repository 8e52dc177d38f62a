package upstream

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

var secretPrefix = []byte("whsec_")

// signer signs with a secret in one of its two forms; nil without a secret.
func signer(secret []byte) (*standardwebhooks.Webhook, error) {
	if len(secret) == 0 {
		return nil, nil
	}
	key := bytes.Clone(secret)
	if encoded, isEncoded := bytes.CutPrefix(secret, secretPrefix); isEncoded {
		var err error
		if key, err = base64.StdEncoding.DecodeString(string(encoded)); err != nil || len(key) == 0 {
			return nil, errors.New("upstream: the secret begins with whsec_, but what follows is not standard base64: " + whatIsMissing(encoded))
		}
	}
	return standardwebhooks.NewWebhookRaw(key)
}

// whatIsMissing says how to repair a secret that is not standard base64.
func whatIsMissing(encoded []byte) string {
	if _, err := base64.RawStdEncoding.DecodeString(string(encoded)); err == nil && len(encoded) > 0 {
		return "the = at its end are missing, which some platforms drop from variables: use a file"
	}
	return "copy it again, or make one (docs/gateway.md, Signatures)"
}

// sign sets the Standard Webhooks headers of one attempt. A message that is not
// signed has an id too.
func (u *Upstream) sign(header http.Header, id string, body []byte) error {
	now := time.Now()
	header.Set(standardwebhooks.HeaderWebhookID, id)
	header.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	if u.signer == nil {
		return nil
	}
	signature, err := u.signer.Sign(id, now, body)
	if err != nil {
		return err
	}
	header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	return nil
}
