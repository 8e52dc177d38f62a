package phone

// stateRules describe what a phone remembers, and how it moves from screen to screen.
func stateRules() []Rule {
	const topic = "State and screens"
	return inTopic(
		topic,
		Rule{
			ID: "memory-per-screen", Source: fromClient, Cite: "StateProvider, StateReducer",
			Text: "The phone keeps the data and inputs of each screen for the whole session.",
		},
		Rule{
			ID: "errors-go-with-the-screen", Source: fromClient, Cite: "Form, StateReducer",
			Text: "Errors belong to the displayed form and disappear when the user leaves the screen. After the user comes back, only fields with a " +
				"value can show an error at once.",
		},
		Rule{
			ID: ruleLateAnswer, Source: fromUs, Switch: true, Off: true,
			Text: "With the switch on, an answer that arrives after the user has gone back is dropped. With it off, the answer is applied as if the " +
				"user were still on the screen that asked, because the client does not check for this.",
		},
		Rule{
			ID: "open-asks", Source: fromClient, Cite: "UseAsyncReducer; Meta, “Implementing Endpoints for Flows”, 2026-02-26",
			Text: "A message with flow_action data_exchange sends INIT with an empty screen and empty data. Nothing is shown until the answer " +
				"arrives.",
		},
		Rule{
			ID: "open-navigates", Source: fromClient, Cite: "UseAsyncReducer; Meta, “Flow JSON”, 2026-03-24",
			Text: "A message with flow_action navigate shows its screen with its data, without a request. The data is checked like an answer, and " +
				"the screen must not be the target of a route.",
		},
		Rule{
			ID: "success-screen", Source: fromClient, Cite: "ActionHandler",
			Text: "A navigate action to a screen named SUCCESS shows that screen. Only an answer with that screen ends the Flow.",
		},
		Rule{
			ID: "merge", Source: fromClient, Cite: "ActionHandlerUtils, StateReducer",
			Text: "Data that arrives is merged into the data of the screen, key by key. A key that an answer omits keeps its value.",
		},
		Rule{
			ID: "absent-erases", Source: fromClient, Cite: "StateReducer, StateParser",
			Text: "In the payload of navigate or update_data, a reference to nothing erases the earlier value of its key.",
		},
		Rule{
			ID: ruleHistory, Source: fromClient, Cite: "StateReducer",
			Text: "A move to the previous screen goes back to it, a move to the same screen refreshes it, and any other move adds to the history.",
		},
		Rule{
			ID: "init-values-static", Source: fromClient, Cite: "ActionHandler",
			Text: "Literal init-values apply only while the form of the screen is empty.",
		},
		Rule{
			ID: "init-values-dynamic", Source: fromClient, Cite: "ActionHandler, Set, StateReducer",
			Text: "Bound init-values are resolved on every arrival, from the merged data, so a key that was sent once stays in effect. Those that " +
				"resolve to nothing are omitted, and numbers become text.",
		},
		Rule{
			ID: "init-values-overwrite", Source: fromClient, Cite: "Form",
			Text: "After an answer, init-values replace what the user typed. On navigate, back and resume they only fill in what is missing.",
		},
		Rule{
			ID: "error-messages-again", Source: fromClient, Cite: "ActionHandler, Form",
			Text: "Bound error-messages are resolved from the merged data on every arrival except a plain back, so an answer that omits the key " +
				"shows the old errors again. A new set of errors replaces the displayed one; an empty set removes nothing.",
		},
		Rule{
			ID: ruleServerErrorsDirect, Source: fromClient, Cite: "Form",
			Text: "A server error affects only inputs directly on the screen or in its Form. For an input within If or Switch it is not shown and " +
				"does not disable the footer.",
		},
		Rule{
			ID: "back-asks", Source: fromDocs, Cite: "Meta, “Implementing Endpoints for Flows”, 2026-02-26; HandleNavigation; WhatsApp-Flows-Tools issue 28",
			Text: "Back from a screen with refresh_on_back sends BACK with the id of the screen that the user leaves, and no data.",
		},
		Rule{
			ID: "back-answer", Source: fromClient, Cite: "ActionHandler",
			Text: "The answer to BACK decides which screen is shown. It is checked against the routes of the screen that the user leaves, like any " +
				"other answer.",
		},
		Rule{
			ID: "back-plain", Source: fromDocs, Cite: "Meta, “Flow JSON”, 2026-03-24; HandleNavigation",
			Text: "Any other back shows the previous screen, with its data and inputs. On the first screen, back closes the Flow.",
		},
		Rule{
			ID: "close-silent", Source: fromClient, Cite: "NavigationUtils",
			Text: "Closing the Flow sends no request.",
		},
		Rule{
			ID: "resume", Source: fromClient, Cite: "Cache, UseAsyncReducer; WhatsApp-Flows-Tools issue 28",
			Text: "If the user opens the same message again within 15 days, the Flow resumes on the same screen, with data and inputs but without " +
				"passwords and passcodes. The phone sends no request and checks nothing.",
		},
		Rule{
			ID: "resume-not-after-error", Source: fromClient, Cite: "Cache",
			Text: "A Flow that was closed on an error page starts from the beginning, unless the error was a missing connection.",
		},
		Rule{
			ID: "complete-ends", Source: fromDocs, Cite: "Meta, “Flow JSON”, 2026-03-24; ActionHandler",
			Text: "complete ends the Flow and sends its payload to the chat. The business receives it as text in response_json.",
		},
		Rule{
			ID: ruleCompleteToken, Source: fromClient, Cite: "ActionHandler", Switch: true,
			Text: "complete adds flow_token to its payload and replaces one that the payload already has. Field reports (pywa) say that replies " +
				"from iOS may lack it.",
		},
		Rule{
			ID: ruleCompletionKeeps, Source: fromUs, Switch: true,
			Text: "Completing a Flow does not clear the saved state, so opening the message again resumes the last screen. No code that clears it " +
				"was found.",
		},
		Rule{
			ID: "loading", Source: fromClient, Cite: "Navbar",
			Text: "While the phone waits for an answer, inputs and buttons are disabled. Back and close are not.",
		},
	)
}

