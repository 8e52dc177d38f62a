package phone

import "encoding/json"

// View is what a user sees, and why. It is the contract with the page in the browser and
// with scenarios. It is plain data, and its JSON form is stable within one version of the
// program.
type View struct {
	// Seq increases with each change.
	Seq int `json:"seq"`
	// Ruleset is [Published] or [Draft].
	Ruleset Ruleset `json:"rules"`
	// Screen is the id of the screen, empty before the first answer and after the end.
	Screen string `json:"screen"`
	Title  string `json:"title"`
	// Pointer is the JSON pointer of the screen in the Flow JSON, Line its line from 1.
	Pointer string `json:"at,omitempty"`
	Line    int    `json:"line,omitempty"`
	// History lists the screens from the first to the current one.
	History []string `json:"history"`
	// CanGoBack means that the arrow leads to an earlier screen; otherwise there is a
	// cross that closes the Flow.
	CanGoBack bool `json:"canGoBack"`
	// Loading means that an exchange is in progress: all inputs and buttons are disabled,
	// close and back are not. LoadingFor is the time since it began, in milliseconds.
	Loading    bool  `json:"loading"`
	LoadingFor int64 `json:"loadingFor,omitempty"`
	// Open means that the Flow has neither closed nor ended.
	Open bool `json:"open"`
	// Parts are the visible components in order, without the Footer.
	Parts  []Part  `json:"parts"`
	Footer *Footer `json:"footer,omitempty"`
	// Snackbar is a message at the bottom of the screen, which a tap dismisses.
	Snackbar string `json:"snackbar,omitempty"`
	// Opening is the https URL that the last tap was meant to open. The engine does not
	// open it.
	Opening string   `json:"opening,omitempty"`
	Failure *Failure `json:"failure,omitempty"`
	Ended   *Ended   `json:"ended,omitempty"`
	// Message is the message in the chat whose button opens the Flow.
	Message MessageView `json:"message"`
	// Findings are about the whole screen; findings about a component are in its Part.
	Findings []Finding `json:"findings,omitempty"`
}

// Part is one visible component. The pointer for its Type is set.
type Part struct {
	// At is the JSON pointer of the component in the Flow JSON, which identifies it.
	At   string `json:"at"`
	Line int    `json:"line"`
	// Type is the type in the Flow JSON, such as TextInput. Form, If and Switch never
	// appear, only their visible children.
	Type string `json:"type"`

	Text     *Text     `json:"text,omitempty"`     // TextHeading, TextSubheading, TextBody, TextCaption, RichText
	Field    *Field    `json:"field,omitempty"`    // TextInput, TextArea
	Choice   *Choice   `json:"choice,omitempty"`   // CheckboxGroup, RadioButtonsGroup, Dropdown, ChipsSelector
	OptIn    *OptIn    `json:"optIn,omitempty"`    // OptIn
	Date     *Date     `json:"date,omitempty"`     // DatePicker, and CalendarPicker in mode single
	Range    *Range    `json:"range,omitempty"`    // CalendarPicker in mode range
	Image    *Image    `json:"image,omitempty"`    // Image
	Carousel *Carousel `json:"carousel,omitempty"` // ImageCarousel
	Link     *Link     `json:"link,omitempty"`     // EmbeddedLink
	List     *List     `json:"list,omitempty"`     // NavigationList
	Picker   *Picker   `json:"picker,omitempty"`   // PhotoPicker, DocumentPicker
	// Unknown is the reason why the part cannot be drawn: this program does not know its
	// type.
	Unknown string `json:"unknown,omitempty"`

	Findings []Finding `json:"findings,omitempty"`
}

// Common has the fields of every input.
type Common struct {
	Name string `json:"name"`
	// Label is complete; LabelCut is the part of it that fits, with an ellipsis, and is empty
	// if all of it does.
	Label    string `json:"label"`
	LabelCut string `json:"labelCut,omitempty"`
	Required bool   `json:"required"`
	// Optional means that WhatsApp adds "(optional)" to the label.
	Optional bool `json:"optional,omitempty"`
	Enabled  bool `json:"enabled"`
	// Focused means that the input has the focus.
	Focused bool `json:"focused,omitempty"`
	// Error is the displayed message; empty if there is none. ErrorFrom is "client" or
	// "server".
	Error     string `json:"error,omitempty"`
	ErrorFrom string `json:"errorFrom,omitempty"`
	// Help is the helper text or the description; it is hidden while an error is shown.
	Help string `json:"help,omitempty"`
	// Rev is the Event.Rev of the last input event that was applied to this field.
	Rev int `json:"rev,omitempty"`
}

// Text is a text without interaction.
type Text struct {
	// Blocks are its paragraphs. Without Markdown, each has a single run.
	Blocks []Block `json:"blocks"`
	Weight string  `json:"weight,omitempty"` // font-weight: bold, italic, bold_italic, normal
	Strike bool    `json:"strike,omitempty"` // strikethrough
}

