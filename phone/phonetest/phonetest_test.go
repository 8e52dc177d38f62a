package phonetest_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/exchange/media"
	"github.com/flowserver/flowserver/phone/phonetest"
)

type claimForm struct {
	Photos []media.Item `json:"photos" validate:"min=1,dive"`
}

// claims answers with the names of the photos that it gets, and the hashes of their clear
// files.
func claims(t *testing.T) exchange.Handler {
	t.Helper()
	downloader, err := media.NewDownloader(media.Config{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	claim := exchange.NewScreen[exchange.NoData, claimForm]("CLAIM")
	registry := exchange.NewRegistry()
	exchange.HandleInit(registry, func(context.Context, *exchange.Request[exchange.NoData]) (*exchange.Response, error) {
		return claim.Show(exchange.NoData{}), nil
	})
	exchange.Handle(registry, claim, func(ctx context.Context, req *exchange.Request[claimForm]) (*exchange.Response, error) {
		var seen []string
		for _, item := range req.Data.Photos {
			sum := sha256.New()
			if _, err := downloader.Download(ctx, item, sum); err != nil {
				return nil, err
			}
			seen = append(seen, fmt.Sprintf("%s %x", item.SafeName(), sum.Sum(nil)))
		}
		return exchange.Complete(map[string]string{"seen": strings.Join(seen, ", ")}), nil
	})
	return registry
}

// A picker's files reach a handler that downloads them with package media.
func TestUpload(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("testdata/claim.json")
	if err != nil {
		t.Fatal(err)
	}
	phonetest.Run(t, "testdata/*.yaml", claims(t), phonetest.WithFlow(source))
}
