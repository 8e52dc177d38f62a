package providers

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// graphError is Meta's GraphAPIError (OpenAPI of the Business Messaging API,
// v23.0, November 21, 2025). Codes are raw since some BSPs quote them.
type graphError struct {
	Message   json.RawMessage `json:"message"`
	UserMsg   json.RawMessage `json:"error_user_msg"`
	Code      json.RawMessage `json:"code"`
	Subcode   json.RawMessage `json:"error_subcode"`
	TraceID   json.RawMessage `json:"fbtrace_id"`
	Transient json.RawMessage `json:"is_transient"`
	Data      json.RawMessage `json:"error_data"`
	retryHints
}

// graphFailure reads the error out of an answer that has one. ChakraHQ says it
// in "_errors" or passes Meta's "error" on, also with a 2xx status, which then
// counts as 400, as in ChakraHQ's own SDK.
func graphFailure(a *answer, body graphAnswer) *APIError {
	var meta graphError
	_ = json.Unmarshal(body.Error, &meta) // "error" may be a string: then it is the message
	message := cmp.Or(firstMessage(body.Errors), joinMessages(joinMessages(anyText(meta.Message), anyText(meta.UserMsg)), meta.details()),
		anyText(body.Error), body.text())
	failure := &APIError{
		Code: codeText(meta), Message: message, TraceID: anyText(meta.TraceID),
		RetryAfter: cmp.Or(body.wait(), meta.wait(), waitInText(message), businessUsageWait(a)),
	}
	status := a.status
	if a.ok() {
		status = 400
	}
	failure.Kind = cmp.Or(kindOfGraphCode(meta), kindOfMessage(status, message), kindOfStatus(status))
	failure.remedy = graphRemedy(meta, message)
	return failure
}

// details is what the Cloud API says about the cause.
func (e graphError) details() string {
	var data struct{ Details json.RawMessage }
	_ = json.Unmarshal(e.Data, &data) // it may be a text
	return cmp.Or(anyText(data.Details), anyText(e.Data))
}

// kindOfGraphCode is nil if the code does not tell. Graph answers HTTP 400 to
// very different errors, so the code goes before the status.
func kindOfGraphCode(e graphError) error {
	code, known := integer(e.Code)
	subcode, _ := integer(e.Subcode)
	switch {
	case !known:
	case slices.Contains([]int{4, 17, 32, 613, 80007, 130429}, code): // 17, 32, 613: limits of other Graph products
		return ErrRateLimited
	case slices.Contains([]int{0, 102, 190}, code):
		return ErrUnauthorized
	case slices.Contains([]int{3, 10, 368, 131005, 131031, 139000}, code), code >= 200 && code <= 299:
		return ErrForbidden
	case code == 33, code == 803, code == 100 && subcode == 33:
		return ErrNotFound
	case slices.Contains([]int{1, 2, 131000, 131016, 131057, 133004}, code):
		return ErrUpstream
	}
	if string(e.Transient) == "true" {
		return ErrUpstream
	}
	if known && code == 100 {
		return ErrInvalidRequest
	}
	return nil
}

// kindOfMessage is for "_errors", which have no codes: the text decides where
// the status is no help.
func kindOfMessage(status int, message string) error {
	if status != 400 {
		return nil
	}
	message = strings.ToLower(message)
	for _, m := range []struct {
		kind  error
		parts []string
	}{
		{ErrUnauthorized, []string{"unauthorized", "unauthorised", "unauthenticated", "access token", "invalid token"}},
		{ErrForbidden, []string{"forbidden", "permission", "access denied"}},
		{ErrRateLimited, []string{"rate limit", "too many requests"}},
		{ErrNotFound, []string{"not found"}},
	} {
		if slices.ContainsFunc(m.parts, func(part string) bool { return strings.Contains(message, part) }) {
			return m.kind
		}
	}
	return nil
}

// firstMessage reads "_errors": strings in ChakraHQ's SDK; objects with a
// message, or with a title and details, are taken too.
func firstMessage(raw json.RawMessage) string {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return anyText(raw)
	}
	if len(list) == 0 {
		return ""
	}
	var object struct{ Message, Title, Details, Detail json.RawMessage }
	_ = json.Unmarshal(list[0], &object) // if it is not an object, it is a string
	return cmp.Or(anyText(list[0]), joinMessages(cmp.Or(anyText(object.Message), anyText(object.Title)), cmp.Or(anyText(object.Details), anyText(object.Detail))))
}

// joinMessages adds the text that Meta means for people, if it says more.
func joinMessages(message, userMessage string) string {
	if message == "" || userMessage == "" || message == userMessage {
		return cmp.Or(message, userMessage)
	}
	return message + ": " + userMessage
}

// codeText is "code" or "code/subcode".
func codeText(e graphError) string {
	code, subcode := scalar(e.Code), scalar(e.Subcode)
	if code == "" || subcode == "" {
		return code
	}
	return code + "/" + subcode
}

// scalar reads a number or a string as text.
func scalar(raw json.RawMessage) string {
	if number := json.Number(raw); number != "" {
		if _, err := number.Float64(); err == nil {
			return number.String()
		}
	}
	return anyText(raw)
}

func integer(raw json.RawMessage) (value int, ok bool) {
	value, err := strconv.Atoi(scalar(raw))
	return value, err == nil
}

// retryHints are the JSON fields in which ChakraHQ was seen to say how long to
// wait, beside the Retry-After header.
type retryHints struct {
	Millis      json.RawMessage `json:"retry_after_ms"`
	MillisCamel json.RawMessage `json:"retryAfterMs"`
	Seconds     json.RawMessage `json:"retry_after"`
	SecsCamel   json.RawMessage `json:"retryAfter"`
}

func (h retryHints) wait() time.Duration {
	return cmp.Or(
		number(h.Millis, time.Millisecond), number(h.MillisCamel, time.Millisecond),
		number(h.Seconds, time.Second), number(h.SecsCamel, time.Second))
}

func number(raw json.RawMessage, unit time.Duration) time.Duration {
	amount, err := strconv.ParseFloat(scalar(raw), 64)
	if err != nil {
		return 0
	}
	return retryAfter(amount, unit)
}

var waitPhrase = regexp.MustCompile(`(?i)\bretry after ([0-9]{1,9}) ?ms\b`)

// waitInText finds "retry after N ms" in a message.
func waitInText(message string) time.Duration {
	match := waitPhrase.FindStringSubmatch(message)
	if match == nil {
		return 0
	}
	return number(json.RawMessage(match[1]), time.Millisecond)
}

// businessUsageWait reads the minutes in Meta's X-Business-Use-Case-Usage,
// which it sends in place of Retry-After.
func businessUsageWait(a *answer) time.Duration {
	var usage map[string][]struct {
		Minutes float64 `json:"estimated_time_to_regain_access"`
	}
	_ = json.Unmarshal([]byte(a.header.Get("X-Business-Use-Case-Usage")), &usage) // a hint: unreadable is none
	var wait time.Duration
	for _, business := range usage {
		for _, limit := range business {
			wait = max(wait, retryAfter(limit.Minutes, time.Minute))
		}
	}
	return wait
}
