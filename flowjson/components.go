package flowjson

import (
	"maps"
	"regexp"
	"slices"
)

// component is what the table says of a type of component.
type component struct {
	since      Version
	properties []property
}

// components is the table of Meta's pages "Components" (2026-04-14) and "Media
// upload" (2026-04-15). Where these leave open which types a property takes, or
// whether it takes a reference, it is as Meta's Builder had it for version 6.2
// (2025-01) and WhatsApp's web client in 2026; where the two are stricter than the
// pages, the pages count. Limits of characters are those beyond which clients cut off.
var components = map[string]component{
	"TextHeading":    {properties: []property{typeKey, visibleKey, need("text", textShape{limit: 80})}},
	"TextSubheading": {properties: []property{typeKey, visibleKey, need("text", textShape{limit: 80})}},
	"TextBody":       {properties: paragraphKeys},
	"TextCaption":    {properties: paragraphKeys},
	"RichText":       {since: Version{5, 1}, properties: []property{typeKey, visibleKey, need("text", linesShape{})}},

	"TextInput": {properties: []property{
		typeKey, visibleKey, nameKey, mandatoryKey, enabledKey,
		need("label", textShape{limit: 20, liftedBy: "label-variant"}),
		may("input-type", enumShape{[]string{"text", "number", "email", "password", "passcode", "phone"}, true}),
		from(6, 2, may("pattern", plainShape{})),
		may("min-chars", numberShape{}),
		may("max-chars", numberShape{}),
		may("helper-text", textShape{limit: 80}),
		from(7, 0, may("label-variant", enumShape{[]string{"large"}, true})),
		alone("init-value", textShape{}),
		alone("error-message", textShape{limit: 30}),
	}},
	"TextArea": {properties: []property{
		typeKey, visibleKey, nameKey, mandatoryKey, enabledKey,
		need("label", textShape{limit: 20, liftedBy: "label-variant"}),
		may("max-length", numberShape{whole: true}),
		may("helper-text", textShape{limit: 80}),
		from(7, 0, may("label-variant", enumShape{[]string{"large"}, true})),
		alone("init-value", textShape{}),
		alone("error-message", textShape{}),
	}},

	"CheckboxGroup": {properties: slices.Concat(groupKeys, []property{
		may("min-selected-items", numberShape{bounded: true, max: many}),
		may("max-selected-items", numberShape{bounded: true, min: 2, max: many}),
		alone("init-value", listShape{of: textShape{}}),
	})},
	"RadioButtonsGroup": {properties: slices.Concat(groupKeys, []property{
		alone("init-value", textShape{}),
	})},
	"Dropdown": {properties: []property{
		typeKey, visibleKey, nameKey, mandatoryKey, enabledKey, selectKey, unselectKey,
		need("label", textShape{limit: 20}),
		need("data-source", listShape{of: option, min: 1, shown: dropdownShows}),
		alone("init-value", textShape{}),
		alone("error-message", textShape{}),
	}},
	"ChipsSelector": {since: Version{6, 3}, properties: []property{
		typeKey, visibleKey, nameKey, mandatoryKey, enabledKey,
		need("label", textShape{limit: 80}),
		need("data-source", listShape{of: chip, min: 2, shown: shows(20)}),
		may("description", textShape{limit: 300}),
		may("min-selected-items", numberShape{bounded: true, max: many}),
		may("max-selected-items", numberShape{bounded: true, min: 1, max: many}),
		from(7, 1, may("on-select-action", selectShape{[]allowed{exchangeAction, updateAction}})),
		from(7, 1, may("on-unselect-action", selectShape{[]allowed{updateAction}})),
		alone("init-value", listShape{of: textShape{}}),
		alone("error-message", textShape{}),
	}},
	"OptIn": {properties: []property{
		typeKey, visibleKey, nameKey, mandatoryKey,
		need("label", textShape{limit: 120}),
		may("on-click-action", clickShape{[]allowed{exchangeAction, navigateAction, openURLAction}}),
		from(6, 0, may("on-select-action", selectShape{[]allowed{updateAction}})),
		unselectKey,
		alone("init-value", boolShape{}),
	}},

	"DatePicker": {properties: []property{
		typeKey, visibleKey, nameKey, mandatoryKey, enabledKey,
		need("label", textShape{limit: 40}),
		may("min-date", dateShape{}),
		may("max-date", dateShape{}),
		may("unavailable-dates", listShape{of: dateShape{}}),
		may("helper-text", textShape{limit: 80}),
		may("on-select-action", selectShape{[]allowed{exchangeAction}}),
		alone("init-value", textShape{}),
		alone("error-message", textShape{limit: 80}),
	}},
	"CalendarPicker": {since: Version{6, 1}, properties: []property{
		typeKey, visibleKey, nameKey, enabledKey,
		need("label", inMode(textShape{limit: 40})),
		may("mode", enumShape{words: []string{"single", "range"}}),
		may("title", textShape{limit: 80}),
		may("description", textShape{limit: 300}),
		may("helper-text", inMode(textShape{limit: 80})),
		may("required", inMode(boolShape{})),
		may("min-date", dateShape{}),
		may("max-date", dateShape{}),
		may("unavailable-dates", listShape{of: dateShape{}}),
		may("include-days", listShape{of: enumShape{[]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}, true}, min: 1}),
		may("min-days", numberShape{whole: true}),
		may("max-days", numberShape{whole: true}),
		may("on-select-action", selectShape{[]allowed{exchangeAction}}),
		alone("init-value", inMode(textShape{})),
		alone("error-message", inMode(textShape{limit: 80})),
	}},

	"PhotoPicker": {since: Version{4, 0}, properties: slices.Concat(pickerKeys, []property{
		may("photo-source", enumShape{[]string{"camera_gallery", "camera", "gallery"}, true}),
		may("min-uploaded-photos", numberShape{whole: true, static: true, bounded: true, max: 30}),
		may("max-uploaded-photos", numberShape{whole: true, static: true, bounded: true, min: 1, max: 30}),
	})},
	"DocumentPicker": {since: Version{4, 0}, properties: slices.Concat(pickerKeys, []property{
		may("allowed-mime-types", listShape{of: enumShape{mimeTypes, true}, min: 1, static: true}),
		may("min-uploaded-documents", numberShape{whole: true, static: true, bounded: true, max: 30}),
		may("max-uploaded-documents", numberShape{whole: true, static: true, bounded: true, min: 1, max: 30}),
	})},

	"Image": {properties: []property{
		typeKey, visibleKey,
		need("src", imageShape{kb: 300, kbFrom60: 300}),
		may("width", numberShape{}),
		may("height", numberShape{}),
		may("aspect-ratio", numberShape{}),
		may("scale-type", enumShape{words: []string{"contain", "cover"}}),
		may("alt-text", textShape{}),
	}},
	"ImageCarousel": {since: Version{7, 1}, properties: []property{
		typeKey, visibleKey,
		need("images", listShape{of: recordShape{"an image of a carousel", []property{need("src", imageShape{}), need("alt-text", textShape{})}}, min: 1, max: 3}),
		may("aspect-ratio", enumShape{words: []string{"4:3", "16:9"}}),
		may("scale-type", enumShape{words: []string{"contain", "cover"}}),
	}},

	"EmbeddedLink": {properties: []property{
		typeKey, visibleKey,
		need("text", textShape{limit: 25}),
		need("on-click-action", clickShape{[]allowed{exchangeAction, navigateAction, openURLAction}}),
	}},
	"NavigationList": {since: Version{6, 2}, properties: []property{
		typeKey, nameKey,
		need("list-items", listShape{of: listItem, min: 1, shown: shows(20)}),
		may("label", textShape{limit: 80}),
		may("description", textShape{limit: 300}),
		may("media-size", mediaSize),
		may("on-click-action", listAction),
	}},
	"Footer": {properties: []property{
		typeKey, enabledKey,
		need("label", textShape{limit: 35}),
		may("left-caption", textShape{limit: 15}),
		may("center-caption", textShape{limit: 15}),
		may("right-caption", textShape{limit: 15}),
		need("on-click-action", clickShape{[]allowed{exchangeAction, navigateAction, completeAction}}),
	}},

	"Form": {properties: []property{
		typeKey, nameKey,
		need("children", childrenShape{}),
		may("init-values", mapShape{of: anyShape{}}),
		may("error-messages", mapShape{of: anyShape{}}),
	}},
	"If": {since: Version{4, 0}, properties: []property{
		typeKey,
		need("condition", conditionShape{}),
		need("then", childrenShape{some: true}),
		may("else", childrenShape{}),
	}},
	"Switch": {since: Version{4, 0}, properties: []property{
		typeKey,
		need("value", referenceShape{}),
		need("cases", casesShape{}),
	}},
}

