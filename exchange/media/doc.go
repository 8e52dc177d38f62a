// Package media receives the photos and documents that users pick in a Flow: [Item] is
// what PhotoPicker and DocumentPicker submit, and a [Downloader] fetches, verifies and
// decrypts the file behind it.
//
// A form lists them under the name that the Flow's author chose; dive makes validator
// check each of them:
//
//	type ClaimForm struct {
//		Photos []media.Item `json:"photos" validate:"min=1,max=3,dive"`
//	}
//
// A program has one Downloader:
//
//	downloader, err := media.NewDownloader(media.Config{})
//	…
//	file, err := os.CreateTemp(dir, "claim-*")
//	…
//	info, err := downloader.Download(ctx, item, file)
//
// WhatsApp waits only seconds for the answer to a screen, and thirty files may arrive at
// once: store the items, answer, and download in the background. The CDN keeps files for
// up to 20 days (Meta, "Media upload", April 15, 2026).
//
// # Errors
//
// [ErrUnavailable] may be temporary: try again later. The others are permanent: [ErrGone],
// [ErrCorrupt], [ErrMalformed], [ErrTooLarge], [ErrHost] and [ErrAddress]. An error of the
// writer or of the context can be found with errors.Is. No error contains a key, a part of
// a file, or more of a URL than the refused host and port.
//
// # Security
//
// The phone determines the content of an Item, so none of it is trusted.
//
// A URL is fetched only over https, without a proxy, and only from the hosts of [Config],
// even after a redirect. The address to which the host resolves when the connection is
// made must be public, so a name that resolves to an internal address is refused.
// [WithOrigin] is the only exception.
//
// A download is spooled to a temporary file, still encrypted. Its hash, its HMAC, its
// padding and the hash of the clear file are checked before the first byte goes to the
// caller's writer.
//
// Verified means that the file is the one that the user picked, not that it is
// harmless: it can be of any type whatever the Flow allows, and may attack what
// opens it.
//
// An Item is a capability: anyone who has its URL and keys has the file. It prints neither
// with any fmt verb nor as a value of slog, except in an unexported field, where package
// fmt calls no method. Its JSON is complete, so that it can be stored: encrypt such a
// store or protect it like the files, and use [Item.WithoutKeys] for JSON that others see.
//
// # Tests and development
//
// Package client/mediacdn plays WhatsApp's CDN on this machine, which a Downloader refuses
// to fetch from. It fetches only with a context that [WithOrigin] has made, from exactly
// that origin. exchangetest makes such a context for its files (exchangetest.Photo), and
// "flowserver dev" for each request in which a program on this machine names its CDN, as
// "flowserver call --file photos=@id.jpg" does. A download that continues after the answer
// needs [context.WithoutCancel] of the request's context, and a CDN that still runs: that
// of call ends with the answer.
//
// In another server, for a test, call WithOrigin yourself with the value of the request
// header [OriginHeader], for callers on this machine only. In production, never do so:
// "flowserver serve" does not.
//
// # Concurrency
//
// Downloaders are safe for concurrent use. Each download holds about 100 KiB of
// memory, and as much of [Config.TempDir] as the file is large.
package media
