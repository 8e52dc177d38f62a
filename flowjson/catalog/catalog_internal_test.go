package catalog

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/flowjson/expr"
)

// Every row has all that the checks, the guard and the generator need.
func TestRowsAreComplete(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, row := range components {
		if seen[row.Type] {
			t.Errorf("%s has two rows", row.Type)
		}
		seen[row.Type] = true
		for _, problem := range incomplete(row) {
			t.Errorf("%s: %s", row.Type, problem)
		}
	}
	for _, r := range []Record{document, screen} {
		for _, problem := range incompleteKeys(r.Name, r.Properties) {
			t.Error(problem)
		}
	}
}

// incomplete returns what a row lacks.
func incomplete(c *Component) (problems []string) {
	add := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if c.Since == (Version{}) {
		add("no first version")
	}
	if !strings.Contains(c.Source, "20") {
		add("no source with a date")
	}
	if key := c.Property("type"); key == nil || !key.Required {
		add("no type")
	}
	for _, p := range c.Properties {
		if p.Since != (Version{}) && !p.OutsideForm && !p.Since.AtLeast(c.Since) {
			add("%s is older than the component", p.Key)
		}
	}
	problems = append(problems, incompleteKeys("", c.Properties)...)
	problems = append(problems, incompletePlacement(c.Placement)...)
	if c.Input != nil {
		problems = append(problems, incompleteInput(c)...)
	}
	if b := c.Bounds; b != nil {
		if c.Property(b.Most) == nil || b.Least != "" && (c.Property(b.Least) == nil || b.Code == "") || b.Of == "" {
			add("bounds without properties, unit or code")
		}
		if c.Input == nil {
			add("bounds of no value")
		}
	}
	if d := c.Days; d != nil && (c.Property(d.First) == nil || c.Property(d.Last) == nil || c.Property(d.Unavailable) == nil) {
		add("days without properties")
	}
	return problems
}

func incompleteInput(c *Component) (problems []string) {
	if name := c.Property("name"); name == nil || !name.Required {
		problems = append(problems, "an input without name")
	}
	if c.Input.Type == nil || len(c.Input.Type.Names) == 0 {
		problems = append(problems, "an input without the type of its value")
	}
	if by := c.Input.By; (by != "") != (len(c.Input.Types) > 0) || by != "" && c.Property(by) == nil {
		problems = append(problems, "an input whose type depends on no property")
	}
	if key := c.Input.Items; key != "" {
		if !slices.ContainsFunc(c.Lists(), func(p Property) bool { return p.Key == key }) {
			problems = append(problems, "an input of items without their list")
		}
	}
	return problems
}

func incompletePlacement(p *Placement) (problems []string) {
	if p == nil {
		return []string{"no placement: use anywhere if there is no rule"}
	}
	for _, limit := range []Limit{p.PerScreen, p.PerFlow} {
		if (limit.Most > 0) != (limit.Since != Version{}) {
			problems = append(problems, "a limit without number or version")
		}
	}
	named := slices.Clone(p.CountedWith)
	for _, rule := range p.NotIn {
		named = append(named, rule.Types...)
	}
	for _, rule := range p.Alone {
		named = append(named, rule.With...)
		if rule.Since == (Version{}) || rule.Code == "" || rule.Remedy == "" {
			problems = append(problems, "a rule about the same screen without version, code or remedy")
		}
	}
	for _, name := range named {
		if ComponentOf(name) == nil {
			problems = append(problems, "placement names "+name+", which has no row")
		}
	}
	return problems
}

// incompleteKeys returns what the properties lack, and those within.
func incompleteKeys(path string, properties []Property) (problems []string) {
	for i, p := range properties {
		at := strings.TrimPrefix(path+"."+p.Key, ".")
		add := func(problem string) { problems = append(problems, at+": "+problem) }
		if PropertyOf(properties[:i], p.Key) != nil {
			add("there twice")
		}
		if p.Value == nil {
			add("no value")
			continue
		}
		if p.Value.dynamic() && (p.Bound == nil) != p.BoundUnchecked {
			add("can be bound to data: say of which type, or that it is not checked")
		}
		if p.Bound != nil && p.BoundUnchecked {
			add("bound to data of a type, and not checked")
		}
		problems = append(problems, incompleteValue(at, p.Key, p.Value)...)
	}
	return problems
}

func incompleteValue(at, key string, v Value) []string {
	var actions []string
	switch v := v.(type) {
	case List:
		if v.Of == nil {
			return []string{at + ": a list of nothing"}
		}
		return incompleteValue(at, "", v.Of)
	case Record:
		if v.Name == "" {
			return []string{at + ": no name for messages"}
		}
		return incompleteKeys(at, v.Properties)
	case Enum:
		if len(v.Words) == 0 {
			return []string{at + ": no words"}
		}
	case Click:
		actions = v.Actions
	case Select:
		actions = v.Actions
	default:
		return nil
	}
	var problems []string
	for _, name := range actions {
		if _, ok := ActionOf(name); !ok {
			problems = append(problems, at+": no action "+name)
		}
	}
	if actions != nil && !slices.Contains(Triggers(), key) {
		problems = append(problems, at+": an action in a property that is not among Triggers")
	}
	return problems
}

