package exchange

import "github.com/flowserver/flowserver/flowjson"

// Most data models declare types and nothing else, and most answers fit. These are
// seen to fit here, in a tenth of the time that JSON Schema takes; for all others
// [flowjson.Model.Check] says what is wrong.

// declaresTypes tells whether a model has nothing but types.
func declaresTypes(m *flowjson.Model) bool {
	if m == nil {
		return false
	}
	for _, f := range m.Fields {
		if !isTypes(f.Schema) {
			return false
		}
	}
	return true
}

func isTypes(s *flowjson.Schema) bool {
	if s == nil || s.Type == "" {
		return false
	}
	for _, keyword := range s.Node.Children {
		switch keyword.Key {
		case "type", "__example__", "title", "description":
		case "properties":
			for _, p := range s.Properties {
				if !isTypes(p.Schema) {
					return false
				}
			}
		case "items":
			if !isTypes(s.Items) {
				return false
			}
		default:
			return false
		}
	}
	return s.Node.Get("properties") == nil || s.Node.Get("properties").Is(flowjson.Object)
}

// hasTypes tells whether data has every key that a model of types declares, with
// the type that it declares.
func hasTypes(data map[string]any, m *flowjson.Model) bool {
	for _, f := range m.Fields {
		if value, given := data[f.Key]; !given || !hasType(value, f.Schema) {
			return false
		}
	}
	return true
}

func hasType(value any, s *flowjson.Schema) bool {
	switch v := value.(type) {
	case string:
		return s.Type == flowjson.TypeString
	case float64:
		return s.Type == flowjson.TypeNumber // whether it is whole is for JSON Schema to say
	case bool:
		return s.Type == flowjson.TypeBoolean
	case []any:
		if s.Type != flowjson.TypeArray {
			return false
		}
		for _, item := range v {
			if s.Items != nil && !hasType(item, s.Items) {
				return false
			}
		}
		return true
	case map[string]any:
		if s.Type != flowjson.TypeObject {
			return false
		}
		for _, p := range s.Properties {
			if member, given := v[p.Key]; given && !hasType(member, p.Schema) {
				return false
			}
		}
		return true
	}
	return false
}
