package lint

import "github.com/flowserver/flowserver/flowjson/catalog"

// componentCodes are Meta's codes for the properties of components.
var componentCodes = []Explanation{
	{
		Code: "INVALID_PROPERTY_KEY", Source: codesPage,
		Meaning: "The object cannot have this property at all, in this version, or inside a Form.",
		Wrong:   `{"type": "TextInput", "name": "a", "label": "A", "placeholder": "Ada"}`,
		Right:   `{"type": "TextInput", "name": "a", "label": "A", "helper-text": "Ada"}`,
	},
	{
		Code: "INVALID_PROPERTY_TYPE", Source: codesPage,
		Meaning: "A value has the wrong type.",
		Wrong:   `{"type": "TextInput", "name": "a", "label": "A", "required": "yes"}`,
		Right:   `{"type": "TextInput", "name": "a", "label": "A", "required": true}`,
	},
	{
		Code: "INVALID_PROPERTY_VALUE_FORMAT", Source: codesPage,
		Meaning: "A date or a URL has the wrong format.",
		Wrong:   `{"type": "DatePicker", "name": "a", "label": "A", "min-date": "23/11/2026"}`,
		Right:   `{"type": "DatePicker", "name": "a", "label": "A", "min-date": "2026-11-23"}`,
	},
	{
		Code: "INVALID_ENUM_VALUE", Source: codesPage,
		Meaning: "The value is not one of the words that the property accepts.",
		Wrong:   `{"type": "TextInput", "name": "a", "label": "A", "input-type": "tel"}`,
		Right:   `{"type": "TextInput", "name": "a", "label": "A", "input-type": "phone"}`,
	},
	{
		Code: "INVALID_DEPENDENCIES", Source: codesPage,
		Meaning: "A property requires another one, which is missing.",
		Wrong:   `{"type": "Footer", "label": "A", "left-caption": "B", "on-click-action": {"name": "data_exchange", "payload": {}}}`,
		Right:   `{"type": "Footer", "label": "A", "center-caption": "B", "on-click-action": {"name": "data_exchange", "payload": {}}}`,
	},
	{
		Code: "INVALID_TYPE_PROPERTY_VALUE", Source: codesPage,
		Meaning: "The component or layout does not exist, or not in this version.",
		Wrong:   `{"type": "Textbody", "text": "A"}`, Right: `{"type": "TextBody", "text": "A"}`,
	},
	{
		Code: "MISSING_REQUIRED_PROPERTY", Source: codesPage,
		Meaning: "A required property is missing. If it is a payload that only older versions require, Meta may refuse the Flow.",
		Wrong:   `{"type": "TextBody"}`, Right: `{"type": "TextBody", "text": "A"}`,
	},
	{
		Code: "MISSING_REQUIRED_TYPE_PROPERTY", Source: codesPage,
		Meaning: "A component or a layout has no type.",
		Wrong:   `[{"text": "A"}]`, Right: `[{"type": "TextBody", "text": "A"}]`,
	},
	{
		Code: "MIN_ITEMS_REQUIRED", Source: codesPage,
		Meaning: "A list has too few items.",
		Wrong:   `{"type": "Dropdown", "name": "a", "label": "A", "data-source": []}`,
		Right:   `{"type": "Dropdown", "name": "a", "label": "A", "data-source": [{"id": "b", "title": "B"}]}`,
	},
	{
		Code: "MAX_ITEMS_REQUIRED", Source: codesPage,
		Meaning: "A list has too many items.",
		Wrong: `{"type": "ImageCarousel", "images": [{"src": "iVBORw0KGgo=", "alt-text": "A"}, {"src": "iVBORw0KGgo=", "alt-text": "B"},
  {"src": "iVBORw0KGgo=", "alt-text": "C"}, {"src": "iVBORw0KGgo=", "alt-text": "D"}]}`,
		Right: `{"type": "ImageCarousel", "images": [{"src": "iVBORw0KGgo=", "alt-text": "A"}]}`,
	},
	{
		Code: "MIN_CHARS_REQUIRED", Source: codesPage,
		Meaning: "A text or a name is empty.",
		Wrong:   `{"type": "TextBody", "text": ""}`, Right: `{"type": "TextBody", "text": "A"}`,
	},
	{
		Code: "MINIMUM_VALUE_REQUIRED", Source: codesPage,
		Meaning: "A number is too small.",
		Wrong:   `{"type": "PhotoPicker", "name": "a", "label": "A", "max-uploaded-photos": 0}`,
		Right:   `{"type": "PhotoPicker", "name": "a", "label": "A", "max-uploaded-photos": 1}`,
	},
	{
		Code: "MAXIMUM_VALUE_REQUIRED", Source: codesPage,
		Meaning: "A number is too large.",
		Wrong:   `{"type": "PhotoPicker", "name": "a", "label": "A", "max-file-size-kb": 30000}`,
		Right:   `{"type": "PhotoPicker", "name": "a", "label": "A", "max-file-size-kb": 25600}`,
	},
	{
		Code: "PATTERN_MISMATCH", Source: codesPage,
		Meaning: "A string has a form that the property does not accept, for example a blank text, a number in quotes, or the id of a screen with digits.",
		Wrong:   `{"id": "VISIT_2"}`, Right: `{"id": "VISIT"}`,
	},
	{
		Code: "PROPERTY_NAME_MISMATCH", Source: codesPage, Since: catalog.Version{Major: 4},
		Meaning: "A case of a Switch can never match: a case begins with a letter and contains only letters, digits, - and _.",
		Wrong:   `{"type": "Switch", "value": "${data.city}", "cases": {"1": [{"type": "TextBody", "text": "A"}]}}`,
		Right:   `{"type": "Switch", "value": "${data.city}", "cases": {"one": [{"type": "TextBody", "text": "A"}]}}`,
	},
	{
		Code: "NOT_KEYWORD_SCHEMA_VALIDATION_FAILED", Source: codesPage,
		Meaning: "Two properties exclude each other.",
		Wrong:   `{"success": true}`, Right: `{"refresh_on_back": false}`,
	},
	{
		Code: "MIN_VALUE_GREATER_THAN_MAX", Source: codesPage,
		Meaning: "A minimum is greater than the maximum.",
		Wrong:   `{"type": "TextInput", "name": "a", "label": "A", "min-chars": 9, "max-chars": 5}`,
		Right:   `{"type": "TextInput", "name": "a", "label": "A", "min-chars": 5, "max-chars": 9}`,
	},
	{
		Code: "DATA_SOURCE_ITEMS_HAVE_BOTH_IMAGE_AND_COLOR", Source: codesPage, Since: catalog.Version{Major: 5},
		Meaning: "A list of options has both images and colours.",
		Wrong: `{"type": "Dropdown", "name": "a", "label": "A", "data-source": [
  {"id": "b", "title": "B", "color": "#25D366"}, {"id": "c", "title": "C", "image": "iVBORw0KGgo="}]}`,
		Right: `{"type": "Dropdown", "name": "a", "label": "A", "data-source": [
  {"id": "b", "title": "B", "color": "#25D366"}, {"id": "c", "title": "C"}]}`,
	},
	{
		Code: "INVALID_DATE_RANGE", Source: codesPage,
		Meaning: "The first date is after the last one, or a date is not between them.",
		Wrong:   `{"type": "DatePicker", "name": "a", "label": "A", "min-date": "2026-11-23", "max-date": "2026-11-01"}`,
		Right:   `{"type": "DatePicker", "name": "a", "label": "A", "min-date": "2026-11-01", "max-date": "2026-11-23"}`,
	},
	{
		Code: "INVALID_MIN_MAX_DAYS", Source: codesPage, Since: catalog.Version{Major: 6, Minor: 1},
		Meaning: "min-days of a CalendarPicker is greater than max-days.",
		Wrong: `{"type": "CalendarPicker", "name": "a", "mode": "range",
  "label": {"start-date": "A", "end-date": "B"}, "min-days": 9, "max-days": 5}`,
		Right: `{"type": "CalendarPicker", "name": "a", "mode": "range",
  "label": {"start-date": "A", "end-date": "B"}, "min-days": 5, "max-days": 9}`,
	},
	{
		Code: "INVALID_DATE_SINGLE_INIT_VALUE_FORMAT", Source: codesPage, Since: catalog.Version{Major: 6, Minor: 1},
		Meaning: "The init-value of a CalendarPicker for a single date is not a date.",
		Wrong:   `{"type": "CalendarPicker", "name": "a", "label": "A", "init-value": "tomorrow"}`,
		Right:   `{"type": "CalendarPicker", "name": "a", "label": "A", "init-value": "2026-11-23"}`,
	},
	{
		Code: "MISSING_CALENDAR_PICKER_RANGE_MODE_PROP", Source: codesPage, Since: catalog.Version{Major: 6, Minor: 1},
		Meaning: "A CalendarPicker for a range has a label for only one of its two dates.",
		Wrong:   `{"type": "CalendarPicker", "name": "a", "mode": "range", "label": {"start-date": "A"}}`,
		Right:   `{"type": "CalendarPicker", "name": "a", "mode": "range", "label": {"start-date": "A", "end-date": "B"}}`,
	},
	{
		Code: "UNEXPECTED_CALENDAR_PICKER_RANGE_MODE_PROP", Source: codesPage, Since: catalog.Version{Major: 6, Minor: 1},
		Meaning: "A CalendarPicker for a single date has a property for ranges.",
		Wrong:   `{"type": "CalendarPicker", "name": "a", "label": "A", "min-days": 2}`,
		Right:   `{"type": "CalendarPicker", "name": "a", "label": "A"}`,
	},
	{
		Code: "INVALID_TYPE", Source: codesPage, Since: catalog.Version{Major: 6, Minor: 1},
		Meaning: "A property of a CalendarPicker is a single value for a range, or an object for a single date.",
		Wrong:   `{"type": "CalendarPicker", "name": "a", "mode": "range", "label": "A"}`,
		Right:   `{"type": "CalendarPicker", "name": "a", "mode": "single", "label": "A"}`,
	},
	{
		Code: "INVALID_PROPERTY_NAME_FOR_CONDITION", Source: codesPage, Since: catalog.Version{Major: 6, Minor: 1},
		Meaning: "A property of a CalendarPicker for a range has a key other than start-date and end-date.",
		Wrong:   `{"type": "CalendarPicker", "name": "a", "mode": "range", "label": {"start-date": "A", "end-date": "B", "day": "C"}}`,
		Right:   `{"type": "CalendarPicker", "name": "a", "mode": "range", "label": {"start-date": "A", "end-date": "B"}}`,
	},
	{
		Code: "INVALID_PROPERTY_VALUE_FOR_CONDITION", Source: codesPage, Since: catalog.Version{Major: 6, Minor: 2},
		Meaning: "The media-size of a NavigationList is large, and its items have an end.",
		Wrong: `[{"type": "NavigationList", "name": "a", "media-size": "large",
  "on-click-action": {"name": "data_exchange", "payload": {}},
  "list-items": [{"id": "b", "main-content": {"title": "B"}, "end": {"title": "C"}}]}]`,
		Right: `[{"type": "NavigationList", "name": "a", "media-size": "regular",
  "on-click-action": {"name": "data_exchange", "payload": {}},
  "list-items": [{"id": "b", "main-content": {"title": "B"}, "end": {"title": "C"}}]}]`,
	},
	{
		Code: "DUPLICATE_PROPETY_FOR_CONDITION", Source: codesPage, Since: catalog.Version{Major: 6, Minor: 2},
		Meaning: "A NavigationList and its items both have an action, or several items have something that only one can have. The spelling is Meta's.",
		Wrong: `[{"type": "NavigationList", "name": "a", "on-click-action": {"name": "data_exchange", "payload": {}},
  "list-items": [{"id": "b", "main-content": {"title": "B"}, "badge": "1"},
    {"id": "c", "main-content": {"title": "C"}, "badge": "2"}]}]`,
		Right: `[{"type": "NavigationList", "name": "a", "on-click-action": {"name": "data_exchange", "payload": {}},
  "list-items": [{"id": "b", "main-content": {"title": "B"}, "badge": "1"},
    {"id": "c", "main-content": {"title": "C"}}]}]`,
	},
}
