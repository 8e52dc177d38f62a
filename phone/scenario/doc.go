// Package scenario reads and runs scenarios: YAML files that describe what a user does in
// a Flow and what they expect to see.
//
//	name: a haircut on the first free day
//	open: {token: "test-${random}"}
//	steps:
//	  - fill: {service: haircut}
//	  - tap: Choose a time
//	  - expect: {screen: SLOT, fields: {slot: {enabled: false}}}
//
// [Load] reads a file, strictly: an unknown key is an error with its place. [Scenario.Run]
// plays a scenario on a phone of package phone, so a step that a user could not do fails,
// and so does any problem that no step expects. A [Coverage] counts the screens, actions
// and routes that the scenarios of a Flow have used.
//
// docs/scenarios.md describes the format.
package scenario
