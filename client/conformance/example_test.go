package conformance_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http/httptest"

	"github.com/flowserver/flowserver/client/conformance"
)

func ExampleRun() {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		fmt.Println(err)
		return
	}
	endpoint := honest(key) // yours, in any language
	endpoint.kind = "application/json"
	server := httptest.NewServer(endpoint)
	defer server.Close()

	report, err := conformance.Run(context.Background(), conformance.Config{
		URL: server.URL, PublicKey: &key.PublicKey, AppSecret: []byte(appSecret), Only: []string{"health"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("failed:", report.Failed())
	for _, result := range report.Results {
		if result.Outcome == conformance.Warn {
			fmt.Printf("%s: got %s, want %s: %s\n", result.ID, result.Got, result.Want, result.Fix)
		}
	}
	// Output:
	// failed: false
	// health/content-type: got "application/json", want text/plain: set Content-Type: text/plain on sealed answers
}
