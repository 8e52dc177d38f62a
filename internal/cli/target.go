package cli

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/flowserver/flowserver/internal/weburl"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/secret"
)

// target says which endpoint a command calls, and with which key and secret. What
// neither a flag nor a variable gives comes from the folder of "flowserver dev".
type target struct {
	URL           string    `name:"url" env:"FLOWSERVER_URL" placeholder:"URL" help:"The endpoint, if it is not the first argument."`
	Flow          string    `placeholder:"ID" help:"Which Flow of the configuration in the folder, if it has several."`
	Dir           devFolder `default:".flowserver" placeholder:"DIR" help:"The folder created by flowserver dev: URL, public key and app secret come from it unless given."`
	PublicKey     string    `env:"FLOWSERVER_PUBLIC_KEY" placeholder:"FILE" help:"The public key that is registered for the number."`
	AppSecret     string    `env:"FLOWSERVER_APP_SECRET" placeholder:"SECRET" help:"Sign with this Meta app secret."`
	AppSecretFile string    `env:"FLOWSERVER_APP_SECRET_FILE" placeholder:"FILE" help:"Sign with the first app secret in this file."`
	Unsigned      bool      `help:"Do not sign."`
}

// flagsGiven returns the names of the flags on the command line. A flag that a
// variable or a default has set is not among them.
func flagsGiven(parsed *kong.Context) map[string]bool {
	given := map[string]bool{}
	for _, element := range parsed.Path {
		if element.Flag != nil && !element.Resolved {
			given[element.Flag.Name] = true
		}
	}
	return given
}

// chooseURL returns the endpoint's URL, and whether it comes from the folder of dev.
// Argument is the URL that stands on the command line without a flag, if any; given
// are the flags that do. A flag goes before a variable, a variable before the folder.
func (t target) chooseURL(argument string, given map[string]bool) (address string, assumed bool, err error) {
	switch {
	case argument != "" && given["url"]:
		return "", false, usagef("the URL is given both as an argument and as --url")
	case argument == "" && (given["url"] || t.URL != "" && t.Flow == ""):
		argument = t.URL
	case argument == "":
		address, err = t.Dir.endpoint(t.Flow)
		return address, true, err
	}
	if t.Flow != "" {
		return "", false, usagef("the URL already determines the Flow: omit either URL or --flow")
	}
	address, err = withScheme(argument)
	return address, false, err
}

// withScheme returns the URL that address is, which may lack http:// if it is on
// this machine.
func withScheme(address string) (string, error) {
	address = strings.TrimSpace(address) // of a copied line
	if strings.Contains(address, "://") {
		return address, nil // package client judges it
	}
	u, err := url.Parse("http://" + address)
	if scheme, _, found := strings.Cut(address, ":/"); found && (scheme == "http" || scheme == "https") {
		return "", usagef("URL must begin with %s://, with two slashes", scheme)
	}
	if err != nil || u.Host == "" {
		return "", usagef("URL must be an absolute http or https URL")
	}
	if weburl.IsLoopback(u.Hostname()) {
		return u.String(), nil
	}
	suggested := url.URL{Scheme: "https", Host: u.Host, Path: u.Path} // no password, no query
	return "", usagef("URL must begin with http:// or https://: did you mean %s", suggested.String())
}

// appSecret is what requests are signed with. The zero value leaves them unsigned.
type appSecret struct {
	value  []byte
	source string // the flag, variable or file that it comes from
}

// credentials returns the public key to seal with and the app secret to sign with.
func (t target) credentials(given map[string]bool) (*rsa.PublicKey, appSecret, error) {
	path, err := t.chooseKey(given)
	if err != nil {
		return nil, appSecret{}, err
	}
	key, err := readPublicKey(path)
	if err != nil {
		return nil, appSecret{}, err
	}
	signer, err := t.chooseSecret(key, given)
	return key, signer, err
}

func (t target) chooseKey(given map[string]bool) (path string, err error) {
	switch {
	case t.PublicKey != "":
		return t.PublicKey, nil
	case given["public-key"]:
		return "", usagef("--public-key is empty: expected the path of a file")
	case !t.Dir.exists():
		return "", &usageError{hint(fmt.Errorf("no public key given, and no %s here that contains one", t.Dir),
			"give the public key of the endpoint's number with --public-key")}
	}
	return t.Dir.publicKey(), nil
}

