package phone

// expressionRules describe how references, expressions and conditions are evaluated.
func expressionRules() []Rule {
	const topic = "Expressions"
	return inTopic(
		topic,
		Rule{
			ID: ruleWholeValue, Source: fromClient, Cite: "DynamicDataUtils",
			Text: "A reference is replaced only if it is the whole value. “Hello ${data.x}” is shown unchanged. A value that begins with ${data or " +
				"${form and ends with }, but has other text in between, is absent.",
		},
		Rule{
			ID: "two-languages", Source: fromClient, Cite: "StateParser, ConditionalRenderingParser",
			Text: "The condition of an If has its own syntax, and a condition in backticks is always false. Everywhere else, expressions in " +
				"backticks are evaluated from 6.0 on.",
		},
		Rule{
			ID: "nested-rounding", Source: fromClient, Cite: "ASTParser",
			Text: "The result of each operation in an expression is rounded to two decimal places, half up.",
		},
		Rule{
			ID: "nested-side-by-side", Source: fromDocs, Cite: "Meta, “Flow JSON”, 2026-03-24; ASTParser",
			Text: "Adjacent values are joined as text, with the lowest precedence. A reference or a closing parenthesis directly before an opening " +
				"parenthesis is an error.",
		},
		Rule{
			ID: "nested-division", Source: fromClient, Cite: "ASTParser",
			Text: "Division and modulo by the number 0, or by an absent value, give 0. By an empty text, they give infinity or NaN.",
		},
		Rule{
			ID: ruleExpression, Source: fromClient, Cite: "StateProvider, UseAsyncReducer",
			Text: "If an expression cannot be read, an error page replaces the whole screen and nothing is reported; in a draft, it is an overlay. " +
				"In a payload this happens when the action fires.",
		},
		Rule{
			ID: ruleConditions, Source: fromClient, Cite: "ConditionalRenderingParser, WhileLoop",
			Text: "In a condition, ! and && apply as soon as their right side is read; all other operators apply at a closing parenthesis or at the " +
				"end, from the right. Meta's page says that && comes first. Put each comparison in parentheses.",
		},
		Rule{
			ID: "conditions-integers", Source: fromClient, Cite: "ConditionalRenderingParser",
			Text: "A condition compares values that look like numbers as whole numbers, without their decimals: '1.9' == 1 is true.",
		},
		Rule{
			ID: "conditions-unreadable", Source: fromClient, Cite: "ConditionalRenderingParser",
			Text: "A condition that cannot be read is false, and so is one whose result is not true.",
		},
		Rule{
			ID: ruleAnswerResolved, Source: fromClient, Cite: "StateParser",
			Text: "Texts in the data of an answer, and in the params of SUCCESS, are also resolved if they are references or, from 6.0 on, " +
				"expressions in backticks.",
		},
	)
}

// validityRules describe when an input has an error, and when the footer is enabled.
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
			Text: "An input that is required, disabled and empty keeps the footer disabled permanently.",
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
			Text: "The pattern may match any part of the text. It applies only if input-type is set to text, number, password or passcode. A text " +
				"that was typed and removed is checked, a field that was never touched is not. A pattern that JavaScript cannot read, such as one " +
				"with (?i), is ignored.",
		},
		Rule{
			ID: "counts", Source: fromClient, Cite: "FormValidation",
			Text: "min-selected-items applies even if the input is not required. Counts are not checked if the input is disabled.",
		},
		Rule{
			ID: ruleChipsCounts, Source: fromClient, Cite: "FormValidation, Chips", Switch: true,
			Text: "The number of selected chips is checked in the same way. In the client, a flag enables this.",
		},
		Rule{
			ID: "options-clear", Source: fromClient, Cite: "FormValueReset",
			Text: "When new options arrive that do not include the selected one, the value is cleared; a group loses its whole selection. Its error " +
				"is then shown at once. An empty list clears nothing, but a Dropdown without options then disables the footer.",
		},
		Rule{
			ID: "dates", Source: fromClient, Cite: "IsDateUnavailable, FormValidation",
			Text: "A DatePicker refuses unavailable dates; only the picker itself enforces the range.",
		},
		Rule{
			ID: "calendar", Source: fromClient, Cite: "CalendarPicker, FormValidation",
			Text: "A CalendarPicker checks each date and, if both are set, their order and the number of days between them.",
		},
		Rule{
			ID: ruleRangeEnd, Source: fromClient, Cite: "CalendarPicker, FormValidation", Switch: true,
			Text: "In mode range, an error of the end date alone is not shown and does not disable the footer.",
		},
		Rule{
			ID: "errors-show", Source: fromClient, Cite: "Form",
			Text: "An error is shown after the user has changed and left the field, and is hidden while the field has the focus. A value that is " +
				"wrong when the user enters the screen shows its error at once.",
		},
		Rule{
			ID: "server-errors-show", Source: fromClient, Cite: "Form",
			Text: "A server error is shown at once, disables the footer, and disappears when the user edits or leaves the field. A displayed client " +
				"error hides it.",
		},
		Rule{
			ID: "footer-enabled", Source: fromClient, Cite: "Footer",
			Text: "The footer is enabled if its enabled is not false and no visible input has an error.",
		},
		Rule{
			ID: ruleNavigatePayload, Source: fromDocs, Cite: "Meta, “Components”, 2026-04-14", Switch: true,
			Text: "A footer that navigates is disabled while its payload refers to screen data that is missing. The client does not check for this.",
		},
		Rule{
			ID: "hidden-values-stay", Source: fromClient, Cite: "Form, Meta",
			Text: "Values of inputs that are hidden, or in a branch that is not shown, stay in the form and in payloads.",
		},
	)
}

