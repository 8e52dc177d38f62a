package phone

// stateRules say what a phone remembers, and how it goes from screen to screen.
func stateRules() []Rule {
	const topic = "State and screens"
	return inTopic(
		topic,
		Rule{
			ID: "memory-per-screen", Source: fromClient, Cite: "StateProvider, StateReducer",
			Text: "Data and inputs of each screen are kept for the whole session.",
		},
		Rule{
			ID: "errors-go-with-the-screen", Source: fromClient, Cite: "Form, StateReducer",
			Text: "Errors live in the drawn form and go when the screen is left. After coming back, only fields with a value can show an error at " +
				"once.",
		},
		Rule{
			ID: ruleLateAnswer, Source: fromUs, Switch: true, Off: true,
			Text: "An answer that arrives after the user has gone back is dropped. Otherwise it is applied from the screen that asked: the client has " +
				"no test for it.",
		},
		Rule{
			ID: "open-asks", Source: fromClient, Cite: "UseAsyncReducer; Meta, “Implementing Endpoints for Flows”, 2026-02-26",
			Text: "A message with flow_action data_exchange asks with INIT, an empty screen and empty data. Nothing shows until the answer arrives.",
		},
		Rule{
			ID: "open-navigates", Source: fromClient, Cite: "UseAsyncReducer; Meta, “Flow JSON”, 2026-03-24",
			Text: "A message with flow_action navigate shows its screen with its data, without a request. The data is checked like an answer, and no " +
				"route may lead to the screen.",
		},
		Rule{
			ID: "success-screen", Source: fromClient, Cite: "ActionHandler",
			Text: "A navigate action to a screen that is called SUCCESS shows that screen. Only an answer with that name ends the Flow.",
		},
		Rule{
			ID: "merge", Source: fromClient, Cite: "ActionHandlerUtils, StateReducer",
			Text: "Data that arrives is merged key by key over what the screen had. A key that an answer leaves out keeps its value.",
		},
		Rule{
			ID: "absent-erases", Source: fromClient, Cite: "StateReducer, StateParser",
			Text: "In a payload of navigate or update_data, a reference that leads nowhere erases the earlier value of its key.",
		},
		Rule{
			ID: ruleHistory, Source: fromClient, Cite: "StateReducer",
			Text: "A move to the screen before the current one goes back to it, a move to the same screen refreshes it, and any other adds to the " +
				"history.",
		},
		Rule{
			ID: "init-values-static", Source: fromClient, Cite: "ActionHandler",
			Text: "Fixed init-values count only while the form of the screen is empty.",
		},
		Rule{
			ID: "init-values-dynamic", Source: fromClient, Cite: "ActionHandler, Set, StateReducer",
			Text: "Bound init-values are resolved on every arrival, from the merged data: a key that was sent once keeps working. Those that resolve " +
				"to nothing are left out, and numbers become text.",
		},
		Rule{
			ID: "init-values-overwrite", Source: fromClient, Cite: "Form",
			Text: "After an answer, init-values replace what was typed. On navigate, back and resume they fill in only what is missing.",
		},
		Rule{
			ID: "error-messages-again", Source: fromClient, Cite: "ActionHandler, Form",
			Text: "Bound error-messages are resolved on every arrival but a plain back, from the merged data: an answer that leaves the key out shows " +
				"the old errors again. A new set replaces the one that shows; an empty set takes nothing away.",
		},
		Rule{
			ID: ruleServerErrorsDirect, Source: fromClient, Cite: "Form",
			Text: "A server error reaches only inputs directly on the screen or in its Form. Within If and Switch it neither shows nor blocks.",
		},
		Rule{
			ID: "back-asks", Source: fromDocs, Cite: "Meta, “Implementing Endpoints for Flows”, 2026-02-26; HandleNavigation; WhatsApp-Flows-Tools issue 28",
			Text: "Back from a screen with refresh_on_back asks with BACK, the id of the screen that is left, and no data.",
		},
		Rule{
			ID: "back-answer", Source: fromClient, Cite: "ActionHandler",
			Text: "The answer to BACK decides which screen shows, by the routes of the screen that is left, and counts like every answer.",
		},
		Rule{
			ID: "back-plain", Source: fromDocs, Cite: "Meta, “Flow JSON”, 2026-03-24; HandleNavigation",
			Text: "Any other back shows the screen before, with its data and inputs. On the first screen, back closes the Flow.",
		},
		Rule{
			ID: "close-silent", Source: fromClient, Cite: "NavigationUtils",
			Text: "Closing asks the endpoint nothing.",
		},
		Rule{
			ID: "resume", Source: fromClient, Cite: "Cache, UseAsyncReducer; WhatsApp-Flows-Tools issue 28",
			Text: "Opening the same message again within 15 days continues on the same screen, with data and inputs but without passwords and " +
				"passcodes. It asks nothing and checks nothing.",
		},
		Rule{
			ID: "resume-not-after-error", Source: fromClient, Cite: "Cache",
			Text: "A Flow that was left on an error page starts anew, unless the page was about a missing connection.",
		},
		Rule{
			ID: "complete-ends", Source: fromDocs, Cite: "Meta, “Flow JSON”, 2026-03-24; ActionHandler",
			Text: "complete ends the Flow and sends its payload to the chat. The business gets it as text in response_json.",
		},
		Rule{
			ID: ruleCompleteToken, Source: fromClient, Cite: "ActionHandler", Switch: true,
			Text: "complete adds flow_token to its payload, in place of one of the author's. Field reports (pywa) say that replies from iOS may lack " +
				"it.",
		},
		Rule{
			ID: ruleCompletionKeeps, Source: fromUs, Switch: true,
			Text: "Completing a Flow does not clear what is kept, so that opening the message again resumes the last screen. Nothing that was read " +
				"clears it.",
		},
		Rule{
			ID: "loading", Source: fromClient, Cite: "Navbar",
			Text: "While an answer is awaited, inputs and buttons are disabled. Back and close are not.",
		},
	)
}

