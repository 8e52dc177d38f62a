package lint

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// checkReach checks by the actions of the screens whether users can go on: screens that
// nothing leaves, routes that nothing takes, inputs that block the Footer for ever, and
// what a screen does that WhatsApp never asks for. (WhatsApp's web client, 2026.)
func checkReach(f *flowjson.Flow, r *report) {
	entered, aside := waysIn(f)
	var stuck []*flowjson.Screen
	for _, s := range f.Screens {
		readable := aside[s.ID] && isReadOnly(s) // such as terms, from which users go back
		if checkLeaving(f, r, s) && !readable {
			stuck = append(stuck, s)
		}
		checkBlocked(r, s)
		checkServerErrors(r, s)
		refresh := s.Node.Get("refresh_on_back")
		if refresh.True() && f.HasEndpoint() && len(f.Screens) > 1 && s.ID != "" && !entered[s.ID] && !leadsAnywhere(f, r) {
			r.at(refresh, Warning, "REFRESH_ON_FIRST_SCREEN",
				"the Flow begins with %q, where back closes the Flow without a request: remove refresh_on_back", jsontree.Clip(s.ID))
		}
	}
	if len(stuck) > 0 {
		r.at(idOrSelf(stuck[0]), Warning, "SCREEN_CANNOT_BE_LEFT",
			"no action leaves %s, so users can only go back or close the Flow: add one", screenNames(stuck))
	}
	checkEnding(f, r, stuck)
	checkNotices(f, r)
}

// waysIn returns the screens that others lead to, and of these the ones that an OptIn or a
// link may open. An endpoint can answer with any of the routes.
func waysIn(f *flowjson.Flow) (entered, aside map[string]bool) {
	entered, aside = map[string]bool{}, map[string]bool{}
	for _, s := range f.Screens {
		asksAside := false
		for _, action := range s.Actions() {
			entered[action.Next] = true
			if action.Component.Type == "OptIn" || action.Component.Type == "EmbeddedLink" {
				aside[action.Next] = true
				asksAside = asksAside || action.Name == catalog.DataExchange
			}
		}
		for _, next := range f.Routing.Node.Get(s.ID).Items() {
			entered[next.Str()] = true
			aside[next.Str()] = aside[next.Str()] || asksAside
		}
	}
	return entered, aside
}

// isReadOnly reports whether a screen has no inputs.
func isReadOnly(s *flowjson.Screen) bool {
	for c := range s.All() {
		if c.IsInput() {
			return false
		}
	}
	return true
}

// leadsAnywhere reports whether the file does not show all ways between the screens.
func leadsAnywhere(f *flowjson.Flow, r *report) bool {
	return slices.ContainsFunc(f.Screens, func(s *flowjson.Screen) bool { return s.LeadsAnywhere() || r.hasUnknown(s.All()) })
}

// checkLeaving reports whether no action leaves the screen, and requires one for each of
// its routes. An endpoint can answer with any of them.
func checkLeaving(f *flowjson.Flow, r *report, s *flowjson.Screen) (stuck bool) {
	if isUnclear(s) {
		return false
	}
	asks, ends, taken := false, false, map[string]bool{}
	for _, action := range s.Actions() {
		asks = asks || action.Name == catalog.DataExchange
		ends = ends || action.Name == catalog.Complete
		switch next := f.Screen(action.Next); {
		case !isAllowed(action), action.Name == catalog.Complete && !s.Terminal, action.Name == catalog.Navigate && (next == nil || next == s):
			return false // reported elsewhere; what it was meant to do is not known
		case action.Name == catalog.Navigate:
			taken[action.Next] = true
		}
	}
	if !asks && !ends && len(taken) == 0 {
		return !s.Terminal || s.Has("Footer") // else the missing Footer is reported
	}
	if asks || s.RefreshOnBack || !f.HasEndpoint() {
		return false
	}
	for _, route := range f.Routing.Node.Get(s.ID).Items() {
		next := route.Str()
		if next != "" && next != s.ID && f.Screen(next) != nil && !taken[next] && !leadsBack(f, s.ID, next) {
			r.at(route, Warning, "ROUTE_NOT_TAKEN",
				"no action of %q navigates to %q or asks the endpoint: add one, or remove the route", jsontree.Clip(s.ID), jsontree.Clip(next))
		}
	}
	return false
}

