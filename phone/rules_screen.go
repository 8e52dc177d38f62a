package phone

// expressionRules say how references, expressions and conditions are read.
func expressionRules() []Rule {
	const topic = "Expressions"
	return inTopic(
		topic,
		Rule{
			ID: ruleWholeValue, Source: fromClient, Cite: "DynamicDataUtils",
			Text: "Only a whole value is a reference. “Hello ${data.x}” is shown as it stands, and a value that begins with ${data or ${form and ends " +
				"with } but has text between is absent.",
		},
		Rule{
			ID: "two-languages", Source: fromClient, Cite: "StateParser, ConditionalRenderingParser",
			Text: "The condition of an If is read by other rules than all else, and one in backticks is always false. Everywhere else, backticks " +
				"count from 6.0 on.",
		},
		Rule{
			ID: "nested-rounding", Source: fromClient, Cite: "ASTParser",
			Text: "Each operation of an expression is rounded to two places, half up.",
		},
		Rule{
			ID: "nested-side-by-side", Source: fromDocs, Cite: "Meta, “Flow JSON”, 2026-03-24; ASTParser",
			Text: "Values side by side are put together as text, and that binds least. A reference or a closing parenthesis directly before an " +
				"opening one is an error.",
		},
		Rule{
			ID: "nested-division", Source: fromClient, Cite: "ASTParser",
			Text: "Division and modulo by the number 0, or by an absent value, are 0. By an empty text they are infinite or not a number.",
		},
		Rule{
			ID: ruleExpression, Source: fromClient, Cite: "StateProvider, UseAsyncReducer",
			Text: "An expression that cannot be read replaces the whole screen by an error page, without a report; in a draft it lies over the " +
				"screen. In a payload this happens when the action fires.",
		},
		Rule{
			ID: ruleConditions, Source: fromClient, Cite: "ConditionalRenderingParser, WhileLoop",
			Text: "In a condition, ! and && apply as soon as their right side is read, all other operators at a closing parenthesis or at the end, " +
				"from the right. Meta's page says that && comes first. Put each comparison in parentheses.",
		},
		Rule{
			ID: "conditions-integers", Source: fromClient, Cite: "ConditionalRenderingParser",
			Text: "A condition compares what looks like numbers as whole numbers, cut off: '1.9' == 1 is true.",
		},
		Rule{
			ID: "conditions-unreadable", Source: fromClient, Cite: "ConditionalRenderingParser",
			Text: "A condition that cannot be read is false, and so is one whose result is not true.",
		},
		Rule{
			ID: ruleAnswerResolved, Source: fromClient, Cite: "StateParser",
			Text: "Texts in the data of an answer, and in params of SUCCESS, are resolved too if they are references or, from 6.0 on, expressions in " +
				"backticks.",
		},
	)
}

// validityRules say when an input is in error, and when the footer is enabled.
func validityRules() []Rule {
	const topic = "Inputs and the footer"
	return inTopic(
		topic,
		Rule{
			ID: "required-first", Source: fromClient, Cite: "FormValidation",
			Text: "A required value must not be missing, false, an empty list or a blank text. This is checked before anything else.",
		},
		Rule{
			ID: ruleDisabledRequired, Source: fromClient, Cite: "FormValidation",
			Text: "An input that is required, disabled and empty keeps the footer disabled for ever.",
		},
		Rule{
			ID: "text-order", Source: fromClient, Cite: "FormValidation; Meta, “Components”, 2026-04-14",
			Text: "A text is checked for min-chars, max-chars (80 by default), and its input-type, in this order, without the blanks around it. An " +
				"empty text passes.",
		},
		Rule{
			ID: "number-form", Source: fromClient, Cite: "FormValidation",
			Text: "A number may have a sign, commas between thousands, one decimal point or comma, and an exponent.",
		},
		Rule{
			ID: "pattern", Source: fromClient, Cite: "FormValidation; Meta, “Components”, 2026-04-14",
			Text: "pattern is searched for, not matched as a whole, and only if input-type is given as text, number, password or passcode. It is " +
				"tested on a text that was typed and removed, not on a field that was never touched. An invalid pattern is ignored.",
		},
		Rule{
			ID: "counts", Source: fromClient, Cite: "FormValidation",
			Text: "min-selected-items counts although nothing is required. Counts are not checked if the input is disabled.",
		},
		Rule{
			ID: ruleChipsCounts, Source: fromClient, Cite: "FormValidation, Chips", Switch: true,
			Text: "The number of chosen chips is checked in the same way. The client does so behind a flag.",
		},
		Rule{
			ID: "options-clear", Source: fromClient, Cite: "FormValueReset",
			Text: "When options arrive without the chosen one, the value is cleared: all of it, for groups. Its error then shows at once. An empty " +
				"list clears nothing; there a Dropdown blocks the footer.",
		},
		Rule{
			ID: "dates", Source: fromClient, Cite: "IsDateUnavailable, FormValidation",
			Text: "A DatePicker refuses unavailable dates; the range is enforced by the picker alone.",
		},
		Rule{
			ID: "calendar", Source: fromClient, Cite: "CalendarPicker, FormValidation",
			Text: "A CalendarPicker checks each date, and with both of them their order and the days between.",
		},
		Rule{
			ID: ruleRangeEnd, Source: fromClient, Cite: "CalendarPicker, FormValidation", Switch: true,
			Text: "In mode range, an error of the end date alone neither shows nor blocks.",
		},
		Rule{
			ID: "errors-show", Source: fromClient, Cite: "Form",
			Text: "An error shows once the field was changed and left, and hides while it has the focus. A wrong value that is there when the screen " +
				"is entered shows at once.",
		},
		Rule{
			ID: "server-errors-show", Source: fromClient, Cite: "Form",
			Text: "A server error shows at once, disables the footer, and goes when its field is edited or left. A client error that shows hides it.",
		},
		Rule{
			ID: "footer-enabled", Source: fromClient, Cite: "Footer",
			Text: "The footer is enabled if its enabled is not false and no visible input has an error.",
		},
		Rule{
			ID: ruleNavigatePayload, Source: fromDocs, Cite: "Meta, “Components”, 2026-04-14", Switch: true,
			Text: "A footer that navigates is disabled while its payload refers to data of the screen that is not there. The client has no such test.",
		},
		Rule{
			ID: "hidden-values-stay", Source: fromClient, Cite: "Form, Meta",
			Text: "Values of inputs that are hidden, or in a branch that does not show, stay in the form and in payloads.",
		},
	)
}