// componentTypes are the types of the table, in order.
var componentTypes = slices.Sorted(maps.Keys(components))

// many is no bound.
const many = 1e9

// The properties that many components share.
var (
	typeKey      = need("type", anyShape{}) // by which the component was found
	nameKey      = need("name", nameShape{})
	visibleKey   = may("visible", boolShape{})
	mandatoryKey = may("required", boolShape{})
	enabledKey   = may("enabled", boolShape{})

	selectKey   = may("on-select-action", selectShape{[]allowed{exchangeAction, updateAction}})
	unselectKey = from(6, 0, may("on-unselect-action", selectShape{[]allowed{updateAction}}))
)

var paragraphKeys = []property{
	typeKey, visibleKey,
	need("text", linesShape{limit: 4096}),
	may("font-weight", enumShape{words: []string{"bold", "italic", "bold_italic", "normal"}}),
	may("strikethrough", boolShape{}),
	from(5, 1, may("markdown", boolShape{static: true})),
}

// groupKeys are what CheckboxGroup and RadioButtonsGroup have in common.
var groupKeys = []property{
	typeKey, visibleKey, nameKey, mandatoryKey, enabledKey, selectKey, unselectKey,
	{key: "label", shape: textShape{limit: 30}, required: true, requiredFrom: Version{4, 0}},
	need("data-source", listShape{of: option, min: 1, shown: shows(20)}),
	from(4, 0, may("description", textShape{limit: 300})),
	from(5, 0, may("media-size", mediaSize)),
	alone("error-message", textShape{}),
}

