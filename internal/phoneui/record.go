package phoneui

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
)

// Recorded is what was recorded since the message was opened.
type Recorded struct {
	YAML string `json:"yaml"`
	// File is where it was saved; empty before that.
	File string `json:"file,omitempty"`
}

// scenario returns what was recorded.
func scenario(w http.ResponseWriter, _ *http.Request, s *session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.recorder == nil {
		fail(w, http.StatusNotFound, "nothing is recorded")
		return
	}
	folder := "" // a download is put next to the Flow JSON
	if s.saved != "" {
		folder = filepath.Dir(s.saved)
	}
	reply(w, Recorded{YAML: s.yaml(folder), File: s.saved})
}

// yaml returns the recording for a file in a folder; without one, for a file next to the
// Flow JSON. The caller holds the lock.
func (s *session) yaml(folder string) string {
	path := s.flow.path()
	switch {
	case s.flow.flow.CompiledIn: // the program knows the Flow
		path = ""
	case path == "":
	case folder == "":
		path = filepath.Base(path)
	default:
		path = relative(folder, path)
	}
	return s.recorder.YAML("recorded", path)
}

// relative returns the path of a file as seen from a folder.
func relative(folder, path string) string {
	from, err := filepath.Abs(folder)
	if err != nil {
		return path
	}
	to, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if seen, err := filepath.Rel(from, to); err == nil {
		to = seen // otherwise on another volume
	}
	return filepath.ToSlash(to)
}

// expect adds what is on the screen to the recording.
func expect(w http.ResponseWriter, r *http.Request, s *session) {
	view := s.phone.View()
	s.mu.Lock()
	if s.recorder != nil {
		s.recorder.Expect(view)
	}
	s.mu.Unlock()
	scenario(w, r, s)
}

// save writes the recording into the folder of the options. A recording keeps its file, and
// never replaces another one.
func (s *Server) save(w http.ResponseWriter, _ *http.Request, of *session) {
	of.mu.Lock()
	defer of.mu.Unlock()
	if of.recorder == nil {
		fail(w, http.StatusNotFound, "nothing is recorded")
		return
	}
	text := of.yaml(s.options.Save)
	path, err := writeRecording(s.options.Save, of.flow.flow.ID, of.saved, text)
	if err != nil {
		fail(w, http.StatusInternalServerError, err.Error())
		return
	}
	of.saved = path
	reply(w, Recorded{YAML: text, File: path})
}

// maxRecordings bounds the search for a free name.
const maxRecordings = 1000

var errManyRecordings = errors.New("too many recordings of this Flow are in the folder: move some away")

// writeRecording writes a recording to the file that it has already, or to a new one with
// the name of the Flow. It returns its path.
func writeRecording(folder, flow, saved, text string) (path string, err error) {
	if saved != "" {
		return saved, os.WriteFile(saved, []byte(text), 0o600)
	}
	name := filepath.Base(flow)
	for n := 2; n < maxRecordings; n++ {
		path = filepath.Join(folder, name+".yaml")
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) {
			name = fmt.Sprintf("%s-%d", filepath.Base(flow), n)
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = file.WriteString(text)
		return path, errors.Join(err, file.Close())
	}
	return "", errManyRecordings
}
