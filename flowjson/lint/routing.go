package lint

import (
	"fmt"
	"strings"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
	"github.com/flowserver/flowserver/protocol"
)

const invalidRoutingModel = "INVALID_ROUTING_MODEL"

// maxBranches is how many screens may follow on one (Meta, page "Error codes",
// 2025-04).
const maxBranches = 10

// checkRouting checks the routes of a Flow by Meta's rules (pages "Flow JSON",
// 2026-03-24, "Error codes", 2025-04; WhatsApp's web client, 2026). A Flow with an
// endpoint declares them in its routing_model. For one without, Meta takes the
// navigate actions for the routes and does not look at a routing_model, but
// WhatsApp follows it if it is there: what is wrong with it is a warning then.
func checkRouting(f *flowjson.Flow, r *report) {
	c := &routingCheck{flow: f, report: r, severity: Error, next: map[string][]string{}, listed: map[string]bool{}, doubtful: map[string]bool{}}
	if len(f.Screens) == 0 {
		return
	}
	for _, s := range f.Screens {
		if s.ID != "" && f.Screen(s.ID) == s {
			c.screens = append(c.screens, s)
		}
	}
	c.readNavigates()
	if !f.HasEndpoint() {
		c.checkGenerated()
		c.severity = Warning
	}
	if !f.Routing.Declared {
		return
	}
	c.checkDeclared()
	c.checkNavigates()
	if f.HasEndpoint() && !c.unreadable {
		c.checkListed()
	}
	if f.HasEndpoint() && !c.unreadable && !c.misnamed {
		c.checkConnected("in the routing_model")
	}
	if !c.noEntry {
		c.checkEntry()
	}
}

// route is a way from one screen to another, and where it is written.
type route struct {
	from, to string
	node     *jsontree.Node
}

type routingCheck struct {
	flow     *flowjson.Flow
	report   *report
	severity Severity // of findings about the routing_model
	screens  []*flowjson.Screen

	navigates []route             // those of navigate actions, between two screens, each once
	routes    []route             // those of the routing_model that count
	next      map[string][]string // the neighbours of a screen, in any direction
	listed    map[string]bool     // the screens that the routing_model names
	misnamed  bool                // it names unknown screens
	doubtful  map[string]bool     // the screens with routes to unknown screens
	astray    bool                // an action asks an endpoint, is unknown, or does not navigate to another screen
	noEntry   bool                // has been reported

	unreadable bool // it has something that is not a name
}

func (c *routingCheck) connect(from, to string) {
	c.next[from] = append(c.next[from], to)
	c.next[to] = append(c.next[to], from)
}

// readNavigates leaves out targets that are not another screen: the check of the
// actions reports those.
func (c *routingCheck) readNavigates() {
	known := map[[2]string]bool{}
	for _, s := range c.screens {
		for _, action := range s.Actions() {
			way := [2]string{s.ID, action.Next}
			_, isAction := catalog.ActionOf(action.Name)
			leads := action.Next != "" && s.ID != action.Next && c.flow.Screen(action.Next) != nil
			c.astray = c.astray || !isAction || action.Name == catalog.DataExchange || action.Name == catalog.Navigate && !leads
			if action.Name != catalog.Navigate || !leads || known[way] {
				continue
			}
			known[way] = true
			c.navigates = append(c.navigates, route{s.ID, action.Next, action.Node.Get("next").Get("name")})
			c.connect(s.ID, action.Next)
		}
	}
}

