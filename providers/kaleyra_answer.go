package providers

import (
	"encoding/json"
	"strings"

	"github.com/flowserver/flowserver/registration"
)

// kaleyraAnswer is raw where answers differ: "data" is a list, an empty list or
// an empty object, "error" an object or a string.
type kaleyraAnswer struct {
	Code    json.RawMessage `json:"code"`
	Message json.RawMessage `json:"message"`
	Data    json.RawMessage `json:"data"`
	Error   json.RawMessage `json:"error"`
	retryHints
}

// kaleyraKinds are the codes of the get page and of the send-message page,
// without hyphens.
var kaleyraKinds = map[string]error{
	"RBC001": ErrUnauthorized,
	"WA401":  ErrForbidden, // the credentials are right, the product is not enabled
	"WA400":  ErrInvalidRequest,
	"WA500":  ErrUpstream,
}

const kaleyraOK = "WA200"

// kaleyraCode makes WA-200 (flows pages) and WA200 (send-message page) equal.
func kaleyraCode(code string) string {
	return strings.ToUpper(strings.ReplaceAll(code, "-", ""))
}

func decodeKaleyraKey(a *answer) (registration.RemoteKey, *APIError) {
	body, failure := parseKaleyra(a)
	if failure != nil {
		return registration.RemoteKey{}, failure
	}
	key, err := findKey(a.body)
	if err != nil {
		failure := body.failure(ErrUnexpectedResponse, err.Error())
		failure.remedy = unclearRemedy(err)
		return registration.RemoteKey{}, failure
	}
	return key, nil
}

// decodeKaleyraSet treats WA-200 as success: the answer to a set is not
// documented.
func decodeKaleyraSet(a *answer) *APIError {
	body, failure := parseKaleyra(a)
	if failure != nil {
		return failure
	}
	var data struct{ Success json.RawMessage }
	_ = json.Unmarshal(body.Data, &data) // if it is not an object, it does not deny success
	if string(data.Success) == "false" {
		return body.failure(ErrUnexpectedResponse, "JSON that denies success")
	}
	return nil
}

// parseKaleyra finds the error in an answer: by code, then by HTTP status.
func parseKaleyra(a *answer) (*kaleyraAnswer, *APIError) {
	var body kaleyraAnswer
	if err := json.Unmarshal(a.body, &body); err != nil {
		return nil, notJSON(a)
	}
	code := kaleyraCode(scalar(body.Code))
	switch kind := kaleyraKinds[code]; {
	case kind != nil:
		return nil, body.failure(kind, "")
	case !a.ok():
		return nil, body.failure(kindOfStatus(a.status), "")
	case code != kaleyraOK:
		return nil, body.failure(ErrUnexpectedResponse, "JSON without a code that is known")
	case !isEmpty(body.Error):
		return nil, body.failure(ErrUnexpectedResponse, "success with an error")
	}
	return &body, nil
}

func (b *kaleyraAnswer) failure(kind error, detail string) *APIError {
	return &APIError{
		Kind: kind, Code: scalar(b.Code), Message: b.message(), RetryAfter: b.wait(), detail: detail,
	}
}

// message adds what "error" says, a string or an object of one string, if that
// is more.
func (b *kaleyraAnswer) message() string {
	detail := anyText(b.Error)
	var object map[string]json.RawMessage
	if json.Unmarshal(b.Error, &object) == nil && len(object) == 1 {
		for _, value := range object {
			detail = anyText(value)
		}
	}
	return joinMessages(anyText(b.Message), detail)
}

var kaleyraRemedies = map[error]string{
	ErrUnauthorized: "check sid, api_key and pod (or base_url) in the console (Developers, API Keys): the key may be deactivated, " +
		"limited to other IP addresses, or revoked with the team member who created it",
	ErrForbidden: "the credentials are right, but the account may not use this API: " +
		"ask Kaleyra's support to enable WhatsApp API V2 for it",
	ErrNotFound:           "check phone_number, sid and pod (or base_url)",
	ErrInvalidRequest:     "check phone_number, that the number is on Kaleyra's WhatsApp API V2, and get_method",
	ErrRateLimited:        "nothing to repair: wait, then try again",
	ErrUpstream:           "nothing to repair here: try again later, and ask Kaleyra's support if it lasts",
	ErrUnexpectedResponse: "check that pod or base_url is the API Domain that the console shows (Developers, API Keys, Edit)",
	ErrUnreachable:        "check network, DNS, proxy, pod and base_url, then try again",
}
