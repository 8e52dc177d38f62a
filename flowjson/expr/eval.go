package expr

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Scope returns the value of a reference; ok is false if there is nothing, which
// expressions call absent. Values are those of encoding/json: float64, string, bool, nil,
// []any, map[string]any. An element of the path can be the index of a list or "length"; a
// scope finds its value with [Get]. The path has at least one element, and any text can
// be an element. A Scope returns the same value as long as an evaluation lasts.
type Scope func(ref Reference) (value any, ok bool)

// ErrThrows is the error of an expression that WhatsApp's client cannot evaluate. It then
// shows its error page instead of the screen.
var ErrThrows = errors.New("WhatsApp cannot evaluate this expression and shows an error page")

func throws(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrThrows, fmt.Sprintf(format, args...))
}

// Bounds of an evaluation, which the client does not have: bytes of an expression or a
// condition, and bytes of a text that it gives.
const (
	maxText   = 10_000
	maxResult = 1 << 20
)

// Eval returns the value of an expression in backticks that [Parse] returned, as
// WhatsApp's client computes it (2026). ok is false if the result is absent. A number
// can be infinite or NaN, which JSON writes as null. The error is [ErrThrows] with the
// reason. Eval can be called concurrently.
func (e *Expression) Eval(scope Scope) (value any, ok bool, err error) {
	return evalNested(e.text, scope)
}

// Resolve returns the value of a string of a Flow JSON or of an answer's data: what its
// reference refers to, what its expression gives, or else the string itself. ok is false
// if it is absent, as is a string that starts with a reference and continues after it,
// such as "${data.a} and ${data.b}". expressions must be true if the version of the Flow
// JSON, 6.0 or later, has expressions in backticks; if it is false, they are absent. null
// is absent as the value of a reference. The error is that of [Expression.Eval].
func Resolve(text string, scope Scope, expressions bool) (value any, ok bool, err error) {
	if strings.HasPrefix(text, "`") && strings.HasSuffix(text, "`") {
		if !expressions {
			return nil, false, nil
		}
		return evalNested(strings.TrimSuffix(text[1:], "`"), scope)
	}
	ref, dynamic := binding(text)
	if !dynamic {
		return text, true, nil
	}
	value, ok = scope.bound(ref)
	return value, ok, nil
}

func evalNested(text string, scope Scope) (value any, ok bool, err error) {
	value, err = calculate(text, scope)
	if err != nil || value == any(absent{}) {
		return nil, false, err
	}
	return value, true, nil
}

// globalPattern is how the client recognizes a reference to a screen. What follows the
// brace does not matter to it.
var globalPattern = regexp.MustCompile(`^\$\{screen\.[a-zA-Z,_]*\.(?:data|form)+(?:\..+)?\}`)

// binding reads a string that the client replaces by a value. ok reports whether it does.
// The reference has no path if it refers to nothing. Unlike [ParseReference] it accepts
// any names and indexes, and text behind the brace, which becomes part of a name.
func binding(text string) (ref Reference, ok bool) {
	global := strings.HasPrefix(text, "${screen.") && globalPattern.MatchString(text)
	local := strings.HasSuffix(text, "}") &&
		(strings.HasPrefix(text, "${data") || strings.HasPrefix(text, "${form") || strings.HasPrefix(text, "${external_data"))
	if !global && !local {
		return Reference{}, false
	}
	key := stateKey(text)
	if !global {
		key = stateKey("${screen." + here + "." + key + "}")
	}
	return statePath(strings.Split(key, ".")), true
}

// stateKey returns the path that the client makes of a reference.
func stateKey(text string) string {
	for _, sign := range []string{"${screen.", "${", "}"} {
		text = strings.Replace(text, sign, "", 1)
	}
	return indexes.Replace(text)
}

var indexes = strings.NewReplacer("[", ".", "]", "")

// statePath returns the reference of a path through the state of the client: a screen,
// data or form, and keys. It has no path if it refers to nothing.
func statePath(names []string) Reference {
	if len(names) < 3 || names[0] == "" || names[1] != "data" && names[1] != "form" {
		return Reference{}
	}
	ref := Reference{Screen: names[0], Source: names[1], Path: names[2:]}
	if ref.Screen == here {
		ref.Screen = ""
	}
	return ref
}

// bound returns the value of a reference outside an expression in backticks.
func (s Scope) bound(ref Reference) (value any, ok bool) {
	if len(ref.Path) == 0 {
		return nil, false
	}
	value, ok = s(ref)
	if !ok || value == nil {
		return nil, false
	}
	return value, true
}
