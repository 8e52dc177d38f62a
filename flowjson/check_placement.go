package flowjson

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// typeLimit is how many components of a type one screen may have (Meta, pages
// "Components", 2026-04-14, and "Media upload", 2026-04-15). Meta's documented codes
// such as MAX_IMAGE_PER_SCREEN exist for four types only; the one below is that of
// WhatsApp's web client (2026), and holds for all.
type typeLimit struct {
	types []string // counted together
	most  int
	since Version
}

var typeLimits = []typeLimit{
	{[]string{"EmbeddedLink"}, 2, Version{}},
	{[]string{"Image"}, 3, Version{}},
	{[]string{"OptIn"}, 5, Version{}},
	{[]string{"PhotoPicker", "DocumentPicker"}, 1, Version{4, 0}},
	{[]string{"NavigationList"}, 2, Version{6, 2}},
	{[]string{"Form"}, 1, Version{7, 0}},
	{[]string{"ImageCarousel"}, 2, Version{7, 1}},
}

const (
	maxComponents         = 100 // on a screen: what WhatsApp's web client lets pass (2026)
	recommendedComponents = 50  // what Meta documents (page "Components", 2026-04-14)
	maxCarousels          = 3   // in a Flow
	maxIfs                = 3   // within each other
)

// checkPlacement says what stands where it may not, and what there is too much of
// or too little.
func checkPlacement(f *Flow, r *report) {
	carousels := 0
	for _, s := range f.Screens {
		if !s.Node.Get("layout").Get("children").Is(jsontree.Array) {
			continue // which is wrong enough
		}
		byType := map[string][]*Component{}
		count := 0
		for c := range s.All() {
			switch {
			case c.Type != "Form":
				count++
			case c.Parent != nil:
				continue // misplaced anyway
			}
			byType[c.Type] = append(byType[c.Type], c)
		}
		checkCounts(f, r, s, byType, count)
		if !checkAlone(f, r, s, byType) {
			checkFooters(r, s, byType["Footer"])
		}
		if f.since(4, 0) {
			checkBranches(f, r, s)
		}
		for _, c := range byType["ImageCarousel"] {
			if carousels++; carousels == maxCarousels+1 && f.since(7, 1) {
				r.at(c.Node, Error, "COMPONENT_TYPE_MAX_NUMBER_PER_FLOW", "this is the %dth ImageCarousel, and a Flow may have %d", carousels, maxCarousels)
			}
		}
	}
}

func checkCounts(f *Flow, r *report, s *Screen, byType map[string][]*Component, count int) {
	switch {
	case count > maxComponents:
		r.at(s.idOrSelf(), Error, "MAX_ALLOWED_COMPONENTS_PER_SCREEN", "the screen has %d components, and %d is the most: divide it", count, maxComponents)
	case count > recommendedComponents:
		r.at(s.idOrSelf(), Warning, "MAX_ALLOWED_COMPONENTS_PER_SCREEN", "the screen has %d components, and Meta documents %d as the most: divide it", count, recommendedComponents)
	}
	for _, limit := range typeLimits {
		if f.since(limit.since.Major, limit.since.Minor) {
			checkTypeLimit(r, s, byType, limit)
		}
	}
}

// checkTypeLimit reports an error for what is certainly too much, and a warning for
// what is too much if components in branches that exclude each other count twice:
// Meta does not say.
func checkTypeLimit(r *report, s *Screen, byType map[string][]*Component, limit typeLimit) {
	var all []*Component
	for _, t := range limit.types {
		all = append(all, byType[t]...)
	}
	if len(all) <= limit.most {
		return
	}
	const code = "COMPONENT_TYPE_MAX_NUMBER_PER_SCREEN"
	what := limit.types[0]
	if len(limit.types) > 1 {
		what += " or " + limit.types[1]
	}
	at := all[limit.most].Node
	if n := atOnce(s.Components, limit.types); n > limit.most {
		r.at(at, Error, code, "the screen has %d of %s, and %d is the most", n, what, limit.most)
		return
	}
	r.at(at, Warning, code, "the branches of the screen have %d of %s together, and %d is the most on a screen", len(all), what, limit.most)
}

// atOnce counts the components of some types that a user can see at the same time.
func atOnce(components []*Component, types []string) int {
	count := 0
	for _, c := range components {
		switch {
		case slices.Contains(types, c.Type):
			count++
		case isBranching(c):
			count += atOnceInBranch(c, types)
		default:
			count += atOnce(c.Children, types)
		}
	}
	return count
}

// atOnceInBranch counts those of the branch that has most.
func atOnceInBranch(c *Component, types []string) int {
	most, here := 0, 0
	for i, child := range c.Children {
		if i > 0 && child.Branch != c.Children[i-1].Branch {
			here = 0
		}
		here += atOnce(c.Children[i:i+1], types)
		most = max(most, here)
	}
	return most
}

func isIf(c *Component) bool { return c.Type == "If" }

// isBranching says whether a user sees one of several branches of a component.
func isBranching(c *Component) bool { return c.Type == "If" || c.Type == "Switch" }

