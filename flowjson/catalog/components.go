package catalog

import "slices"

// The pages of Meta that the rows come from.
const (
	componentsPage = `Meta, "Components", 2026-04-14`
	mediaPage      = `Meta, "Media upload", 2026-04-15`
)

// anywhere is the placement of components without a rule.
var anywhere = &Placement{}

// components is the table.
var components = []*Component{
	{
		Type: "TextHeading", Since: first, Source: componentsPage, Placement: anywhere,
		Properties: []Property{typeKey, visibleKey, need("text", Text{Limit: 80}).bindable()},
	},
	{
		Type: "TextSubheading", Since: first, Source: componentsPage, Placement: anywhere,
		Properties: []Property{typeKey, visibleKey, need("text", Text{Limit: 80}).bindable()},
	},
	{
		Type: "TextBody", Since: first, Source: componentsPage, Placement: anywhere,
		Properties: paragraphKeys,
	},
	{
		Type: "TextCaption", Since: first, Source: componentsPage, Placement: anywhere,
		Properties: paragraphKeys,
	},
	{
		Type: "RichText", Since: Version{5, 1}, Source: componentsPage,
		Properties: []Property{typeKey, visibleKey, need("text", Lines{Whole: true}).bindable()},
		Placement: &Placement{Alone: []Alone{
			{Version{5, 1}, []string{"RichText"}, "INVALID_RICHTEXT_PLACEMENT", "from version 6.3 on, a Footer may be there too"},
			{Version{6, 3}, []string{"RichText", "Footer"}, "INVALID_COMPONENT_PLACEMENT", "a TextBody with markdown can be next to others"},
		}},
	},

	{
		Type: "TextInput", Since: first, Source: componentsPage, Placement: anywhere,
		Properties: []Property{
			typeKey, visibleKey, nameKey, mandatoryKey, enabledKey,
			need("label", Text{Limit: 20, LiftedBy: "label-variant", Needed: true}).bindable(),
			may("input-type", Enum{[]string{"text", "number", "email", "password", "passcode", "phone"}, true}),
			may("pattern", Word{}).from(6, 2),
			may("min-chars", Number{Quoted: true}).bound(countType),
			may("max-chars", Number{Positive: true, Quoted: true}).bound(countType),
			may("helper-text", Text{Limit: 80}).bindable(),
			may("label-variant", Enum{[]string{"large"}, true}).from(7, 0),
			may("init-value", Text{}).alone().bindable(),
			may("error-message", Text{Limit: 30}).alone().bindable(),
		},
		// To Meta's validator, an input for numbers is a number, while clients send what
		// was typed as a string.
		Input: &Input{
			Type: textType, By: "input-type", Otherwise: textType,
			Types: map[string]*Type{"number": numberType, "passcode": numberType, "email": emailType},
		},
		Bounds: &Bounds{Least: "min-chars", Most: "max-chars", Of: Characters, Default: 80, Code: minGreaterCode},
	},
	{
		Type: "TextArea", Since: first, Source: componentsPage, Placement: anywhere,
		Properties: []Property{
			typeKey, visibleKey, nameKey, mandatoryKey, enabledKey,
			need("label", Text{Limit: 20, LiftedBy: "label-variant", Needed: true}).bindable(),
			may("max-length", Number{Whole: true, Positive: true, Quoted: true}).bound(countType),
			may("helper-text", Text{Limit: 80}).bindable(),
			may("label-variant", Enum{[]string{"large"}, true}).from(7, 0),
			may("init-value", Text{}).alone().bindable(),
			may("error-message", Text{}).alone().bindable(),
		},
		Input:  &Input{Type: textType},
		Bounds: &Bounds{Most: "max-length", Of: Characters},
	},

	{
		Type: "CheckboxGroup", Since: first, Source: componentsPage, Placement: anywhere,
		Properties: slices.Concat(groupKeys, []Property{
			may("min-selected-items", Number{Bounded: true, Max: many}).bindable(),
			may("max-selected-items", Number{Bounded: true, Min: 2, Max: many}).bindable(),
			may("init-value", List{Of: Text{}}).alone().bindable(),
		}),
		Input:  &Input{Type: textsType, Items: "data-source"},
		Bounds: &Bounds{Least: "min-selected-items", Most: "max-selected-items", Of: Choices, Code: minGreaterCode},
	},
	{
		Type: "RadioButtonsGroup", Since: first, Source: componentsPage, Placement: anywhere,
		Properties: slices.Concat(groupKeys, []Property{may("init-value", Text{}).alone().bindable()}),
		Input:      &Input{Type: textType, Items: "data-source"},
	},
	{
		Type: "Dropdown", Since: first, Source: componentsPage, Placement: anywhere,
		Properties: []Property{
			typeKey, visibleKey, nameKey, mandatoryKey, enabledKey, selectKey, unselectKey,
			need("label", label(20)).bindable(),
			need("data-source", List{Of: option, Min: 1, Shown: 200, ShownWithImage: 100, Needed: true, NeededUntil: Version{6, 0}}).bindable(),
			may("init-value", Text{}).alone().bindable(),
			may("error-message", Text{}).alone().bindable(),
		},
		Input: &Input{Type: textType, Items: "data-source"},
	},
	{
		Type: "ChipsSelector", Since: Version{6, 3}, Source: componentsPage,
		Properties: []Property{
			typeKey, visibleKey, nameKey, mandatoryKey, enabledKey,
			need("label", label(80)).bindable(),
			need("data-source", List{Of: chip, Min: 2, Shown: 20, Needed: true}).bound(optionsType),
			may("description", Text{Limit: 300}).bindable(),
			may("min-selected-items", Number{Bounded: true, Max: many}).bindable(),
			may("max-selected-items", Number{Bounded: true, Min: 1, Max: many}).bindable(),
			may(OnSelect, Select{[]string{DataExchange, UpdateData}}).from(7, 1),
			may(OnUnselect, Select{[]string{UpdateData}}).from(7, 1),
			may("init-value", List{Of: Text{}}).alone().bindable(),
			may("error-message", Text{}).alone().bindable(),
		},
		Input:     &Input{Type: textsType, Items: "data-source"},
		Bounds:    &Bounds{Least: "min-selected-items", Most: "max-selected-items", Of: Choices, Code: minGreaterCode},
		Placement: &Placement{NotIn: []NotIn{{Types: branching, Since: Version{6, 3}, Until: Version{7, 1}}}},
	},
	{
		Type: "OptIn", Since: first, Source: componentsPage,
		Properties: []Property{
			typeKey, visibleKey, nameKey, mandatoryKey,
			need("label", label(120)).bindable(),
			may(OnClick, Click{[]string{DataExchange, Navigate, OpenURL}}),
			may(OnSelect, Select{[]string{UpdateData}}).from(6, 0),
			unselectKey,
			may("init-value", Bool{}).alone().bindable(),
		},
		Input:     &Input{Type: boolType},
		Placement: &Placement{PerScreen: Limit{Most: 5, Since: first}},
	},

	{
		Type: "DatePicker", Since: first, Source: componentsPage, Placement: anywhere,
		Properties: []Property{
			typeKey, visibleKey, nameKey, mandatoryKey, enabledKey,
			need("label", label(40)).bindable(),
			may("min-date", Date{}).bindable(),
			may("max-date", Date{}).bindable(),
			may("unavailable-dates", List{Of: Date{}}).bindable(),
			may("helper-text", Text{Limit: 80}).bindable(),
			may(OnSelect, Select{[]string{DataExchange}}),
			may("init-value", Date{Initial: true}).alone().bindable(),
			may("error-message", Text{Limit: 80}).alone().bindable(),
		},
		Input: &Input{Type: dateType},
		Days:  &Days{First: "min-date", Last: "max-date", Unavailable: "unavailable-dates"},
	},
	{
		Type: "CalendarPicker", Since: Version{6, 1}, Source: componentsPage, Placement: anywhere,
		Properties: []Property{
			typeKey, visibleKey, nameKey, enabledKey,
			need("label", perDay(label(40))).bindable(),
			may("mode", Enum{Words: []string{"single", "range"}}).bindable(),
			may("title", Text{Limit: 80}).rangeOnly().bindable(),
			may("description", Text{Limit: 300}).rangeOnly().bindable(),
			may("helper-text", perDay(Text{Limit: 80})).bindable(),
			may("required", perDay(Bool{})).bindable(),
			may("min-date", Date{}).bindable(),
			may("max-date", Date{}).bindable(),
			may("unavailable-dates", List{Of: Date{}}).bindable(),
			may("include-days", List{Of: Enum{weekdays, true}, Min: 1}).bindable(),
			may("min-days", Number{Whole: true}).rangeOnly().bindable(),
			may("max-days", Number{Whole: true}).rangeOnly().bindable(),
			may(OnSelect, Select{[]string{DataExchange}}),
			may("init-value", perDay(Text{})).alone().bindable(),
			may("error-message", perDay(Text{Limit: 80})).alone().bindable(),
		},
		Input:  &Input{Type: dateType, By: "mode", Types: map[string]*Type{"single": dateType, "range": rangeType}},
		Bounds: &Bounds{Least: "min-days", Most: "max-days", Of: Dates, Code: "INVALID_MIN_MAX_DAYS"},
		Days:   &Days{First: "min-date", Last: "max-date", Unavailable: "unavailable-dates"},
	},

	{
		Type: "PhotoPicker", Since: Version{4, 0}, Source: mediaPage,
		Properties: slices.Concat(pickerKeys, []Property{
			may("photo-source", Enum{[]string{"camera_gallery", "camera", "gallery"}, true}),
			may("min-uploaded-photos", Number{Whole: true, Static: true, Bounded: true, Max: 30}),
			may("max-uploaded-photos", Number{Whole: true, Static: true, Bounded: true, Min: 1, Max: 30}),
		}),
		Input:     &Input{Type: filesType, Files: true},
		Bounds:    &Bounds{Least: "min-uploaded-photos", Most: "max-uploaded-photos", Of: Files, Default: 30, Code: minGreaterCode},
		Placement: &Placement{PerScreen: Limit{Most: 1, Since: Version{4, 0}}, CountedWith: []string{"DocumentPicker"}},
	},
	{
		Type: "DocumentPicker", Since: Version{4, 0}, Source: mediaPage, Placement: anywhere, // counted with PhotoPicker
		Properties: slices.Concat(pickerKeys, []Property{
			may("allowed-mime-types", List{Of: Enum{mimeTypes, true}, Min: 1, Static: true}),
			may("min-uploaded-documents", Number{Whole: true, Static: true, Bounded: true, Max: 30}),
			may("max-uploaded-documents", Number{Whole: true, Static: true, Bounded: true, Min: 1, Max: 30}),
		}),
		Input:  &Input{Type: filesType, Files: true},
		Bounds: &Bounds{Least: "min-uploaded-documents", Most: "max-uploaded-documents", Of: Files, Default: 30, Code: minGreaterCode},
	},

	{
		Type: "Image", Since: first, Source: componentsPage,
		Properties: []Property{
			typeKey, visibleKey,
			need("src", Image{KB: 300, KBFrom60: 300}).bindable(),
			may("width", Number{}).bindable(),
			may("height", Number{}).bindable(),
			may("aspect-ratio", Number{}).bindable(),
			may("scale-type", scaleType).bindable(),
			may("alt-text", Text{}).bindable(),
		},
		Placement: &Placement{PerScreen: Limit{Most: 3, Since: first}},
	},
	{
		Type: "ImageCarousel", Since: Version{7, 1}, Source: componentsPage,
		Properties: []Property{
			typeKey, visibleKey,
			need("images", List{Of: carouselImage, Min: 1, Max: 3}).bindable(),
			may("aspect-ratio", Enum{Words: []string{"4:3", "16:9"}}).bindable(),
			may("scale-type", scaleType).bindable(),
		},
		Placement: &Placement{
			PerScreen: Limit{Most: 2, Since: Version{7, 1}},
			PerFlow:   Limit{Most: 3, Since: Version{7, 1}},
			NotIn:     []NotIn{{Types: branching, Since: Version{7, 1}}},
		},
	},

	{
		Type: "EmbeddedLink", Since: first, Source: componentsPage,
		Properties: []Property{
			typeKey, visibleKey,
			need("text", label(25)).bindable(),
			need(OnClick, Click{[]string{DataExchange, Navigate, OpenURL}}),
		},
		Placement: &Placement{PerScreen: Limit{Most: 2, Since: first}},
	},
	{
		Type: "NavigationList", Since: Version{6, 2}, Source: componentsPage,
		Properties: []Property{
			typeKey, nameKey,
			need("list-items", List{Of: listItem, Min: 1, Shown: 20, Needed: true}).bindable(),
			may("label", Text{Limit: 80}).bindable(),
			may("description", Text{Limit: 300}).bindable(),
			may("media-size", mediaSize).bindable(),
			may(OnClick, listAction),
		},
		Input: &Input{Type: textType, Items: "list-items"},
		Placement: &Placement{
			PerScreen: Limit{Most: 2, Since: Version{6, 2}},
			Alone: []Alone{{
				Version{6, 2},
				[]string{"NavigationList", "Form"},
				"INVALID_COMPONENT_PLACEMENT",
				"its own label and description say what it is for, and no Footer is needed",
			}},
			NotTerminal: true,
		},
	},
	{
		Type: "Footer", Since: first, Source: componentsPage, Placement: anywhere, // but for the rules of Footers
		Properties: []Property{
			typeKey, enabledKey,
			need("label", label(35)).bindable(),
			may("left-caption", Text{Limit: 15}).bindable(),
			may("center-caption", Text{Limit: 15}).bindable(),
			may("right-caption", Text{Limit: 15}).bindable(),
			need(OnClick, Click{[]string{DataExchange, Navigate, Complete}}),
		},
	},

	{
		Type: "Form", Since: first, Source: componentsPage,
		Properties: []Property{
			typeKey, nameKey,
			need("children", Children{}),
			may("init-values", Map{Of: Any{}}).bindable(),
			may("error-messages", Map{Of: Any{}}).bindable(),
		},
		Placement: &Placement{PerScreen: Limit{Most: 1, Since: Version{7, 0}}, NotIn: []NotIn{{Since: Version{4, 0}}}},
	},
	{
		Type: "If", Since: Version{4, 0}, Source: componentsPage, Branches: true,
		Properties: []Property{
			typeKey,
			need("condition", Condition{}).bindable(),
			need("then", Children{Some: true}),
			may("else", Children{}),
		},
		Placement: &Placement{NotIn: []NotIn{{Types: []string{"Switch"}, Since: Version{4, 0}}}, Nesting: 3},
	},
	{
		Type: "Switch", Since: Version{4, 0}, Source: componentsPage, Branches: true,
		Properties: []Property{
			typeKey,
			need("value", Binding{}).bindable(),
			need("cases", Cases{}),
		},
		Placement: &Placement{NotIn: []NotIn{{Types: []string{"Switch"}, Since: Version{4, 0}}}},
	},
}

const minGreaterCode = "MIN_VALUE_GREATER_THAN_MAX"

// many is no bound.
const many = 1e9

// branching are the components of which a user sees one of several branches.
var branching = []string{"If", "Switch"}
