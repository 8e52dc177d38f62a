package mediacdn

import (
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path"
	"strings"

	flowcrypto "github.com/flowserver/flowserver/crypto"
)

// Upload is a file of a [CDN]. It prints nothing of its keys.
type Upload struct {
	ID       string // media_id, by which error-message names a file
	Name     string
	MIMEType string
	Size     int64 // of the clear file, in bytes

	url     string
	cloudID string // of the Cloud API
	key     flowcrypto.MediaKey
}

func newUpload(f File, key flowcrypto.MediaKey) Upload {
	up := Upload{ID: newID(), Name: f.Name, MIMEType: f.MIMEType, Size: int64(len(f.Content)), cloudID: newCloudID(), key: key}
	if up.MIMEType == "" {
		up.MIMEType = guessType(f.Name, f.Content)
	}
	return up
}

// DataExchange returns the object that WhatsApp puts into the list of a picker in the
// payload of data_exchange (Meta, "Media upload", April 15, 2026). It consists of maps
// and strings, and belongs to the caller.
func (u Upload) DataExchange() map[string]any {
	return map[string]any{
		"media_id":  u.ID,
		"cdn_url":   u.url,
		"file_name": u.Name,
		"encryption_metadata": map[string]any{
			"encrypted_hash": encode(u.key.EncryptedHash),
			"iv":             encode(u.key.IV),
			"encryption_key": encode(u.key.EncryptionKey),
			"hmac_key":       encode(u.key.HMACKey),
			"plaintext_hash": encode(u.key.PlaintextHash),
		},
	}
}

// Complete returns the object that the chat message has in place of a file after
// complete (Meta, "Media upload", April 15, 2026). The Cloud API has no file of its id.
func (u Upload) Complete() map[string]any {
	return map[string]any{
		"file_name": u.Name,
		"mime_type": u.MIMEType,
		"sha256":    encode(u.key.PlaintextHash),
		"id":        u.cloudID,
	}
}

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// Format keeps the keys out of every fmt verb.
func (u Upload) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "mediacdn.Upload("+u.ID+")") }

// LogValue keeps the keys out of logs.
func (u Upload) LogValue() slog.Value { return slog.StringValue("mediacdn.Upload(" + u.ID + ")") }

// types are those of the extensions whose content says too little: office documents are
// archives, and Go does not know all images.
var types = map[string]string{
	".7z":   "application/x-7z-compressed",
	".avif": "image/avif",
	".doc":  "application/msword",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".heic": "image/heic",
	".heif": "image/heif",
	".jpeg": "image/jpeg",
	".jpg":  "image/jpeg",
	".mp4":  "video/mp4",
	".mpeg": "video/mpeg",
	".odp":  "application/vnd.oasis.opendocument.presentation",
	".ods":  "application/vnd.oasis.opendocument.spreadsheet",
	".odt":  "application/vnd.oasis.opendocument.text",
	".pdf":  "application/pdf",
	".png":  "image/png",
	".ppt":  "application/vnd.ms-powerpoint",
	".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	".tif":  "image/tiff",
	".tiff": "image/tiff",
	".webp": "image/webp",
	".xls":  "application/vnd.ms-excel",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// guessType returns the MIME type of a file: that of its content, or if that is generic,
// that of its extension.
func guessType(name string, content []byte) string {
	sniffed, _, _ := strings.Cut(http.DetectContentType(content), ";")
	switch sniffed {
	case "application/octet-stream", "application/zip", "text/plain":
		if byName, ok := types[strings.ToLower(path.Ext(name))]; ok {
			return byName
		}
	case "application/x-gzip":
		return "application/gzip" // as DocumentPicker calls it
	}
	return sniffed
}