// answerRules describe what follows from an answer.
func answerRules() []Rule {
	const topic = "Answers"
	return inTopic(
		topic,
		Rule{
			ID: ruleSnackbar, Source: fromDocs, Cite: "Meta, “Implementing Endpoints for Flows”, 2026-02-26; ActionHandler",
			Text: "data.error_message is shown as a snackbar on the screen of the answer. An empty text shows nothing.",
		},
		Rule{
			ID: ruleSuccess, Source: fromDocs, Cite: "Meta, “Implementing Endpoints for Flows”, 2026-02-26",
			Text: "The screen SUCCESS ends the Flow, from any screen. The chat receives params unchanged.",
		},
		Rule{
			ID: ruleSilentEnd, Source: fromClient, Cite: "ActionHandler",
			Text: "SUCCESS without params closes the Flow without a message. Meta's staff wrote in 2025 that this is not possible.",
		},
		Rule{
			ID: ruleUndecryptable, Source: fromClient, Cite: "StateErrorHandling, Error",
			Text: "An answer that cannot be opened causes an error page that can only be closed, and is reported with an empty error key.",
		},
		Rule{
			ID: ruleMalformed, Source: fromClient, Cite: "ResponseHandler",
			Text: "An answer that is not a JSON object, has no screen, or has data that is not an object causes an error page. It is not reported.",
		},
		Rule{
			ID: ruleTransition, Source: fromClient, Cite: "ActionHandlerUtils; field reports of September 2026",
			Text: "An answer may lead along a route, back along one, or to the same screen; an answer to INIT may lead to a screen that is not the " +
				"target of a route. Anything else causes an error page and is reported as invalid-screen-transition.",
		},
		Rule{
			ID: ruleData, Source: fromClient, Cite: "ActionHandlerUtils; Meta, “Flows error codes”, 2026-07",
			Text: "Data must fit the model of the screen: the declared types, no null, and no data for a screen that declares none. Other data " +
				"causes an error page and is reported as payload-schema-error. Undeclared keys are ignored.",
		},
		Rule{
			ID: ruleMissing, Source: fromClient, Cite: "ActionHandlerUtils; field reports",
			Text: "A key that the model lists in required must be present. After a screen with a NavigationList, every declared key must be.",
		},
		Rule{
			ID: ruleMissingShown, Source: fromClient, Cite: "ComponentTemplate",
			Text: "Any other declared key may be missing: properties that are bound to it are empty. One project reports that phones refuse such an " +
				"answer.",
		},
		Rule{
			ID: ruleComponent, Source: fromClient, Cite: "Wrapper, WELJUtils, V400, V600",
			Text: "If a visible component cannot be shown, an error page replaces the whole screen of a published Flow; in a draft, a banner " +
				"appears. Causes are a wrong type, a word that the property does not accept, an empty or duplicate id, too few items, and a blank " +
				"label. It is reported as components-validation-error with an empty screen.",
		},
		Rule{
			ID: ruleKey, Source: fromClient, Cite: "DataChannelRequest; Meta, “Flows error codes”, 2026-07",
			Text: "After a 421 the phone waits 500 ms, fetches the public key, and sends the request once more with a new AES key. A second 421 " +
				"causes an error page without retry.",
		},
		Rule{
			ID: ruleExpired, Source: fromDocs, Cite: "Meta, “Flows error codes”, 2026-07",
			Text: "A 427 causes an error page with error_msg, or with a general text if there is no body, and disables the button of the message.",
		},
		Rule{
			ID: ruleExpiredUndefined, Source: fromClient, Cite: "ResponseHandler",
			Text: "A sealed 427 without error_msg shows the text “undefined”.",
		},
		Rule{
			ID: ruleExpiredPlain, Source: fromClient, Cite: "ResponseHandler, StateErrorHandling",
			Text: "A 427 with a body in plain JSON, as on Meta's page, cannot be opened: its text is lost, the button stays enabled, and the phone " +
				"reports an answer that it could not decrypt.",
		},
		Rule{
			ID: ruleStatus, Source: fromClient, Cite: "UseAsyncReducer",
			Text: "Any other status, including 432, and a missing answer are failures.",
		},
		Rule{
			ID: ruleTimeout, Source: fromDocs, Cite: "Meta, “Flows error codes”, 2026-07; DataChannelRequest",
			Text: "No answer within 10 seconds, or status 504, is a timeout. The time of a slow connection counts.",
		},
		Rule{
			ID: ruleInitRetry, Source: fromClient, Cite: "UseAsyncReducer, ScreenError",
			Text: "After a failure or a timeout of INIT, an error page offers to repeat the same request.",
		},
		Rule{
			ID: ruleLaterSnackbar, Source: fromClient, Cite: "UseAsyncReducer",
			Text: "After a failure or a timeout of a later request, a published Flow stays on its screen and shows a snackbar. The user can tap " +
				"again.",
		},
		Rule{
			ID: ruleOffline, Source: fromClient, Cite: "UseAsyncReducer",
			Text: "If the phone has no connection, an error page offers to repeat the request, even on a later screen.",
		},
		Rule{
			ID: "draft-overlay", Source: fromClient, Cite: "UseAsyncReducer",
			Text: "In a draft, an overlay on the screen describes the failure. After INIT there is no screen yet, so it is a page.",
		},
		Rule{
			ID: ruleNotices, Source: fromClient, Cite: "ActionHandler, Meta", Switch: true,
			Text: "The phone reports what it refused to the endpoint, with error and error_message, without a signature and without a retry, if the " +
				"client takes the Flow to have an endpoint. It does if a screen has refresh_on_back, or has data_exchange in a Footer, " +
				"EmbeddedLink, OptIn, DatePicker, CalendarPicker, RadioButtonsGroup or CheckboxGroup directly on the screen or in its Form. A " +
				"flag in the client can disable reports.",
		},
		Rule{
			ID: "error-page-closes", Source: fromClient, Cite: "ScreenError, Cache",
			Text: "An error page without retry can only be closed, and the saved state is dropped.",
		},
	)
}

