package media_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/exchange/media"
)

// wire is the example of Meta, "Media upload", April 15, 2026, with keys that
// clients were seen to leave in.
const wire = `{
  "media_id": "790aba14-5f4a-4dbd-aa9e-0d75401da14b",
  "cdn_url": "https://mmg.whatsapp.net/v/redacted",
  "file_name": "IMG_5237.jpg",
  "hmac": "x", "mime_type": "image/jpeg",
  "encryption_metadata": {
    "encrypted_hash": "/QvkBvpBED2q2AHPIFuhXfLpkn22zj2kO6ggzjvhHv0=",
    "iv": "5SHjLrrsfPXTSJTcbrVSkg==",
    "encryption_key": "lPa4SXcWbk3sy2so3OxjyXmpV4aE6CcIKd+4byr5hBw=",
    "hmac_key": "15l+E9Z5gcL15WH9OQ8GgK7VVCKkfbVigoSiM9djvGU=",
    "plaintext_hash": "AOF2dHXVEpm9efk9udNy3R1cUJWnpjFwQKGBEdALqXI=",
    "more": 1
  }
}`

func TestItemJSON(t *testing.T) {
	t.Parallel()
	var item media.Item
	if err := json.Unmarshal([]byte(wire), &item); err != nil {
		t.Fatal(err)
	}
	keys := item.EncryptionMetadata
	sizes := []int{len(keys.EncryptedHash), len(keys.IV), len(keys.EncryptionKey), len(keys.HMACKey), len(keys.PlaintextHash)}
	if diff := cmp.Diff([]int{32, 16, 32, 32, 32}, sizes); diff != "" {
		t.Errorf("sizes (-want +got):\n%s", diff)
	}
	stored, err := json.Marshal(item)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"media_id":"790aba14-5f4a-4dbd-aa9e-0d75401da14b","cdn_url":"https://mmg.whatsapp.net/v/redacted","file_name":"IMG_5237.jpg","encryption_metadata":` +
		`{"encrypted_hash":"/QvkBvpBED2q2AHPIFuhXfLpkn22zj2kO6ggzjvhHv0=","iv":"5SHjLrrsfPXTSJTcbrVSkg==","encryption_key":"lPa4SXcWbk3sy2so3OxjyXmpV4aE6CcIKd+4byr5hBw=",` +
		`"hmac_key":"15l+E9Z5gcL15WH9OQ8GgK7VVCKkfbVigoSiM9djvGU=","plaintext_hash":"AOF2dHXVEpm9efk9udNy3R1cUJWnpjFwQKGBEdALqXI="}}`
	if diff := cmp.Diff(want, string(stored)); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}

	shown := item.WithoutKeys()
	if diff := cmp.Diff(media.Item{MediaID: item.MediaID, FileName: "IMG_5237.jpg"}, shown); diff != "" {
		t.Errorf("without keys (-want +got):\n%s", diff)
	}
}

func TestItemPrintsNoKey(t *testing.T) {
	t.Parallel()
	_, item := seal([]byte("hello flows"))
	item.FileName = "SECRET.jpg"
	form := struct{ Photos []media.Item }{[]media.Item{item}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d", "%q"} {
		for _, value := range []any{item, &item, form, item.EncryptionMetadata} {
			fmt.Fprintf(&out, verb+"\n", value)
		}
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("photo", slog.Any("item", item), slog.Any("keys", item.EncryptionMetadata))
	}
	for _, secret := range []string{"SECRET", "KKKK", "4b4b4b", "75 75 75", "0x4b, 0x4b", "S0tLS0", "HHHH", "SEhI", "IIII", "SUlJ"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("printed %q:\n%s", secret, out.String())
		}
	}
	if got := strings.Count(out.String(), "790aba14"); got != 23 { // 7 verbs of 3 values, 2 handlers
		t.Errorf("the media_id is printed %d times, want 23:\n%s", got, out.String())
	}

	long := media.Item{MediaID: "line\nbreak" + strings.Repeat("x", 1000)}.LogValue().String()
	if strings.Contains(long, "\n") || len(long) > 100 {
		t.Errorf("a made-up media_id is printed as %q", long)
	}
}

func TestSafeName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, want string }{
		{"IMG_5237.jpg", "IMG_5237.jpg"},
		{"Relatório (final) nº 2.pdf", "Relatório (final) nº 2.pdf"},
		{"صورة.png", "صورة.png"},
		{"👩‍👧.jpg", "👩👧.jpg"},
		{"archive.tar.gz", "archive.tar.gz"},
		{"../../etc/passwd", "passwd"},
		{`..\..\windows\system.ini`, "system.ini"},
		{"/etc/", "file"},
		{"..", "file"},
		{".", "file"},
		{"", "file"},
		{" . - ", "file"},
		{".bashrc", "bashrc"},
		{"...hidden.txt", "hidden.txt"},
		{"-rf", "rf"},
		{"a.txt. . ", "a.txt"},
		{"a\x00b\x1b[31m\r\n.txt", "ab[31m  .txt"},
		{"photo\u202egpj.exe", "photogpj.exe"},
		{"\u200b.\ufeffx", "x"},
		{"bad\xff\xfe.txt", "bad_.txt"},
		{"c:x?.txt", "c_x_.txt"},
		{`<a>"b"|*.txt`, "_a__b___.txt"},
		{"CON", "_CON"},
		{"nul.txt", "_nul.txt"},
		{"Com1 .tar.gz", "_Com1 .tar.gz"},
		{"LPT³", "_LPT³"},
		{"CON" + strings.Repeat(" ", 200) + "x", "_CON"},
		{"aux." + strings.Repeat("x", 200), "_aux." + strings.Repeat("x", 145)},
		{"COM10.txt", "COM10.txt"},
		{"CONTRACT.pdf", "CONTRACT.pdf"},
		{strings.Repeat("a", 300) + ".jpg", strings.Repeat("a", 146) + ".jpg"},
		{strings.Repeat("é", 200) + ".jpg", strings.Repeat("é", 73) + ".jpg"},
		{strings.Repeat("a", 300) + "." + strings.Repeat("b", 100), strings.Repeat("a", 150)},
	} {
		if got := (media.Item{FileName: c.name}).SafeName(); got != c.want {
			t.Errorf("%q: got %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzSafeName(f *testing.F) {
	for _, name := range []string{"IMG_5237.jpg", "../x", `a\b`, "CON.txt", ".", "\u202e", "\xff", strings.Repeat("é", 200) + ".jpg"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := media.Item{FileName: name}.SafeName()
		switch {
		case got == "" || len(got) > 150:
			t.Fatalf("%q has %d bytes", got, len(got))
		case strings.ContainsAny(got, "/\\:*?\"<>|\x00\r\n\t"):
			t.Fatalf("%q has a character with a meaning", got)
		case strings.HasPrefix(got, ".") || strings.HasPrefix(got, "-") || strings.HasSuffix(got, "."):
			t.Fatalf("%q begins or ends badly", got)
		}
		if again := (media.Item{FileName: got}).SafeName(); again != got {
			t.Fatalf("%q is made safe again to %q", got, again)
		}
	})
}

// The media_id may be a number of any length; nothing else in its place is an item.
func TestItemMediaID(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		`"a1"`: "a1", `"17"`: "17", `17`: "17", `0`: "0", `-5`: "-5", `12345678901234567890123`: "12345678901234567890123", `null`: "", `""`: "",
		`true`: "error", `{}`: "error", `[1]`: "error",
	} {
		var item media.Item
		err := json.Unmarshal([]byte(`{"media_id":`+value+`,"file_name":"a.jpg"}`), &item)
		switch {
		case want == "error" && err == nil:
			t.Errorf("%s: got %q, want an error", value, item.MediaID)
		case want != "error" && (err != nil || item.MediaID != want || item.FileName != "a.jpg"):
			t.Errorf("%s: got %q and %q (%v), want %q and a.jpg", value, item.MediaID, item.FileName, err, want)
		}
	}
	item := media.Item{MediaID: "before"}
	if err := json.Unmarshal([]byte(`{"file_name":"a.jpg"}`), &item); err != nil || item.MediaID != "before" {
		t.Errorf("without a media_id: got %q (%v), want what was there", item.MediaID, err)
	}
}