// componentRules say what components show, and what their values are.
func componentRules() []Rule {
	const topic = "Components"
	return inTopic(
		topic,
		Rule{
			ID: "optional", Source: fromClient, Cite: "OptIn",
			Text: "An OptIn that is not required is marked as optional.",
		},
		Rule{
			ID: ruleBlankText, Source: fromDocs, Cite: "Meta, “Components”, 2026-04-14",
			Text: "Meta's page does not accept blank texts; the client shows them.",
		},
		Rule{
			ID: ruleCut, Source: fromDocs, Cite: "Meta, “Components”, 2026-04-14",
			Text: "Texts that are longer than the limits on the page are cut off.",
		},
		Rule{
			ID: "text-values", Source: fromReports, Cite: "TextInput; glific issues 4803 and 3812",
			Text: "A TextInput gives a text, also for numbers. Passed on to data of type number, it is refused.",
		},
		Rule{
			ID: "text-area", Source: fromDocs, Cite: "Meta, “Components”, 2026-04-14",
			Text: "A TextArea stops typing at max-length (600 by default).",
		},
		Rule{
			ID: "maximum-disables", Source: fromClient, Cite: "Checkbox, Chips",
			Text: "At max-selected-items the other options are disabled.",
		},
		Rule{
			ID: "dropdown", Source: fromClient, Cite: "Dropdown",
			Text: "A Dropdown has a search field from 40 options on, and a button that clears it and fires its action.",
		},
		Rule{
			ID: "radio", Source: fromClient, Cite: "Radio",
			Text: "A second tap takes the option of a RadioButtonsGroup back if it is not required, and fires its action again if it is.",
		},
		Rule{
			ID: "opt-in", Source: fromClient, Cite: "OptIn",
			Text: "An OptIn is true when ticked and absent when not, unless init-value made it false.",
		},
		Rule{
			ID: "date-picker", Source: fromDocs, Cite: "Meta, “Components”, 2026-04-14; DatePickerUtils",
			Text: "A DatePicker offers 1900-01-01 to 2100-12-31. Before 5.0, dates are milliseconds since 1970. Bounds in another form are ignored.",
		},
		Rule{
			ID: "calendar-range", Source: fromClient, Cite: "CalendarPicker, Utils",
			Text: "A CalendarPicker offers 100 years back and 5 years ahead.",
		},
		Rule{
			ID: "calendar-values", Source: fromClient, Cite: "CalendarPicker",
			Text: "In mode range a missing date is an empty text, and without any the value is absent. The select action fires after each date.",
		},
		Rule{
			ID: "emptied", Source: fromClient, Cite: "Form",
			Text: "An emptied text, date or Dropdown is an empty text, an emptied group an empty list; RadioButtonsGroup and OptIn are absent.",
		},
		Rule{
			ID: "embedded-link", Source: fromClient, Cite: "EmbeddedLink",
			Text: "An EmbeddedLink works although inputs are in error.",
		},
		Rule{
			ID: "navigation-list", Source: fromClient, Cite: "NavigationList",
			Text: "A tap on a list item stores its id under the name of the list; then the action happens.",
		},
		Rule{
			ID: "pickers", Source: fromDocs, Cite: "Meta, “Media upload”, 2026-04-15; MediaPicker",
			Text: "Pickers check the number, size and type of files. An endpoint gets where to download them and their keys, the chat their names and " +
				"hashes.",
		},
		Rule{
			ID: ruleImages, Source: fromUs,
			Text: "The type of an image is that of its first bytes. What is not an image shows a placeholder.",
		},
		Rule{
			ID: "switch-default", Source: fromClient, Cite: "Switch",
			Text: "A Switch compares as text and has a case default, which Meta's page does not mention.",
		},
		Rule{
			ID: "unknown-type", Source: fromUs,
			Text: "A component whose type is not known shows as a card that says so.",
		},
	)
}
