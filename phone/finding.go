package phone

import (
	"strings"

	"github.com/flowserver/flowserver/flowjson"
)

// The severities of findings.
const (
	severityError   = "error"
	severityWarning = "warning"
)

// The codes of findings. Those about data that does not fit the Flow JSON come from
// [answerCode].
const (
	codeMalformed     = "ANSWER_MALFORMED"           // the answer is not a JSON object with a screen and data
	codeNotSealed     = "ANSWER_NOT_SEALED"          // the answer cannot be opened
	codeCompletion    = "COMPLETION_INCOMPLETE"      // a SUCCESS answer lacks something that Meta asks for
	codeComponent     = "COMPONENT_INVALID"          // a component cannot be shown: an error page in a published Flow, a banner in a draft
	codeCondition     = "CONDITION_READ_DIFFERENTLY" // WhatsApp evaluates the condition of an If differently than it looks
	codeErrorNotShown = "ERROR_NOT_SHOWN"            // a server error is for an input within If or Switch, where it is not shown
	codeExpiredPlain  = "EXPIRED_NOT_SEALED"         // the body of a 427 is not sealed
	codeExpiredText   = "EXPIRED_WITHOUT_TEXT"       // the body of a 427 has no error_msg that can be read
	codeExpression    = "EXPRESSION_UNREADABLE"      // WhatsApp cannot evaluate an expression
	codeBlocked       = "FOOTER_BLOCKED"             // an input that is required, disabled and empty keeps the footer disabled
	codeImage         = "IMAGE_UNREADABLE"           // a picture cannot be decoded
	codeNoEndpoint    = "NO_ENDPOINT"                // an action sends a request, but the phone has no endpoint
	codePattern       = "PATTERN_SLOW"               // a pattern takes so long on a text that the phone ignores it
	codeReference     = "REFERENCE_IN_TEXT"          // a reference within a text is shown unchanged
	codeLoop          = "SELECT_LOOP"                // inputs fire their actions when they are shown, which shows other inputs that do the same, without end
	codeBlank         = "TEXT_BLANK"                 // a text is blank
	codeCut           = "TEXT_CUT"                   // a text is longer than WhatsApp shows
	codeUnknown       = "UNKNOWN_COMPONENT"          // the type of a component is not known
	codeMissing       = "VALUE_MISSING"              // a property is bound to data that is not there
)

// answerCode returns the code of a violation of the Flow JSON by an answer, or by the data
// of a navigate action, such as ANSWER_TYPE.
func answerCode(r flowjson.Rule) string { return "ANSWER_" + strings.ToUpper(string(r)) }
