// Package expr reads the references and expressions of Flow JSON: ${data.city},
// `${data.count} > 1`, and the conditions of an If.
//
// A reference is a whole string: [ParseReference] reads it. [Parse] reads an expression in
// backticks, [ParseCondition] a condition; both return an [Expression], of which
// [Expression.Types] finds the type.
package expr
