package jsonobject

import "bytes"

// MaxDepth is how deep objects and arrays may be nested. A Flow's forms and screens need
// less than ten levels; parsers in other languages fail at a few hundred or thousand.
const MaxDepth = 128

// TooDeep reports whether a JSON text is nested deeper than [MaxDepth].
func TooDeep(text []byte) bool {
	if bytes.Count(text, []byte("{"))+bytes.Count(text, []byte("[")) <= MaxDepth {
		return false // the common case
	}
	depth, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++ // what is escaped does not end the string
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > MaxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
