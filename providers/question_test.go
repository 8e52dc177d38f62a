package providers_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/keystore"
	"github.com/flowserver/flowserver/providers"
	"github.com/flowserver/flowserver/registration"
	"github.com/flowserver/flowserver/secret"
	"github.com/flowserver/flowserver/store"
)

// constantKey is a registrar that always returns this key.
type constantKey string

func (k constantKey) PublicKey(context.Context) (registration.RemoteKey, error) {
	return registration.RemoteKey{PEM: string(k), SignatureStatus: "VALID"}, nil
}

func (constantKey) SetPublicKey(context.Context, []byte) error { return errors.New("not expected") }

// exampleSettings are complete settings of a provider, as in the documentation.
func exampleSettings(t *testing.T, p providers.Provider) providers.Settings {
	t.Helper()
	settings := p.New()
	for _, k := range settings.Keys() {
		if k.Required {
			k.Set(k.Example)
		}
	}
	if err := providers.Check(settings); err != nil {
		t.Fatal(err)
	}
	return settings
}

// A cached answer belongs to the question: each setting that identifies a number is
// changed in turn, and what is cached for the number before is not found. Credentials
// and the manner of asking do not identify it.
func TestQuestion(t *testing.T) {
	t.Parallel()
	notIdentity := map[string]bool{"access_token": true, "api_key": true, "graph_version": true, "get_method": true, "header": true, "encoding": true}
	pair, err := keystore.Generate()
	if err != nil {
		t.Fatal(err)
	}
	ring, registered := keystore.NewRing(pair), constantKey(pair.PublicPEM())
	seen := map[string]string{}
	for _, p := range providers.All() {
		question := providers.Question(p.Name, exampleSettings(t, p))
		if other, again := seen[question]; again {
			t.Errorf("%s and %s ask the same question", p.Name, other)
		}
		seen[question] = p.Name
		for _, k := range exampleSettings(t, p).Keys() {
			t.Run(p.Name+"/"+k.Name, func(t *testing.T) {
				t.Parallel()
				cache := store.NewMemory(store.MemoryOptions{})
				t.Cleanup(func() { _ = cache.Close() })
				source := func(settings providers.Settings) string {
					tracker, err := registration.NewTracker(registration.TrackerConfig{
						Number: "main", Provider: p.Name, Question: providers.Question(p.Name, settings),
						Ring: ring, Registrar: registered, Cache: cache,
					})
					if err != nil {
						t.Fatal(err)
					}
					return tracker.Check(t.Context()).Source
				}
				if got := source(exampleSettings(t, p)); got != registration.SourceProvider {
					t.Fatalf("first check: from %s, want the provider", got)
				}
				changed := exampleSettings(t, p)
				for _, other := range changed.Keys() {
					if other.Name == k.Name {
						other.Set("another")
					}
				}
				want := registration.SourceProvider
				if notIdentity[k.Name] {
					want = registration.SourceCache
				}
				if got := source(changed); got != want {
					t.Errorf("with another %s: from %s, want %s", k.Name, got, want)
				}
			})
		}
	}
}

// Values cannot move from one setting to the next, and none can be read back.
func TestQuestionIsADigest(t *testing.T) {
	t.Parallel()
	meta := func(url, id string) string {
		return providers.Question("meta", &providers.MetaConfig{BaseURL: "https://" + secret.URL(url), PhoneNumberID: id})
	}
	if meta("a", "11") == meta("a1", "1") || meta("a", "1") == meta("a", "11") {
		t.Error("different settings ask the same question")
	}
	kaleyra := &providers.KaleyraConfig{SID: []byte(sid), PhoneNumber: "+919900000000"}
	if got := providers.Question("kaleyra", kaleyra); len(got) != 64 || strings.Contains(got, sid) {
		t.Errorf("question %q, want a digest", got)
	}
}
