package phoneui

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
)

// webhookTimeout is how long the page waits for the answer to a webhook.
const webhookTimeout = 10 * time.Second

// maxWebhookAnswer bounds what is read of it.
const maxWebhookAnswer = 64 << 10

// Posted is what became of a webhook.
type Posted struct {
	Status int   `json:"status,omitempty"` // 0 without an answer
	Micros int64 `json:"micros"`
	// Error says why there is no answer.
	Error string `json:"error,omitempty"`
}

// postWebhook posts the reply of the customer to the URL of the options, as Meta does. The
// page cannot choose another URL.
func (s *Server) postWebhook(w http.ResponseWriter, r *http.Request, of *session) {
	view := of.phone.View() // what arrives is not masked, as from a phone
	if view.Ended == nil || view.Ended.Webhook == nil {
		fail(w, http.StatusConflict, "the Flow has not ended with a reply")
		return
	}
	body, err := json.Marshal(webhookOf(view.Message.Token, view.Ended.Webhook, time.Now()))
	if err != nil {
		fail(w, http.StatusInternalServerError, "the webhook cannot be encoded")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), webhookTimeout)
	defer cancel()
	began := time.Now()
	posted := Posted{}
	if posted.Status, err = post(ctx, s.options.Webhook, body, of.flow.flow.Target.SignBody); err != nil {
		posted.Error = err.Error()
	}
	posted.Micros = time.Since(began).Microseconds()
	reply(w, posted)
}

// post sends a webhook and returns the status of the answer. Redirects are not followed, as
// Meta follows none.
func post(ctx context.Context, address string, body []byte, sign func([]byte) string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	if sign != nil {
		r.Header.Set(flowcrypto.SignatureHeader, sign(body))
	}
	sender := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := sender.Do(r)
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return 0, failed.Err // without the URL, which may have a secret in its query
	}
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	_, _ = io.CopyN(io.Discard, answer.Body, maxWebhookAnswer) // so that the connection can be used again
	return answer.StatusCode, nil
}

// The numbers in a webhook are made up.
const (
	webhookCustomer = "15550100002"
	webhookBusiness = "15550100001"
	webhookNumberID = "100000000000001"
	webhookAccount  = "100000000000002"
)

type object map[string]any

// webhookOf returns the webhook of a message that a customer sends. Posts of one reply have
// one id, as Meta's have when it repeats a webhook.
func webhookOf(flowToken string, message json.RawMessage, now time.Time) any {
	var sent object
	_ = json.Unmarshal(message, &sent) // it is an object
	id := "wamid." + base64.RawURLEncoding.EncodeToString([]byte(flowToken))
	sent["from"], sent["id"], sent["timestamp"] = webhookCustomer, id+"-reply", strconv.FormatInt(now.Unix(), 10)
	sent["context"] = object{"from": webhookBusiness, "id": id}
	return object{"object": "whatsapp_business_account", "entry": []object{{
		"id": webhookAccount, "changes": []object{{
			"field": "messages", "value": object{
				"messaging_product": "whatsapp",
				"metadata":          object{"display_phone_number": webhookBusiness, "phone_number_id": webhookNumberID},
				"contacts":          []object{{"profile": object{"name": "flowserver phone"}, "wa_id": webhookCustomer}},
				"messages":          []object{sent},
			},
		}},
	}}}
}
