package media

import (
	"errors"

	flowcrypto "github.com/flowserver/flowserver/crypto"
)

var (
	// ErrMalformed means that a key, IV or hash of the item has a wrong size. It is the
	// ErrMalformed of package crypto.
	ErrMalformed = flowcrypto.ErrMalformed
	// ErrCorrupt means that the file that was fetched is not the one that the item
	// describes. It is the ErrMedia of package crypto.
	ErrCorrupt = flowcrypto.ErrMedia
	// ErrHost means that the item's URL, or one that it redirects to, is not https on a
	// host of [Config.Hosts].
	ErrHost = errors.New("media URL is not allowed")
	// ErrAddress means that the name of an allowed host resolves to an address that is
	// not public.
	ErrAddress = errors.New("media host has no public address")
	// ErrTooLarge means that the file is larger than [Config.MaxBytes].
	ErrTooLarge = errors.New("media file is too large")
	// ErrGone means that the CDN no longer has the file, or that the URL has expired
	// (status 403, 404 or 410).
	ErrGone = errors.New("media file is gone: WhatsApp keeps it for up to 20 days")
	// ErrUnavailable means that the file could not be fetched this time.
	ErrUnavailable = errors.New("media file is unavailable")
)