// pickerKeys are what PhotoPicker and DocumentPicker have in common.
var pickerKeys = []property{
	typeKey, visibleKey, nameKey, enabledKey,
	need("label", textShape{limit: 80}),
	may("description", textShape{limit: 300}),
	may("max-file-size-kb", numberShape{whole: true, static: true, bounded: true, min: 1, max: 25600}),
	alone("error-message", eitherShape{object: mapShape{of: textShape{}, static: true}, other: textShape{}}),
}

var mediaSize = enumShape{words: []string{"regular", "large"}}

// inMode is a value of a CalendarPicker: one in single mode, an object with one for
// start-date and one for end-date in range mode.
func inMode(s shape) eitherShape {
	return eitherShape{object: mapShape{of: s, static: true}, other: s}
}

var option = recordShape{"an option", []property{
	need("id", plainShape{}),
	need("title", textShape{limit: 30}),
	may("description", textShape{limit: 300}),
	may("metadata", textShape{limit: 20}),
	may("enabled", boolShape{}),
	from(5, 0, may("image", imageShape{kb: 300, kbFrom60: 100})),
	from(5, 0, may("alt-text", textShape{})),
	from(5, 0, may("color", plainShape{pattern: regexp.MustCompile(`^#[A-Fa-f0-9]{6}$`), want: "a colour such as #25D366"})),
	itemSelectKey, itemUnselectKey,
}}

var chip = recordShape{"an option of a ChipsSelector", []property{
	need("id", plainShape{}),
	need("title", textShape{}),
	may("enabled", boolShape{}),
	itemSelectKey, itemUnselectKey,
}}

var (
	itemSelectKey   = from(6, 0, may("on-select-action", selectShape{[]allowed{updateAction}}))
	itemUnselectKey = from(6, 0, may("on-unselect-action", selectShape{[]allowed{updateAction}}))
)

var listAction = clickShape{[]allowed{exchangeAction, navigateAction}}

var listItem = recordShape{"a list item", []property{
	need("id", plainShape{}),
	need("main-content", recordShape{"main-content", []property{
		need("title", textShape{limit: 30}),
		may("description", textShape{limit: 20}),
		may("metadata", textShape{limit: 80}),
	}}),
	may("start", recordShape{"start", []property{
		need("image", imageShape{kbFrom60: 100, static: true}),
		may("alt-text", textShape{}),
	}}),
	may("end", recordShape{"end", []property{
		may("title", textShape{limit: 10}),
		may("description", textShape{limit: 10}),
		may("metadata", textShape{limit: 10}),
	}}),
	may("badge", textShape{limit: 15}),
	may("tags", listShape{of: textShape{limit: 15}, min: 1, max: 3, static: true}),
	may("enabled", boolShape{static: true}),
	may("on-click-action", listAction),
}}

// shows says how many options clients show.
func shows(most int) func([]*Node) int { return func([]*Node) int { return most } }

// dropdownShows is fewer if there are images.
func dropdownShows(options []*Node) int {
	if slices.ContainsFunc(options, func(o *Node) bool { return o.Get("image") != nil }) {
		return 100
	}
	return 200
}

// mimeTypes are what a DocumentPicker can ask for.
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
