package exchange

import "slices"

// turns are the lines with envelopes that wait, in the order of their turns.
type turns struct{ verified, unverified []*line }

func (t *turns) class(verified bool) *[]*line {
	if verified {
		return &t.verified
	}
	return &t.unverified
}

func (t *turns) add(l *line) {
	class := t.class(l.verified)
	*class = append(*class, l)
}

// take removes and returns the envelope that is next for a batch, nil if there is none. The
// first of a batch is that of the line whose turn it is. Further ones are for the same keys:
// those of the lines that come next, and then more of the same lines, which pass a turn for
// each.
func (t *turns) take(batch []*openJob) *openJob {
	for _, verified := range []bool{true, false} {
		class := t.class(verified)
		if len(batch) == 0 {
			settle(*class)
		}
		for i, l := range *class {
			if len(batch) > 0 && !slices.Equal(l.jobs[0].keys, batch[0].keys) {
				continue
			}
			if slices.ContainsFunc(batch, func(taken *openJob) bool { return taken.line == l }) {
				l.debt++
			}
			return t.remove(i, l)
		}
	}
	return nil
}

// settle brings the first line without debts to the front. The lines before it pass their
// turn. If all have debts, all pass as many turns as the one that owes least, at once: so a
// line that is alone owes nothing.
func settle(lines []*line) {
	if len(lines) == 0 {
		return
	}
	least := slices.MinFunc(lines, func(a, b *line) int { return a.debt - b.debt }).debt
	for _, l := range lines {
		l.debt -= least
	}
	first := slices.IndexFunc(lines, func(l *line) bool { return l.debt == 0 })
	passing := slices.Clone(lines[:first])
	for _, l := range passing {
		l.debt--
	}
	copy(lines, lines[first:])
	copy(lines[len(lines)-first:], passing)
}

// remove removes the next job of the line whose turn is the i-th. The line then waits for
// its next turn.
func (t *turns) remove(i int, l *line) *openJob {
	job := l.jobs[0]
	l.jobs = slices.Delete(l.jobs, 0, 1)
	class := t.class(l.verified)
	*class = slices.Delete(*class, i, i+1)
	if len(l.jobs) > 0 {
		t.add(l)
	}
	return job
}