// Block is a paragraph, heading, list or table of Markdown. Kind is "p", "h1" to "h6",
// "ul", "ol", "table" or "img".
type Block struct {
	Kind string `json:"kind"`
	Runs []Run  `json:"runs,omitempty"` // of p and h1 to h6
	// Items are those of a list, one level of nesting at most; the Runs of each come first.
	Items []Block `json:"items,omitempty"`
	// Rows are those of a table, the heading first; a cell has runs.
	Rows [][][]Run `json:"rows,omitempty"`
	// Image is that of an img.
	Image *Image `json:"image,omitempty"`
}

// Run is a part of a text with one style. Href is an https URL or empty.
type Run struct {
	Text   string `json:"text"`
	Bold   bool   `json:"bold,omitempty"`
	Italic bool   `json:"italic,omitempty"`
	Strike bool   `json:"strike,omitempty"`
	Href   string `json:"href,omitempty"`
}

// Field is an input for text.
type Field struct {
	Common
	// Kind is the input-type: text, number, email, password, passcode, phone; textarea for
	// a TextArea.
	Kind  string `json:"kind"`
	Value string `json:"value"`
	// Large means that the label is above the field (label-variant).
	Large bool `json:"large,omitempty"`
	// MaxLength is the maximum number of characters, which a counter shows; 0 means no
	// limit.
	MaxLength int `json:"maxLength,omitempty"`
}

// Choice is an input with options.
type Choice struct {
	Common
	// Multiple means that more than one option can be selected.
	Multiple bool     `json:"multiple,omitempty"`
	Options  []Option `json:"options"`
	// Description is the text below the label of a group.
	Description string `json:"description,omitempty"`
	// Search means that the list of a Dropdown has a search field.
	Search bool `json:"search,omitempty"`
	// Clear means that the value of a Dropdown can be cleared.
	Clear bool `json:"clear,omitempty"`
	// LargeMedia means that media-size is "large".
	LargeMedia bool `json:"largeMedia,omitempty"`
}

// Option is one choice.
type Option struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Metadata    string `json:"metadata,omitempty"`
	Enabled     bool   `json:"enabled"`
	Selected    bool   `json:"selected,omitempty"`
	Image       *Image `json:"image,omitempty"`
	Color       string `json:"color,omitempty"` // #rrggbb
}

// OptIn is a box to tick, with a link if ReadMore is set.
type OptIn struct {
	Common
	Value    bool `json:"value"`
	ReadMore bool `json:"readMore,omitempty"`
	// URL is the URL of open_url if "Read more" opens one; see [View.Opening].
	URL string `json:"url,omitempty"`
}

// Date is an input for one day.
type Date struct {
	Common
	// Value is YYYY-MM-DD, empty if none is chosen.
	Value    string   `json:"value"`
	Calendar Calendar `json:"calendar"`
}

