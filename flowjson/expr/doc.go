// Package expr reads and evaluates the references and expressions of Flow JSON:
// ${data.city}, `${data.count} > 1`, and the conditions of an If.
//
// A reference is a whole string: [ParseReference] reads it. [Parse] reads an expression in
// backticks, [ParseCondition] a condition, as Meta documents them; both return an
// [Expression], whose type [Expression.Types] determines.
//
// Evaluation follows WhatsApp's web client (2026), which accepts more than Meta documents
// and evaluates some of it differently than it looks. It was derived from the client and
// has not been verified on a phone. [Resolve] evaluates any string of a Flow JSON,
// [EvalCondition] a condition; [ReadCondition] is for conditions that are evaluated more
// than once.
package expr
