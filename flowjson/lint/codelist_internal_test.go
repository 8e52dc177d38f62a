package lint

// code is an error code, Meta's or ours, and what becomes of it here.
type code struct {
	name string
	// why says of a code of Meta's that nothing reports it, and why.
	why string
}

// metaCodes are the codes of Meta's page "Error codes" (2025-04), and those that
// Meta's validator was seen to know in 2026.
var metaCodes = []code{
	// document and version
	{name: "INVALID_FLOW_JSON"},
	{name: "MISSING_FLOW_JSON_VERSION"},
	{name: "INVALID_FLOW_JSON_VERSION"},
	{name: "INVALID_FLOW_JSON_VERSION_STATE"},
	{name: "INVALID_DATA_API_VERSION"},
	{name: "NO_SUPPORTED_DATA_API_VERSION"},
	{name: "UNAVAILABLE_FLOW_JSON_VERSION", why: "which versions a business account may use is not in the file"},
	{name: "UNSUPPORTED_FLOW_JSON_VERSION", why: "reported as INVALID_FLOW_JSON_VERSION_STATE, which Meta's validator uses now"},
	{name: "NO_SCHEMA_FOUND", why: "about Meta's own schemas; an unknown version is INVALID_FLOW_JSON_VERSION"},

	// schema
	{name: "INVALID_PROPERTY_KEY"},
	{name: "INVALID_PROPERTY_VALUE"},
	{name: "INVALID_PROPERTY_VALUE_FORMAT"},
	{name: "INVALID_PROPERTY_TYPE"},
	{name: "INVALID_ENUM_VALUE"},
	{name: "INVALID_DEPENDENCIES"},
	{name: "INVALID_TYPE_PROPERTY_VALUE"},
	{name: "MISSING_REQUIRED_PROPERTY"},
	{name: "MISSING_REQUIRED_TYPE_PROPERTY"},
	{name: "MIN_ITEMS_REQUIRED"},
	{name: "MAX_ITEMS_REQUIRED"},
	{name: "MIN_CHARS_REQUIRED"},
	{name: "MINIMUM_VALUE_REQUIRED"},
	{name: "MAXIMUM_VALUE_REQUIRED"},
	{name: "PATTERN_MISMATCH"},
	{name: "PROPERTY_NAME_MISMATCH"},
	{name: "NOT_KEYWORD_SCHEMA_VALIDATION_FAILED"},
	{name: "INVALID_SCHEMA", why: "about Meta's own schemas"},
	{name: "INVALID_ONE_OF_SCHEMA", why: "about Meta's own schemas"},
	{name: "ONE_OF_SCHEMA_VALIDATION_FAILED", why: "says only that no alternative fits; reported as what is wrong with the one that was meant"},
	{name: "INVALID_PROPERTY_TYPE:NUMBER", why: "reported as INVALID_PROPERTY_TYPE"},
	{name: "INVALID_PROPERTY_TYPE:STRING", why: "reported as INVALID_PROPERTY_TYPE"},
	{name: "INVALID_PROPERTY_TYPE:BOOLEAN", why: "reported as INVALID_PROPERTY_TYPE"},
	{name: "INVALID_PROPERTY_TYPE:INTEGER", why: "reported as INVALID_PROPERTY_TYPE"},
	{name: "INVALID_PROPERTY", why: "the older form of the schema codes"},
	{name: "KEYWORD_ONE_OF"},

	// routing
	{name: "INVALID_ROUTING_MODEL"},

	// actions
	{name: "INVALID_NAVIGATE_ACTION_PAYLOAD"},
	{name: "MISSING_NAVIGATION_ACTION_PAYLOAD"},
	{name: "INVALID_NAVIGATE_ACTION_NEXT_SCREEN_NAME"},
	{name: "INVALID_NAVIGATE_ACTION_STATIC_DATA"},
	{name: "INVALID_UPDATE_DATA_ACTION_PAYLOAD"},
	{name: "INVALID_COMPLETE_ACTION"},
	{name: "INVALID_ON_CLICK_ACTION_PAYLOAD"},
	{name: "INVALID_ACTION_PAYLOAD_PROPERTY"},
	{name: "INVALID_FOOTER_PAYLOAD_OUTSIDE_FORM"},

	// data
	{name: "INVALID_SCREEN_DATA"},
	{name: "INVALID_SCREEN_DYNAMIC_DATA"},
	{name: "INVALID_TEXT_DYNAMIC_DATA"},

	// screens
	{name: "SCREEN_ID_IS_RESERVED_KEYWORD"},
	{name: "DUPLICATE_SCREEN_IDS"},
	{name: "MISSING_TERMINAL_SCREEN"},
	{name: "MAX_SCREENS_NUMBER"},
	{name: "INVALID_SENSITIVE_FIELD"},
	{name: "MISSING_FOOTER_ON_TERMINAL_SCREEN"},
	{name: "MAX_ALLOWED_COMPONENTS_PER_SCREEN"},
	{name: "COMPONENT_TYPE_MAX_NUMBER_PER_SCREEN"},
	{name: "MAX_EMBEDDED_LINK_PER_SCREEN", why: "reported as COMPONENT_TYPE_MAX_NUMBER_PER_SCREEN, which Meta's validator uses now"},
	{name: "MAX_FOOTER_PER_SCREEN", why: "reported as COMPONENT_TYPE_MAX_NUMBER_PER_SCREEN"},
	{name: "MAX_IMAGE_PER_SCREEN", why: "reported as COMPONENT_TYPE_MAX_NUMBER_PER_SCREEN"},
	{name: "MAX_OPT_IN_PER_SCREEN", why: "reported as COMPONENT_TYPE_MAX_NUMBER_PER_SCREEN"},
	{name: "MORE_THAN_ONE_FOOTER"},

	// placement
	{name: "INVALID_RICHTEXT_PLACEMENT"},
	{name: "INVALID_COMPONENT_PLACEMENT"},
	{name: "COMPONENTS_OUTSIDE_FORM"},
	{name: "DUPLICATE_FORM_COMPONENT_NAMES"},
	{name: "MISSING_FOOTER_IN_IF_ELSE_BRANCHES"},
	{name: "MISSING_FOOTER_IN_SWITCH_BRANCHES"},
	{name: "EMPTY_SWITCH_CASES"},
	{name: "MAXIMUM_IF_NESTING"},
	{name: "NATIVE_COMPONENT_IN_FORM_INIT_VALUES"},

	// components
	{name: "MIN_VALUE_GREATER_THAN_MAX"},
	{name: "DATA_SOURCE_ITEMS_HAVE_BOTH_IMAGE_AND_COLOR"},
	{name: "INVALID_DATE_RANGE"},
	{name: "INVALID_MIN_MAX_DAYS"},
	{name: "INVALID_DATE_SINGLE_INIT_VALUE_FORMAT"},
	{name: "MISSING_CALENDAR_PICKER_RANGE_MODE_PROP"},
	{name: "UNEXPECTED_CALENDAR_PICKER_RANGE_MODE_PROP"},
	{name: "INVALID_TYPE"},
	{name: "INVALID_PROPERTY_NAME_FOR_CONDITION"},
	{name: "INVALID_PROPERTY_VALUE_FOR_CONDITION"},
	{name: "DUPLICATE_PROPETY_FOR_CONDITION"}, // Meta's spelling

	// shopping
	{name: "MISSING_CART_LAYOUT", why: "belongs to Flows for shopping, which Meta does not document"},
}

// ourCodes are for what Meta has no code for, mostly as it refuses nothing of it.
var ourCodes = []code{
	{name: "DUPLICATE_KEY"},
	{name: "UNDOCUMENTED_PROPERTY"},
	{name: "UNDOCUMENTED_SCHEMA"},
	{name: "RESERVED_DATA_KEY"},
	{name: "RESERVED_PAYLOAD_KEY"},
	{name: "REFERENCE_NOT_REPLACED"},
	{name: "UNCLEAR_EXPRESSION"},
	{name: "NAVIGATE_ON_TERMINAL_SCREEN"},
	{name: "HIDDEN_REQUIRED_COMPONENT"},
	{name: "COMPONENT_TYPE_MAX_NUMBER_PER_FLOW"},
	{name: "DUPLICATE_OPTION_IDS"},
	{name: "TOO_MANY_OPTIONS"},
	{name: "TOO_MANY_FILES"},
	{name: "TEXT_TOO_LONG"},
	{name: "IMAGE_NOT_BASE64"},
	{name: "IMAGE_TOO_LARGE"},
	{name: "URL_NOT_HTTPS"},
	{name: "TOO_MANY_FINDINGS"},
}
