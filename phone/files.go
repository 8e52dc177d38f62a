package phone

import (
	"context"
	"fmt"
	"slices"

	"github.com/flowserver/flowserver/client/mediacdn"
)

// files is the value of a picker.
type files []mediacdn.Upload

// media returns the value as an endpoint gets it.
func (f files) media() []any {
	out := make([]any, 0, len(f))
	for _, one := range f {
		out = append(out, one.DataExchange())
	}
	return out
}

// withMedia returns a payload with what an endpoint gets of files.
func withMedia(data map[string]any) map[string]any {
	for key, v := range data {
		if picked, ok := v.(files); ok {
			data[key] = picked.media()
		}
	}
	return data
}

// completed returns the value as the webhook gets it.
func (f files) completed() []any {
	out := make([]any, 0, len(f))
	for _, one := range f {
		out = append(out, one.Complete())
	}
	return out
}

// uploaded is a file that a user gave to a picker.
type uploaded struct {
	field string
	file  mediacdn.Upload
}

// Upload adds a file to a picker, as if a user picked it. The content determines its type.
// Upload returns a *[NotPossibleError] if a user could not do it; its Event has the field.
func (p *Phone) Upload(ctx context.Context, field, name string, content []byte) error {
	impossible := func(reason string) error {
		return &NotPossibleError{Event: Event{Type: EventInput, Field: field}, Reason: reason}
	}
	if p.cfg.Media == nil {
		return impossible("this phone has no media CDN for files: set Config.Media")
	}
	p.mu.Lock()
	x := &step{state: p.state, environment: p.environment()}
	reason := x.uploads(field, len(content))
	fault := p.weather.Media
	p.mu.Unlock()
	if reason != "" {
		return impossible(reason)
	}
	file, err := p.cfg.Media.Add(mediacdn.File{Name: name, Content: content, Fault: fault})
	if err != nil {
		return fmt.Errorf("phone: upload: %w", err)
	}
	return p.do(ctx, uploaded{field, file})
}

// uploads says why a picker does not accept a file of that size now.
func (x *step) uploads(field string, size int) (reason string) {
	if reason := x.refuses(EventInput); reason != "" {
		return reason
	}
	part := x.part(field)
	switch {
	case part == nil || part.Picker == nil:
		return "the screen shows no picker " + fieldName(field)
	case !part.Picker.Enabled:
		return "the field is disabled"
	case len(part.Picker.Files) >= part.Picker.Max:
		return fmt.Sprintf("no more than %s can be added", plural(part.Picker.Max, "file"))
	case size > part.Picker.MaxKB<<10:
		return fmt.Sprintf("a file can have %d KiB", part.Picker.MaxKB)
	}
	return ""
}

// upload adds a file to a picker. It is checked again, as the phone went on meanwhile.
func (x *step) upload(u uploaded) (reason string) {
	if reason := x.uploads(u.field, int(u.file.Size)); reason != "" {
		return reason
	}
	if accept := x.part(u.field).Picker.Accept; len(accept) > 0 && !slices.ContainsFunc(accept, func(t string) bool { return isType(u.file.MIMEType, t) }) {
		return "the picker does not accept files of type " + u.file.MIMEType
	}
	old := x.value(u.field)
	picked, _ := old.(files)
	x.setFiles(u.field, append(slices.Clone(picked), u.file))
	return ""
}

// removeFile takes a file out of a picker.
func (x *step) removeFile(e Event) (reason string) {
	part := x.part(e.Field)
	if part == nil || part.Picker == nil {
		return "the screen shows no picker " + fieldName(e.Field)
	}
	if !part.Picker.Enabled {
		return "the field is disabled"
	}
	old := x.value(e.Field)
	picked, _ := old.(files)
	left := slices.DeleteFunc(slices.Clone(picked), func(f mediacdn.Upload) bool { return f.ID == e.Item })
	if len(left) == len(picked) {
		return "the picker has no such file"
	}
	x.setFiles(e.Field, left)
	return ""
}

// setFiles stores the files of a picker. Choosing a file takes place outside the screen, so
// that errors show at once.
func (x *step) setFiles(field string, picked files) {
	x.blur()
	x.form.changed[field], x.form.touched[field] = true, true
	delete(x.form.errors, field)
	x.set(field, picked)
}
