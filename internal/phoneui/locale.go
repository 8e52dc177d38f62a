package phoneui

import (
	"errors"
	"regexp"
	"strings"
)

// localeTag is a language with an optional script and region.
var localeTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$`)

var errLocale = errors.New("expected a language, for example ar or pt_BR")

// ParseLocale returns a language tag as browsers write it: WhatsApp's pt_BR is pt-BR.
func ParseLocale(text string) (string, error) {
	tag := strings.ReplaceAll(text, "_", "-")
	if tag != "" && !localeTag.MatchString(tag) {
		return "", errLocale
	}
	return tag, nil
}

// rightToLeft are the languages that are written from right to left, and the scripts that
// are.
const rightToLeft = " ar ckb dv fa he iw nqo ps sd syr ug ur yi arab hebr nkoo syrc thaa "

// direction returns the direction of a language, as the attribute dir has it.
func direction(tag string) string {
	language, rest, _ := strings.Cut(strings.ToLower(tag), "-")
	script, _, _ := strings.Cut(rest, "-")
	if len(script) == len("Arab") {
		language = script // az-Arab, and uz-Latn
	}
	if language != "" && strings.Contains(rightToLeft, " "+language+" ") {
		return "rtl"
	}
	return "ltr"
}
