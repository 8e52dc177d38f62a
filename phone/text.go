package phone

// The phone's own texts: WhatsApp's are not known, and these do not imitate them. They
// are for the user of a phone, but for textNoEndpoint.
const (
	textPattern     = "Enter it in the format shown"
	textUnavailable = "Choose another date"
	textNoEndpoint  = "this Flow has no endpoint here: start it with the URL of one"
)

// requiredText asks for a value that is missing.
func requiredText(componentType string) string {
	switch componentType {
	case typeTextInput, typeTextArea:
		return "Fill in this field"
	case typeOptIn:
		return "Tick this box to continue"
	case typeDatePicker, typeCalendarPicker:
		return "Choose a date"
	case typePhotoPicker, typeDocumentPicker:
		return "Add a file"
	}
	return "Choose an option"
}

// failureText is what the user reads on an error page.
func failureText(k FailureKind) string {
	switch k {
	case FailureOffline:
		return "There is no connection. Check it, then try again."
	case FailureTimeout:
		return "This is taking too long. Try again later."
	case FailureExpired:
		return "This form is no longer available."
	default:
		return "This form cannot be shown right now."
	}
}

// snackbarText is what the user reads at the foot of a screen.
func snackbarText(k FailureKind) string {
	if k == FailureTimeout {
		return "This is taking too long. Try again."
	}
	return "That did not work. Try again."
}
