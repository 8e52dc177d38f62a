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
	"os"
	"path"

	"github.com/flowserver/flowserver/internal/weburl"
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

// readAssets reads the files of a folder that the page consists of. One that cannot be read
// is left out.
func readAssets(folder fs.FS) assets {
	a := assets{files: map[string][]byte{}}
	sum := sha256.New()
	for _, pattern := range []string{"*.html", "*.js", "*.css", "vendor/lit-html/*", "vendor/lit-html/directives/*"} {
		names, _ := fs.Glob(folder, pattern) // the patterns are right
		for _, name := range names {
			content, err := fs.ReadFile(folder, name)
			if err != nil {
				continue // a folder, or a file that has just gone
			}
			a.files[name] = content
			_, _ = sum.Write(content) // never fails
		}
	}
	a.sum = hex.EncodeToString(sum.Sum(nil)[:8])
	return a
}

// embedded are the files in the program.
func embedded() assets {
	folder, _ := fs.Sub(web, "web") // it is there
	return readAssets(folder)
}

// current returns the files as they are now: those of Options.Web are read anew.
func (s *Server) current() assets {
	if s.options.Web == "" {
		return s.assets
	}
	return readAssets(os.DirFS(s.options.Web))
}

func (s *Server) asset(w http.ResponseWriter, r *http.Request) {
	now := s.current()
	content, ok := now.files[r.PathValue("file")]
	if !ok || r.PathValue("sum") != now.sum {
		fail(w, http.StatusNotFound, "there is no such file: reload the page")
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("ETag", `"`+now.sum+`"`)
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
	// Record says that steps are recorded, Save into which folder the page may write them.
	Record bool   `json:"record"`
	Save   string `json:"save,omitempty"`
	// Webhook is the URL, for display, to which the page may post replies.
	Webhook string `json:"webhook,omitempty"`
	// Locale is the language of the phone, Direction that of its screens: ltr or rtl.
	Locale    string `json:"locale,omitempty"`
	Direction string `json:"direction"`
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
		if current, err = s.sessions.add(f, &s.options, s.observe); err != nil {
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
	now := s.current()
	html := bytes.ReplaceAll(now.files[name], []byte("{{assets}}"), []byte("/assets/"+now.sum))
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
		Change: f.change(), Record: s.options.Record != nil, Save: s.options.Save,
		Locale: s.options.Locale, Direction: direction(s.options.Locale),
	}
	if s.options.Webhook != "" {
		boot.Webhook = weburl.Printable(s.options.Webhook)
	}
	for _, other := range s.flows {
		boot.Flows = append(boot.Flows, other.flow.ID)
	}
	return boot
}
