package catalog

import "regexp"

// The properties that many components share.
var (
	typeKey      = need("type", Any{}) // by which the row was found
	nameKey      = need("name", Name{})
	visibleKey   = may("visible", Bool{}).bindable()
	mandatoryKey = may("required", Bool{}).bindable()
	enabledKey   = may("enabled", Bool{}).bindable()

	selectKey   = may(OnSelect, Select{[]string{DataExchange, UpdateData}})
	unselectKey = may(OnUnselect, Select{[]string{UpdateData}}).from(6, 0)
)

// paragraphKeys are those of TextBody and TextCaption.
var paragraphKeys = []Property{
	typeKey, visibleKey,
	need("text", Lines{Limit: 4096}).bindable(),
	may("font-weight", Enum{Words: []string{"bold", "italic", "bold_italic", "normal"}}).bindable(),
	may("strikethrough", Bool{}).bindable(),
	may("markdown", Bool{Static: true}).from(5, 1),
}

// groupKeys are those that CheckboxGroup and RadioButtonsGroup have in common.
var groupKeys = []Property{
	typeKey, visibleKey, nameKey, mandatoryKey, enabledKey, selectKey, unselectKey,
	{Key: "label", Value: label(30), Required: true, RequiredFrom: Version{4, 0}, Bound: textType},
	need("data-source", List{Of: option, Min: 1, Shown: 20, Needed: true}).bindable(),
	may("description", Text{Limit: 300}).from(4, 0).bindable(),
	may("media-size", mediaSize).from(5, 0).bindable(),
	may("error-message", Text{}).alone().bindable(),
}

// pickerKeys are those that PhotoPicker and DocumentPicker have in common.
var pickerKeys = []Property{
	typeKey, visibleKey, nameKey, enabledKey,
	need("label", label(80)).bindable(),
	may("description", Text{Limit: 300}).bindable(),
	may("max-file-size-kb", Number{Whole: true, Static: true, Bounded: true, Min: 1, Max: 25600}),
	may("error-message", PerKey{Of: Text{}}).alone().bindable(), // by file
}

// label is the text by which users know an input or a button.
func label(limit int) Text { return Text{Limit: limit, Needed: true} }

// perDay is a value of a CalendarPicker: one in mode "single", one for each of the two
// days in mode "range".
func perDay(v Value) PerKey { return PerKey{Of: v, Keys: []string{StartDate, EndDate}} }

var (
	mediaSize = Enum{Words: []string{"regular", "large"}}
	scaleType = Enum{Words: []string{"contain", "cover"}}
	weekdays  = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}
)

var option = Record{"an option", []Property{
	need("id", Word{}).bindable(),
	need("title", Text{Limit: 30}).bindable(),
	may("description", Text{Limit: 300}).bindable(),
	may("metadata", Text{Limit: 20}).bindable(),
	may("enabled", Bool{}).bindable(),
	may("image", Image{KB: 300, KBFrom60: 100}).from(5, 0).bindable(),
	may("alt-text", Text{}).from(5, 0).bindable(),
	may("color", Word{Pattern: regexp.MustCompile(`^#[A-Fa-f0-9]{6}$`), Want: "a colour such as #25D366"}).from(5, 0).bindable(),
	itemSelectKey, itemUnselectKey,
}}

// optionsType is the type of a list of options.
var optionsType = TypeOf(List{Of: option})

var chip = Record{"an option of a ChipsSelector", []Property{
	need("id", Word{}).bindable(),
	need("title", Text{}).bindable(),
	may("enabled", Bool{}).bindable(),
	itemSelectKey, itemUnselectKey,
}}

var (
	itemSelectKey   = may(OnSelect, Select{[]string{UpdateData}}).from(6, 0)
	itemUnselectKey = may(OnUnselect, Select{[]string{UpdateData}}).from(6, 0)
)

var carouselImage = Record{"an image of a carousel", []Property{
	need("src", Image{}).bindable(),
	need("alt-text", Text{}).bindable(),
}}

var listAction = Click{[]string{DataExchange, Navigate}}

var listItem = Record{"a list item", []Property{
	need("id", Word{}).bindable(),
	need("main-content", Record{"main-content", []Property{
		need("title", Text{Limit: 30}).bindable(),
		may("description", Text{Limit: 20}).bindable(),
		may("metadata", Text{Limit: 80}).bindable(),
	}}).bindable(),
	may("start", Record{"start", []Property{
		need("image", Image{KBFrom60: 100, Static: true}),
		may("alt-text", Text{}).unchecked(),
	}}),
	may("end", Record{"end", []Property{
		may("title", Text{Limit: 10}).unchecked(),
		may("description", Text{Limit: 10}).unchecked(),
		may("metadata", Text{Limit: 10}).unchecked(),
	}}).onAllItems(),
	may("badge", Text{Limit: 15}).bindable().onOneItem(),
	may("tags", List{Of: Text{Limit: 15}, Min: 1, Max: 3, Static: true}).bindable(),
	may("enabled", Bool{Static: true}).bindable(),
	may(OnClick, listAction),
}}

// mimeTypes are those that a DocumentPicker can ask for (Meta, page "Media upload",
// 2026-04-15).
var mimeTypes = []string{
	"application/pdf", "application/zip", "application/gzip", "application/x-7z-compressed",
	"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"application/vnd.oasis.opendocument.text",
	"application/vnd.oasis.opendocument.spreadsheet",
	"application/vnd.oasis.opendocument.presentation",
	"image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff", "image/avif", "image/heic", "image/heif",
	"video/mp4", "video/mpeg", "text/plain",
}
