package providers_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"github.com/flowserver/flowserver/internal/standin"
	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/secret"
)

// Set a key, then read it back: only that shows that the key on record is ours.
func ExampleNewMeta() {
	graph := httptest.NewServer(standin.New(standin.Meta, standin.Account{"access_token": "made-up", "phone_number_id": "106540352242922"}))
	defer graph.Close()
	meta, err := providers.NewMeta(providers.MetaConfig{
		BaseURL: secret.URL(graph.URL), AccessToken: secret.Bytes("made-up"), PhoneNumberID: "106540352242922",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	pair, err := keystore.Generate()
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	if err := meta.SetPublicKey(ctx, pair.PublicPEM()); err != nil {
		fmt.Println(err)
		return
	}
	remote, err := meta.PublicKey(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	key, err := keystore.ParsePublic([]byte(remote.PEM))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(remote.SignatureStatus, keystore.Fingerprint(key) == pair.Fingerprint())
	// Output: VALID true
}