// checkAlone checks what has a screen for itself, and says whether it had to report
// something: NavigationList always, RichText but for a Footer from 6.3 on.
func checkAlone(f *Flow, r *report, s *Screen, byType map[string][]*Component) bool {
	if found := byType["RichText"]; len(found) > 0 && f.since(5, 1) {
		code, with, advice := "INVALID_RICHTEXT_PLACEMENT", []string{"RichText"}, "from version 6.3 on, a Footer may be there too"
		if f.since(6, 3) {
			code, with, advice = "INVALID_COMPONENT_PLACEMENT", []string{"RichText", "Footer"}, "a TextBody with markdown can stand beside others"
		}
		if other := except(s, with); other != "" {
			r.at(found[0].Node, Error, code, "RichText cannot be on one screen with %s: %s", other, advice)
			return true
		}
	}
	found := byType["NavigationList"]
	if len(found) == 0 || !f.since(6, 2) {
		return false
	}
	other := except(s, []string{"NavigationList", "Form"})
	switch {
	case s.Terminal:
		r.at(found[0].Node, Error, "INVALID_COMPONENT_PLACEMENT", "NavigationList cannot be on a terminal screen: let its items lead to one")
	case other != "":
		r.at(found[0].Node, Error, "INVALID_COMPONENT_PLACEMENT", "NavigationList cannot be on one screen with %s: its own label and description say what it is for, and no Footer is needed", other)
	}
	return s.Terminal || other != ""
}

// except returns the type of the first component of a screen that is none of those.
func except(s *Screen, types []string) string {
	for c := range s.All() {
		if c.Type != "" && !slices.Contains(types, c.Type) {
			return c.Type
		}
	}
	return ""
}

// checkFooters wants one Footer at most, and one on terminal screens. The branches
// of an If or a Switch count once.
func checkFooters(r *report, s *Screen, footers []*Component) {
	if len(footers) == 0 {
		if s.Terminal {
			r.at(s.idOrSelf(), Error, "MISSING_FOOTER_ON_TERMINAL_SCREEN", "a terminal screen needs a Footer, with which the user ends the Flow")
		}
		return
	}
	misplaced := false
	for _, c := range footers {
		if c.depth(isBranching) > 1 {
			misplaced = true
			r.at(c.Node, Error, "INVALID_COMPONENT_PLACEMENT", "a Footer can be in the first level of an If or a Switch only")
		}
	}
	if misplaced {
		return
	}
	if last := footers[len(footers)-1]; atOnce(s.Components, []string{"Footer"}) > 1 {
		r.at(last.Node, Error, "MORE_THAN_ONE_FOOTER", "a screen can have one Footer: with one in the branches of an If or a Switch, there can be none beside it")
		return
	}
	for c := range s.All() {
		if isBranching(c) {
			checkFooterBranches(r, c)
		}
	}
}

// checkFooterBranches wants a Footer in all branches or in none.
func checkFooterBranches(r *report, c *Component) {
	has := map[string]bool{}
	for _, child := range c.Children {
		if child.Type == "Footer" {
			has[child.Branch] = true
		}
	}
	if len(has) == 0 {
		return
	}
	if c.Type == "If" {
		for _, branch := range []string{"then", "else"} {
			n := c.Node.Get(branch)
			switch {
			case has[branch]:
			case n == nil && branch == "else":
				r.at(c.Node, Error, "MISSING_FOOTER_IN_IF_ELSE_BRANCHES", "this If has a Footer, and no %q: give it one, with a Footer too", branch)
			case n.Is(jsontree.Array):
				r.onKey(n, Error, "MISSING_FOOTER_IN_IF_ELSE_BRANCHES", "one branch of this If has a Footer: this one needs one too")
			}
		}
		return
	}
	for _, n := range c.Node.Get("cases").Members() {
		if !has[n.Key] {
			r.onKey(n, Error, "MISSING_FOOTER_IN_SWITCH_BRANCHES", "another case of this Switch has a Footer: all need one")
			return
		}
	}
}

// checkBranches checks what stands within what.
func checkBranches(f *Flow, r *report, s *Screen) {
	for c := range s.All() {
		if c.Type == "Switch" {
			if cases := c.Node.Get("cases"); cases.Is(jsontree.Object) && len(cases.Children) == 0 {
				r.at(cases, Error, "EMPTY_SWITCH_CASES", "a Switch needs one case at least")
			}
		}
		if c.Parent == nil {
			continue
		}
		if c.Type == "If" && c.depth(isIf) == maxIfs {
			r.at(c.Node, Error, "MAXIMUM_IF_NESTING", "If can be nested %d deep: join conditions with &&", maxIfs)
			continue
		}
		if misplaced(f, c) {
			r.at(c.Node, Error, "INVALID_COMPONENT_PLACEMENT", "%s cannot be in %s", c.Type, c.Parent.Type)
		}
	}
}

// misplaced leaves out what needs a screen for itself, and Footers.
func misplaced(f *Flow, c *Component) bool {
	switch c.Type {
	case "Form":
		return true
	case "If", "Switch":
		return c.Parent.Type == "Switch"
	case "ImageCarousel":
		return isBranching(c.Parent) && f.since(7, 1)
	case "ChipsSelector":
		return isBranching(c.Parent) && f.since(6, 3) && !f.since(7, 1)
	}
	return false
}

// depth counts the components that hold this one and are of a sort.
func (c *Component) depth(sort func(*Component) bool) int {
	count := 0
	for at := c.Parent; at != nil; at = at.Parent {
		if sort(at) {
			count++
		}
	}
	return count
}

// idOrSelf is where to report something about the whole screen.
func (s *Screen) idOrSelf() *Node {
	if id := s.Node.Get("id"); id != nil {
		return id
	}
	return s.Node
}