// checkGenerated checks the routes that Meta makes of the navigate actions.
func (c *routingCheck) checkGenerated() {
	branches := map[string]int{}
	inbound := map[string]bool{}
	for _, way := range c.navigates {
		inbound[way.to] = true
		if branches[way.from]++; branches[way.from] == maxBranches+1 {
			c.report.at(c.flow.Screen(way.from).Node.Get("id"), Error, invalidRoutingModel,
				"more than %d screens follow %q: reduce its navigate actions", maxBranches, way.from)
		}
	}
	if c.noEntry = c.entries(inbound) == 0; c.noEntry {
		c.report.onKey(c.flow.Root.Get("screens"), Error, invalidRoutingModel,
			"a navigate action leads to every screen, so none can be the first: leave one screen without")
	}
	if c.astray {
		return // it may be meant for what is not connected
	}
	for _, s := range c.screens {
		if isUnclear(s) {
			return // it can lead everywhere, or that is not known
		}
	}
	c.checkConnected("by navigate actions")
}

// checkDeclared checks the routing_model by itself.
func (c *routingCheck) checkDeclared() {
	known := map[[2]string]bool{}
	model := c.flow.Routing.Node
	for _, source := range model.Children {
		if model.Get(source.Key) != source {
			continue // replaced by a later one
		}
		c.listed[source.Key] = true
		if c.flow.Screen(source.Key) == nil {
			c.reportMisnamed(source, source.Key, c.report.onKey)
			continue
		}
		c.unreadable = c.unreadable || !source.Is(jsontree.Array)
		branches := 0
		for _, destination := range source.Items() {
			c.unreadable = c.unreadable || !destination.Is(jsontree.String) || c.report.isRefused(destination)
			way := route{source.Key, destination.Str(), destination}
			if way.to == "" || known[[2]string{way.from, way.to}] {
				continue
			}
			known[[2]string{way.from, way.to}] = true
			c.listed[way.to] = true
			switch {
			case c.flow.Screen(way.to) == nil:
				c.reportMisnamed(destination, way.to, c.report.at)
				c.doubtful[way.from] = c.doubtful[way.from] || way.to != protocol.ScreenSuccess
				continue
			case way.from == way.to:
				c.report.at(destination, c.severity, invalidRoutingModel,
					"a route leads from %q to itself: remove it, because an endpoint can always answer with the screen that the user is on", way.from)
				continue
			case known[[2]string{way.to, way.from}]:
				c.report.at(destination, c.severity, invalidRoutingModel,
					"there is already a route from %[2]q to %[1]q: remove the one back, because users can always go back", way.from, way.to)
				continue
			}
			c.routes = append(c.routes, way)
			c.connect(way.from, way.to)
			branches++
		}
		if branches > maxBranches {
			c.report.onKey(source, c.severity, invalidRoutingModel, "%d routes leave %q, but at most %d are allowed", branches, source.Key, maxBranches)
		}
	}
}

func (c *routingCheck) reportMisnamed(n *jsontree.Node, id string, place func(*jsontree.Node, Severity, string, string, ...any)) {
	if id == protocol.ScreenSuccess {
		place(n, c.severity, invalidRoutingModel,
			"%s is not a screen of this Flow: remove it from the routing_model, because an endpoint can end a Flow from every screen by answering with it",
			protocol.ScreenSuccess)
		return
	}
	c.misnamed = true
	if c.report.isRefused(n) || c.report.hasNameless() {
		return
	}
	place(n, c.severity, invalidRoutingModel, "the routing_model names %q, but there is no such screen", id)
}

// checkNavigates requires a route for each navigate action, in either direction.
func (c *routingCheck) checkNavigates() {
	has := map[[2]string]bool{}
	for _, way := range c.routes {
		has[[2]string{way.from, way.to}] = true
	}
	var allowed []route
	for _, way := range c.navigates {
		c.listed[way.from], c.listed[way.to] = true, true
		if has[[2]string{way.from, way.to}] || has[[2]string{way.to, way.from}] {
			allowed = append(allowed, way)
			continue
		}
		if c.unreadable || c.doubtful[way.from] || c.report.hasNameless() {
			continue // the route may be meant
		}
		c.report.at(way.node, c.severity, invalidRoutingModel,
			"screen %q navigates to %q, but the routing_model has no route for it: add %[2]q to the routes of %[1]q", way.from, way.to)
	}
	c.navigates = allowed
}