// Range is an input for two days.
type Range struct {
	Name        string `json:"name"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	// Start and End are its two fields.
	Start    Date     `json:"start"`
	End      Date     `json:"end"`
	Calendar Calendar `json:"calendar"`
	// MinDays and MaxDays limit the difference between the days; 0 means no limit.
	MinDays int `json:"minDays,omitempty"`
	MaxDays int `json:"maxDays,omitempty"`
	Rev     int `json:"rev,omitempty"`
}

// Calendar describes which days can be picked.
type Calendar struct {
	Min         string   `json:"min"` // YYYY-MM-DD
	Max         string   `json:"max"`
	Unavailable []string `json:"unavailable,omitempty"`
	// Weekdays are the days of the week that can be picked, Mon to Sun; none are all.
	Weekdays []string `json:"weekdays,omitempty"`
	// Today is the day of Config.Now.
	Today string `json:"today"`
}

// Image is a picture. Src is a data URL, empty if it cannot be decoded.
type Image struct {
	Src    string  `json:"src,omitempty"`
	Alt    string  `json:"alt,omitempty"`
	Width  float64 `json:"width,omitempty"`
	Height float64 `json:"height,omitempty"`
	Ratio  float64 `json:"ratio,omitempty"` // aspect-ratio
	Scale  string  `json:"scale,omitempty"` // contain or cover
}

// Carousel is a row of pictures to swipe.
type Carousel struct {
	Images []Image `json:"images"`
	Ratio  string  `json:"ratio,omitempty"` // 4:3 or 16:9
	Scale  string  `json:"scale,omitempty"`
}

// Link is a link with an action.
type Link struct {
	Text    string `json:"text"`
	Enabled bool   `json:"enabled"`
	// URL is the URL of open_url, which the page shows as a card and never opens by
	// itself.
	URL string `json:"url,omitempty"`
}

// List is a NavigationList.
type List struct {
	Name        string     `json:"name"`
	Label       string     `json:"label,omitempty"`
	Description string     `json:"description,omitempty"`
	LargeMedia  bool       `json:"largeMedia,omitempty"`
	Enabled     bool       `json:"enabled"`
	Items       []ListItem `json:"items"`
}

// ListItem is one card of a List.
type ListItem struct {
	ID       string    `json:"id"`
	Main     ListText  `json:"main"`
	End      *ListText `json:"end,omitempty"`
	Image    *Image    `json:"image,omitempty"`
	Badge    string    `json:"badge,omitempty"`
	Tags     []string  `json:"tags,omitempty"`
	Selected bool      `json:"selected,omitempty"`
	Disabled bool      `json:"disabled,omitempty"`
}

// ListText is one column of a ListItem.
type ListText struct {
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Metadata    string `json:"metadata,omitempty"`
}

// Picker is an input for files.
type Picker struct {
	Common
	// Kind is "photo" or "document".
	Kind  string `json:"kind"`
	Files []File `json:"files"`
	Min   int    `json:"min"`
	Max   int    `json:"max"`
	// MaxKB is the size of the largest file in KiB.
	MaxKB int `json:"maxKB"`
	// Accept are the MIME types; Source is photo-source.
	Accept []string `json:"accept,omitempty"`
	Source string   `json:"source,omitempty"`
}

// File is a file that was picked and uploaded.
type File struct {
	ID    string `json:"id"` // media_id
	Name  string `json:"name"`
	Type  string `json:"type"`
	Bytes int    `json:"bytes"`
	Error string `json:"error,omitempty"` // of the endpoint
}

// Footer is the button at the bottom of a screen.
type Footer struct {
	At      string `json:"at"`
	Line    int    `json:"line"`
	Label   string `json:"label"`
	Enabled bool   `json:"enabled"`
	// Why lists what disables the footer, one line for each reason: the name of the input
	// and the message.
	Why      []string  `json:"why,omitempty"`
	Left     string    `json:"left,omitempty"` // captions
	Center   string    `json:"center,omitempty"`
	Right    string    `json:"right,omitempty"`
	Findings []Finding `json:"findings,omitempty"`
}

// Failure is an error page, or in a draft an overlay, that replaces the screen.
type Failure struct {
	// Kind is a [FailureKind].
	Kind FailureKind `json:"kind"`
	// Text is for the user: the text of a 427, or ours. Detail is for developers and
	// describes what WhatsApp refused.
	Text   string `json:"text"`
	Detail string `json:"detail"`
	// Retry means that a button repeats the request; otherwise the page can only be
	// closed.
	Retry bool `json:"retry"`
	// Overlay means that the screen is still visible behind it (in a draft).
	Overlay bool `json:"overlay,omitempty"`
	// Rule is the id of the rule of [Rules] that decided.
	Rule string `json:"rule"`
}

// FailureKind is the kind of a [Failure].
type FailureKind string

// The kinds of failures.
const (
	FailureOffline    FailureKind = "offline"    // no connection
	FailureTimeout    FailureKind = "timeout"    // no answer within 10 seconds
	FailureStatus     FailureKind = "status"     // an HTTP status that is an error
	FailureExpired    FailureKind = "expired"    // 427
	FailureKey        FailureKind = "key"        // 421 twice
	FailureUnreadable FailureKind = "unreadable" // cannot be opened, or is not a JSON object
	FailureTransition FailureKind = "transition" // no way to that screen
	FailureData       FailureKind = "data"       // the data does not fit the screen's model
	FailureComponent  FailureKind = "component"  // a visible component cannot be shown
	FailureExpression FailureKind = "expression" // an expression that the client cannot read
)

// Ended describes how a Flow ended.
type Ended struct {
	// Success is the property success of the terminal screen; true after SUCCESS.
	Success bool `json:"success"`
	// Params is the payload of complete, or the params of SUCCESS, as JSON; null if the
	// Flow closes without a message.
	Params json.RawMessage `json:"params"`
	// Summary are the labels and values that the chat shows, with sensitive ones masked.
	Summary []SummaryRow `json:"summary,omitempty"`
	// Webhook is the nfm_reply message that the business receives, as JSON.
	Webhook json.RawMessage `json:"webhook,omitempty"`
}

// SummaryRow is one line of the reply in the chat.
type SummaryRow struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// MessageView is the message in the chat.
type MessageView struct {
	Token string `json:"token"`
	// Usable means that its button opens the Flow.
	Usable bool `json:"usable"`
	// Resumes means that opening it continues where the user left, without a request.
	Resumes bool `json:"resumes,omitempty"`
}

// Finding is a problem that does not cause a refusal, or the reason for a refusal.
type Finding struct {
	// Severity is "error" or "warning".
	Severity string `json:"severity"`
	// Code is short and stable, such as CONDITION_READ_DIFFERENTLY. Rule is the id of the
	// rule of [Rules] that decided, empty if none did.
	Code string `json:"code"`
	Rule string `json:"rule,omitempty"`
	// Pointer is a place in the answer, such as /data/slots/0/title; At is a place in the
	// Flow JSON, and Line its line.
	Pointer string `json:"pointer,omitempty"`
	At      string `json:"at,omitempty"`
	Line    int    `json:"line,omitempty"`
	Problem string `json:"problem"`
	Remedy  string `json:"remedy,omitempty"`
}
