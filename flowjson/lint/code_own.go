package lint

import "github.com/flowserver/flowserver/flowjson/catalog"

// ownCodes are for what Meta has no code for, mostly because it does not refuse it.
var ownCodes = []Explanation{
	{
		Code: "BYTE_ORDER_MARK", Source: jsonRule,
		Meaning: "The file begins with a byte order mark, which some Windows editors write. JSON does not allow it, although some readers skip it.",
		Wrong:   "\ufeff{…}", Right: "{…}",
	},
	{
		Code: "UNREADABLE_FILE", Source: "flowserver",
		Meaning: "The file or folder cannot be read: it is missing, its permissions forbid it, or it links to itself or to a folder.",
		Wrong:   `…`, Right: `{…}`,
	},
	{
		Code: "DUPLICATE_KEY", Source: jsonRule,
		Meaning: "A key occurs twice in an object, and only the last one counts.",
		Wrong:   "{\"terminal\": false, \"terminal\": true, …}", Right: "{\"terminal\": true, …}",
	},
	{
		Code: "UNDOCUMENTED_PROPERTY", Source: clientRule,
		Meaning: "Meta's pages do not mention the key, but its validator or editors use it.",
		Wrong:   `{"$schema": "flow-json.schema.json"}`, Right: `{}`,
	},
	{
		Code: "UNDOCUMENTED_SCHEMA", Source: clientRule,
		Meaning: "A data model has a keyword of JSON Schema that Meta does not document.",
		Wrong:   `{"data": {"city": {"type": "string", "maxLength": 9, "__example__": "Paris"}}}`,
		Right:   `{"data": {"city": {"type": "string", "__example__": "Paris"}}}`,
	},
	{
		Code: "RESERVED_DATA_KEY", Source: clientRule,
		Meaning: "WhatsApp removes the key from the data before the screen receives it.",
		Wrong:   `{"data": {"error_message": {"type": "string", "__example__": "A"}}}`,
		Right:   `{"data": {"problem": {"type": "string", "__example__": "A"}}}`,
	},
	{
		Code: "RESERVED_PAYLOAD_KEY", Source: clientRule,
		Meaning: "WhatsApp uses this key of a payload itself and may drop the value.",
		Wrong:   `{"type": "Footer", "label": "A", "on-click-action": {"name": "data_exchange", "payload": {"action": "book"}}}`,
		Right:   `{"type": "Footer", "label": "A", "on-click-action": {"name": "data_exchange", "payload": {"step": "book"}}}`,
	},
	{
		Code: "REFERENCE_NOT_REPLACED", Source: flowPage,
		Meaning: "A text contains a reference and other characters. WhatsApp replaces only a value that is a single reference, or an expression in backticks.",
		Wrong:   `{"type": "TextBody", "text": "Hello ${data.city}"}`,
		Right:   "{\"type\": \"TextBody\", \"text\": \"`'Hello ' ${data.city}`\"}",
	},
	{
		Code: "UNCLEAR_EXPRESSION", Source: componentsPage,
		Meaning: "An expression joins comparisons with && or || without parentheses. Meta's page says that && comes before every other operator.",
		Wrong:   "{\"type\": \"TextBody\", \"text\": \"A\", \"visible\": \"`${data.count} > 1 && ${data.open}`\"}",
		Right:   "{\"type\": \"TextBody\", \"text\": \"A\", \"visible\": \"`(${data.count} > 1) && ${data.open}`\"}",
	},
	{
		Code: "NAVIGATE_ON_TERMINAL_SCREEN", Source: flowPage,
		Meaning: "The Footer of a terminal screen navigates, so the Flow does not end there.",
		Wrong: `{"terminal": true, "layout": {"type": "SingleColumnLayout", "children": [{"type": "Footer", "label": "A",
  "on-click-action": {"name": "navigate", "next": {"type": "screen", "name": "THANKS"}, "payload": {}}}]}}`,
		Right: `{"layout": {"type": "SingleColumnLayout", "children": [{"type": "Footer", "label": "A",
  "on-click-action": {"name": "navigate", "next": {"type": "screen", "name": "THANKS"}, "payload": {}}}]}}`,
	},
	{
		Code: "HIDDEN_REQUIRED_COMPONENT", Source: clientRule,
		Meaning: "An input is required but never visible.",
		Wrong:   `{"type": "TextInput", "name": "a", "label": "A", "required": true, "visible": false}`,
		Right:   `{"type": "TextInput", "name": "a", "label": "A", "required": true}`,
	},
	{
		Code: "COMPONENT_TYPE_MAX_NUMBER_PER_FLOW", Source: componentsPage, Since: catalog.Version{Major: 7, Minor: 1},
		Meaning: "The Flow has too many components of a type.",
		Wrong:   `[{"type": "ImageCarousel", …}, … 4 in the Flow …]`, Right: `[{"type": "ImageCarousel", …}, … 3 in the Flow …]`,
	},
	{
		Code: "DUPLICATE_OPTION_IDS", Source: clientRule,
		Meaning: "Two options of a list have the same id. The phone shows an error instead of the screen.",
		Wrong:   `{"type": "Dropdown", "name": "a", "label": "A", "data-source": [{"id": "b", "title": "B"}, {"id": "b", "title": "C"}]}`,
		Right:   `{"type": "Dropdown", "name": "a", "label": "A", "data-source": [{"id": "b", "title": "B"}, {"id": "c", "title": "C"}]}`,
	},
	{
		Code: "TOO_MANY_OPTIONS", Source: componentsPage,
		Meaning: "A list has more options than clients show.",
		Wrong:   `{"type": "RadioButtonsGroup", "name": "a", "label": "A", "data-source": […]}`,
		Right:   `{"type": "Dropdown", "name": "a", "label": "A", "data-source": […]}`,
	},
	{
		Code: "TOO_MANY_FILES", Source: mediaPage,
		Meaning: "The pickers allow more files than a complete action can send, which is 10.",
		Wrong:   `{"type": "PhotoPicker", "name": "a", "label": "A", …}`,
		Right:   `{"type": "PhotoPicker", "name": "a", "label": "A", "max-uploaded-photos": 10, …}`,
	},
	{
		Code: "TEXT_TOO_LONG", Source: componentsPage,
		Meaning: "A text has more characters than clients show.",
		Wrong:   `{"type": "TextInput", "name": "a", "label": "What is your full name?"}`,
		Right:   `{"type": "TextInput", "name": "a", "label": "Your full name"}`,
	},
	{
		Code: "IMAGE_NOT_BASE64", Source: componentsPage,
		Meaning: "An image must be only the base64 of a JPEG, PNG or WebP file, not for example a URL, a data URI or another kind of file.",
		Wrong:   `{"type": "Image", "src": "https://example.com/a.png"}`, Right: `{"type": "Image", "src": "iVBORw0KGgo="}`,
	},
	{
		Code: "IMAGE_TOO_LARGE", Source: componentsPage,
		Meaning: "An image is larger than clients show.",
		Wrong:   `{"type": "Image", "src": "… 400 KB …"}`, Right: `{"type": "Image", "src": "… 100 KB …"}`,
	},
	{
		Code: "URL_NOT_HTTPS", Source: clientRule, Since: catalog.Version{Major: 6},
		Meaning: "WhatsApp opens only https:// URLs.",
		Wrong:   `{"type": "EmbeddedLink", "text": "A", "on-click-action": {"name": "open_url", "url": "http://example.com/"}}`,
		Right:   `{"type": "EmbeddedLink", "text": "A", "on-click-action": {"name": "open_url", "url": "https://example.com/"}}`,
	},
	{
		Code: "TOO_MANY_FINDINGS", Source: "flowserver",
		Meaning: "The file has more than 1000 findings; the others are omitted.",
		Wrong:   `[… 1001 findings …]`, Right: `[… fewer findings …]`,
	},
	{
		Code: "SCREEN_CANNOT_BE_LEFT", Source: flowPage,
		Meaning: "No action leaves the screen. That is fine for a screen without inputs that a link or an OptIn opens, for example terms: users go back.",
		Wrong:   `[{"type": "TextInput", "name": "a", "label": "A"}]`,
		Right: `[{"type": "TextInput", "name": "a", "label": "A"},
 {"type": "Footer", "label": "Next", "on-click-action": {"name": "data_exchange", "payload": {}}}]`,
	},
	{
		Code: "FLOW_CANNOT_END", Source: flowPage,
		Meaning: "The navigate actions from this screen form a loop. Meta asks that all routes end at a terminal screen.",
		Wrong: `{"screens": [
  {"id": "DAY", "title": "A", "layout": {"type": "SingleColumnLayout", "children": [{"type": "Footer", "label": "Next",
    "on-click-action": {"name": "navigate", "next": {"type": "screen", "name": "TIME"}, "payload": {}}}]}},
  {"id": "TIME", "title": "A", "layout": {"type": "SingleColumnLayout", "children": [{"type": "Footer", "label": "Next",
    "on-click-action": {"name": "navigate", "next": {"type": "screen", "name": "DAY"}, "payload": {}}}]}}]}`,
		Right: `{"screens": [
  {"id": "DAY", "title": "A", "layout": {"type": "SingleColumnLayout", "children": [{"type": "Footer", "label": "Next",
    "on-click-action": {"name": "navigate", "next": {"type": "screen", "name": "TIME"}, "payload": {}}}]}},
  {"id": "TIME", "title": "A", "terminal": true, "layout": {"type": "SingleColumnLayout", "children": [{"type": "Footer", "label": "Done",
    "on-click-action": {"name": "complete", "payload": {}}}]}}]}`,
	},
	{
		Code: "ROUTE_NOT_TAKEN", Source: flowPage,
		Meaning: "The routing_model has a route that no navigate action takes, from a screen that never asks the endpoint.",
		Wrong: `{"terminal": true, "layout": {"type": "SingleColumnLayout", "children": [{"type": "Footer", "label": "A",
  "on-click-action": {"name": "complete", "payload": {}}}]}}`,
		Right: `{"layout": {"type": "SingleColumnLayout", "children": [{"type": "Footer", "label": "A",
  "on-click-action": {"name": "navigate", "next": {"type": "screen", "name": "THANKS"}, "payload": {}}}]}}`,
	},
	{
		Code: "FOOTER_BLOCKED", Source: clientRule,
		Meaning: "An input is required and empty, and it or all its options are disabled, or it requires more choices than it has options. " +
			"The Footer can never be tapped.",
		Wrong: `{"type": "TextInput", "name": "a", "label": "A", "required": true, "enabled": false}`,
		Right: `{"type": "TextInput", "name": "a", "label": "A", "required": true, "enabled": false, "init-value": "B"}`,
	},
	{
		Code: "REFRESH_ON_FIRST_SCREEN", Source: clientRule,
		Meaning: "The first screen has refresh_on_back, but back closes the Flow there without a request.",
		Wrong:   `{"refresh_on_back": true}`, Right: `{"refresh_on_back": false}`,
	},
	{
		Code: "ERROR_MESSAGE_NOT_SHOWN", Source: clientRule,
		Meaning: "An error message is for an input inside an If or a Switch, where clients do not show it and the Footer stays enabled, " +
			"or for an OptIn, which shows none.",
		Wrong: `{"type": "If", "condition": "${data.open}", "then": [
  {"type": "TextInput", "name": "a", "label": "A", "error-message": "${data.city}"}]}`,
		Right: `{"type": "TextInput", "name": "a", "label": "A", "visible": "${data.open}", "error-message": "${data.city}"}`,
	},
	{
		Code: "NO_ERROR_NOTIFICATIONS", Source: clientRule,
		Meaning: "The Flow sends requests only from inside an If or a Switch, or from a Dropdown, ChipsSelector or NavigationList. " +
			"WhatsApp sends no error notifications for such a Flow.",
		Wrong: `[{"type": "If", "condition": "${data.open}",
  "then": [{"type": "Footer", "label": "A", "on-click-action": {"name": "data_exchange", "payload": {}}}],
  "else": [{"type": "Footer", "label": "B", "on-click-action": {"name": "data_exchange", "payload": {}}}]}]`,
		Right: `[{"type": "Footer", "label": "A", "on-click-action": {"name": "data_exchange", "payload": {}}}]`,
	},
	{
		Code: "NUMBER_ARRIVES_AS_TEXT", Source: "glific, issue 4803, 2026",
		Meaning: "The text that users type into an input for numbers reaches a screen or update_data as a string. " +
			"Meta's validator asks for a number, and phones refuse the string.",
		Wrong: `[{"type": "TextInput", "name": "a", "label": "A", "input-type": "number"},
 {"type": "OptIn", "name": "b", "label": "B", "on-select-action": {"name": "update_data", "payload": {"count": "${form.a}"}}},
 {"type": "Footer", "label": "Next", "on-click-action": {"name": "data_exchange", "payload": {}}}]`,
		Right: "[{\"type\": \"TextInput\", \"name\": \"a\", \"label\": \"A\", \"input-type\": \"number\"},\n" +
			" {\"type\": \"OptIn\", \"name\": \"b\", \"label\": \"B\",\n" +
			"  \"on-select-action\": {\"name\": \"update_data\", \"payload\": {\"count\": \"`${form.a} * 1`\"}}},\n" +
			" {\"type\": \"Footer\", \"label\": \"Next\", \"on-click-action\": {\"name\": \"data_exchange\", \"payload\": {}}}]",
	},
	{
		Code: "LIST_TOO_SHORT", Source: clientRule,
		Meaning: "An action replaces a list that a component shows with one that has too few items. The phone shows an error instead of the screen.",
		Wrong: `[{"type": "RadioButtonsGroup", "name": "a", "label": "A", "data-source": "${data.slots}",
  "on-select-action": {"name": "update_data", "payload": {"slots": []}}},
 {"type": "Footer", "label": "Next", "on-click-action": {"name": "data_exchange", "payload": {}}}]`,
		Right: `[{"type": "RadioButtonsGroup", "name": "a", "label": "A", "data-source": "${data.slots}",
  "on-select-action": {"name": "update_data", "payload": {"slots": [{"id": "b", "title": "B"}]}}},
 {"type": "Footer", "label": "Next", "on-click-action": {"name": "data_exchange", "payload": {}}}]`,
	},
	{
		Code: "CONDITION_ALWAYS_FALSE", Source: clientRule, Since: catalog.Version{Major: 6},
		Meaning: "The condition of an If is in backticks. WhatsApp expects conditions without backticks, so this one is always false.",
		Wrong:   "{\"type\": \"If\", \"condition\": \"`${data.open}`\", \"then\": [{\"type\": \"TextBody\", \"text\": \"A\"}]}",
		Right:   `{"type": "If", "condition": "${data.open}", "then": [{"type": "TextBody", "text": "A"}]}`,
	},
	{
		Code: "PATTERN_NOT_CHECKED", Source: componentsPage, Since: catalog.Version{Major: 6, Minor: 2},
		Meaning: "The pattern of a TextInput is not a regular expression, has slashes around it, or lacks an input-type.",
		Wrong:   `{"type": "TextInput", "input-type": "text", "name": "a", "label": "A", "helper-text": "B", "pattern": "/[a-z]+/"}`,
		Right:   `{"type": "TextInput", "input-type": "text", "name": "a", "label": "A", "helper-text": "B", "pattern": "[a-z]+"}`,
	},
	{
		Code: "INIT_VALUE_NOT_OFFERED", Source: clientRule,
		Meaning: "An init-value is not the id of an option.",
		Wrong:   `{"type": "Dropdown", "name": "a", "label": "A", "init-value": "c", "data-source": [{"id": "b", "title": "B"}]}`,
		Right:   `{"type": "Dropdown", "name": "a", "label": "A", "init-value": "b", "data-source": [{"id": "b", "title": "B"}]}`,
	},
	{
		Code: "EXPRESSION_READ_DIFFERENTLY", Source: clientRule, Since: catalog.Version{Major: 6},
		Meaning: "WhatsApp evaluates an expression in backticks differently than it looks: it rounds each step to two decimals, " +
			"compares two inputs as text, has no value for an OptIn without a tick, or reads a - in a name as a minus.",
		Wrong: "{\"type\": \"TextBody\", \"text\": \"`'Share: ' ${data.count} / 7 * 100`\"}",
		Right: "{\"type\": \"TextBody\", \"text\": \"`'Share: ' ${data.count} * 100 / 7`\"}",
	},
	{
		Code: "CONDITION_READ_DIFFERENTLY", Source: clientRule, Since: catalog.Version{Major: 4},
		Meaning: "WhatsApp evaluates the condition of an If differently than it looks: a comparison next to && or || has no parentheses, " +
			"true or false stands directly before a ), or a number has decimals.",
		Wrong: `{"type": "If", "condition": "${data.city} == 'Rome' && ${data.open} == true", "then": [{"type": "TextBody", "text": "A"}]}`,
		Right: `{"type": "If", "condition": "(${data.city} == 'Rome') && ${data.open}", "then": [{"type": "TextBody", "text": "A"}]}`,
	},
}
