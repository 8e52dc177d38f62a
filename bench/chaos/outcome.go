package main

import (
	"fmt"
	"strings"
)

// outcome is what a row measured, and where it missed its goal.
type outcome struct {
	measured []string
	missed   []string
}

func (o *outcome) note(format string, args ...any) {
	o.measured = append(o.measured, fmt.Sprintf(format, args...))
}

// want records a missed goal unless ok.
func (o *outcome) want(ok bool, format string, args ...any) {
	if !ok {
		o.missed = append(o.missed, fmt.Sprintf(format, args...))
	}
}

// noneLost wants every envelope answered to the right user, with the same bytes each time.
func (o *outcome) noneLost(l *load) {
	o.note("%s", l)
	o.want(l.sent > 0, "nothing was sent")
	o.want(l.lost() == 0, "%d lost", l.lost())
	o.want(l.wrong == 0, "%d answers for somebody else", l.wrong)
	o.want(l.different == 0, "%d envelopes with two different answers", l.different)
}

// handledOnce wants at most the given number of envelopes handled more than once.
func (o *outcome) handledOnce(u *upstream, most int) {
	twice, handled := u.twice()
	o.note("%d of %d handled twice", twice, handled)
	o.want(twice <= most, "%d handled twice, at most %d expected", twice, most)
}

func (o *outcome) String() string { return strings.Join(o.measured, "; ") }
