package cli

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// example is a command line that a user can adapt, and what it is for.
type example struct{ purpose, line string }

// examples are printed at the end of each command's help. The keys are the commands
// without the program's name.
func examples() map[string][]example {
	const keys = " --public-key public.pem --app-secret-file app-secret"
	return map[string][]example{
		"init": {
			{"Start a Flow in Go.", "flowserver init go parcels"},
			{"Start a Flow that Node answers.", "flowserver init node parcels"},
		},
		"dev": {
			{"Serve the compiled-in Flows.", "flowserver dev"},
			{"Serve a Flow in any language, and check its answers against the Flow JSON.", "flowserver dev --upstream http://127.0.0.1:3000/flow --flow-json flow.json"},
			{"See what health checks and users show when another key is registered.", "flowserver dev --provider-says foreign"},
		},
		"phone": {
			{"Look at the screens of a Flow JSON.", "flowserver phone --flow-json flow.json"},
			{"Play it against an endpoint in any language.", "flowserver phone http://127.0.0.1:3000/flow --flow-json flow.json" + keys},
			{"Open a message that shows a given screen, in the browser.", `flowserver phone --flow-json flow.json --start navigate --screen WELCOME --data '{"name":"Ada"}' --open`},
			{"Look at scenarios that failed, step by step.", "flowserver phone --trace traces"},
		},
		"call": {
			{"Open the Flow that flowserver dev serves, in the folder where dev runs.", "flowserver call init"},
			{"Submit the screen of the last answer.", "flowserver call submit service=haircut"},
			{"Name the screen; := sends JSON instead of a string.", "flowserver call submit CONFIRM terms:=true"},
			{"Pick a photo for the PhotoPicker photos.", "flowserver call submit CLAIM --file photos=@id.jpg"},
			{"Leave a screen that has refresh_on_back.", "flowserver call back DETAILS"},
			{"Call any endpoint.", "flowserver call https://example.com/flows/booking ping" + keys},
		},
		"check": {
			{"Check the endpoint that flowserver dev serves, in the folder where dev runs.", "flowserver check"},
			{"See every case, not only the causes of failures.", "flowserver check -v"},
			{"Include the cases that submit a screen.", `flowserver check --screen SERVICE --data '{"service":"haircut"}'`},
			{"Run two groups of cases.", "flowserver check --only 'signature,replay/*'"},
			{"Check any endpoint, and write a report for CI.", "flowserver check https://example.com/flows/booking" + keys + " --junit report.xml"},
		},
		"play": {
			{"Play scenarios against the compiled-in Flow.", "flowserver play scenarios/booking.yaml"},
			{"Play against any endpoint.", "flowserver play scenarios/booking.yaml https://example.com/flows/booking" + keys},
			{"Write a report for CI.", "flowserver play scenarios/booking.yaml --junit report.xml"},
			{"Fail unless every screen was shown.", "flowserver play scenarios/booking.yaml --coverage-min screens=100"},
		},
		"doctor": {
			{"Examine a public endpoint, in any language.", "flowserver doctor https://example.com/flows/booking" + keys},
			{"Examine the endpoint that flowserver dev serves, in the folder where dev runs.", "flowserver doctor"},
			{"Use it in a script.", "flowserver doctor https://example.com/flows/booking" + keys + " --json"},
		},
		"lint": {
			{"Check a file before uploading it to Meta.", "flowserver lint flow.json"},
			{"Check all Flow JSON files of a folder.", "flowserver lint flows"},
			{"Fail on any finding, and report to a code host.", "flowserver lint --strict --sarif lint.sarif flows/booking.json flows/survey.json"},
			{"Ignore one kind of finding in one place.", "flowserver lint flow.json --ignore TEXT_TOO_LONG@/screens/0"},
			{"Check again whenever the file is saved.", "flowserver lint --watch flow.json"},
			{"Explain a code, with examples.", "flowserver lint --explain INVALID_ROUTING_MODEL"},
		},
		"generate": {
			{"Write the screens, and a skeleton of the handlers once.", "flowserver generate flow.json --package booking --out screens.go --handlers handlers.go"},
			{"Fail in CI if the screens are out of date.", "flowserver generate flow.json --package booking --out screens.go --check"},
			{"Read the Flow JSON from standard input.", "flowserver generate - --package booking --out screens.go"},
		},
		"schema": {
			{"Write the schema of the newest version, for an editor.", "flowserver schema > flow-json.schema.json"},
			{"Write the schema of an older version.", "flowserver schema --version 6.3 > flow-json-6.3.schema.json"},
		},
		"serve": {
			{"Serve a configuration file.", "flowserver serve --config flowserver.yaml"},
			{"Validate it before a deployment.", "flowserver serve --config flowserver.yaml --check"},
			{"See which variables configure a server without a file.", "flowserver serve --print-config"},
		},
		"keys generate": {
			{"Generate a key pair and print its public key.", "flowserver keys generate --out private.pem"},
			{"Write the public key to a file too.", "flowserver keys generate --out private.pem --public public.pem"},
		},
		"keys show": {
			{"Print the public key of a private key.", "flowserver keys show private.pem"},
			{"Print the fingerprint of a public key.", "flowserver keys show public.pem"},
		},
		"keys status": {
			{"Check every number.", "flowserver keys status --config flowserver.yaml"},
			{"Check one number from a script.", "flowserver keys status --config flowserver.yaml --number main --json"},
		},
		"keys register": {
			{"Register the active key of a number.", "flowserver keys register --config flowserver.yaml --number main"},
		},
		"token mint": {
			{"Create a token for one customer.", "flowserver token mint --flow booking --subject customer-7 --token-secret-file token-secret"},
		},
		"token verify": {
			{"Show what a token contains, and whether it is valid.", "flowserver token verify TOKEN --flow booking --token-secret-file token-secret"},
		},
		"health": {
			{"Check that the server is ready for requests.", "flowserver health"},
			{"Check that the process is alive, as the image's HEALTHCHECK does.", "flowserver health --live"},
		},
		"completion": {
			{"bash: complete in this shell. For all shells, add the line to ~/.bashrc.", `source <(flowserver completion bash)`},
			{"zsh: the same, in ~/.zshrc after compinit.", `source <(flowserver completion zsh)`},
			{"fish: complete in all shells.", "flowserver completion fish > ~/.config/fish/completions/flowserver.fish"},
		},
		"version": {{"Print the version, for example for a bug report.", "flowserver version"}},
		"help":    {{"Print the help of a command.", "flowserver help keys show"}},
	}
}

// exampleText returns the examples of a command. Those of a group of commands are
// the first ones of its members.
func exampleText(node *kong.Node) string {
	all := examples()
	var text strings.Builder
	write := func(e example) { fmt.Fprintf(&text, "  # %s\n  %s\n", e.purpose, e.line) }
	for _, e := range all[commandName(node)] {
		write(e)
	}
	for _, member := range node.Children {
		if of := all[commandName(member)]; len(of) > 0 {
			write(of[0])
		}
	}
	return text.String()
}

// commandName returns the words of a command without the program's name.
func commandName(node *kong.Node) string {
	if node.Parent == nil {
		return ""
	}
	return strings.TrimSpace(commandName(node.Parent) + " " + node.Name)
}
