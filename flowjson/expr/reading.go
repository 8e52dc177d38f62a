package expr

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// usual returns the value of a condition in the usual reading.
func (e *Expression) usual(scope Scope) any {
	switch e.Kind {
	case Ref:
		value, ok := scope.bound(e.Ref)
		if !ok {
			return absent{}
		}
		return value
	case Not:
		return compare("!", nil, e.Operands[0].usual(scope), false)
	case Operation:
		left := e.Operands[0].usual(scope)
		for i, op := range e.Operators {
			left = compare(op.Text, left, e.Operands[i+1].usual(scope), false)
		}
		return left
	default:
		return e.literal()
	}
}

// unescape drops the backslash before a quote or a backtick.
var unescape = strings.NewReplacer(`\'`, "'", "\\`", "`")

// literal returns the value of a literal.
func (e *Expression) literal() any {
	switch e.Literal {
	case TypeBoolean:
		return e.Value == "true"
	case TypeNumber:
		return toNumber(e.Value)
	}
	return unescape.Replace(e.Value)
}

// Difference is a case in which WhatsApp evaluates the condition of an If differently than
// it looks.
type Difference struct {
	// Case describes the values of the references, for example "${data.a} is false".
	Case string
	// Read is the result in WhatsApp; the usual one is the opposite.
	Read bool
}

// Bounds of what [DifferenceOf] tries: cases, and bytes of a condition.
const (
	maxCases     = 256
	maxCondition = 1000
)

// DifferenceOf compares two readings of a condition without backticks, those of
// [Condition.Eval] and [Condition.EvalUsual]. ok reports whether some values of the
// references make a difference. typeOf is that of [Expression.Types]. The condition must
// be one that [ParseCondition] accepts; a very long one is not tried.
func DifferenceOf(text string, typeOf func(Reference) string) (d Difference, ok bool) {
	e, err := ParseCondition(text)
	if err != nil || len(text) > maxCondition {
		return Difference{}, false
	}
	parts, readable := readCondition(text)
	refs, domains := domainsOf(e, typeOf)
	values := map[place]any{}
	scope := func(ref Reference) (any, bool) { return values[placeOf(ref)], true }
	for i := range maxCases {
		rest := i
		for j, ref := range refs {
			values[placeOf(ref)] = domains[j][rest%len(domains[j])]
			rest /= len(domains[j])
		}
		if rest > 0 {
			break // all cases were tried
		}
		if usual, read := e.usual(scope) == true, readable && evalCondition(parts, scope); usual != read {
			return Difference{describe(refs, values), read}, true
		}
	}
	return Difference{}, false
}

// place is a reference that can be compared.
type place struct{ screen, source, path string }

func placeOf(ref Reference) place {
	return place{ref.Screen, ref.Source, strings.Join(ref.Path, ".")}
}

// domainsOf returns the references of a condition, and for each the values to try: those
// that the condition mentions, and others.
func domainsOf(e *Expression, typeOf func(Reference) string) (refs []Reference, domains [][]any) {
	texts, numbers := map[string]bool{"": true, "x": true}, map[float64]bool{0: true, 1: true}
	seen := map[place]bool{}
	e.Walk(func(leaf *Expression) {
		switch {
		case leaf.Kind == Ref:
			if !seen[placeOf(leaf.Ref)] {
				seen[placeOf(leaf.Ref)] = true
				refs = append(refs, leaf.Ref)
			}
		case leaf.Literal == TypeNumber:
			n := toNumber(leaf.Value)
			numbers[n-1], numbers[n], numbers[n+1] = true, true, true
		case leaf.Literal == TypeString:
			texts[ToText(leaf.literal())] = true
		}
	})
	slices.SortFunc(refs, func(a, b Reference) int { return strings.Compare(a.String(), b.String()) })
	for _, ref := range refs {
		t := typeOf(ref)
		var domain []any
		if t == TypeBoolean || t == "" {
			domain = append(domain, false, true)
		}
		if t == TypeNumber || t == TypeInteger {
			for _, n := range slices.Sorted(maps.Keys(numbers)) {
				domain = append(domain, n)
			}
		}
		if t == TypeString || t == "" {
			for _, text := range slices.Sorted(maps.Keys(texts)) {
				domain = append(domain, text)
			}
		}
		if len(domain) == 0 {
			domain = []any{nil}
		}
		domains = append(domains, domain)
	}
	return refs, domains
}

func describe(refs []Reference, values map[place]any) string {
	parts := make([]string, len(refs))
	for i, ref := range refs {
		value := values[placeOf(ref)]
		parts[i] = fmt.Sprintf("%s is %v", ref, value)
		if text, ok := value.(string); ok {
			parts[i] = fmt.Sprintf("%s is '%s'", ref, text)
		}
	}
	return strings.Join(parts, " and ")
}
