package phone

// The types of components that the engine treats in a way that the catalog does not
// describe.
const (
	typeTextHeading       = "TextHeading"
	typeTextSubheading    = "TextSubheading"
	typeTextBody          = "TextBody"
	typeTextCaption       = "TextCaption"
	typeRichText          = "RichText"
	typeTextInput         = "TextInput"
	typeTextArea          = "TextArea"
	typeCheckboxGroup     = "CheckboxGroup"
	typeRadioButtonsGroup = "RadioButtonsGroup"
	typeDropdown          = "Dropdown"
	typeChipsSelector     = "ChipsSelector"
	typeOptIn             = "OptIn"
	typeDatePicker        = "DatePicker"
	typeCalendarPicker    = "CalendarPicker"
	typeImage             = "Image"
	typeImageCarousel     = "ImageCarousel"
	typeEmbeddedLink      = "EmbeddedLink"
	typeNavigationList    = "NavigationList"
	typePhotoPicker       = "PhotoPicker"
	typeDocumentPicker    = "DocumentPicker"
	typeFooter            = "Footer"
	typeForm              = "Form"
	typeIf                = "If"
	typeSwitch            = "Switch"
)

// The properties that several files read.
const (
	keyCondition     = "condition"
	keyDataSource    = "data-source"
	keyListItems     = "list-items"
	keyInitValue     = "init-value"
	keyInitValues    = "init-values"
	keyErrorMessage  = "error-message"
	keyErrorMessages = "error-messages"
	keyPayload       = "payload"
)
