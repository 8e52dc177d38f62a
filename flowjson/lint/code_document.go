package lint

import "github.com/flowserver/flowserver/flowjson/catalog"

// documentCodes are Meta's codes for the top level, screens, routes and placement.
var documentCodes = []Explanation{
	{
		Code: "INVALID_FLOW_JSON", Source: jsonRule,
		Meaning: "The file is not valid JSON, or not an object.",
		Wrong:   "{\n  \"version\": \"7.3\",\n}", Right: "{\n  \"version\": \"7.3\"\n}",
	},
	{
		Code: "MISSING_FLOW_JSON_VERSION", Source: codesPage,
		Meaning: "The top level has no version.",
		Wrong:   `{"version": null}`, Right: `{"version": "7.3"}`,
	},
	{
		Code: "INVALID_FLOW_JSON_VERSION", Source: codesPage,
		Meaning: "The version is not one that Meta has released. It must be a string of two numbers and a dot. " +
			"A version above the newest one that this release knows is a warning.",
		Wrong: `{"version": 7.3}`, Right: `{"version": "7.3"}`,
	},
	{
		Code: "INVALID_FLOW_JSON_VERSION_STATE", Source: versionsPage,
		Meaning: "The version is frozen or has expired: Meta no longer publishes new Flows with it.",
		Wrong:   `{"version": "5.0"}`, Right: `{"version": "7.3"}`,
	},
	{
		Code: "INVALID_DATA_API_VERSION", Source: endpointPage,
		Meaning: "This version of the data API does not exist.",
		Wrong:   `{"data_api_version": "2.0"}`, Right: `{"data_api_version": "3.0"}`,
	},
	{
		Code: "NO_SUPPORTED_DATA_API_VERSION", Source: endpointPage,
		Meaning: "Data API 4.0 is documented for newer Flow JSON versions. Meta does not say whether it refuses older ones.",
		Wrong:   `{"version": "7.2", "data_api_version": "4.0"}`, Right: `{"version": "7.3", "data_api_version": "4.0"}`,
	},
	{
		Code: "MAX_SCREENS_NUMBER", Source: flowPage,
		Meaning: "The Flow has more than 100 screens.",
		Wrong:   `{"screens": [… 101 screens …]}`, Right: `{"screens": [… 100 screens …]}`,
	},
	{
		Code: "DUPLICATE_SCREEN_IDS", Source: codesPage,
		Meaning: "Two screens have the same id.",
		Wrong:   `{"id": "THANKS"}`, Right: `{"id": "VISIT"}`,
	},
	{
		Code: "SCREEN_ID_IS_RESERVED_KEYWORD", Source: flowPage,
		Meaning: "A screen is called SUCCESS, in upper or lower case. An endpoint answers with that name to end the Flow.",
		Wrong:   `{"id": "success"}`, Right: `{"id": "VISIT"}`,
	},
	{
		Code: "MISSING_TERMINAL_SCREEN", Source: codesPage,
		Meaning: "No screen is terminal, so the Flow cannot end.",
		Wrong:   `{"screens": [{"id": "VISIT", "title": "Visit", "layout": {"type": "SingleColumnLayout", "children": […]}}]}`,
		Right:   `{"screens": [{"id": "VISIT", "title": "Visit", "terminal": true, "layout": {"type": "SingleColumnLayout", "children": […]}}]}`,
	},
	{
		Code: "INVALID_SENSITIVE_FIELD", Source: codesPage, Since: catalog.Version{Major: 5, Minor: 1},
		Meaning: "The list sensitive names a component that the screen does not have.",
		Wrong:   `{"sensitive": ["pin"]}`, Right: `{}`,
	},
	{
		Code: "INVALID_PROPERTY_VALUE", Source: codesPage,
		Meaning: "The value has the right type but is not valid, for example a condition with a syntax error.",
		Wrong:   `{"type": "If", "condition": "${data.count} =", "then": [{"type": "TextBody", "text": "A"}]}`,
		Right:   `{"type": "If", "condition": "${data.count} == 1", "then": [{"type": "TextBody", "text": "A"}]}`,
	},
	{
		Code: "INVALID_ROUTING_MODEL", Source: flowPage,
		Meaning: "The routing_model names unknown screens, lacks a screen or a route that a navigate action takes, leads back, " +
			"or has a route to every screen, so that none can be the first.",
		Wrong: `{"routing_model": {"VISIT": ["THANKS"], "THANKS": ["VISIT"]}}`,
		Right: `{"routing_model": {"VISIT": ["THANKS"], "THANKS": []}}`,
	},
	{
		Code: "MAX_ALLOWED_COMPONENTS_PER_SCREEN", Source: componentsPage,
		Meaning: "A screen has more than 50 components, the maximum that Meta documents. More than 100 are an error.",
		Wrong:   `[… 51 components …]`, Right: `[… 50 components …]`,
	},
	{
		Code: "COMPONENT_TYPE_MAX_NUMBER_PER_SCREEN", Source: componentsPage,
		Meaning: "A screen has too many components of a type.",
		Wrong: `[{"type": "PhotoPicker", "name": "a", "label": "A"},
 {"type": "PhotoPicker", "name": "b", "label": "B"}]`,
		Right: `[{"type": "PhotoPicker", "name": "a", "label": "A"}]`,
	},
	{
		Code: "MISSING_FOOTER_ON_TERMINAL_SCREEN", Source: codesPage,
		Meaning: "A terminal screen has no Footer, so users cannot end the Flow there.",
		Wrong:   `{"terminal": true, "layout": {"type": "SingleColumnLayout", "children": [{"type": "TextBody", "text": "Bye"}]}}`,
		Right: `{"terminal": true, "layout": {"type": "SingleColumnLayout", "children": [
  {"type": "Footer", "label": "Done", "on-click-action": {"name": "complete", "payload": {}}}]}}`,
	},
	{
		Code: "MORE_THAN_ONE_FOOTER", Source: codesPage,
		Meaning: "A screen shows two Footers. One in each branch of an If counts once.",
		Wrong: `[{"type": "Footer", "label": "A", "on-click-action": {"name": "data_exchange", "payload": {}}},
 {"type": "Footer", "label": "B", "on-click-action": {"name": "data_exchange", "payload": {}}}]`,
		Right: `[{"type": "Footer", "label": "A", "on-click-action": {"name": "data_exchange", "payload": {}}}]`,
	},
	{
		Code: "MISSING_FOOTER_IN_IF_ELSE_BRANCHES", Source: componentsPage, Since: catalog.Version{Major: 4},
		Meaning: "Only one branch of an If has a Footer.",
		Wrong: `[{"type": "If", "condition": "${data.open}",
  "then": [{"type": "Footer", "label": "A", "on-click-action": {"name": "data_exchange", "payload": {}}}]}]`,
		Right: `[{"type": "If", "condition": "${data.open}",
  "then": [{"type": "Footer", "label": "A", "on-click-action": {"name": "data_exchange", "payload": {}}}],
  "else": [{"type": "Footer", "label": "B", "on-click-action": {"name": "data_exchange", "payload": {}}}]}]`,
	},
	{
		Code: "MISSING_FOOTER_IN_SWITCH_BRANCHES", Source: componentsPage, Since: catalog.Version{Major: 4},
		Meaning: "Only some cases of a Switch have a Footer.",
		Wrong: `[{"type": "Switch", "value": "${data.city}", "cases": {"Paris": [{"type": "TextBody", "text": "A"}],
  "Rome": [{"type": "Footer", "label": "B", "on-click-action": {"name": "data_exchange", "payload": {}}}]}}]`,
		Right: `[{"type": "Switch", "value": "${data.city}", "cases": {"Paris": [{"type": "TextBody", "text": "A"}]}}]`,
	},
	{
		Code: "EMPTY_SWITCH_CASES", Source: codesPage, Since: catalog.Version{Major: 4},
		Meaning: "A Switch has no cases.",
		Wrong:   `{"type": "Switch", "value": "${data.city}", "cases": {}}`,
		Right:   `{"type": "Switch", "value": "${data.city}", "cases": {"Paris": [{"type": "TextBody", "text": "A"}]}}`,
	},
	{
		Code: "MAXIMUM_IF_NESTING", Source: componentsPage, Since: catalog.Version{Major: 4},
		Meaning: "If components are nested more than three deep.",
		Wrong: `{"type": "If", "condition": "${data.open}", "then": [
  {"type": "If", "condition": "${data.open}", "then": [
    {"type": "If", "condition": "${data.open}", "then": [
      {"type": "If", "condition": "${data.open}", "then": [{"type": "TextBody", "text": "A"}]}]}]}]}`,
		Right: `{"type": "If", "condition": "${data.open}", "then": [{"type": "TextBody", "text": "A"}]}`,
	},
	{
		Code: "INVALID_COMPONENT_PLACEMENT", Source: componentsPage,
		Meaning: "The component cannot be on this screen, or not inside the component that contains it.",
		Wrong: `{"type": "If", "condition": "${data.open}", "then": [
  {"type": "ImageCarousel", "images": [{"src": "iVBORw0KGgo=", "alt-text": "A"}]}]}`,
		Right: `{"type": "ImageCarousel", "images": [{"src": "iVBORw0KGgo=", "alt-text": "A"}]}`,
	},
	{
		Code: "INVALID_RICHTEXT_PLACEMENT", Source: componentsPage, Since: catalog.Version{Major: 5, Minor: 1}, Version: catalog.Version{Major: 6, Minor: 2},
		Meaning: "A RichText shares its screen with other components, which is not possible before version 6.3.",
		Wrong: `[{"type": "RichText", "text": "# A"},
 {"type": "TextBody", "text": "B"}]`,
		Right: `[{"type": "TextBody", "text": "B"}]`,
	},
	{
		Code: "COMPONENTS_OUTSIDE_FORM", Source: codesPage, Since: catalog.Version{Major: 4},
		Meaning: "A screen has a Form, and an input outside of it.",
		Wrong: `[{"type": "Form", "name": "form", "children": [{"type": "TextInput", "name": "a", "label": "A"}]},
 {"type": "TextInput", "name": "b", "label": "B"}]`,
		Right: `[{"type": "Form", "name": "form", "children": [
  {"type": "TextInput", "name": "a", "label": "A"},
  {"type": "TextInput", "name": "b", "label": "B"}]}]`,
	},
	{
		Code: "KEYWORD_ONE_OF", Source: codesPage, Version: catalog.Version{Major: 3},
		Meaning: "An input is not in a Form, which is required before version 4.0.",
		Wrong:   `{"type": "TextInput", "name": "a", "label": "A"}`,
		Right:   `{"type": "Form", "name": "form", "children": [{"type": "TextInput", "name": "a", "label": "A"}]}`,
	},
	{
		Code: "DUPLICATE_FORM_COMPONENT_NAMES", Source: codesPage,
		Meaning: "Two inputs of a screen have the same name, perhaps in different branches.",
		Wrong: `[{"type": "TextInput", "name": "a", "label": "A"},
 {"type": "TextInput", "name": "a", "label": "B"}]`,
		Right: `[{"type": "TextInput", "name": "a", "label": "A"},
 {"type": "TextInput", "name": "b", "label": "B"}]`,
	},
	{
		Code: "NATIVE_COMPONENT_IN_FORM_INIT_VALUES", Source: codesPage, Since: catalog.Version{Major: 4},
		Meaning: "The init-values of a Form name a PhotoPicker or DocumentPicker.",
		Wrong:   `{"type": "Form", "name": "form", "init-values": {"p": []}, "children": [{"type": "PhotoPicker", "name": "p", "label": "P"}]}`,
		Right:   `{"type": "Form", "name": "form", "children": [{"type": "PhotoPicker", "name": "p", "label": "P"}]}`,
	},
}
