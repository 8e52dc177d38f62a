package lint

import "github.com/flowserver/flowserver/flowjson/catalog"

// dataCodes are Meta's codes for data, references and the payloads of actions.
var dataCodes = []Explanation{
	{
		Code: "INVALID_SCREEN_DATA", Source: codesPage,
		Meaning: "The data model of a screen is not valid, or an example does not fit it.",
		Wrong:   `{"data": {"city": {"type": "string", "__example__": 1}}}`,
		Right:   `{"data": {"city": {"type": "string", "__example__": "Paris"}}}`,
	},
	{
		Code: "INVALID_SCREEN_DYNAMIC_DATA", Source: codesPage,
		Meaning: "A reference leads to data or an input that does not exist, or to a value of the wrong type.",
		Wrong:   `{"type": "TextBody", "text": "${data.town}"}`, Right: `{"type": "TextBody", "text": "${data.city}"}`,
	},
	{
		Code: "INVALID_TEXT_DYNAMIC_DATA", Source: componentsPage, Since: catalog.Version{Major: 5, Minor: 1},
		Meaning: "The text of a RichText is neither static nor a single reference.",
		Wrong:   `[{"type": "RichText", "text": "# ${data.city}"}]`, Right: `[{"type": "RichText", "text": "${data.city}"}]`,
	},
	{
		Code: "INVALID_NAVIGATE_ACTION_NEXT_SCREEN_NAME", Source: codesPage,
		Meaning: "A navigate action leads to a screen that does not exist, or to its own screen.",
		Wrong: `{"type": "EmbeddedLink", "text": "A", "on-click-action":
  {"name": "navigate", "next": {"type": "screen", "name": "VISIT"}, "payload": {}}}`,
		Right: `{"type": "EmbeddedLink", "text": "A", "on-click-action":
  {"name": "navigate", "next": {"type": "screen", "name": "THANKS"}, "payload": {}}}`,
	},
	{
		Code: "INVALID_NAVIGATE_ACTION_PAYLOAD", Source: codesPage,
		Meaning: "The payload of a navigate action does not match the data of the next screen.",
		Wrong: `{"type": "EmbeddedLink", "text": "A", "on-click-action":
  {"name": "navigate", "next": {"type": "screen", "name": "THANKS"}, "payload": {"city": "Paris"}}}`,
		Right: `{"type": "EmbeddedLink", "text": "A", "on-click-action":
  {"name": "navigate", "next": {"type": "screen", "name": "THANKS"}, "payload": {}}}`,
	},
	{
		Code: "MISSING_NAVIGATION_ACTION_PAYLOAD", Source: codesPage,
		Meaning: "A navigate action has no payload, although the next screen declares data.",
		Wrong:   `{"name": "navigate", "next": {"type": "screen", "name": "DETAILS"}, …}`,
		Right:   `{"name": "navigate", "next": {"type": "screen", "name": "DETAILS"}, "payload": {"city": "Paris"}, …}`,
	},
	{
		Code: "INVALID_NAVIGATE_ACTION_STATIC_DATA", Source: codesPage,
		Meaning: "A static value in the payload of a navigate action has a type other than the next screen declares.",
		Wrong:   `{"name": "navigate", "next": {"type": "screen", "name": "DETAILS"}, "payload": {"city": 1}, …}`,
		Right:   `{"name": "navigate", "next": {"type": "screen", "name": "DETAILS"}, "payload": {"city": "Paris"}, …}`,
	},
	{
		Code: "INVALID_UPDATE_DATA_ACTION_PAYLOAD", Source: codesPage, Since: catalog.Version{Major: 6},
		Meaning: "An update_data action sets a key that the screen does not declare, or sets it to another type.",
		Wrong: `{"type": "OptIn", "name": "a", "label": "A",
  "on-select-action": {"name": "update_data", "payload": {"town": "Paris"}}}`,
		Right: `{"type": "OptIn", "name": "a", "label": "A",
  "on-select-action": {"name": "update_data", "payload": {"city": "Paris"}}}`,
	},
	{
		Code: "INVALID_COMPLETE_ACTION", Source: codesPage,
		Meaning: "A complete action is on a screen that is not terminal.",
		Wrong:   `{"type": "Footer", "label": "A", "on-click-action": {"name": "complete", "payload": {}}}`,
		Right:   `{"type": "Footer", "label": "A", "on-click-action": {"name": "data_exchange", "payload": {}}}`,
	},
	{
		Code: "INVALID_ON_CLICK_ACTION_PAYLOAD", Source: codesPage,
		Meaning: "The payload of an action refers to something that does not exist, or sends files in the wrong place.",
		Wrong:   `{"type": "Footer", "label": "A", "on-click-action": {"name": "data_exchange", "payload": {"a": "${form.b}"}}}`,
		Right:   `{"type": "Footer", "label": "A", "on-click-action": {"name": "data_exchange", "payload": {"a": "${data.city}"}}}`,
	},
	{
		Code: "INVALID_ACTION_PAYLOAD_PROPERTY", Source: codesPage,
		Meaning: "The payload of a select action, or an expression in a payload, refers to something that does not exist.",
		Wrong: `{"type": "DatePicker", "name": "a", "label": "A",
  "on-select-action": {"name": "data_exchange", "payload": {"a": "${form.b}"}}}`,
		Right: `{"type": "DatePicker", "name": "a", "label": "A",
  "on-select-action": {"name": "data_exchange", "payload": {"a": "${form.a}"}}}`,
	},
	{
		Code: "INVALID_FOOTER_PAYLOAD_OUTSIDE_FORM", Source: codesPage, Version: catalog.Version{Major: 3},
		Meaning: "A Footer outside of the Form sends inputs, which is not possible before version 4.0.",
		Wrong: `[{"type": "Form", "name": "form", "children": [{"type": "TextInput", "name": "a", "label": "A"}]},
 {"type": "Footer", "label": "A", "on-click-action": {"name": "data_exchange", "payload": {"a": "${form.a}"}}}]`,
		Right: `[{"type": "Form", "name": "form", "children": [{"type": "TextInput", "name": "a", "label": "A"},
 {"type": "Footer", "label": "A", "on-click-action": {"name": "data_exchange", "payload": {"a": "${form.a}"}}}]}]`,
	},
}