func readPublicKey(path string) (*rsa.PublicKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := keystore.ParsePublic(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// chooseSecret returns the app secret, or none for unsigned requests. The secret of
// the folder belongs to its public key: with another one the endpoint is not that of
// dev.
func (t target) chooseSecret(key *rsa.PublicKey, given map[string]bool) (appSecret, error) {
	flag, file := given["app-secret"], given["app-secret-file"]
	switch {
	case flag && file, (flag || file) && t.Unsigned:
		return appSecret{}, usagef("--app-secret, --app-secret-file and --unsigned exclude each other: give only one")
	case t.Unsigned:
		return appSecret{}, nil
	case flag && t.AppSecret == "":
		return appSecret{}, usagef("--app-secret is empty; --unsigned sends unsigned requests")
	case file && t.AppSecretFile == "":
		return appSecret{}, usagef("--app-secret-file is empty; --unsigned sends unsigned requests")
	case flag:
		return parseAppSecret("--app-secret", t.AppSecret)
	case file:
		return readAppSecret("--app-secret-file", t.AppSecretFile)
	case t.AppSecret != "" && t.AppSecretFile != "":
		return appSecret{}, usagef("FLOWSERVER_APP_SECRET and FLOWSERVER_APP_SECRET_FILE are both set: unset one, or give --app-secret-file")
	case t.AppSecret != "":
		return parseAppSecret("FLOWSERVER_APP_SECRET", t.AppSecret)
	case t.AppSecretFile != "":
		return readAppSecret("FLOWSERVER_APP_SECRET_FILE", t.AppSecretFile)
	case !t.Dir.exists():
		return appSecret{}, nil
	}
	if own, err := readPublicKey(t.Dir.publicKey()); err != nil || !own.Equal(key) {
		return appSecret{}, nil //nolint:nilerr // the folder is not what this endpoint has its key from
	}
	return readAppSecret(t.Dir.appSecret(), t.Dir.appSecret())
}

// readAppSecret reads the first app secret of a file, which must not be empty: a
// request is never sent unsigned by mistake.
func readAppSecret(source, path string) (appSecret, error) {
	list, err := secret.ReadLines(path)
	if errors.Is(err, secret.ErrEmpty) {
		return appSecret{}, fmt.Errorf("%s: the file is empty, expected an app secret on its first line", path)
	}
	if err != nil {
		return appSecret{}, err
	}
	if err := secret.Check(list[0]); err != nil {
		return appSecret{}, fmt.Errorf("%s: %w", path, err)
	}
	return appSecret{list[0], source}, nil
}

// parseAppSecret reads the app secret of a flag or a variable, the first one if it has one
// per line.
func parseAppSecret(source, text string) (appSecret, error) {
	value, err := secret.Parse([]byte(text))
	if list, _ := secret.ParseLines([]byte(text)); len(list) > 1 {
		value = list[0]
	}
	if err == nil {
		err = secret.Check(value)
	}
	if err != nil {
		return appSecret{}, &usageError{fmt.Errorf("%s: %w", source, err)}
	}
	return appSecret{value, source}, nil
}

// nothingThere are the causes of [diagnosis.Read] for which a server that does not run, or
// another address, is the likely reason.
func nothingThere() []string { return []string{"connection-refused", "no-connection", "no-such-host"} }

// unansweredHint asks what may be why no answer came. assumed reports whether the URL
// comes from the folder of dev.
func (t target) unansweredHint(assumed bool) string {
	if assumed {
		return `is "flowserver dev" running? Its address is from ` + t.Dir.file("flowserver.yaml")
	}
	return "is the server running, and is this its address?"
}

// elsewhereHint says what to try instead of a URL at which nothing is served: what dev
// serves if it is on the same host and port.
func (t target) elsewhereHint(address string) string {
	const checkPath = "check the path: flowserver serves a flow at /flows/ and its id"
	served, err := t.Dir.endpoint(t.Flow)
	if err != nil || served == address {
		return checkPath // there is no folder of dev, or no single flow
	}
	asked, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(served, "http://"+asked.Host+"/") {
		return checkPath
	}
	return "flowserver dev serves " + served
}

// signatureHint says which app secret the endpoint has refused, and what to do.
func (t target) signatureHint(signer appSecret) string {
	own := t.Dir.appSecret()
	switch {
	case t.Unsigned:
		return "the request was unsigned, and an endpoint must refuse it"
	case signer.source == "":
		return "the request was not signed: give the endpoint's app secret with --app-secret-file"
	case signer.source != own && strings.HasPrefix(signer.source, "FLOWSERVER_") && t.Dir.exists():
		return fmt.Sprintf("the app secret of %s was used: if the endpoint is that of flowserver dev, unset the variable or give --app-secret-file %s",
			signer.source, quoted(own))
	}
	return "the app secret of the endpoint differs from that of " + signer.source + ", or the endpoint verifies signatures wrongly"
}
