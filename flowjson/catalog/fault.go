package catalog

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/flowserver/flowserver/flowjson/expr"
)

// Fault is what is wrong with a value, in the file or in the answer of an endpoint. It
// contains nothing of the value.
type Fault struct {
	// Code is Meta's error code or, where Meta has none, one of package lint.
	Code string
	// Published means that Meta publishes a Flow with such a value anyway.
	Published bool
	// Refused means that WhatsApp shows an error instead of the screen, in a published
	// Flow too (web client, 2026). Of other faults it shows the value in part or not at
	// all.
	Refused bool
	// Problem describes what is wrong. For a single value it follows a name of the value,
	// for example "must be true or false"; for several values it is a sentence.
	Problem string
	// Remedy describes what to do; empty if the problem does.
	Remedy string
	// OnKey means that the key is wrong, not its value.
	OnKey bool
}

// Unknown is the value of a property that is not known, such as that of a reference.
type Unknown struct{}

// blankSince is the first version that refuses a blank text, unless a row says another.
var blankSince = Version{6, 0}

// Check returns what is wrong with a value by the rules of a version; nil if nothing is.
// The value must be of the right type, and as encoding/json decodes it. Values that
// consist of others are not looked into: see [List.CheckCount] for the number of items.
func Check(v Value, value any, version Version) *Fault {
	text, isText := value.(string)
	number, isNumber := value.(float64)
	switch v := v.(type) {
	case Text:
		if isText {
			return v.check(text, version)
		}
	case Lines:
		return v.check(value, version)
	case Name:
		if isText {
			return blank(text, version, blankSince)
		}
	case Word:
		if isText {
			return v.check(text, version)
		}
	case Enum:
		if isText && !slices.Contains(v.Words, text) {
			return &Fault{Code: "INVALID_ENUM_VALUE", Refused: true, Problem: "must be " + OneOf(v.Words)}
		}
	case Number:
		if isText { // a count of characters can be written as a string
			parsed, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil {
				return &Fault{Code: "PATTERN_MISMATCH", Problem: "must be a number"}
			}
			number, isNumber = parsed, true
		}
		if isNumber {
			return v.check(number)
		}
	case Date:
		if isText {
			return v.check(text, version)
		}
	case Image:
		if isText {
			return v.check(text, version)
		}
	case URL:
		if isText {
			return v.check(text)
		}
	}
	return nil
}

func (t Text) check(text string, version Version) *Fault {
	from := t.BlankFrom
	if from == (Version{}) {
		from = blankSince
	}
	if strings.TrimSpace(text) == "" {
		if f := blank(text, version, from); f != nil {
			f.Refused = t.Needed
			return f
		}
		return nil
	}
	return tooLong(utf8.RuneCountInString(text), t.Limit)
}

// blank is the fault of a text with nothing in it.
func blank(text string, version, from Version) *Fault {
	const remedy = "write a text, or leave the key out if it is optional"
	switch {
	case strings.TrimSpace(text) != "" || !version.AtLeast(from):
		return nil
	case text == "":
		return &Fault{Code: "MIN_CHARS_REQUIRED", Problem: "must not be empty", Remedy: remedy}
	}
	return &Fault{Code: "PATTERN_MISMATCH", Problem: "must not be blank", Remedy: remedy}
}

// tooLong is the fault of a text that clients cut off.
func tooLong(count, limit int) *Fault {
	if limit == 0 || count <= limit {
		return nil
	}
	return &Fault{
		Code: "TEXT_TOO_LONG", Published: true, Problem: fmt.Sprintf("has %d characters, but clients show only %d", count, limit), Remedy: "shorten it",
	}
}

func (l Lines) check(value any, version Version) *Fault {
	lines, several := value.([]any)
	if !several {
		text, isText := value.(string)
		if !isText {
			return nil
		}
		return Text{Limit: l.Limit}.check(text, version)
	}
	count := 0
	for _, line := range lines {
		text, _ := line.(string)
		count += utf8.RuneCountInString(text)
	}
	return tooLong(count, l.Limit)
}

func (w Word) check(text string, version Version) *Fault {
	if w.Pattern == nil {
		f := blank(text, version, blankSince)
		if f != nil {
			f.Refused = true // an id
		}
		return f
	}
	if !w.Pattern.MatchString(text) {
		return &Fault{Code: "PATTERN_MISMATCH", Problem: "must be " + w.Want}
	}
	return nil
}

func (n Number) check(value float64) *Fault {
	switch {
	case n.Whole && value != float64(int64(value)):
		return &Fault{Code: "INVALID_PROPERTY_TYPE", Problem: "must be a whole number"}
	case n.Bounded && value < n.Min:
		return &Fault{Code: "MINIMUM_VALUE_REQUIRED", Problem: fmt.Sprintf("must be at least %v", n.Min)}
	case n.Bounded && value > n.Max:
		return &Fault{Code: "MAXIMUM_VALUE_REQUIRED", Problem: fmt.Sprintf("must be at most %v", n.Max)}
	case n.Positive && value < 1:
		return &Fault{Code: "MINIMUM_VALUE_REQUIRED", Published: true, Problem: "must be at least 1"}
	}
	return nil
}

func (d Date) check(text string, version Version) *Fault {
	if _, ok := instant(text, version); ok || d.Initial && text == "" {
		return nil
	}
	problem := "must be a day as YYYY-MM-DD"
	if !version.AtLeast(DaysSince) {
		problem = "must be a time in milliseconds since 1970, in quotes: days as YYYY-MM-DD need version 5.0"
	}
	return &Fault{Code: "INVALID_PROPERTY_VALUE_FORMAT", Published: d.Initial, Problem: problem}
}

