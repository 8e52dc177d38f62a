package catalog

import "regexp"

// MaxScreens is the largest number of screens of a Flow (Meta, page "Flow JSON",
// 2026-03-24).
const MaxScreens = 100

var (
	screenIDBefore70 = regexp.MustCompile(`^[a-zA-Z,_]+$`)
	screenIDFrom70   = regexp.MustCompile(`^_*[a-zA-Z][a-zA-Z_]*$`)
	caseKey          = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]*$`)
)

// ScreenID returns the pattern of the ids of screens in a version.
func ScreenID(v Version) *regexp.Regexp {
	if v.AtLeast(Version{7, 0}) {
		return screenIDFrom70
	}
	return screenIDBefore70
}

// CasePattern returns the pattern of the cases of a Switch.
func CasePattern() *regexp.Regexp { return caseKey }

// SchemaKey is the key by which editors find a file's JSON Schema.
const SchemaKey = "$schema"

// Document returns the keys of the top level of a file.
func Document() Record { return document }

// Screen returns the keys of a screen.
func Screen() Record { return screen }

var (
	document = Record{"the top level", []Property{
		need("screens", Any{}),
		may("version", Any{}),
		may("data_api_version", Any{}),
		may("routing_model", Map{Of: List{Of: Word{}, Static: true}, Static: true}),
		may("data_channel_uri", Any{}),
		may(SchemaKey, Any{}),
		may("meta", Map{Of: Any{}, Static: true}).from(5, 1),
	}}
	screen = Record{"a screen", []Property{
		need("id", Any{}),
		need("title", Text{BlankFrom: Version{5, 0}}).bindable(),
		need("layout", Record{"a layout", []Property{
			need("type", LayoutType{}),
			need("children", Children{}),
		}}),
		may("terminal", Bool{Static: true}),
		may("success", Bool{Static: true}),
		may("refresh_on_back", Bool{Static: true}),
		may("sensitive", List{Of: Word{}, Min: 1, Static: true}).from(5, 1),
		may("data", Map{Of: Any{}, Static: true}),
	}}
)
