package media

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"

	flowcrypto "github.com/flowserver/flowserver/crypto"
)

// Item is one picked file, as PhotoPicker and DocumentPicker submit it; they always
// submit a list, of at most 30. It decodes from the JSON of the wire, whatever
// further keys that has, and encodes to the same with the URL and all keys.
type Item struct {
	// MediaID identifies the file in the Flow: the error-message of a picker can be an
	// object with a text for each media_id. The phone makes it up.
	MediaID string `json:"media_id" validate:"required,max=256"`
	// CDNURL is where the encrypted file is. A fake CDN on this machine has no https; a
	// [Downloader] fetches from it only with [WithOrigin].
	CDNURL string `json:"cdn_url" validate:"required,startswith=https://|startswith=http://127.0.0.1:|startswith=http://[::1]:,max=4096"`
	// FileName is the name that the file has on the phone. Use [Item.SafeName].
	FileName string `json:"file_name" validate:"max=1024"`
	// EncryptionMetadata decrypts and checks the file.
	EncryptionMetadata EncryptionMetadata `json:"encryption_metadata"`
}

// EncryptionMetadata holds the keys and hashes of an [Item]; in JSON they are
// standard base64.
type EncryptionMetadata struct {
	EncryptedHash []byte `json:"encrypted_hash" validate:"len=32"` // SHA-256 of the encrypted file
	IV            []byte `json:"iv" validate:"len=16"`
	EncryptionKey []byte `json:"encryption_key" validate:"len=32"` // AES-256
	HMACKey       []byte `json:"hmac_key" validate:"len=32"`
	PlaintextHash []byte `json:"plaintext_hash" validate:"len=32"` // SHA-256 of the clear file
}

// UnmarshalJSON reads an item. Meta documents media_id as a string; a number is accepted,
// too, because published dumps of real items show digits alone.
func (i *Item) UnmarshalJSON(raw []byte) error {
	type item Item
	wire := struct {
		MediaID mediaID `json:"media_id"` // hides that of the item
		*item
	}{mediaID(i.MediaID), (*item)(i)}
	err := json.Unmarshal(raw, &wire)
	i.MediaID = string(wire.MediaID)
	return err
}

// mediaID is a string in Go, and a string or a number in JSON.
type mediaID string

// UnmarshalJSON keeps the digits of a number as they are.
func (id *mediaID) UnmarshalJSON(raw []byte) error {
	if first := raw[0]; first == '-' || '0' <= first && first <= '9' {
		*id = mediaID(raw)
		return nil
	}
	return json.Unmarshal(raw, (*string)(id))
}

// WithoutKeys returns a copy with MediaID and FileName alone, which cannot be
// downloaded, for JSON that others see.
func (i Item) WithoutKeys() Item { return Item{MediaID: i.MediaID, FileName: i.FileName} }

func (i Item) key() flowcrypto.MediaKey {
	return flowcrypto.MediaKey{
		EncryptionKey: i.EncryptionMetadata.EncryptionKey,
		HMACKey:       i.EncryptionMetadata.HMACKey,
		IV:            i.EncryptionMetadata.IV,
		EncryptedHash: i.EncryptionMetadata.EncryptedHash,
		PlaintextHash: i.EncryptionMetadata.PlaintextHash,
	}
}

// describe tells items apart in logs, with nothing that opens or names the file.
func (i Item) describe() string {
	const enough = 64 // a UUID has 36 characters
	return fmt.Sprintf("media.Item(%.*q)", enough, i.MediaID)
}

// Format prints the media_id alone, whatever the verb.
func (i Item) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, i.describe()) }

// LogValue is the media_id alone.
func (i Item) LogValue() slog.Value { return slog.StringValue(i.describe()) }

// Format keeps the keys out of every fmt verb.
func (m EncryptionMetadata) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "media.EncryptionMetadata")
}

// LogValue keeps the keys out of logs.
func (m EncryptionMetadata) LogValue() slog.Value {
	return slog.StringValue("media.EncryptionMetadata")
}
