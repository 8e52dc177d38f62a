package exchange

import "encoding/json"

// Number is the field of a form for a TextInput of input-type number: a JSON number to
// Meta's validator, while clients are known to send what was typed, as a string. It
// takes both, as they were written; an input that was left empty is "".
type Number string

// UnmarshalJSON takes a number or a string.
func (n *Number) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, (*string)(n))
	}
	var number json.Number
	err := json.Unmarshal(data, &number)
	*n = Number(number)
	return err
}