// checkEnding finds screens from which navigate actions lead only to each other, so that
// the Flow cannot end. Those that lead to a stuck screen, which is reported, are fine.
func checkEnding(f *flowjson.Flow, r *report, stuck []*flowjson.Screen) {
	from := map[*flowjson.Screen][]*flowjson.Screen{} // the screens that lead to one
	leads, ends := map[*flowjson.Screen]bool{}, map[*flowjson.Screen]bool{}
	var open []*flowjson.Screen // those that end, and whose neighbours are not known yet
	for _, s := range f.Screens {
		ending := isUnclear(s) || s.RefreshOnBack || slices.Contains(stuck, s) || s.Terminal && !s.Has("Footer")
		for _, action := range s.Actions() {
			next := f.Screen(action.Next)
			switch {
			case action.Name == catalog.Complete, action.Name == catalog.DataExchange, !isAllowed(action):
				ending = true
			case action.Name != catalog.Navigate:
			case next == nil || next == s:
				ending = true // reported elsewhere; where it was meant to lead is not known
			default:
				leads[s] = true
				from[next] = append(from[next], s)
			}
		}
		if ends[s] = ending; ending {
			open = append(open, s)
		}
	}
	for len(open) > 0 {
		s := open[0]
		open = open[1:]
		for _, earlier := range from[s] {
			if !ends[earlier] {
				ends[earlier] = true
				open = append(open, earlier)
			}
		}
	}
	var circle []*flowjson.Screen
	for _, s := range f.Screens {
		if leads[s] && !ends[s] {
			circle = append(circle, s)
		}
	}
	if len(circle) > 0 {
		r.at(idOrSelf(circle[0]), Warning, "FLOW_CANNOT_END",
			"no actions lead from %s to the end of the Flow: add a route to a screen that completes it", screenNames(circle))
	}
}

// isUnclear reports whether it is not known where a screen leads.
func isUnclear(s *flowjson.Screen) bool {
	if s.ID == "" || s.LeadsAnywhere() || !s.Node.Get("layout").Get("children").Is(jsontree.Array) {
		return true
	}
	for c := range s.All() {
		if c.Row() == nil || hidesChildren(c) {
			return true // it may have an action, or contain what has one
		}
		if p := c.Row().Property(catalog.OnClick); p != nil && p.Required && !c.Node.Get(catalog.OnClick).Is(jsontree.Object) {
			return true // what a tap was meant to do is not known
		}
	}
	return false
}

// leadsBack reports whether the routing_model has routes between two screens in both
// directions, of which one is reported.
func leadsBack(f *flowjson.Flow, from, to string) bool {
	return slices.ContainsFunc(f.Routing.Node.Get(to).Items(), func(back *jsontree.Node) bool { return back.Str() == from })
}

// checkBlocked finds inputs that must have a value, have none, and are disabled or have only
// disabled options: the Footer stays disabled for ever.
func checkBlocked(r *report, s *flowjson.Screen) {
	if !s.Has("Footer") {
		return
	}
	for c := range s.All() {
		visible, options := c.Node.Get("visible"), disabledOptions(c)
		blocked, problem := c.Node.Get("enabled"), "this input is required, disabled and empty"
		if !isOff(blocked) {
			blocked, problem = options, "this input is required and empty, and all its options are disabled"
		}
		if !c.IsInput() || blocked == nil || !mustHaveValue(c) {
			continue
		}
		if isOff(visible) {
			continue // hidden inputs block nothing
		}
		if form := c.InForm(); c.Node.Get("init-value") != nil ||
			form != nil && (isBinding(form.Node.Get("init-values")) || form.Node.Get("init-values").Get(c.Name) != nil) {
			continue
		}
		when := "can never be tapped"
		if visible != nil && !visible.True() || depth(c, isBranching) > 0 {
			when = "cannot be tapped while users see it"
		}
		r.at(blocked, Warning, "FOOTER_BLOCKED",
			"%s, so that the Footer %s: give it a value, or let it be optional", problem, when)
	}
}