// instant returns a date as a number that grows with time: from version 5.0 on, dates are
// written as days, before as milliseconds. ok reports whether it is a date.
func instant(text string, version Version) (at int64, ok bool) {
	if version.AtLeast(DaysSince) {
		day, err := time.Parse(time.DateOnly, text)
		return day.Unix(), err == nil
	}
	at, err := strconv.ParseInt(text, 10, 64)
	return at, err == nil && text[0] != '+'
}

func (i Image) check(text string, version Version) *Fault {
	limit := i.Most(version)
	size := len(text) / 4 * 3 / 1024
	switch {
	case strings.HasPrefix(text, "data:"):
		return notAnImage("must be only the base64 of an image", "remove everything up to and including the comma")
	case !isBase64(text):
		return notAnImage("is not the base64 of an image, so clients show none", "")
	case !isPicture(text):
		return notAnImage("is not the base64 of a JPEG, PNG or WebP file, so clients may show no image", "")
	case limit > 0 && len(text)/4*3 > limit*1024:
		return &Fault{
			Code: "IMAGE_TOO_LARGE", Published: true,
			Problem: fmt.Sprintf("has %d KB, but clients show images of at most %d KB", size, limit), Remedy: "make it smaller",
		}
	}
	return nil
}

func notAnImage(problem, remedy string) *Fault {
	return &Fault{Code: "IMAGE_NOT_BASE64", Published: true, Problem: problem, Remedy: remedy}
}

func isBase64(s string) bool {
	s = strings.TrimRight(s, "=")
	for i := range len(s) {
		switch b := s[i]; {
		case 'A' <= b && b <= 'Z', 'a' <= b && b <= 'z', '0' <= b && b <= '9', b == '+', b == '/', b == '\n', b == '\r':
		default:
			return false
		}
	}
	return s != ""
}

// isPicture reports whether base64 begins as a JPEG or a PNG does, the formats that Meta
// documents (page "Components", 2026-04-14), or as a WebP, of which it says that iOS shows
// none before 14.
func isPicture(text string) bool {
	const signature = 12 // bytes
	var start [base64Length]byte
	n := 0
	for i := 0; i < len(text) && n < len(start); i++ {
		if b := text[i]; b != '\n' && b != '\r' && b != '=' {
			start[n] = b
			n++
		}
	}
	var decoded [signature]byte
	size, _ := base64.RawStdEncoding.Decode(decoded[:], start[:n])
	head := string(decoded[:size])
	return strings.HasPrefix(head, "\xff\xd8\xff") || strings.HasPrefix(head, "\x89PNG\r\n\x1a\n") ||
		strings.HasPrefix(head, "RIFF") && strings.HasSuffix(head, "WEBP")
}

const base64Length = 16 // characters of the longest signature

func (u URL) check(text string) *Fault {
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Scheme == "" || strings.ContainsAny(text, " \t\n"):
		return &Fault{Code: "INVALID_PROPERTY_VALUE_FORMAT", Refused: true, Problem: "must be a URL such as https://example.com/"}
	case u.HTTPS && !strings.HasPrefix(text, "https://"): // clients refuse HTTPS:// too
		return &Fault{Code: "URL_NOT_HTTPS", Published: true, Refused: true, Problem: "must begin with https://, as WhatsApp opens no other URL"}
	}
	return nil
}

// CheckCount returns what is wrong with the number of items of a list; nil if nothing is.
// withImage says that one of them has an image.
func (l List) CheckCount(count int, withImage bool, version Version) *Fault {
	shown := l.MostShown(withImage)
	switch {
	case count < l.Min:
		return &Fault{
			Code: "MIN_ITEMS_REQUIRED", Refused: count < l.Needs(version),
			Problem: fmt.Sprintf("must have at least %s, got %d", Items(l.Min), count),
		}
	case l.Max > 0 && count > l.Max:
		return &Fault{Code: "MAX_ITEMS_REQUIRED", Problem: fmt.Sprintf("must have at most %s, got %d", Items(l.Max), count)}
	case shown > 0 && count > shown:
		return &Fault{
			Code: "TOO_MANY_OPTIONS", Published: true,
			Problem: fmt.Sprintf("has %d items, but clients show lists of at most %d", count, shown), Remedy: "offer fewer",
		}
	}
	return nil
}

// Items returns a number of items in words.
func Items(count int) string {
	if count == 1 {
		return "1 item"
	}
	return strconv.Itoa(count) + " items"
}

// OneOf writes words as in "a", "b" or "c".
func OneOf(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = strconv.Quote(word)
	}
	switch {
	case len(quoted) > 8:
		return strings.Join(quoted[:8], ", ") + " or another of the " + strconv.Itoa(len(quoted)) + " that Meta lists"
	case len(quoted) < 2:
		return strings.Join(quoted, "")
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}

// IsReplaced reports whether WhatsApp puts another value in the place of a string that
// arrives, by the rules of a version (web client, 2026).
func IsReplaced(text string, version Version) bool {
	if text == "" || text[0] != '$' && text[0] != '`' {
		return false
	}
	return expr.ReadAsReference(text) || text[0] == '`' && text[len(text)-1] == '`' && version.AtLeast(ExpressionsSince)
}
