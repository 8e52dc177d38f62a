package cli

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/flowserver/flowserver/client"
	"github.com/flowserver/flowserver/internal/weburl"
)

// noToken is the flow token of calls where none can be remembered.
const noToken = "flowserver-call"

// lastAnswer is what the next call to an endpoint starts from. It holds nothing
// that a user typed.
type lastAnswer struct {
	Screen string `json:"screen"` // the screen that the user is on; empty before the first and after SUCCESS
	Token  string `json:"token"`  // the flow token of the conversation
}

// lastAnswers remembers the last answer of each endpoint, by URL.
type lastAnswers map[string]lastAnswer

// readLast reads what was remembered; a folder without a file has nothing.
func readLast(path string) (lastAnswers, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return lastAnswers{}, nil
	}
	if err != nil {
		return lastAnswers{}, err
	}
	var last lastAnswers
	if err := json.Unmarshal(text, &last); err != nil || last == nil {
		return lastAnswers{}, fmt.Errorf("%s was not written by flowserver call", path)
	}
	return last, nil
}

// write replaces the file at path in one step. Only its owner can read it.
func (l lastAnswers) write(path string) (err error) {
	text, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name()) // the first error is the one to report
		}
	}()
	if _, err := file.Write(append(text, '\n')); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// callMemory is what is remembered of the calls to one endpoint.
type callMemory struct {
	path string // of the file; empty where there is no folder to remember in
	key  string
	all  lastAnswers
	last lastAnswer
}

// remember reads the memory. One that cannot be read is a warning.
func (c callCommand) remember(p *Program, address string) *callMemory {
	m := &callMemory{key: weburl.Printable(address), all: lastAnswers{}}
	if !c.Dir.exists() {
		return m
	}
	m.path = c.Dir.file("last.json")
	all, err := readLast(m.path)
	if err != nil {
		p.warnf("the last screen and token are not known: %v", err)
	}
	m.all, m.last = all, all[m.key]
	return m
}

// token returns the flow token for an action: a new one for init, or where there
// was none before.
func (m *callMemory) token(action string) string {
	switch {
	case m.path == "":
		return noToken
	case action == callInit, m.last.Token == "":
		return "demo-" + strings.ToLower(rand.Text()[:8])
	default:
		return m.last.Token
	}
}

// keep remembers the token of the conversation, and the screen if the answer shows
// one. A file that cannot be written is a warning.
func (m *callMemory) keep(p *Program, out sent, reply *client.Reply) {
	if m.path == "" || out.action == callPing || out.action == callError {
		return
	}
	next := lastAnswer{Screen: m.last.Screen, Token: out.token}
	if out.action == callInit {
		next.Screen = ""
	}
	if reply.Status == http.StatusOK && reply.Screen != "" {
		next.Screen = reply.Screen
	}
	if reply.Completed() {
		next.Screen = ""
	}
	m.all[m.key] = next
	if err := m.all.write(m.path); err != nil {
		p.warnf("the screen and the token are not remembered: %v", err)
	}
}
