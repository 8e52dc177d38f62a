package secret

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
)

// URL is a URL whose user, path or query may contain a secret. Formatting or encoding it
// gives the scheme and host, "[redacted]" if the text is not a URL, or nothing if it is
// empty; a conversion to string gives the whole URL. The package comment on unexported
// fields applies to it, too.
type URL string

// String returns scheme and host.
func (u URL) String() string {
	if u == "" {
		return ""
	}
	parsed, err := url.Parse(string(u))
	if err != nil || parsed.Scheme == "" || parsed.Host == "" {
		return redacted
	}
	return parsed.Scheme + "://" + parsed.Host
}

// Format writes what String returns, whatever the verb.
func (u URL) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, u.String()) // a fmt.State has nowhere to report an error to
}

// LogValue returns what String returns.
func (u URL) LogValue() slog.Value { return slog.StringValue(u.String()) }

// MarshalText returns what String returns. JSON and YAML encoders use it.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }
