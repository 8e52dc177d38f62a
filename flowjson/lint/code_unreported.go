package lint

// unreportedCodes are codes of Meta's that nothing reports here.
var unreportedCodes = []Explanation{
	{Code: "UNAVAILABLE_FLOW_JSON_VERSION", Source: codesPage, Unreported: "which versions a business account may use is not in the file"},
	{Code: "UNSUPPORTED_FLOW_JSON_VERSION", Source: codesPage, Unreported: "reported as INVALID_FLOW_JSON_VERSION_STATE, which Meta's validator uses now"},
	{Code: "NO_SCHEMA_FOUND", Source: codesPage, Unreported: "about Meta's own schemas; an unknown version is INVALID_FLOW_JSON_VERSION"},
	{Code: "INVALID_SCHEMA", Source: codesPage, Unreported: "about Meta's own schemas"},
	{Code: "INVALID_ONE_OF_SCHEMA", Source: codesPage, Unreported: "about Meta's own schemas"},
	{
		Code: "ONE_OF_SCHEMA_VALIDATION_FAILED", Source: codesPage,
		Unreported: "says only that no alternative fits; reported as what is wrong with the one that was meant",
	},
	{Code: "INVALID_PROPERTY_TYPE:NUMBER", Source: codesPage, Unreported: "reported as INVALID_PROPERTY_TYPE"},
	{Code: "INVALID_PROPERTY_TYPE:STRING", Source: codesPage, Unreported: "reported as INVALID_PROPERTY_TYPE"},
	{Code: "INVALID_PROPERTY_TYPE:BOOLEAN", Source: codesPage, Unreported: "reported as INVALID_PROPERTY_TYPE"},
	{Code: "INVALID_PROPERTY_TYPE:INTEGER", Source: codesPage, Unreported: "reported as INVALID_PROPERTY_TYPE"},
	{Code: "INVALID_PROPERTY", Source: codesPage, Unreported: "the older form of the schema codes"},
	{Code: "MAX_EMBEDDED_LINK_PER_SCREEN", Source: codesPage, Unreported: "reported as COMPONENT_TYPE_MAX_NUMBER_PER_SCREEN, which Meta's validator uses now"},
	{Code: "MAX_FOOTER_PER_SCREEN", Source: codesPage, Unreported: "reported as COMPONENT_TYPE_MAX_NUMBER_PER_SCREEN"},
	{Code: "MAX_IMAGE_PER_SCREEN", Source: codesPage, Unreported: "reported as COMPONENT_TYPE_MAX_NUMBER_PER_SCREEN"},
	{Code: "MAX_OPT_IN_PER_SCREEN", Source: codesPage, Unreported: "reported as COMPONENT_TYPE_MAX_NUMBER_PER_SCREEN"},
	{Code: "MISSING_CART_LAYOUT", Source: codesPage, Unreported: "belongs to Flows for shopping, which Meta does not document"},
}
