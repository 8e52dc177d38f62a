package phone

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// image draws a picture.
func (i *item) image() *Image {
	source := i.string("src")
	img := &Image{Src: i.picture(0, source), Alt: i.string("alt-text")}
	img.Width, _ = i.number("width")
	img.Height, _ = i.number("height")
	img.Ratio, _ = i.number("aspect-ratio")
	img.Scale = i.string("scale-type")
	if img.Src == "" && source != "" {
		i.warn(severityWarning, codeImage, ruleImages, "src is not a JPEG, PNG or WEBP image in base64", "send the base64 of an image, without a line break")
	}
	return img
}

// carousel draws a row of pictures.
func (i *item) carousel() *Carousel {
	c := &Carousel{Images: []Image{}, Ratio: i.string("aspect-ratio"), Scale: i.string("scale-type")}
	for n, o := range i.list("images") {
		object, _ := o.(map[string]any)
		source, _ := object["src"].(string)
		alt, _ := object["alt-text"].(string)
		c.Images = append(c.Images, Image{Src: i.picture(n, source), Alt: alt})
	}
	return c
}

// picture returns the data URL of picture n of the component.
func (i *item) picture(n int, source string) string {
	return i.savings.pictures.of(place{i.at, n}, source, dataURL)
}

// dataURL returns base64 text as a data URL, its type by the first bytes; empty if it is
// not an image. Such text may already begin as one.
func dataURL(source string) string {
	if _, rest, ok := strings.Cut(source, ";base64,"); ok && strings.HasPrefix(source, "data:") {
		source = rest
	}
	const sniffed = 64 // characters: 48 bytes
	head, err := base64.StdEncoding.DecodeString(source[:min(len(source), sniffed)/4*4])
	if err != nil || len(head) == 0 {
		return ""
	}
	kind := http.DetectContentType(head)
	if !strings.HasPrefix(kind, "image/") || strings.ContainsFunc(source, notBase64) {
		return ""
	}
	return "data:" + kind + ";base64," + source
}

func notBase64(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '+' && r != '/' && r != '='
}

// isHTTPS reports whether WhatsApp opens a URL.
func isHTTPS(url string) bool {
	return strings.HasPrefix(url, "https://") && len(url) > len("https://")
}