// answerRules say what follows from an answer.
func answerRules() []Rule {
	const topic = "Answers"
	return inTopic(
		topic,
		Rule{
			ID: ruleSnackbar, Source: fromDocs, Cite: "Meta, “Implementing Endpoints for Flows”, 2026-02-26; ActionHandler",
			Text: "data.error_message shows as a snackbar on the screen of the answer. An empty text shows nothing.",
		},
		Rule{
			ID: ruleSuccess, Source: fromDocs, Cite: "Meta, “Implementing Endpoints for Flows”, 2026-02-26",
			Text: "The screen SUCCESS ends the Flow from everywhere. The chat gets params, to which nothing is added.",
		},
		Rule{
			ID: ruleSilentEnd, Source: fromClient, Cite: "ActionHandler",
			Text: "SUCCESS without params closes the Flow without a message. Meta's staff wrote in 2025 that there is no such way.",
		},
		Rule{
			ID: ruleUndecryptable, Source: fromClient, Cite: "StateErrorHandling, Error",
			Text: "An answer that cannot be opened shows an error page that can only be closed, and is reported with an empty error key.",
		},
		Rule{
			ID: ruleMalformed, Source: fromClient, Cite: "ResponseHandler",
			Text: "An answer that is not a JSON object, has no screen, or whose data is not an object shows an error page. It is not reported.",
		},
		Rule{
			ID: ruleTransition, Source: fromClient, Cite: "ActionHandlerUtils; field reports of September 2026",
			Text: "An answer may lead along a route, back along one, or to the same screen, and INIT to a screen that no route leads to. Anything " +
				"else shows an error page and is reported as invalid-screen-transition.",
		},
		Rule{
			ID: ruleData, Source: fromClient, Cite: "ActionHandlerUtils; Meta, “Flows error codes”, 2026-07",
			Text: "Data must fit the model of the screen: types, no null, no data for a screen that declares none. Other data shows an error page and " +
				"is reported as payload-schema-error. Further keys are ignored.",
		},
		Rule{
			ID: ruleMissing, Source: fromClient, Cite: "ActionHandlerUtils; field reports",
			Text: "A key that the model names in required must be there. After a screen with a NavigationList, every declared key must.",
		},
		Rule{
			ID: ruleMissingShown, Source: fromClient, Cite: "ComponentTemplate",
			Text: "Any other declared key may be missing: what is bound to it shows empty. One project reports that phones refuse it.",
		},
		Rule{
			ID: ruleComponent, Source: fromClient, Cite: "Wrapper, WELJUtils, V400, V600",
			Text: "A visible component that cannot be shown replaces the whole screen of a published Flow by an error page: a wrong type, a word that " +
				"the property does not know, an empty or duplicate id, too few items, a blank label. It is reported as components-validation-error " +
				"with an empty screen. In a draft it is a banner.",
		},
		Rule{
			ID: ruleKey, Source: fromClient, Cite: "DataChannelRequest; Meta, “Flows error codes”, 2026-07",
			Text: "After a 421 the phone waits 500 ms, fetches the public key, and sends the request once more under a new AES key. A second 421 " +
				"shows an error page without retry.",
		},
		Rule{
			ID: ruleExpired, Source: fromDocs, Cite: "Meta, “Flows error codes”, 2026-07",
			Text: "A 427 shows an error page with error_msg, or a general text if there is no body, and turns the button of the message off.",
		},
		Rule{
			ID: ruleExpiredUndefined, Source: fromClient, Cite: "ResponseHandler",
			Text: "A sealed 427 without error_msg shows the text “undefined”.",
		},
		Rule{
			ID: ruleExpiredPlain, Source: fromClient, Cite: "ResponseHandler, StateErrorHandling",
			Text: "A 427 whose body is plain JSON, as on Meta's page, cannot be opened: its text is lost, the button stays on, and the phone reports " +
				"an answer that it could not decrypt.",
		},
		Rule{
			ID: ruleStatus, Source: fromClient, Cite: "UseAsyncReducer",
			Text: "Every other status, 432 among them, and no answer at all, are errors.",
		},
		Rule{
			ID: ruleTimeout, Source: fromDocs, Cite: "Meta, “Flows error codes”, 2026-07; DataChannelRequest",
			Text: "No answer within 10 seconds, or status 504, is a timeout.",
		},
		Rule{
			ID: ruleInitRetry, Source: fromClient, Cite: "UseAsyncReducer, ScreenError",
			Text: "If INIT fails so, an error page offers to repeat the same request.",
		},
		Rule{
			ID: ruleLaterSnackbar, Source: fromClient, Cite: "UseAsyncReducer",
			Text: "If a later request of a published Flow fails so, the screen stays and a snackbar shows. The user can tap again.",
		},
		Rule{
			ID: ruleOffline, Source: fromClient, Cite: "UseAsyncReducer",
			Text: "If the phone has no connection, an error page offers to repeat the request, also on a later screen.",
		},
		Rule{
			ID: "draft-overlay", Source: fromClient, Cite: "UseAsyncReducer",
			Text: "In a draft, a failure lies over the screen and says what is wrong. There is nothing to lay it over after INIT, so that it is a " +
				"page.",
		},
		Rule{
			ID: ruleNotices, Source: fromClient, Cite: "ActionHandler, Meta", Switch: true,
			Text: "The phone reports what it refused to the endpoint, with error and error_message, without a signature and without a retry, if the " +
				"Flow counts as one with an endpoint: a screen has refresh_on_back, or data_exchange in a Footer, EmbeddedLink, OptIn, DatePicker, " +
				"CalendarPicker, RadioButtonsGroup or CheckboxGroup directly on a screen or in its Form. A flag of the client can turn it off.",
		},
		Rule{
			ID: "error-page-closes", Source: fromClient, Cite: "ScreenError, Cache",
			Text: "An error page without retry can only be closed, and what was kept is dropped.",
		},
	)
}

