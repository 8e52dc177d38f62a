package media_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/flowserver/flowserver/exchange/media"
)

// A background worker downloads what a screen has stored. Here a server stands in
// for WhatsApp's CDN, as in a test of such a worker.
func ExampleDownloader_Download() {
	ctx := context.Background()
	encrypted, item := seal([]byte("%PDF-1.7 …"))
	item.FileName = "../invoice.pdf"
	cdn := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(encrypted) }))
	defer cdn.Close()
	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(folder) }()

	downloader, err := media.NewDownloader(media.Config{
		Hosts:             []string{".example.com"}, // both lines are for
		InsecureTransport: cdn.Client().Transport,   // tests alone
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	file, err := os.Create(filepath.Join(folder, item.SafeName()))
	if err != nil {
		fmt.Println(err)
		return
	}
	info, err := downloader.Download(ctx, item, file)
	switch {
	case errors.Is(err, media.ErrUnavailable):
		fmt.Println("try again later:", err)
	case err != nil:
		fmt.Println("give up:", err)
	}
	if err := file.Close(); err != nil {
		fmt.Println(err)
	}
	fmt.Println(item.SafeName(), info.ContentType, info.Size, "bytes")
	fmt.Println("log as", item)
	// Output:
	// invoice.pdf application/pdf 12 bytes
	// log as media.Item("790aba14")
}