// componentRules describe what components show, and what their values are.
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
			Text: "Meta's page does not allow blank texts; the client shows them.",
		},
		Rule{
			ID: ruleCut, Source: fromDocs, Cite: "Meta, “Components”, 2026-04-14",
			Text: "Texts that are longer than the limits on Meta's page are cut off.",
		},
		Rule{
			ID: "text-values", Source: fromReports, Cite: "TextInput; glific issues 4803 and 3812",
			Text: "A TextInput produces text, even for numbers. A screen refuses that text as data of type number.",
		},
		Rule{
			ID: "text-area", Source: fromDocs, Cite: "Meta, “Components”, 2026-04-14",
			Text: "A TextArea accepts no more text at max-length (600 by default).",
		},
		Rule{
			ID: "maximum-disables", Source: fromClient, Cite: "Checkbox, Chips",
			Text: "At max-selected-items, the other options are disabled.",
		},
		Rule{
			ID: "dropdown", Source: fromClient, Cite: "Dropdown",
			Text: "A Dropdown has a search field if it has 40 options or more, and a button that clears it and fires its action.",
		},
		Rule{
			ID: "radio", Source: fromClient, Cite: "Radio",
			Text: "A second tap on the selected option of a RadioButtonsGroup deselects it if the group is not required, and fires its action again " +
				"if it is.",
		},
		Rule{
			ID: "opt-in", Source: fromClient, Cite: "OptIn",
			Text: "An OptIn is true when ticked and absent when not, unless init-value made it false.",
		},
		Rule{
			ID: "date-picker", Source: fromDocs, Cite: "Meta, “Components”, 2026-04-14; DatePickerUtils",
			Text: "A DatePicker offers 1900-01-01 to 2100-12-31. Before 5.0, dates are milliseconds since 1970. Bounds in another format are " +
				"ignored.",
		},
		Rule{
			ID: "calendar-range", Source: fromClient, Cite: "CalendarPicker, Utils",
			Text: "A CalendarPicker offers dates from 100 years back to 5 years ahead.",
		},
		Rule{
			ID: "calendar-values", Source: fromClient, Cite: "CalendarPicker",
			Text: "In mode range, a missing date is an empty text; without both dates, the value is absent. The select action fires after each " +
				"date.",
		},
		Rule{
			ID: "emptied", Source: fromClient, Cite: "Form",
			Text: "A cleared text, date or Dropdown becomes an empty text, and a cleared group an empty list; a cleared RadioButtonsGroup or OptIn " +
				"is absent.",
		},
		Rule{
			ID: "embedded-link", Source: fromClient, Cite: "EmbeddedLink",
			Text: "An EmbeddedLink works even if inputs have errors.",
		},
		Rule{
			ID: "navigation-list", Source: fromClient, Cite: "NavigationList",
			Text: "A tap on a list item stores its id under the name of the list before the action fires.",
		},
		Rule{
			ID: "pickers", Source: fromDocs, Cite: "Meta, “Media upload”, 2026-04-15; MediaPicker",
			Text: "Pickers check the number, size and type of files. The endpoint receives download addresses and keys, the chat receives names and " +
				"hashes.",
		},
		Rule{
			ID: ruleImages, Source: fromUs,
			Text: "The first bytes of an image determine its type. Data that is not an image is shown as a placeholder.",
		},
		Rule{
			ID: "switch-default", Source: fromClient, Cite: "Switch",
			Text: "A Switch compares values as text and accepts a case default, which Meta's page does not mention.",
		},
		Rule{
			ID: "unknown-type", Source: fromUs,
			Text: "A component of unknown type is shown as a card that says so.",
		},
	)
}