// actionRules say what actions do.
func actionRules() []Rule {
	const topic = "Actions"
	return inTopic(
		topic,
		Rule{
			ID: "navigate", Source: fromClient, Cite: "ActionHandler",
			Text: "navigate needs a route, and data that fits the model of the screen.",
		},
		Rule{
			ID: "payload-absent", Source: fromClient, Cite: "StateParser",
			Text: "A key of a payload whose reference leads nowhere, or to null, is left out. A literal null stays. Within a list it becomes null.",
		},
		Rule{
			ID: "payload-reserved", Source: fromClient, Cite: "ActionHandler; field reports",
			Text: "data_exchange drops the keys action and screen of a payload. Other actions keep them.",
		},
		Rule{
			ID: ruleUpdateData, Source: fromClient, Cite: "ActionHandler",
			Text: "update_data merges its payload into the data of the screen, without a request. An unknown key or a wrong type shows an error page " +
				"and is reported as components-validation-error.",
		},
		Rule{
			ID: ruleOpenURL, Source: fromClient, Cite: "SchemaValidation",
			Text: "open_url opens https URLs only. With another one, the component cannot be shown.",
		},
		Rule{
			ID: "sensitive", Source: fromDocs, Cite: "Meta, “Flow JSON”, 2026-03-24",
			Text: "From version 5.1 on, the message in the chat sums up the fields that have a value, of the screens in the history. Sensitive ones " +
				"are 12 dots; passwords and passcodes never show; sensitive files do not show; an OptIn shows as it is.",
		},
		Rule{
			ID: "select-actions", Source: fromDocs, Cite: "Meta, “Components”, 2026-04-14",
			Text: "Select actions fire when the user changes the value.",
		},
		Rule{
			ID: ruleSelectOnRender, Source: fromClient, Cite: "UpdaterOnInit; Meta, “Flow JSON” changelog",
			Text: "From 6.0 to 6.3 the select actions of options and of OptIn also fire when the screen is shown with a value.",
		},
		Rule{
			ID: "unselect-actions", Source: fromClient, Cite: "Checkbox, Radio, Dropdown",
			Text: "Taking an option back fires on-unselect-action or, without one, on-select-action. Changing from one option to another fires " +
				"on-unselect-action first. ChipsSelector and OptIn have no such fallback; Meta's page says that chips have.",
		},
		Rule{
			ID: ruleItemActions, Source: fromClient, Cite: "OptionTracker, WELJValidation",
			Text: "Actions of options and list items count only if the component has none. With both, it cannot be shown.",
		},
		Rule{
			ID: ruleChipsEarly, Source: fromClient, Cite: "Chips (derived)", Switch: true,
			Text: "A ChipsSelector fires its action before it stores the tap: the payload has the old selection.",
		},
	)
}

// inTopic gives rules their topic.
func inTopic(topic string, rules ...Rule) []Rule {
	for i := range rules {
		rules[i].Topic = topic
	}
	return rules
}
