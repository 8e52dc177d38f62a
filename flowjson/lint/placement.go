package lint

import (
	"slices"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

const (
	maxComponents         = 100 // on a screen: what WhatsApp's web client accepts (2026)
	recommendedComponents = 50  // what Meta documents (page "Components", 2026-04-14)
)

// checkPlacement checks where components are, and how many there are.
func checkPlacement(f *flowjson.Flow, r *report) {
	perFlow := map[string]int{}
	for _, s := range f.Screens {
		if !s.Node.Get("layout").Get("children").Is(jsontree.Array) {
			continue // already reported
		}
		byType := map[string][]*flowjson.Component{}
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
		if since(f, 4, 0) {
			checkBranches(f, r, s)
		}
		for _, row := range catalog.Components() {
			limit := row.Placement.PerFlow
			for _, c := range byType[row.Type] {
				if perFlow[row.Type]++; perFlow[row.Type] == limit.Most+1 && limit.Most > 0 && f.RulesVersion().AtLeast(limit.Since) {
					r.at(c.Node, Error, "COMPONENT_TYPE_MAX_NUMBER_PER_FLOW",
						"this is the %dth %s, but a Flow may have only %d", limit.Most+1, row.Type, limit.Most)
				}
			}
		}
	}
}

func checkCounts(f *flowjson.Flow, r *report, s *flowjson.Screen, byType map[string][]*flowjson.Component, count int) {
	switch {
	case count > maxComponents:
		r.at(idOrSelf(s), Error, "MAX_ALLOWED_COMPONENTS_PER_SCREEN", "the screen has %d components, but at most %d are allowed: split it", count, maxComponents)
	case count > recommendedComponents:
		r.at(idOrSelf(s), Warning, "MAX_ALLOWED_COMPONENTS_PER_SCREEN",
			"the screen has %d components, but Meta documents a maximum of %d: split it", count, recommendedComponents)
	}
	for _, row := range catalog.Components() {
		if limit := row.Placement.PerScreen; limit.Most > 0 && f.RulesVersion().AtLeast(limit.Since) {
			checkTypeLimit(r, s, byType, append([]string{row.Type}, row.Placement.CountedWith...), limit.Most)
		}
	}
}

// checkTypeLimit checks how many components of some types a screen has. Meta's documented
// codes such as MAX_IMAGE_PER_SCREEN exist for four types only; the one here is that of
// WhatsApp's web client (2026), and is for all. It reports an error for what is certainly too much, and a warning for
// what is too much if components in branches that exclude each other count twice:
// Meta does not say.
func checkTypeLimit(r *report, s *flowjson.Screen, byType map[string][]*flowjson.Component, types []string, most int) {
	var all []*flowjson.Component
	for _, t := range types {
		all = append(all, byType[t]...)
	}
	if len(all) <= most {
		return
	}
	const code = "COMPONENT_TYPE_MAX_NUMBER_PER_SCREEN"
	what := types[0]
	if len(types) > 1 {
		what += " or " + types[1]
	}
	at := all[most].Node
	if n := atOnce(s.Components, types); n > most {
		r.at(at, Error, code, "the screen has %d of %s, but at most %d are allowed", n, what, most)
		return
	}
	r.at(at, Warning, code, "the branches of the screen have %d of %s in total, but at most %d are allowed on a screen", len(all), what, most)
}

// atOnce counts the components of some types that a user can see at the same time.
func atOnce(components []*flowjson.Component, types []string) int {
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
func atOnceInBranch(c *flowjson.Component, types []string) int {
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

// isBranching reports whether a user sees one of several branches of a component.
func isBranching(c *flowjson.Component) bool { return c.Row() != nil && c.Row().Branches }

// checkAlone checks components that share a screen with few others or none, and reports
// whether it found something.
func checkAlone(f *flowjson.Flow, r *report, s *flowjson.Screen, byType map[string][]*flowjson.Component) bool {
	for _, row := range catalog.Components() {
		rule, ok := row.Placement.AloneIn(f.RulesVersion())
		found := byType[row.Type]
		if !ok || len(found) == 0 {
			continue
		}
		other := except(s, rule.With)
		switch {
		case r.hasUnknown(s.All()):
			continue
		case s.Terminal && row.Placement.NotTerminal:
			r.at(found[0].Node, Error, "INVALID_PROPERTY_KEY", "%s cannot be on a terminal screen: let its items lead to one", row.Type)
		case other != "":
			r.at(found[0].Node, Error, rule.Code, "%s cannot be on one screen with %s: %s", row.Type, other, rule.Remedy)
		default:
			continue
		}
		return true
	}
	return false
}

// except returns the type of the first component of a screen that is none of those.
func except(s *flowjson.Screen, types []string) string {
	for c := range s.All() {
		if c.Row() != nil && !slices.Contains(types, c.Type) {
			return c.Type
		}
	}
	return ""
}

// checkFooters requires one Footer at most, and one on terminal screens. The branches
// of an If or a Switch count once.
func checkFooters(r *report, s *flowjson.Screen, footers []*flowjson.Component) {
	if len(footers) == 0 {
		if s.Terminal && !r.hidesFooter(s.All()) {
			r.at(idOrSelf(s), Error, "MISSING_FOOTER_ON_TERMINAL_SCREEN", "a terminal screen needs a Footer, so that users can end the Flow")
		}
		return
	}
	misplaced := false
	for _, c := range footers {
		if depth(c, isBranching) > 1 {
			misplaced = true
			r.at(c.Node, Error, "INVALID_COMPONENT_PLACEMENT", "a Footer can only be in the first level of an If or a Switch")
		}
	}
	if misplaced {
		return
	}
	if last := footers[len(footers)-1]; atOnce(s.Components, []string{"Footer"}) > 1 {
		r.at(last.Node, Error, "MORE_THAN_ONE_FOOTER",
			"a screen can have only one Footer: if the branches of an If or a Switch have one, there cannot be another")
		return
	}
	for c := range s.All() {
		if isBranching(c) {
			checkFooterBranches(r, c)
		}
	}
}

// checkFooterBranches requires a Footer in all branches or in none.
func checkFooterBranches(r *report, c *flowjson.Component) {
	has := map[string]bool{}
	for _, child := range c.Children {
		if child.Type == "Footer" {
			has[child.Branch] = true
		}
	}
	if len(has) == 0 || hidesChildren(c) || r.hidesFooter(c.All()) {
		return
	}
	if c.Type == "If" {
		for _, branch := range []string{"then", "else"} {
			n := c.Node.Get(branch)
			switch {
			case has[branch]:
			case n == nil && branch == "else" && !r.misspelt[member{c.Node, branch}]:
				r.at(c.Node, Error, "MISSING_FOOTER_IN_IF_ELSE_BRANCHES", "this If has a Footer but no %q: add one with a Footer", branch)
			case n.Is(jsontree.Array):
				r.onKey(n, Error, "MISSING_FOOTER_IN_IF_ELSE_BRANCHES", "the other branch of this If has a Footer: this one needs one, too")
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

// checkBranches checks what contains what.
func checkBranches(f *flowjson.Flow, r *report, s *flowjson.Screen) {
	for c := range s.All() {
		if c.Type == "Switch" {
			if cases := c.Node.Get("cases"); cases.Is(jsontree.Object) && len(cases.Children) == 0 {
				r.at(cases, Error, "EMPTY_SWITCH_CASES", "a Switch needs at least one case")
			}
		}
		if c.Parent == nil {
			continue
		}
		if row := c.Row(); row != nil && row.Placement.Nesting > 0 && depth(c, isLike(c)) == row.Placement.Nesting {
			r.at(c.Node, Error, "MAXIMUM_IF_NESTING", "%s can be nested only %d deep: join conditions with &&", c.Type, row.Placement.Nesting)
			continue
		}
		if misplaced(f, c) {
			r.at(c.Node, Error, "INVALID_COMPONENT_PLACEMENT", "%s cannot be in %s", c.Type, c.Parent.Type)
		}
	}
}

// misplaced reports whether a component cannot be in its parent. Footers, and what
// shares a screen with few others, are checked by themselves.
func misplaced(f *flowjson.Flow, c *flowjson.Component) bool {
	return c.Row() != nil && slices.ContainsFunc(c.Row().Placement.NotIn, func(rule catalog.NotIn) bool {
		return rule.Applies(c.Parent.Type, f.RulesVersion())
	})
}

// isLike returns whether another component is of the same type.
func isLike(c *flowjson.Component) func(*flowjson.Component) bool {
	return func(other *flowjson.Component) bool { return other.Type == c.Type }
}

// depth counts the components of a sort that contain this one.
func depth(c *flowjson.Component, sort func(*flowjson.Component) bool) int {
	count := 0
	for at := c.Parent; at != nil; at = at.Parent {
		if sort(at) {
			count++
		}
	}
	return count
}

// idOrSelf is where to report something about the whole screen.
func idOrSelf(s *flowjson.Screen) *jsontree.Node {
	if id := s.Node.Get("id"); id != nil {
		return id
	}
	return s.Node
}
