package phone

// file is a file that a user gave to a picker.
type file struct {
	id, name, kind string
	size           int
	// media is what an endpoint gets, done what complete puts into the reply.
	media, done map[string]any
}

// files is the value of a picker.
type files []file

// media returns the value as an endpoint gets it.
func (f files) media() []any {
	out := make([]any, 0, len(f))
	for _, one := range f {
		out = append(out, one.media)
	}
	return out
}

// completed returns the value as the webhook gets it.
func (f files) completed() []any {
	out := make([]any, 0, len(f))
	for _, one := range f {
		out = append(out, one.done)
	}
	return out
}
