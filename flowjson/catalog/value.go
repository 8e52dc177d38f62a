package catalog

import "regexp"

// Value describes the values of a property. It is one of the types of this file.
type Value interface {
	// dynamic reports whether a reference or an expression can take the place of the
	// value.
	dynamic() bool
}

// The keys of a range of dates.
const (
	StartDate = "start-date"
	EndDate   = "end-date"
)

type (
	// Any is a value that is checked in another way, or not at all.
	Any struct{}

	// Text is a string that users read.
	Text struct {
		// Limit is the number of characters beyond which clients cut off; 0 is none.
		Limit int
		// LiftedBy is the property of the same component that removes the limit.
		LiftedBy string
		// BlankFrom is the first version that refuses a blank text; if not set, 6.0.
		BlankFrom Version
		// Needed means that clients show an error instead of the screen if a blank text
		// arrives (WhatsApp's web client, 2026).
		Needed bool
	}

	// Lines is a text, or from version 5.1 on an array of texts, one for each paragraph.
	Lines struct {
		Limit int // of characters in all
		// Whole means that single lines in the file cannot be references.
		Whole bool
	}

	// Name is the name of a component, which others refer to.
	Name struct{}

	// Word is a string that is neither read by users nor replaced.
	Word struct {
		Pattern *regexp.Regexp // nil if any word will do
		Want    string         // what the pattern asks for, for messages
	}

	// Binding is one reference, and nothing else.
	Binding struct{}

	// Enum is one of some words.
	Enum struct {
		Words  []string
		Static bool
	}

	// Bool is true or false.
	Bool struct {
		Static bool
	}

	// Number is a number.
	Number struct {
		Whole  bool
		Static bool
		// Positive means that values below 1 make no sense, although Meta accepts them.
		Positive bool
		// Quoted says that Meta's page has a string, and its schema a number.
		Quoted bool
		// Min and Max bound the number if Bounded is set.
		Bounded  bool
		Min, Max float64
	}

	// Date is a day; see [DaysSince].
	Date struct {
		// Initial means that the value is the initial value of an input: it can be empty,
		// and Meta accepts any text.
		Initial bool
	}

	// Image is an image in base64.
	Image struct {
		// KB is the largest size in KiB before version 6.0, KBFrom60 from then on; 0 is
		// no limit.
		KB       int
		KBFrom60 int
		Static   bool
	}

	// URL is a URL. WhatsApp opens no other than https if HTTPS is set.
	URL struct {
		HTTPS  bool
		Static bool
	}

	// Children is an array of components.
	Children struct {
		Some bool // at least one
	}

	// Cases are the branches of a Switch: an array of components for each value.
	Cases struct{}

	// Condition is what an If decides by.
	Condition struct{}

	// LayoutType is the type of a layout, of which there is one.
	LayoutType struct{}

	// Click is the action that follows a tap, one of those named.
	Click struct {
		Actions []string
	}

	// Select is the action that follows a change of an input, one of those named. It
	// leads nowhere, so it has a payload and nothing else.
	Select struct {
		Actions []string
	}

	// Payload is what an action sends: an object with anything in it.
	Payload struct{}

	// List is an array.
	List struct {
		Of Value
		// Min and Max are the numbers of items that Meta's validator accepts; 0 is no
		// limit.
		Min, Max int
		// Shown is the number of items that clients show, ShownWithImage that of lists
		// with an image among the items; 0 is all.
		Shown, ShownWithImage int
		// Needed means that clients show an error instead of the screen if fewer than Min
		// arrive, before version NeededUntil if that is set (WhatsApp's web client, 2026).
		Needed      bool
		NeededUntil Version
		Static      bool
	}

	// Record is an object whose keys are known.
	Record struct {
		Name       string // for messages, such as "an option"
		Properties []Property
	}

	// Map is an object with any keys.
	Map struct {
		Of     Value
		Static bool
	}

	// PerKey is one value, or an object with one for each of some keys; for any keys if
	// Keys is empty.
	PerKey struct {
		Of   Value
		Keys []string
	}
)

func (Any) dynamic() bool        { return false }
func (Text) dynamic() bool       { return true }
func (Lines) dynamic() bool      { return true }
func (Name) dynamic() bool       { return false }
func (Word) dynamic() bool       { return false }
func (Binding) dynamic() bool    { return true }
func (e Enum) dynamic() bool     { return !e.Static }
func (b Bool) dynamic() bool     { return !b.Static }
func (n Number) dynamic() bool   { return !n.Static }
func (Date) dynamic() bool       { return true }
func (i Image) dynamic() bool    { return !i.Static }
func (u URL) dynamic() bool      { return !u.Static }
func (Children) dynamic() bool   { return false }
func (Cases) dynamic() bool      { return false }
func (Condition) dynamic() bool  { return true }
func (LayoutType) dynamic() bool { return false }
func (Click) dynamic() bool      { return false }
func (Select) dynamic() bool     { return false }
func (Payload) dynamic() bool    { return false }
func (l List) dynamic() bool     { return !l.Static }
func (Record) dynamic() bool     { return false }
func (m Map) dynamic() bool      { return !m.Static }
func (p PerKey) dynamic() bool   { return p.Of.dynamic() }

// Most returns the size of the largest image in a version, in KiB; 0 is no limit.
func (i Image) Most(v Version) int {
	if v.AtLeast(Version{6, 0}) {
		return i.KBFrom60
	}
	return i.KB
}

// MostShown returns the number of items that clients show; 0 is all.
func (l List) MostShown(withImage bool) int {
	if withImage && l.ShownWithImage > 0 {
		return l.ShownWithImage
	}
	return l.Shown
}

// Needs returns the number of items with fewer of which clients show an error instead of
// the screen, by the rules of a version.
func (l List) Needs(v Version) int {
	if !l.Needed || l.NeededUntil != (Version{}) && v.AtLeast(l.NeededUntil) {
		return 0
	}
	return l.Min
}

// Item returns the record that a list has as its items, and whether it has one.
func (l List) Item() (Record, bool) {
	item, ok := l.Of.(Record)
	return item, ok
}
