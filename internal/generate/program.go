package generate

import (
	"fmt"
	"slices"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/protocol"
)

// program is what the templates write.
type program struct {
	Package, Source string
	Screens         []*screen
	Structs         []*structType
	Handlers        string // the name of the type with the handlers

	flow     *flowjson.Flow
	names    namer
	rules    []Rule
	ruleUsed []bool
	media    bool   // a form has files
	part     string // what a nested type is part of, for its comment
}

// screen is a screen with the names of its types.
type screen struct {
	ID, Name   string
	Data, Form string
	Triggers   []*trigger
	Back       bool // going back from it asks the endpoint

	submits bool // something that is no trigger's
	source  *flowjson.Screen
}

// trigger is a screen when one field of its payload has one value.
type trigger struct {
	Name, Field, Value, Form string
}

// structType is a type that is declared.
type structType struct {
	Name, Doc string
	Fields    []field
}

type field struct{ Name, Type, Tag, Comment string }

const (
	noData = "exchange.NoData" // the type of what is not there
	number = "exchange.Number" // the type of what is typed into an input for numbers
)

func newProgram(f *flowjson.Flow, o Options) (*program, error) {
	p := &program{
		Package: o.Package, Source: inComment(o.Source),
		flow: f, names: namer{}, rules: o.Rules, ruleUsed: make([]bool, len(o.Rules)),
	}
	if err := p.addScreens(); err != nil {
		return nil, err
	}
	for _, s := range p.Screens {
		if err := p.addData(s); err != nil {
			return nil, fmt.Errorf("data of screen %s: %w", inComment(s.ID), err)
		}
		if err := p.addForms(s); err != nil {
			return nil, fmt.Errorf("payload of screen %s: %w", inComment(s.ID), err)
		}
	}
	p.Handlers = p.names.name("Handlers")
	if i := slices.Index(p.ruleUsed, false); i >= 0 {
		return nil, fmt.Errorf("rule for %s.%s: no such screen submits such a field", p.rules[i].Screen, p.rules[i].Field)
	}
	return p, nil
}

// addScreens names all screens, and then their types, so that none of these takes
// the name of a screen.
func (p *program) addScreens() error {
	seen := map[string]bool{}
	for i, source := range p.flow.Screens {
		switch id := source.ID; {
		case id == "":
			return fmt.Errorf("screen %d has no id", i+1)
		case seen[id]:
			return fmt.Errorf("two screens have the id %s", inComment(id))
		case id != protocol.ScreenSuccess: // no answer can show that one
			p.Screens = append(p.Screens, &screen{ID: id, Name: p.names.name(goName(id)), Back: source.RefreshOnBack, source: source})
		}
		seen[source.ID] = true
	}
	for _, s := range p.Screens {
		s.Data, s.Form = p.names.name(s.Name+"Data"), p.names.name(s.Name+"Form")
	}
	return nil
}

// declare adds a type, to be filled with fields.
func (p *program) declare(name, doc string) *structType {
	t := &structType{Name: name, Doc: doc}
	p.Structs = append(p.Structs, t)
	return t
}

// Imports are the packages of the file with the screens.
func (p *program) Imports() []string {
	var list []string
	if len(p.Screens) > 0 {
		list = append(list, "github.com/flowserver/flowserver/exchange")
	}
	if p.media {
		list = append(list, "github.com/flowserver/flowserver/exchange/media")
	}
	return list
}

// route is what one handler answers, as the skeleton has it.
type route struct {
	Screen, Form, Data string
	What               string // for a comment
}

// Reloads reports whether the screen must be filled to be shown again.
func (r route) Reloads() bool { return r.Data != noData }

// What names the screen in a comment.
func (s *screen) What() string { return inComment(s.ID) }

// Routes are what the screens submit.
func (p *program) Routes() []route {
	var list []route
	for _, s := range p.Screens {
		for _, t := range s.Triggers {
			list = append(list, route{t.Name, t.Form, s.Data, fmt.Sprintf("screen %s, when %s is %q,", s.What(), inComment(t.Field), t.Value)})
		}
		if s.submits {
			list = append(list, route{s.Name, s.Form, s.Data, "screen " + s.What()})
		}
	}
	return list
}
