package upstream

import "strings"

// What n8n and Make say in place of an answer (both in November 2026), and what to do
// about it.
var workflowTexts = []struct{ says, means string }{
	{"Workflow was started", respondLast},
	{"Workflow got started", respondLast}, // earlier versions
	{"The requested webhook", "n8n has no such webhook: activate the workflow, and use its production URL, not the one for tests"},
	{"Error in workflow", executions},
	{"There was a problem executing the workflow", executions},
	{"Workflow could not be started", executions},
	{"No item to return", "the last node of the n8n workflow returned nothing: let it return one item with screen and data"},
	{"Unused Respond to Webhook node", respondNode},
	{"Webhook node not correctly configured", respondNode},
	{"no scenario listening", "no scenario of Make listens at this webhook: switch it on, with immediate scheduling"},
	{"Scenario failed to complete", "the scenario of Make failed: its history says where"},
	{"Queue is full", "the queue of the webhook in Make is full: switch the scenario on, and delete what waits"},
}

const (
	respondLast = `n8n answered at once: let the Webhook node respond when the last node finishes, or by a "Respond to Webhook" node`
	respondNode = `in n8n, the Webhook node does not wait for the node "Respond to Webhook": ` +
		`set its Respond to "Using 'Respond to Webhook' Node", or remove that node`
	executions = "the workflow of n8n failed: its executions say where"
)

// workflowProblem explains a text of a workflow service; empty for any other.
func workflowProblem(text string) string {
	const beginning = 1024 // bytes; longer texts are answers
	text = text[:min(len(text), beginning)]
	for _, known := range workflowTexts {
		if strings.Contains(text, known.says) {
			return known.means
		}
	}
	return ""
}
