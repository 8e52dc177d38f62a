package phone

// Step is one thing that happened on the phone: an action ran, or another screen came.
// Scenarios count them to say what they cover.
type Step struct {
	// N counts from 1.
	N int `json:"n"`
	// At is the pointer of the component whose action ran, Trigger its property, such as
	// on-click-action, and Item the id of the option or list item that has the action. All
	// three are empty for back, open and retry.
	At      string `json:"at,omitempty"`
	Trigger string `json:"trigger,omitempty"`
	Item    string `json:"item,omitempty"`
	// Action is navigate, data_exchange, complete, update_data or open_url of a component;
	// INIT, BACK, open, back, close or reopen otherwise.
	Action string `json:"action"`
	// From and To are the screens before and after; To is SUCCESS at the end, and equals
	// From where the screen stays.
	From string `json:"from"`
	To   string `json:"to"`
	// Exchange is the number of the exchange that it caused, 0 if none.
	Exchange int `json:"exchange,omitempty"`
}

// Journal returns the steps with a number above after, oldest first. The phone keeps the
// last 10,000.
func (p *Phone) Journal(after int) []Step { return nil }
