package media

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxNameBytes      = 150 // file systems take 255, and the caller may want a prefix
	maxExtensionBytes = 16
)

// SafeName returns FileName as a name that can be given to a file on any system: one
// element of a path, without control and invisible characters or what Windows
// forbids, without leading dots and dashes, not a device name such as NUL, and of at
// most 150 bytes, with the extension kept. It is never empty. It is not unique: two
// items may have the same. Its extension says nothing about what the file is.
func (i Item) SafeName() string {
	name := strings.ToValidUTF8(i.FileName, "_")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(safeRune, name)
	name = shorten(trimName(name))
	switch {
	case name == "":
		return "file"
	case isDevice(name):
		return shorten("_" + name)
	}
	return name
}

// trimName cuts leading dots (hidden files) and dashes (taken for options), and
// trailing dots and spaces, which Windows drops.
func trimName(name string) string {
	return strings.TrimRight(strings.TrimLeft(name, " .-"), " .")
}

// safeRune drops characters that cannot be seen, such as the one that turns the
// direction of text and hides an extension, and replaces those with a meaning.
func safeRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case !unicode.IsGraphic(r):
		return -1
	case strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	}
	return r
}

// isDevice reports names that are a device on Windows, with any extension (Microsoft,
// "Naming Files, Paths, and Namespaces").
func isDevice(name string) bool {
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	number, isPort := strings.CutPrefix(stem, "COM")
	if !isPort {
		number, isPort = strings.CutPrefix(stem, "LPT")
	}
	return isPort && utf8.RuneCountInString(number) == 1 && strings.ContainsAny(number, "0123456789¹²³")
}

// shorten cuts the middle of a long name, between characters.
func shorten(name string) string {
	if len(name) <= maxNameBytes {
		return name
	}
	extension := path.Ext(name)
	if len(extension) > maxExtensionBytes {
		extension = ""
	}
	end := maxNameBytes - len(extension)
	for !utf8.RuneStart(name[end]) {
		end--
	}
	return trimName(name[:end] + extension)
}
