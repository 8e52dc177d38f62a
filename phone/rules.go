package phone

import (
	"fmt"
	"maps"
	"slices"
)

// Where a rule comes from: [Rule.Source].
const (
	fromDocs    = "D" // Meta's pages
	fromClient  = "C" // WhatsApp's web client, 2026
	fromReports = "F" // field reports
	fromUs      = ""  // nothing: our own, unverified
)

// The rules that decide a verdict or a finding, or that can be switched.
const (
	ruleLateAnswer         = "late-answer"
	ruleHistory            = "history"
	ruleCompleteToken      = "complete-adds-token"
	ruleChipsCounts        = "chips-counts"
	ruleCompletionKeeps    = "completion-keeps-state"
	ruleServerErrorsDirect = "server-errors-direct-only"
	ruleSuccess            = "success-ends"
	ruleSilentEnd          = "success-without-params"
	ruleConditions         = "conditions-from-the-right"
	ruleExpression         = "unreadable-expression"
	ruleWholeValue         = "reference-is-the-whole-value"
	ruleAnswerResolved     = "answer-strings-resolved"
	ruleNavigatePayload    = "navigate-needs-payload"
	ruleDisabledRequired   = "required-and-disabled"
	ruleRangeEnd           = "range-end-not-checked"
	ruleSelectOnRender     = "select-on-render"
	ruleItemActions        = "item-actions"
	ruleChipsEarly         = "chips-fire-before-storing"
	ruleSnackbar           = "error-message-snackbar"
	ruleUndecryptable      = "answer-not-sealed"
	ruleMalformed          = "answer-malformed"
	ruleTransition         = "answer-transition"
	ruleData               = "answer-data"
	ruleMissing            = "answer-missing-key"
	ruleMissingShown       = "missing-shown-empty"
	ruleComponent          = "component-invalid"
	ruleKey                = "status-421"
	ruleExpired            = "status-427"
	ruleExpiredUndefined   = "status-427-without-text"
	ruleExpiredPlain       = "status-427-plain"
	ruleStatus             = "status-other"
	ruleTimeout            = "timeout"
	ruleInitRetry          = "init-retry"
	ruleLaterSnackbar      = "later-snackbar"
	ruleOffline            = "offline-retry"
	ruleNotices            = "error-notices"
	ruleBlankText          = "blank-text"
	ruleCut                = "texts-are-cut"
	ruleImages             = "images"
	ruleUpdateData         = "update-data-checked"
	ruleOpenURL            = "open-url-https"
)

// Rules returns all rules, in the order of the documentation.
func Rules() []Rule {
	return slices.Concat(stateRules(), expressionRules(), validityRules(), answerRules(), componentRules(), actionRules())
}

// quirks are the rules with a switch that differ from their default.
type quirks map[string]bool

// offByDefault are the rules with a switch that apply only if they are chosen.
func offByDefault(id string) bool { return id == ruleLateAnswer }

// on reports whether a rule with a switch applies.
func (q quirks) on(id string) bool {
	if choice, ok := q[id]; ok {
		return choice
	}
	return !offByDefault(id)
}

// Switches returns the ids of the rules with a Switch, in the order of [Rules]: those that
// Config.Quirks can name.
func Switches() []string {
	var ids []string
	for _, r := range Rules() {
		if r.Switch {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// checkQuirks reports ids that are not those of a rule with a switch.
func checkQuirks(q map[string]bool) error {
	switches := Switches()
	for _, id := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(switches, id) {
			return fmt.Errorf("phone: Config.Quirks names %q, which is not the id of a rule with a switch", id)
		}
	}
	return nil
}
