package expr

func isNameStart(c byte) bool {
	return c == '$' || c == '_' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || c >= 0x80
}

// name reads a name; it is empty if there is none.
func (c *calculator) name() string {
	start := c.at
	if isNameStart(c.peek()) {
		for isNameStart(c.peek()) || isDigit(c.peek()) {
			c.at++
		}
	}
	return c.text[start:c.at]
}

// variable evaluates a name or parentheses, and the members after it.
func (c *calculator) variable() (value any, found bool, err error) {
	var path []string // of a variable: its name and those of its members
	if c.peek() == '(' {
		value, found, err = c.group(')')
	} else {
		found = true
		switch name := c.name(); name {
		case "true", "false":
			value = name == "true"
		case "null":
			value = nil
		case "this":
			err = throws("it does not support this")
		default:
			path = []string{name}
		}
	}
	for err == nil {
		c.skipSpaces()
		var name string
		switch c.peek() {
		case '(':
			return nil, false, throws("a reference or a closing parenthesis directly before ( is a call: put '' between them")
		case '.':
			name, err = c.memberName()
		case '[':
			name, err = c.computedName()
		default:
			if path != nil {
				value = c.lookup(path)
			}
			return value, found, nil
		}
		if path != nil {
			path = append(path, name)
		} else {
			value = member(value, name)
		}
		if !found {
			return nil, false, throws("empty parentheses have no members")
		}
	}
	return nil, false, err
}

// group evaluates what is in parentheses or brackets. Operands side by side cannot be.
func (c *calculator) group(closing byte) (value any, found bool, err error) {
	if c.depth++; c.depth > maxGroups {
		return nil, false, throws("parentheses nest deeper than %d levels", maxGroups)
	}
	c.at++
	value, found, err = c.expression()
	if err != nil {
		return nil, false, err
	}
	c.skipSpaces()
	if c.peek() != closing {
		return nil, false, throws("a %c is missing: operands side by side cannot be in parentheses", closing)
	}
	c.at++
	c.depth--
	return value, found, nil
}

func (c *calculator) memberName() (string, error) {
	c.at++
	c.skipSpaces()
	switch name := c.name(); name {
	case "":
		return "", throws("a name must follow the point and cannot start with a digit")
	case "true", "false", "null", "this":
		return "undefined", nil // the client reads a value and looks for its name
	default:
		return name, nil
	}
}

func (c *calculator) computedName() (string, error) {
	value, found, err := c.group(']')
	if err == nil && !found {
		err = throws("there is nothing between brackets")
	}
	switch value {
	case nil:
		return "null", err
	case any(absent{}):
		return "undefined", err
	}
	return ToText(value), err
}

// lookup returns the value of a path through the state, absent for any other name.
func (c *calculator) lookup(path []string) any {
	if path[0] == "screen" {
		path = path[1:]
	}
	if ref := statePath(path); len(ref.Path) > 0 {
		if value, ok := c.scope(ref); ok {
			return value
		}
	}
	return absent{}
}
