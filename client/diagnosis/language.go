package diagnosis

import (
	"net/http"
	"strings"
)

// Language returns the language that an endpoint is written in, as [mistake.Code] names
// it, by the headers that its framework sends. It is empty if they do not say.
func Language(header http.Header) string {
	text := strings.ToLower(strings.Join(append(header.Values("X-Powered-By"), header.Values("Server")...), " "))
	for _, known := range []struct{ word, language string }{
		{"express", "Node"},
		{"next.js", "Node"},
		{"php", "PHP"},
		{"werkzeug", "Python"},
		{"uvicorn", "Python"},
		{"gunicorn", "Python"},
		{"hypercorn", "Python"},
		{"basehttp", "Python"},
		{"servlet", "Java"},
		{"jetty", "Java"},
		{"tomcat", "Java"},
		{"undertow", "Java"},
	} {
		if strings.Contains(text, known.word) {
			return known.language
		}
	}
	return ""
}
