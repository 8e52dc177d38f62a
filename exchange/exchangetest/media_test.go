package exchangetest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/client/mediacdn"
	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/exchangetest"
	"github.com/flowserver/flowserver/exchange/media"
)

type photosForm struct {
	Note   string       `json:"note"`
	Photos []media.Item `json:"photos" validate:"min=1,dive"`
}

type photosData struct {
	ErrorMessages map[string]string `json:"error_messages"`
}

// photos is a Flow that downloads what the user picks, and answers with it.
func photos(tb testing.TB) exchange.Handler {
	tb.Helper()
	downloader, err := media.NewDownloader(media.Config{TempDir: tb.TempDir()})
	if err != nil {
		tb.Fatal(err)
	}
	registry := exchange.NewRegistry()
	exchange.Handle(registry, exchange.NewScreen[photosData, photosForm]("PHOTOS"),
		func(ctx context.Context, req *exchange.Request[photosForm]) (*exchange.Response, error) {
			seen := []string{req.Data.Note}
			for _, item := range req.Data.Photos {
				var content strings.Builder
				if _, err := downloader.Download(ctx, item, &content); err != nil {
					return nil, err
				}
				seen = append(seen, item.SafeName()+"="+content.String())
			}
			return exchange.Complete(map[string]string{"seen": strings.Join(seen, " ")}), nil
		},
		exchange.Reload(func(context.Context, *exchange.Request[photosForm]) (photosData, error) { return photosData{}, nil }))
	return registry
}

// clients are both kinds of clients of a Flow.
func clients(t *testing.T) map[string]*exchangetest.Client {
	t.Helper()
	return map[string]*exchangetest.Client{"without network": exchangetest.New(t, photos(t)), "over HTTP": exchangetest.NewServer(t, photos(t))}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	for name, c := range clients(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			type payload struct {
				Note   string `json:"note"`
				Photos []any  `json:"photos"`
			}
			reply := c.Submit("PHOTOS", payload{"<12345678901234567890>", []any{
				exchangetest.Photo("id.jpg", []byte("front")), exchangetest.Document("back.pdf", []byte("back")),
			}})
			if !reply.Completed() {
				t.Fatalf("got status %d, %v, want SUCCESS", reply.Status, reply.Err)
			}
			if got, want := string(reply.Params()), `"seen":"<12345678901234567890> id.jpg=front back.pdf=back"`; !strings.Contains(unescaped(got), want) {
				t.Errorf("got params %s, want %s", got, want)
			}
		})
	}
}

func unescaped(text string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(text)
}

func TestFileFaults(t *testing.T) {
	t.Parallel()
	c := exchangetest.New(t, photos(t))
	for fault, want := range map[mediacdn.Fault]error{
		mediacdn.WrongHash: media.ErrCorrupt, mediacdn.WrongHMAC: media.ErrCorrupt, mediacdn.Gone: media.ErrGone,
	} {
		reply := c.Submit("PHOTOS", map[string]any{"photos": []any{exchangetest.Photo("id.jpg", []byte("front")).WithFault(fault)}})
		if reply.Status != 500 || !strings.Contains(fmt.Sprint(reply.Err), want.Error()) {
			t.Errorf("%s: got status %d, %v, want 500 and %v", fault, reply.Status, reply.Err, want)
		}
	}
}

// TestNoFiles checks that handlers may fetch nothing on this machine before a file is there.
func TestNoFiles(t *testing.T) {
	t.Parallel()
	cdn, err := mediacdn.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cdn.Close() })
	up, err := cdn.Add(mediacdn.File{Name: "id.jpg"})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range clients(t) {
		reply := c.Submit("PHOTOS", map[string]any{"photos": []any{up.DataExchange()}})
		if reply.Status != 500 || name == "without network" && !strings.Contains(fmt.Sprint(reply.Err), media.ErrHost.Error()) {
			t.Errorf("%s: got status %d, %v, want 500 and ErrHost", name, reply.Status, reply.Err)
		}
	}
}
