package expr

import "math"

// binary applies an operator. What is empty counts as 0 in arithmetic; results are
// rounded.
func binary(operator string, left, right any) any {
	switch operator {
	case "||":
		return truthy(left) || truthy(right)
	case "&&":
		return truthy(left) && truthy(right)
	case "==":
		return equal(left, right)
	case "!=":
		return !equal(left, right)
	case "<", "<=", ">", ">=":
		return less(operator, left, right)
	case "+", "-", "*", "/", "%":
		return round(arithmetic(operator, left, right))
	}
	return "" // jsep reads === and others, and the client does not know them
}

// equal compares empty values with empty ones, numbers as numbers, and others by type
// and value.
func equal(left, right any) bool {
	if isEmpty(left) || isEmpty(right) {
		return isEmpty(left) && isEmpty(right)
	}
	if isNumber(left) || isNumber(right) {
		return toNumber(left) == toNumber(right)
	}
	return same(left, right)
}

// less compares with <, <=, > or >=. One side must be a number, none empty.
func less(operator string, left, right any) bool {
	if isEmpty(left) || isEmpty(right) || !isNumber(left) && !isNumber(right) {
		return false
	}
	return order(operator, toNumber(left), toNumber(right))
}

// order compares two numbers with ==, <, <=, > or >=; it is false for any other operator.
func order(operator string, left, right float64) bool {
	switch operator {
	case "==":
		return left == right
	case "<":
		return left < right
	case "<=":
		return left <= right
	case ">":
		return left > right
	case ">=":
		return left >= right
	}
	return false
}

// arithmetic applies an operator to numbers and what looks like them. Division by the
// number 0 and by what is absent is 0, but not by "" or "0".
func arithmetic(operator string, left, right any) float64 {
	a, b := toNumber(left), toNumber(right)
	if isEmpty(left) {
		a = 0
	}
	if isEmpty(right) {
		b = 0
	}
	switch operator {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	}
	if isAbsent(right) || right == 0.0 {
		return 0
	}
	if operator == "/" {
		return a / b
	}
	return math.Mod(a, b)
}

func isNumber(v any) bool { _, ok := v.(float64); return ok }
