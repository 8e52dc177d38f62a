package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/flowserver/flowserver/client/mediacdn"
	"github.com/flowserver/flowserver/internal/jsonobject"
)

// Limits of a picker (Meta, "Media upload", April 15, 2026).
const (
	maxPickedBytes = 25 << 20
	maxPickedFiles = 30
)

// pickedFile is a file of --file.
type pickedFile struct {
	key string // of the picker in the payload
	mediacdn.File
}

// pickedFiles reads the files of --file for a request.
func (c callCommand) pickedFiles(req request) ([]pickedFile, error) {
	if len(c.File) > 0 && req.action != callSubmit {
		return nil, usagef("--file needs the action submit: only its payload has files")
	}
	var files []pickedFile
	count := map[string]int{}
	for _, text := range c.File {
		key, path, ok := strings.Cut(text, "=@")
		if !ok || key == "" || path == "" {
			return nil, usagef("--file expects KEY=@PATH, for example --file photos=@id.jpg")
		}
		if _, twice := jsonobject.Member(req.payload, key); twice {
			return nil, usagef("%s is given twice: in the payload and as --file", key)
		}
		if count[key]++; count[key] > maxPickedFiles {
			return nil, usagef("more than %d files for %s: a picker does not submit more", maxPickedFiles, key)
		}
		content, err := readPicked(path)
		if err != nil {
			return nil, fmt.Errorf("--file: %w", err)
		}
		files = append(files, pickedFile{key, mediacdn.File{Name: filepath.Base(path), Content: content}})
	}
	return files, nil
}

func readPicked(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", path)
	case info.Size() > maxPickedBytes:
		return nil, fmt.Errorf("%s has %d bytes: a picker submits files of at most 25 MiB", path, info.Size())
	}
	return os.ReadFile(path)
}

// upload serves the files of a request on this machine until stop, and adds a list of
// their objects to its payload for each picker. Without files the origin is empty.
func (c callCommand) upload(ctx context.Context, out *sent) (origin string, stop func(), err error) {
	if len(out.files) == 0 {
		return "", func() {}, nil
	}
	cdn, err := mediacdn.Listen(ctx)
	if err != nil {
		return "", nil, err
	}
	if out.payload, err = withFiles(out.payload, out.files, cdn); err != nil {
		_ = cdn.Close()
		return "", nil, err
	}
	return cdn.Origin(), func() { _ = cdn.Close() }, nil
}

func withFiles(payload json.RawMessage, files []pickedFile, cdn *mediacdn.CDN) (json.RawMessage, error) {
	members := map[string]any{}
	if payload != nil {
		given, err := jsonobject.Members(payload)
		if err != nil {
			return nil, err
		}
		for key, value := range given {
			members[key] = value
		}
	}
	for _, f := range files {
		up, err := cdn.Add(f.File)
		if err != nil {
			return nil, fmt.Errorf("--file: %w", err)
		}
		list, _ := members[f.key].([]any)
		members[f.key] = append(list, up.DataExchange())
	}
	return encode(members)
}
