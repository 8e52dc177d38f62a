package exchangetest

import (
	"bytes"
	"context"
	"encoding/json"
	"sync"
	"testing"

	"github.com/flowserver/flowserver/client/mediacdn"
	"github.com/flowserver/flowserver/exchange/media"
)

// File is a file that a user picks, as a value in the data of [Client.Submit] and
// [Client.Send]. Create one with [Photo] or [Document].
type File struct {
	name    string
	content []byte
	fault   mediacdn.Fault
}

// Photo returns a file for the list of a PhotoPicker. The client seals it, serves it, and
// sends the object of WhatsApp in its place; a [media.Downloader] of the handler can fetch
// it with the context of the request:
//
//	reply := c.Submit("PHOTOS", map[string]any{"photos": []any{exchangetest.Photo("id.jpg", jpeg)}})
func Photo(name string, content []byte) File { return File{name: name, content: content} }

// Document is [Photo] for a DocumentPicker.
func Document(name string, content []byte) File { return Photo(name, content) }

// WithFault returns the file with something wrong, so that its download fails.
func (f File) WithFault(fault mediacdn.Fault) File {
	f.fault = fault
	return f
}

// fileKey is the only key of a file in JSON until the client replaces it.
const fileKey = "flowserver/exchangetest.File"

type encodedFile struct {
	Name    string
	Content []byte
	Fault   mediacdn.Fault
}

// MarshalJSON encodes the file for the client, which sends another object.
func (f File) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]encodedFile{fileKey: {f.name, f.content, f.fault}})
}

// uploads serves the files of a client. The CDN listens from the first file on, until the
// test ends.
type uploads struct {
	tb testing.TB

	mu  sync.Mutex
	cdn *mediacdn.CDN // nil before the first file
}

// context lets handlers fetch the files.
func (u *uploads) context(ctx context.Context) context.Context {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.cdn == nil {
		return ctx
	}
	ctx, err := media.WithOrigin(ctx, u.cdn.Origin())
	if err != nil {
		u.tb.Error(err)
	}
	return ctx
}

// replace returns data with WhatsApp's objects in place of files.
func (u *uploads) replace(data any) any {
	u.tb.Helper()
	text, err := json.Marshal(data)
	if err != nil || !bytes.Contains(text, []byte(fileKey)) {
		return data // the message says what is wrong with it
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		u.tb.Fatalf("decode the data again: %v", err)
	}
	return u.walk(value)
}

func (u *uploads) walk(value any) any {
	u.tb.Helper()
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = u.walk(value[i])
		}
	case map[string]any:
		if file, ok := value[fileKey]; ok && len(value) == 1 {
			return u.add(file)
		}
		for key := range value {
			value[key] = u.walk(value[key])
		}
	}
	return value
}

func (u *uploads) add(value any) any {
	u.tb.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		u.tb.Fatal(err)
	}
	var f encodedFile
	if err := json.Unmarshal(text, &f); err != nil {
		u.tb.Fatal(err)
	}
	up, err := u.listening().Add(mediacdn.File{Name: f.Name, Content: f.Content, Fault: f.Fault})
	if err != nil {
		u.tb.Fatal(err)
	}
	return up.DataExchange()
}

func (u *uploads) listening() *mediacdn.CDN {
	u.tb.Helper()
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.cdn == nil {
		cdn, err := mediacdn.Listen(u.tb.Context())
		if err != nil {
			u.tb.Fatal(err)
		}
		u.tb.Cleanup(func() { _ = cdn.Close() })
		u.cdn = cdn
	}
	return u.cdn
}
