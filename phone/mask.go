package phone

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/flowserver/flowserver/flowjson/expr"
)

// Mask returns JSON in which dots replace every text that a user entered in an input that
// is listed as sensitive, or in a password or passcode, and every text that contains such
// an entry. Values of up to three characters are replaced where they are a whole word.
// Keys, order and spacing are unchanged. Invalid JSON becomes null.
func (p *Phone) Mask(text json.RawMessage) json.RawMessage {
	if !json.Valid(text) {
		return json.RawMessage("null")
	}
	if entries := p.sensitive(); len(entries) > 0 {
		return maskJSON(text, entries)
	}
	return text
}

// MaskText is [Phone.Mask] for a text that is not JSON.
func (p *Phone) MaskText(text string) string { return maskText(text, p.sensitive()) }

// MaskExchange returns an exchange in which sensitive values are masked.
func (p *Phone) MaskExchange(e Exchange) Exchange {
	entries := p.sensitive()
	if len(entries) == 0 {
		return e
	}
	e.Request, e.Answer = maskJSON(e.Request, entries), maskJSON(e.Answer, entries)
	e.Error, e.Reason = maskText(e.Error, entries), maskText(e.Reason, entries)
	e.Verdict.Text = maskText(e.Verdict.Text, entries)
	e.Log = slices.Clone(e.Log)
	for i := range e.Log {
		e.Log[i] = maskText(e.Log[i], entries)
	}
	e.Findings = slices.Clone(e.Findings)
	for i := range e.Findings {
		e.Findings[i].Problem = maskText(e.Findings[i].Problem, entries)
	}
	return e
}

// maxEntered bounds the sensitive values that a phone remembers, so that they are masked in
// exchanges that it still keeps.
const maxEntered = 4 * maxExchanges

// entered are the sensitive values of the past, the oldest first.
type entered struct {
	known map[string]bool
	order []string
}

func (e *entered) add(values []string) {
	for _, v := range values {
		if e.known[v] {
			continue
		}
		if e.known == nil {
			e.known = map[string]bool{}
		}
		e.known[v] = true
		if e.order = append(e.order, v); len(e.order) > maxEntered {
			delete(e.known, e.order[0])
			e.order = e.order[1:]
		}
	}
}

// remember keeps the sensitive values that an event may change. Letters that are being typed
// are not kept: the beginning of a word is not what the user entered. The caller holds the
// lock.
func (p *Phone) remember(event any) {
	if e, ok := event.(Event); ok && e.Type == EventInput {
		if screen := p.plan.screens[p.state.top()]; screen != nil {
			if c := screen.byName[e.Field]; c != nil && (c.Type == typeTextInput || c.Type == typeTextArea) {
				return
			}
		}
	}
	p.entered.add(p.sensitiveNow())
}

// sensitive returns all values to mask, the longest first, so that none is cut by a shorter
// one.
func (p *Phone) sensitive() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[string]bool{}
	maps.Copy(all, p.entered.known)
	for _, v := range p.sensitiveNow() {
		all[v] = true
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
}

// Sensitive reports whether Mask masks the values of a field of a screen.
func (p *Phone) Sensitive(screen, field string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.plan.screens[screen]
	return s != nil && s.byName[field] != nil && s.hides(s.byName[field])
}

func (s *screen) hides(c *component) bool { return s.sensitive[c.Name] || c.secret() }

// sensitiveNow returns those of the forms as they are; the caller holds the lock.
func (p *Phone) sensitiveNow() []string {
	var out []string
	for id, m := range p.state.screens {
		s := p.plan.screens[id]
		if s == nil {
			continue
		}
		for _, c := range s.inputs {
			if v, ok := m.form[c.Name]; ok && s.hides(c) {
				out = append(out, texts(v)...)
			}
		}
	}
	return out
}

// texts returns the texts that a value consists of. Booleans are not texts: a ticked box
// shows in the reply, too, although it is sensitive.
func texts(v any) []string {
	var out []string
	switch v := v.(type) {
	case string:
		if strings.TrimSpace(v) != "" {
			out = append(out, v)
		}
	case float64:
		out = append(out, expr.ToText(v))
	case files:
		out = append(texts(v.media()), texts(v.completed())...)
	case []any:
		for _, item := range v {
			out = append(out, texts(item)...)
		}
	case map[string]any:
		for _, member := range v {
			out = append(out, texts(member)...)
		}
	}
	return out
}

// maskJSON masks the values in valid JSON.
func maskJSON(text json.RawMessage, entries []string) json.RawMessage {
	var out bytes.Buffer
	for i := 0; i < len(text); {
		end := i + 1
		switch c := text[i]; {
		case c == '"':
			end = i + literalEnd(text[i:])
			if bytes.HasPrefix(bytes.TrimLeft(text[end:], " \t\r\n"), []byte(":")) {
				out.Write(text[i:end]) // a key
				break
			}
			out.Write(maskLiteral(text[i:end], entries))
		case c == '-' || '0' <= c && c <= '9':
			for end < len(text) && !strings.ContainsRune(",]} \t\r\n", rune(text[end])) {
				end++
			}
			number := string(text[i:end])
			if slices.Contains(entries, number) && len(number) > short {
				number = `"` + mask + `"`
			}
			out.WriteString(number)
		default:
			out.WriteByte(c)
		}
		i = end
	}
	return out.Bytes()
}

// literalEnd returns the length of the string literal that a JSON text begins with.
func literalEnd(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// maskLiteral masks a string literal. A string may be JSON itself, such as response_json.
func maskLiteral(literal []byte, entries []string) []byte {
	var value string
	if err := json.Unmarshal(literal, &value); err != nil {
		return literal // of valid JSON, every literal can be read
	}
	masked := maskString(value, entries)
	if masked == value {
		return literal
	}
	return encoded(masked)
}

func maskString(value string, entries []string) string {
	if (strings.HasPrefix(value, "{") || strings.HasPrefix(value, "[")) && json.Valid([]byte(value)) {
		return string(maskJSON([]byte(value), entries))
	}
	return maskText(value, entries)
}

// short is the length in bytes up to which a value is masked only as a whole word.
const short = 3

func maskText(text string, entries []string) string {
	for _, entry := range entries {
		if len(entry) > short {
			text = strings.ReplaceAll(text, entry, mask)
			continue
		}
		text = replaceWord(text, entry)
	}
	return text
}

// replaceWord masks a value where no letter or digit is next to it.
func replaceWord(text, word string) string {
	var out strings.Builder
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return out.String() + text[from:]
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(word):])
		out.WriteString(text[from:at])
		if inWord(before) || inWord(after) {
			out.WriteString(word)
		} else {
			out.WriteString(mask)
		}
		from = at + len(word)
	}
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
