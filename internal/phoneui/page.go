package phoneui

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"path"

	"github.com/flowserver/flowserver/phone"
)

//go:embed web/index.html web/trace.html web/*.js web/*.css web/vendor/lit-html/*.js web/vendor/lit-html/directives/*.js web/vendor/lit-html/LICENSE
var web embed.FS

// assets are the files of the page. Their URLs contain the sum of all, so that browsers
// may keep them for ever.
type assets struct {
	sum   string
	files map[string][]byte
}

// readAssets reads the embedded files. Embedded files can always be read.
func readAssets() assets {
	a := assets{files: map[string][]byte{}}
	sum := sha256.New()
	_ = fs.WalkDir(web, "web", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := web.ReadFile(name)
		a.files[name[len("web/"):]] = content
		_, _ = sum.Write(content) // never fails
		return err
	})
	a.sum = hex.EncodeToString(sum.Sum(nil)[:8])
	return a
}

func (s *Server) asset(w http.ResponseWriter, r *http.Request) {
	content, ok := s.assets.files[r.PathValue("file")]
	if !ok || r.PathValue("sum") != s.assets.sum {
		fail(w, http.StatusNotFound, "there is no such file: reload the page")
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("ETag", `"`+s.assets.sum+`"`)
	w.Header().Set("Content-Type", contentType(r.PathValue("file")))
	_, _ = w.Write(content) // the browser is gone if it fails
}

// contentType does not depend on the machine's table of types.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	}
	return mime.FormatMediaType("text/plain", map[string]string{"charset": "utf-8"})
}

// Boot is what the page needs for its first paint. It is part of the page itself.
type Boot struct {
	Token   string `json:"token"` // for requests that change something
	Version string `json:"version"`
	// Flows are the ids of those that can be chosen, Flow is the chosen one.
	Flows []string `json:"flows"`
	Flow  string   `json:"flow"`
	// Endpoint is the URL for display, empty without one. Call is the command line that
	// sends a request from a terminal.
	Endpoint  string           `json:"endpoint,omitempty"`
	Call      string           `json:"call,omitempty"`
	Phone     string           `json:"phone"` // id
	View      phone.View       `json:"view"`
	Exchanges []phone.Exchange `json:"exchanges"`
	Weather   Weather          `json:"weather"`
	Change    FlowChange       `json:"change"`
	Handler   *Handler         `json:"handler,omitempty"`
	// Record says that steps are recorded.
	Record bool `json:"record"`
	// Traced says that the page is a trace viewer.
	Traced *Traced `json:"traced,omitempty"`
}

// page is the page with the first View in it. ?phone= continues with a phone after a
// reload; otherwise there is a new one, with the message of ?flow= or of the first Flow
// opened.
func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	current := s.sessions.get(query.Get("phone"))
	if current == nil {
		f := s.flow(query.Get("flow"))
		if f == nil {
			f = s.flows[0]
		}
		var err error
		if current, err = s.sessions.add(f, &s.options); err != nil {
			fail(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		current.begin(f.flow.Message, patience)
	}
	s.sendPage(w, "index.html", s.boot(current))
}

// sendPage sends a page with what it needs for its first paint.
func (s *Server) sendPage(w http.ResponseWriter, name string, b Boot) {
	boot, err := json.Marshal(b) // escapes <, so that no text ends the script element
	if err != nil {
		fail(w, http.StatusInternalServerError, "the first View cannot be encoded")
		return
	}
	html := bytes.ReplaceAll(s.assets.files[name], []byte("{{assets}}"), []byte("/assets/"+s.assets.sum))
	html = bytes.Replace(html, []byte("{{boot}}"), boot, 1)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(html) // the browser is gone if it fails
}

func (s *Server) boot(current *session) Boot {
	f := current.flow
	current.mu.Lock()
	weather := current.weather
	current.mu.Unlock()
	news, _ := s.news.get()
	boot := Boot{
		Handler: news,
		Token:   s.token, Version: s.options.Version, Flow: f.flow.ID, Endpoint: f.flow.Target.URL, Call: f.flow.Target.Call,
		Phone: current.id, View: current.view(), Exchanges: current.exchanges(0), Weather: weather,
		Change: f.change(), Record: s.options.Record != nil,
	}
	for _, other := range s.flows {
		boot.Flows = append(boot.Flows, other.flow.ID)
	}
	return boot
}
