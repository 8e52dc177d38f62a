package cli_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/media"
	"github.com/flowserver/flowserver/internal/server"
)

type claimForm struct {
	Note   string       `json:"note"`
	Photos []media.Item `json:"photos" validate:"dive"`
	Papers []media.Item `json:"papers" validate:"dive"`
}

// newClaimProgram has a Flow that downloads what the user picks and ends with it.
func newClaimProgram(t *testing.T) *program {
	t.Helper()
	downloader, err := media.NewDownloader(media.Config{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	r := exchange.NewRegistry()
	exchange.Handle(r, exchange.NewScreen[exchange.NoData, claimForm]("CLAIM"),
		func(ctx context.Context, req *exchange.Request[claimForm]) (*exchange.Response, error) {
			seen := []string{req.Data.Note}
			for _, item := range append(req.Data.Photos, req.Data.Papers...) {
				var content strings.Builder
				info, err := downloader.Download(ctx, item, &content)
				if err != nil {
					return nil, err
				}
				seen = append(seen, item.SafeName()+"="+content.String()+" "+info.ContentType)
			}
			return exchange.Complete(map[string]string{"seen": strings.Join(seen, " ")}), nil
		})
	p := newProgram()
	p.Flows = []server.Flow{{ID: "booking", Handler: r}}
	return p
}

func TestCallFile(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "dev")
	dev := startProgram(t, newClaimProgram(t), "dev", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--dir", dir)
	front := writeFile(t, filepath.Join(t.TempDir(), "front, side.jpg"), "\xFF\xD8\xFFfront")
	paper := writeFile(t, filepath.Join(t.TempDir(), "paper.pdf"), "%PDF-1.7")
	large := writeFile(t, filepath.Join(t.TempDir(), "large.bin"), strings.Repeat("x", 25<<20+1))
	many := make([]string, 31)
	for i := range many {
		many[i] = "--file=photos=@" + paper
	}
	const example = "--file expects KEY=@PATH, for example --file photos=@id.jpg"
	const two = " paper.pdf=%PDF-1.7 application/pdf paper.pdf="
	for name, c := range map[string]struct {
		args   []string
		code   int
		stdout string
		stderr string
	}{
		"a photo":        {[]string{"submit", "CLAIM", "note=hi", "--file", "photos=@" + front}, 0, `hi front, side.jpg=\ufffd\ufffd\ufffdfront image/jpeg`, ""},
		"two":            {[]string{"submit", "CLAIM", "--file", "photos=@" + paper, "--file", "photos=@" + paper}, 0, two, ""},
		"two pickers":    {[]string{"submit", "CLAIM", "--file", "photos=@" + paper, "--file", "papers=@" + paper}, 0, two, ""},
		"missing":        {[]string{"submit", "CLAIM", "--file", "photos=@nosuch.jpg"}, 1, "", "error: --file: "},
		"a folder":       {[]string{"submit", "CLAIM", "--file", "photos=@" + dir}, 1, "", "is not a regular file"},
		"too large":      {[]string{"submit", "CLAIM", "--file", "photos=@" + large}, 1, "", "large.bin has 26214401 bytes: a picker submits files of at most"},
		"too many":       {append([]string{"submit", "CLAIM"}, many...), 2, "", "more than 30 files for photos"},
		"no @":           {[]string{"submit", "CLAIM", "--file", "photos=id.jpg"}, 2, "", example},
		"no key":         {[]string{"submit", "CLAIM", "--file", "=@id.jpg"}, 2, "", example},
		"no path":        {[]string{"submit", "CLAIM", "--file", "photos=@"}, 2, "", example},
		"given twice":    {[]string{"submit", "CLAIM", "photos=x", "--file", "photos=@" + paper}, 2, "", "photos is given twice: in the payload and as --file"},
		"another action": {[]string{"init", "--file", "photos=@" + paper}, 2, "", "--file needs the action submit"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProgram()
			p.run(t, c.code, dev.call(dir, c.args[0], c.args[1:]...)...)
			contains(t, "stdout", p.stdout.String(), c.stdout)
			contains(t, "stderr", p.stderr.String(), c.stderr)
		})
	}
}

// A server in production refuses to fetch from this machine.
func TestCallFileServe(t *testing.T) {
	t.Parallel()
	_, dir := startDev(t)
	config := writeFile(t, filepath.Join(dir, "serve.yaml"), `
listen: 127.0.0.1:0
admin: 127.0.0.1:0
numbers:
  - id: main
    private_keys:
      - file: private.pem
    provider: {name: none}
flows:
  - id: booking
    app_secrets_file: app-secret
`)
	serving := startProgram(t, newClaimProgram(t), "serve", "--config", config)
	paper := writeFile(t, filepath.Join(t.TempDir(), "paper.pdf"), "%PDF-1.7")
	p := newProgram()
	p.run(t, 1, serving.call(dir, "submit", "CLAIM", "--file", "photos=@"+paper)...)
	contains(t, "stdout", p.stdout.String(), "status   500")
	serving.awaitLog(t, media.ErrHost.Error())
}