// The test of the rows finds what is missing.
func TestIncomplete(t *testing.T) {
	t.Parallel()
	// rating is a row with nothing missing.
	rating := func() *Component {
		c := &Component{
			Type: "Rating", Since: Version{7, 3}, Source: componentsPage, Placement: anywhere,
			Properties: []Property{
				typeKey, nameKey, visibleKey,
				need("label", Text{Limit: 20}).bindable(),
				need("stars", List{Of: chip, Min: 1}).bindable(),
				may(OnSelect, Select{[]string{UpdateData}}),
			},
			Input:  &Input{Type: numberType, Items: "stars"},
			Bounds: &Bounds{Most: "label", Of: Characters},
		}
		c.readLists()
		return c
	}
	if found := incomplete(rating()); found != nil {
		t.Errorf("nothing is missing, and found %q", found)
	}
	for name, change := range map[string]func(c *Component){
		"version":               func(c *Component) { c.Since = Version{} },
		"source":                func(c *Component) { c.Source = "" },
		"placement":             func(c *Component) { c.Placement = nil },
		"version of a limit":    func(c *Component) { c.Placement = &Placement{PerScreen: Limit{Most: 1}} },
		"row of another":        func(c *Component) { c.Placement = &Placement{CountedWith: []string{"Slider"}} },
		"remedy":                func(c *Component) { c.Placement = &Placement{Alone: []Alone{{Since: first, Code: "X"}}} },
		"type":                  func(c *Component) { c.Properties = c.Properties[1:] },
		"name of an input":      func(c *Component) { c.Properties[1] = may("name", Name{}) },
		"value type":            func(c *Component) { c.Input.Type = nil },
		"property for the type": func(c *Component) { c.Input.By, c.Input.Types = "kind", map[string]*Type{"a": textType} },
		"types by property":     func(c *Component) { c.Input.By = "label" },
		"list of the items":     func(c *Component) { c.Input.Items = "label" },
		"value of a property":   func(c *Component) { c.Properties[3].Value = nil },
		"bound type":            func(c *Component) { c.Properties[3].Bound = nil },
		"bound type of an item": func(c *Component) {
			c.Properties[4].Value = List{Of: Record{"a star", []Property{may("text", Text{})}}}
		},
		"name of an item":        func(c *Component) { c.Properties[4].Value = List{Of: Record{}} },
		"items":                  func(c *Component) { c.Properties[4].Value = List{} },
		"words":                  func(c *Component) { c.Properties[3].Value = Enum{} },
		"action":                 func(c *Component) { c.Properties[5].Value = Select{[]string{"shake"}} },
		"trigger":                func(c *Component) { c.Properties[5].Key = "on-shake-action" },
		"property of the bounds": func(c *Component) { c.Bounds.Most = "most" },
		"unit of the bounds":     func(c *Component) { c.Bounds.Of = "" },
		"days":                   func(c *Component) { c.Days = &Days{First: "first"} },
		"one of two properties":  func(c *Component) { c.Properties = append(c.Properties, visibleKey) },
		"younger property":       func(c *Component) { c.Properties[3].Since = Version{7, 0} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := rating()
			change(c)
			if found := incomplete(c); len(found) == 0 {
				t.Error("nothing found")
			}
		})
	}
}

func TestActionRows(t *testing.T) {
	t.Parallel()
	for _, a := range actions {
		if a.Name == "" || a.Since == (Version{}) || a.NoPayload && a.Key == "" {
			t.Errorf("%+v is incomplete", a)
		}
		if a.Key != "" && PropertyOf(clickKeys, a.Key) == nil {
			t.Errorf("%s needs %s, which is not a key of an action", a.Name, a.Key)
		}
	}
}

// The lists whose items have actions follow from the rows.
func TestActionLists(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		trigger, property string
		want              bool
	}{
		{"", "data-source", true},
		{"", "list-items", true},
		{"", "images", false},
		{OnClick, "list-items", true},
		{OnClick, "data-source", false},
		{OnSelect, "data-source", true},
		{OnUnselect, "data-source", true},
		{OnSelect, "list-items", false},
	} {
		if got := slices.Contains(ActionLists(test.trigger), test.property); got != test.want {
			t.Errorf("ActionLists(%q) has %s: %t, want %t", test.trigger, test.property, got, test.want)
		}
	}
}

func TestType(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		of    *Type
		name  string
		fits  bool
		words string
	}{
		{textType, expr.TypeString, true, "a string"},
		{textType, expr.TypeArray, false, "a string"},
		{numberType, expr.TypeInteger, true, "a number"},
		{linesType, expr.TypeArray, true, "a string or an array"},
		{linesType.In(Version{5, 1}), expr.TypeArray, true, "a string or an array"},
		{linesType.In(Version{5, 0}), expr.TypeArray, false, "a string"},
		{TypeOf(perDay(Bool{})), expr.TypeObject, true, "a boolean or an object"},
		{objectType, "", true, "an object"},
	} {
		if got := test.of.Accepts(test.name); got != test.fits || test.of.String() != test.words {
			t.Errorf("%s accepts %q: %t, want %t and %s", test.of, test.name, got, test.fits, test.words)
		}
	}
	if (*Type)(nil).Accepts(expr.TypeObject) != true || (*Type)(nil).Member("a") != nil || (*Type)(nil).In(first) != nil {
		t.Error("a nil Type is one of anything")
	}
}