// isOff reports whether a value is false, and not for example a reference.
func isOff(n *jsontree.Node) bool { return n.Is(jsontree.Bool) && !n.True() }

// disabledOptions returns the options in the file of an input if each is disabled, else nil.
func disabledOptions(c *flowjson.Component) *jsontree.Node {
	if !c.IsInput() || c.Row().Input.Items == "" {
		return nil
	}
	options := c.Node.Get(c.Row().Input.Items)
	isOffered := func(option *jsontree.Node) bool { return !isOff(option.Get("enabled")) }
	if len(options.Items()) == 0 || slices.ContainsFunc(options.Items(), isOffered) {
		return nil
	}
	return options
}

// mustHaveValue reports whether an input is required, or needs choices or files, which
// clients count though it is not.
func mustHaveValue(c *flowjson.Component) bool {
	if c.Node.Get("required").True() {
		return true
	}
	bounds := c.Row().Bounds
	if bounds == nil || bounds.Of != catalog.Choices && bounds.Of != catalog.Files {
		return false
	}
	least, isNumber := c.Node.Get(bounds.Least).Value().(float64)
	return isNumber && least > 0
}

// checkServerErrors finds error messages for inputs inside an If or a Switch, which
// clients neither show nor let block the Footer, and for those of a type that shows none.
func checkServerErrors(r *report, s *flowjson.Screen) {
	const code = "ERROR_MESSAGE_NOT_SHOWN"
	for c := range s.All() {
		var problem string
		switch {
		case !c.IsInput():
			continue
		case depth(c, isBranching) > 0:
			problem = "clients do not show error messages of inputs inside an If or a Switch: move the input out, and use visible"
		case c.Row().Property("error-message") == nil:
			problem = "clients do not show error messages at inputs of type " + c.Type + ": answer with error_message"
		default:
			continue
		}
		if own := c.Node.Get("error-message"); own != nil && c.Row().Property("error-message") != nil {
			r.onKey(own, Warning, code, problem)
		}
		if ofForm := formValue(c, "error-messages"); ofForm != nil {
			r.onKey(ofForm, Warning, code, problem)
		} else if declared := declaredError(s, c); declared != nil {
			r.onKey(declared, Warning, code, problem)
		}
	}
}

// declaredError returns where the data of the screen has an error message for an input,
// in the type or the example of what the Form's error messages are bound to.
func declaredError(s *flowjson.Screen, c *flowjson.Component) *jsontree.Node {
	form := c.InForm()
	if form == nil || c.Name == "" {
		return nil
	}
	field := boundField(s, form.Node.Get("error-messages"))
	if field == nil {
		return nil
	}
	if n := field.Node.Get("properties").Get(c.Name); n != nil {
		return n
	}
	return field.Example.Get(c.Name)
}

// noticing are the components whose data_exchange makes a Flow one that reports errors
// to its endpoint, if they are not inside an If or a Switch.
var noticing = []string{"Footer", "EmbeddedLink", "OptIn", "DatePicker", "CalendarPicker", "RadioButtonsGroup", "CheckboxGroup"}

// checkNotices finds Flows that ask an endpoint only where WhatsApp does not look when it
// decides whether to send error notifications.
func checkNotices(f *flowjson.Flow, r *report) {
	if r.newer() || !f.HasEndpoint() {
		return
	}
	var first *flowjson.Action
	for _, s := range f.Screens {
		if s.RefreshOnBack {
			return
		}
		for _, action := range s.Actions() {
			if action.Name != catalog.DataExchange || !isAllowed(action) {
				continue
			}
			if slices.Contains(noticing, action.Component.Type) && action.Item == nil && depth(action.Component, isBranching) == 0 {
				return
			}
			if first == nil {
				first = action
			}
		}
	}
	if first != nil {
		r.at(first.Node, Warning, "NO_ERROR_NOTIFICATIONS",
			"WhatsApp sends no error notifications to this Flow's endpoint, because no Footer or other component outside of an If or a Switch sends it a request")
	}
}