// checkListed requires each screen in the routing_model, but for terminal ones.
func (c *routingCheck) checkListed() {
	var rest []*flowjson.Screen
	for _, s := range c.screens {
		if s.Terminal || c.listed[s.ID] || c.report.isRefused(s.Node.Get("id")) {
			rest = append(rest, s)
			continue
		}
		c.report.at(s.Node.Get("id"), Error, invalidRoutingModel,
			"screen %q is missing from the routing_model: list it with the screens that follow it, and as one that follows another", s.ID)
	}
	c.screens = rest
}

// checkConnected requires one group of screens, in any direction of the routes.
// Screens of which each is alone make one finding, as their cause is often one.
func (c *routingCheck) checkConnected(how string) {
	var groups [][]*flowjson.Screen
	largest := 0
	seen := map[string]bool{}
	for _, first := range c.screens {
		if seen[first.ID] {
			continue
		}
		groups = append(groups, c.group(first, seen))
		if len(groups[len(groups)-1]) > len(groups[largest]) {
			largest = len(groups) - 1
		}
	}
	var lonely []*flowjson.Screen
	for i, group := range groups {
		switch {
		case i == largest:
		case len(group) == 1:
			lonely = append(lonely, group[0])
		default:
			c.report.at(group[0].Node.Get("id"), Error, invalidRoutingModel,
				"%s are connected %s with each other, but not with the other screens", screenNames(group), how)
		}
	}
	if len(lonely) > 0 {
		c.report.at(lonely[0].Node.Get("id"), Error, invalidRoutingModel, "not connected %s with any other screen: %s", how, screenNames(lonely))
	}
}

// group returns the screens that can be reached from one, that one first.
func (c *routingCheck) group(first *flowjson.Screen, seen map[string]bool) []*flowjson.Screen {
	seen[first.ID] = true
	group := []*flowjson.Screen{first}
	for i := 0; i < len(group); i++ {
		for _, id := range c.next[group[i].ID] {
			if !seen[id] {
				seen[id] = true
				group = append(group, c.flow.Screen(id))
			}
		}
	}
	return group
}

// screenNames lists some screens for a message.
func screenNames(screens []*flowjson.Screen) string {
	const most = 5
	var b strings.Builder
	for i, s := range screens {
		switch {
		case i == most:
			_, _ = fmt.Fprintf(&b, " and %d more", len(screens)-most)
			return b.String()
		case i > 0:
			b.WriteString(", ")
		}
		_, _ = fmt.Fprintf(&b, "%q", s.ID)
	}
	return b.String()
}

// checkEntry requires a screen with which the Flow can begin. From 7.3 on, navigate
// actions along a route backwards count as well.
func (c *routingCheck) checkEntry() {
	inbound := map[string]bool{}
	for _, way := range c.routes {
		inbound[way.to] = true
	}
	if c.entries(inbound) == 0 {
		c.report.onKey(c.flow.Routing.Node, c.severity, invalidRoutingModel,
			"a route leads to every screen, so none can be the first: leave one screen without")
		return
	}
	if !c.flow.HasEndpoint() || !since(c.flow, 7, 3) {
		return // without an endpoint, navigate actions are checked by themselves
	}
	for _, way := range c.navigates {
		inbound[way.to] = true
	}
	if c.entries(inbound) == 0 {
		c.report.onKey(c.flow.Routing.Node, c.severity, invalidRoutingModel,
			"a route or a navigate action leads to every screen, so none can be the first: leave one screen without")
	}
}

// entries counts the screens to which nothing leads; a Flow that has no screens has
// other problems.
func (c *routingCheck) entries(inbound map[string]bool) int {
	if len(c.screens) == 0 {
		return 1
	}
	count := 0
	for _, s := range c.screens {
		if !inbound[s.ID] {
			count++
		}
	}
	return count
}