// actionRules describe what actions do.
func actionRules() []Rule {
	const topic = "Actions"
	return inTopic(
		topic,
		Rule{
			ID: "navigate", Source: fromClient, Cite: "ActionHandler",
			Text: "navigate requires a route, and data that fits the model of the screen.",
		},
		Rule{
			ID: "payload-absent", Source: fromClient, Cite: "StateParser",
			Text: "A key of a payload is omitted if its reference leads to nothing or to null; in a list, such a reference becomes null. A literal " +
				"null stays.",
		},
		Rule{
			ID: "payload-reserved", Source: fromClient, Cite: "ActionHandler; field reports",
			Text: "data_exchange drops the keys action and screen of a payload. Other actions keep them.",
		},
		Rule{
			ID: ruleUpdateData, Source: fromClient, Cite: "ActionHandler",
			Text: "update_data merges its payload into the data of the screen, without a request. An unknown key or a wrong type causes an error " +
				"page and is reported as components-validation-error.",
		},
		Rule{
			ID: ruleOpenURL, Source: fromClient, Cite: "SchemaValidation",
			Text: "open_url opens only https URLs. With any other URL, the component cannot be shown.",
		},
		Rule{
			ID: "sensitive", Source: fromDocs, Cite: "Meta, “Flow JSON”, 2026-03-24",
			Text: "From version 5.1 on, the message in the chat summarises the fields that have a value, from all screens in the history. Sensitive " +
				"values are shown as 12 dots; passwords, passcodes and sensitive files are never shown; an OptIn is shown even if it is " +
				"sensitive.",
		},
		Rule{
			ID: "select-actions", Source: fromDocs, Cite: "Meta, “Components”, 2026-04-14",
			Text: "Select actions fire when the user changes the value.",
		},
		Rule{
			ID: ruleSelectOnRender, Source: fromClient, Cite: "UpdaterOnInit; Meta, “Flow JSON” changelog",
			Text: "From 6.0 to 6.3, the select actions of options and of OptIn also fire when the screen is shown with a value.",
		},
		Rule{
			ID: "unselect-actions", Source: fromClient, Cite: "Checkbox, Radio, Dropdown",
			Text: "Deselecting an option fires on-unselect-action or, if there is none, on-select-action. Changing from one option to another fires " +
				"on-unselect-action first. ChipsSelector and OptIn do not fall back to on-select-action, although Meta's page says that chips do.",
		},
		Rule{
			ID: ruleItemActions, Source: fromClient, Cite: "OptionTracker, WELJValidation",
			Text: "Actions of options and list items apply only if the component has none. If both have one, the component cannot be shown.",
		},
		Rule{
			ID: ruleChipsEarly, Source: fromClient, Cite: "Chips (derived)", Switch: true,
			Text: "A ChipsSelector fires its action before it stores the tap, so the payload has the old selection.",
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
