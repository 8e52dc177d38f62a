package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/internal/config"
)

// devFolder is where "flowserver dev" keeps its keys, its app secret and its
// configuration, which call and check use unless they are given others.
type devFolder string

func (d devFolder) file(name string) string { return filepath.Join(string(d), name) }
func (d devFolder) publicKey() string       { return d.file("public.pem") }
func (d devFolder) appSecret() string       { return d.file("app-secret") }

// exists reports whether dev has written a configuration there.
func (d devFolder) exists() bool {
	_, err := os.Stat(d.file("flowserver.yaml"))
	return err == nil
}

// endpoint returns the URL of the flow that is called flow, or of the only flow if
// flow is empty.
func (d devFolder) endpoint(flow string) (string, error) {
	path := d.file("flowserver.yaml")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", &usageError{hint(errors.New("no URL given, and "+path+" does not exist"),
			`give the endpoint's URL, or run "flowserver dev" in this folder first`)}
	}
	cfg, err := config.Load(path, func(string) (string, bool) { return "", false })
	if err != nil {
		return "", err
	}
	var ids []string
	for _, f := range cfg.Flows {
		ids = append(ids, f.ID)
	}
	if flow == "" && len(ids) == 1 {
		flow = ids[0]
	}
	switch {
	case flow == "":
		return "", usagef("%s has %d Flows: choose one with --flow: %s", path, len(ids), strings.Join(ids, ", "))
	case !slices.Contains(ids, flow):
		return "", usagef("--flow: %s has no such Flow, only %s", path, strings.Join(ids, ", "))
	}
	host, port, err := net.SplitHostPort(cfg.Listen)
	if err != nil || port == "0" {
		return "", usagef("%s does not say the port on which the server listens: give the endpoint's URL", path)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1" // it listens everywhere, so here too
	}
	return fmt.Sprintf("http://%s/flows/%s", net.JoinHostPort(host, port), flow), nil
}
