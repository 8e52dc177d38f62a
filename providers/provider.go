package providers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/internal/problem"
	"github.com/flowserver/flowserver/registration"
	"github.com/flowserver/flowserver/secret"
)

// Provider is a row of the table of providers.
type Provider struct {
	// Name names the provider in the configuration, in metrics and in errors.
	Name string
	// Title is the company's name.
	Title string
	// New returns empty settings of the provider.
	New func() Settings

	remedies map[error]string // one for each kind of error
}

// All returns the table of providers. Everything that is particular to a provider is
// in its row, or follows from it.
func All() []Provider { return []Provider{chakra, kaleyra, meta, graph} }

// Lookup returns the provider with this name.
func Lookup(name string) (p Provider, ok bool) {
	all := All()
	i := slices.IndexFunc(all, func(p Provider) bool { return p.Name == name })
	if i < 0 {
		return Provider{}, false
	}
	return all[i], true
}

// Settings is the configuration of a provider: [ChakraConfig], [KaleyraConfig],
// [MetaConfig] and [GraphConfig] have these methods.
type Settings interface {
	// Format prints the settings without their secrets.
	fmt.Formatter
	// Keys returns the keys with which a configuration file sets these settings.
	Keys() []Key
	// Open returns the adapter, or an error that lists everything that is wrong with
	// the settings. It sends nothing.
	Open(transport Transport) (registration.Registrar, error)
}

// opened returns a nil interface with an error, instead of an interface with a nil
// adapter in it.
func opened[A registration.Registrar](adapter A, err error) (registration.Registrar, error) {
	if err != nil {
		return nil, err
	}
	return adapter, nil
}

// Key is a key of a provider's configuration, bound to a field of its settings.
type Key struct {
	// Name is the key in the configuration file, for example phone_number_id.
	Name string
	// Meaning documents the key in one line of Markdown.
	Meaning string
	// Example is a value for the documentation; with File, it is the name of a file.
	// A key without an example is not part of [Provider.Example].
	Example string
	// Variable names the variable of the built-in configuration, without its prefix
	// FLOWSERVER_; the default is made of the names of provider and key, for example
	// KALEYRA_POD.
	Variable string
	// Default is the value if none is given; it may be empty.
	Default string
	// Choices are the only possible values, if there are any.
	Choices []string
	// Required means that a value must be given for this key, or for the key Or if
	// that is not empty.
	Required bool
	Or       string
	// Text or Secret is the field that the key sets; the other is nil.
	Text   *string
	Secret *secret.Bytes
	// File means that the value may also be in a file, which the key with the suffix
	// _file names. Credentials have this.
	File bool

	manner    bool                      // says how to ask: another value does not change what is asked about
	print     func(value string) string // what of a value may be printed
	normalize func(value string) string
	check     func(value string) (wrong, remedy string) // neither may quote the value
}

// Question returns a digest, in hexadecimal, of what a registrar with these settings
// asks about: the provider's name and all settings but credentials and those that only
// say how to ask. What is known of one question says nothing about another. The
// settings are complete, as after [Check].
func Question(provider string, s Settings) string {
	parts := []string{provider}
	for _, k := range s.Keys() {
		if !k.File && !k.manner { // whatever a new provider adds counts
			parts = append(parts, k.Name, k.value())
		}
	}
	digest := sha256.Sum256(fmt.Appendf(nil, "%q", parts)) // quoted, so that no value runs into the next
	return hex.EncodeToString(digest[:])
}

// printSettings writes settings without their secrets, whatever the verb. Each
// configuration calls it as its Format method: [secret.Bytes] alone would not do for
// a pointer to a configuration in a struct that is printed with %s.
func printSettings(f fmt.State, s Settings) {
	var fields []string
	for _, k := range s.Keys() {
		fields = append(fields, k.Name+":"+k.printed())
	}
	_, _ = io.WriteString(f, "{"+strings.Join(fields, " ")+"}") // a fmt.State has nowhere to report an error to
}

func (k Key) printed() string {
	switch {
	case k.Secret != nil:
		return k.Secret.String()
	case k.print != nil:
		return k.print(*k.Text)
	default:
		return *k.Text
	}
}

// IsSet reports whether the field has a value.
func (k Key) IsSet() bool { return k.value() != "" }

func (k Key) value() string {
	if k.Secret != nil {
		return string(*k.Secret)
	}
	return *k.Text
}

// Set sets the field.
func (k Key) Set(value string) {
	if k.Secret != nil {
		*k.Secret = secret.Bytes(value)
	} else {
		*k.Text = value
	}
}

// Names returns the keys that can give the value: Name, with File also Name_file, and
// Or.
func (k Key) Names() []string {
	names := []string{k.Name}
	if k.File {
		names = append(names, k.Name+"_file")
	}
	if k.Or != "" {
		names = append(names, k.Or)
	}
	return names
}

// Example returns the provider block of a configuration file, for the documentation.
func (p Provider) Example() string {
	var b strings.Builder
	b.WriteString("provider:\n  name: " + p.Name + "\n")
	for _, k := range p.New().Keys() {
		if k.Example == "" {
			continue
		}
		name, value := k.Name, k.Example
		if k.File {
			name += "_file"
		}
		if strings.Trim(value, "+0123456789") == "" {
			value = `"` + value + `"` // a number would lose its leading zeros or its plus sign elsewhere
		}
		b.WriteString("  " + name + ": " + value + "\n")
	}
	return b.String()
}

// Check completes the settings with defaults, brings values into the form that the
// provider wants, and returns a problem.List of what is wrong, by key; nil if nothing
// is. The key of a missing value is not set.
func Check(s Settings) error {
	keys := s.Keys()
	isSet := func(name string) bool {
		return slices.ContainsFunc(keys, func(k Key) bool { return k.Name == name && k.IsSet() })
	}
	var wrong problem.List
	for _, k := range keys {
		switch {
		case k.IsSet():
			if text, remedy := k.examine(); text != "" {
				wrong.Add(k.Name, text, remedy)
			}
		case k.Default != "":
			k.Set(k.Default)
		case k.Required && !isSet(k.Or):
			wrong.Add(k.Name, k.missing(), "add "+strings.Join(k.Names(), " or "))
		}
	}
	return wrong.Err()
}

// examine normalizes the value of a key, and returns what is wrong with it.
func (k Key) examine() (wrong, remedy string) {
	if k.normalize != nil {
		k.Set(k.normalize(k.value()))
	}
	switch {
	case len(k.Choices) > 0 && !slices.Contains(k.Choices, k.value()):
		return "is not one of " + strings.Join(k.Choices, ", "), ""
	case k.check != nil:
		return k.check(k.value())
	}
	return "", ""
}

func (k Key) missing() string {
	switch {
	case k.Or != "":
		return "has neither " + k.Name + " nor " + k.Or
	case k.File:
		return "has no " + k.Name
	default:
		return "is missing"
	}
}
