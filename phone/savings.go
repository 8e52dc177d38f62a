package phone

// savings are results that a phone keeps from one step to the next, only to save time:
// what shows would be the same without them. Each is the result of a function that depends
// on its arguments alone.
type savings struct {
	listings listings
	pictures last[string, string] // data URLs
	markdown last[markdownText, []Block]
	patterns last[patternText, patternResult]
}

func newSavings() *savings {
	return &savings{
		listings: listings{}, pictures: last[string, string]{}, markdown: last[markdownText, []Block]{},
		patterns: last[patternText, patternResult]{},
	}
}

// last is the last call of a function for each place of a Flow. A result counts only while
// the arguments are the same, so that it cannot be out of date.
type last[Args comparable, Result any] map[place]call[Args, Result]

// place is where a function is called: for a component or, if n counts, for one of its
// pictures.
type place struct {
	at string
	n  int
}

type call[Args comparable, Result any] struct {
	args   Args
	result Result
}

// of returns f(args), without a call if the last one at that place had the same arguments.
// The caller must not change the result.
func (l last[Args, Result]) of(at place, args Args, f func(Args) Result) Result {
	if made, ok := l[at]; ok && made.args == args {
		return made.result
	}
	result := f(args)
	l[at] = call[Args, Result]{args, result}
	return result
}
