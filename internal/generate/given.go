package generate

import (
	"fmt"
	"reflect"
	"strings"
)

// Rule is a validate tag that a field of a form gets beside those that follow from
// the Flow JSON, which has no word for it, such as e164 for a phone number.
type Rule struct {
	Screen, Field string
	Tag           string
}

func (r Rule) wrong(why error) error { return fmt.Errorf("rule for %s.%s: %w", r.Screen, r.Field, why) }

// givenRules are those that the caller has for a field of a screen.
func (p *program) givenRules(screen, key string) []Rule {
	var given []Rule
	for i, rule := range p.rules {
		if rule.Screen == screen && rule.Field == key {
			p.ruleUsed[i] = true
			given = append(given, rule)
		}
	}
	return given
}

// checkRules reports rules that validator cannot run on a field of that type: the program
// would not start with them.
func (p *program) checkRules(given []Rule, goType string) {
	for _, rule := range given {
		if err := p.tags.Check(sample(goType), rule.Tag); err != nil {
			p.wrongRules = append(p.wrongRules, rule.wrong(err))
		}
	}
}

// numeric has the place of exchange.Number.
type numeric string

func isNumber(t reflect.Type) bool { return t == reflect.TypeFor[numeric]() }

// sample returns a type to which the same rules apply.
func sample(goType string) reflect.Type {
	if item, isList := strings.CutPrefix(goType, "[]"); isList {
		return reflect.SliceOf(sample(item))
	}
	switch goType {
	case "string", "any": // nothing is known of any
		return reflect.TypeFor[string]()
	case "bool":
		return reflect.TypeFor[bool]()
	case number:
		return reflect.TypeFor[numeric]()
	case anyMap:
		return reflect.TypeFor[map[string]any]()
	}
	return reflect.TypeFor[struct{}]()
}
