package cli

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/keystore"
)

// devFiles are the files in the folder of dev.
type devFiles struct {
	private, public, appSecret, config string
	upstreamSecret                     string // empty without an upstream
	pair                               *keystore.Pair
	made                               string // now or earlier, for the user
}

// openDevFiles makes the files that are missing in dir and keeps those that are
// there. The configuration is written later.
func openDevFiles(dir string, upstream bool) (devFiles, error) {
	files := devFiles{
		private:   filepath.Join(dir, "private.pem"),
		public:    filepath.Join(dir, "public.pem"),
		appSecret: filepath.Join(dir, "app-secret"),
		config:    filepath.Join(dir, "flowserver.yaml"),
		made:      "created earlier",
	}
	if err := makeDevDir(dir); err != nil {
		if errors.Is(err, fs.ErrPermission) {
			err = hint(err, "run dev in a folder that you can write to, or name one with --dir")
		}
		return devFiles{}, err
	}
	text, err := os.ReadFile(files.private)
	switch {
	case errors.Is(err, os.ErrNotExist):
		files.made = "created just now"
		if files.pair, err = generateKey(files.private, nil); err != nil {
			return devFiles{}, err
		}
	case err != nil:
		return devFiles{}, err
	default:
		if files.pair, err = keystore.ParsePrivate(text, nil); err != nil {
			return devFiles{}, hint(fmt.Errorf("%s: %w", files.private, err), "repair the file, or choose another folder with --dir")
		}
	}
	if err := writePrivate(files.public, files.pair.PublicPEM()); err != nil { // it follows the private key
		return devFiles{}, err
	}
	if err := writeMissing(files.appSecret, hex.EncodeToString(randomBytes(16))+"\n"); err != nil {
		return devFiles{}, err
	}
	if upstream {
		files.upstreamSecret = filepath.Join(dir, "upstream-secret")
		secret := "whsec_" + base64.StdEncoding.EncodeToString(randomBytes(32)) + "\n" // as Standard Webhooks has it
		if err := writeMissing(files.upstreamSecret, secret); err != nil {
			return devFiles{}, err
		}
	}
	return files, nil
}

// makeDevDir makes a folder that only its owner can enter and that Git ignores. A
// folder that was there before and has another name than usual may be a whole project:
// it stays as it is.
func makeDevDir(dir string) error {
	_, err := os.Stat(dir)
	if err == nil && filepath.Base(dir) != defaultDevDir {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // G302: a folder, which needs the x bit
		return err
	}
	return writeMissing(filepath.Join(dir, ".gitignore"), "*\n")
}

func randomBytes(n int) []byte {
	random := make([]byte, n)
	_, _ = rand.Read(random) // never fails
	return random
}

// writeMissing writes a file that only its owner can read, unless there is one.
func writeMissing(path, content string) error {
	err := writeNew(path, []byte(content), 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	return err
}

// writePrivate writes a file that only its owner can read, even if it was there with
// another mode.
func writePrivate(path string, content []byte) error {
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return err
	}
	return os.Chmod(path, 0o600)
}

// writeDevConfig writes the configuration, which other commands read as well, and
// returns what it says.
func writeDevConfig(files devFiles, addresses devAddresses, providerURL string, flows []devFlow) (*config.Config, error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, `# Written by "flowserver dev" at every start: changes are lost.
listen: %q
admin: %q
registration:
  refresh: 10s
numbers:
  - id: main
    private_keys:
      - file: %s
    provider:                 # a stand-in, while "flowserver dev" runs
      name: chakra
      base_url: %s
      phone_number_id: %q
      access_token: %s
flows:
`, addresses.public, addresses.admin, filepath.Base(files.private), providerURL, devAccount["phone_number_id"], devAccount["access_token"])
	for _, f := range flows {
		fmt.Fprintf(&text, "  - id: %q\n    app_secrets_file: %s\n", f.id, filepath.Base(files.appSecret))
		if f.upstream != nil {
			fmt.Fprintf(&text, "    upstream:\n      url: %q\n      secret_file: %s\n", f.upstream, filepath.Base(files.upstreamSecret))
		}
		if f.flowJSONFile != "" {
			fmt.Fprintf(&text, "    flow_json: %q\n", f.flowJSONFile)
		}
		if f.flowJSON != nil {
			text.WriteString("    guard: enforce            # an answer that does not match the Flow JSON is refused\n")
		}
	}
	if err := writePrivate(files.config, text.Bytes()); err != nil {
		return nil, err
	}
	return config.Load(files.config, func(string) (string, bool) { return "", false })
}
