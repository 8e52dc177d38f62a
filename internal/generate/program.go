package generate

import (
	"errors"
	"fmt"

	"github.com/flowserver/flowserver/flowjson"
	"github.com/flowserver/flowserver/internal/formtag"
	"github.com/flowserver/flowserver/protocol"
)

// program is what the templates write.
type program struct {
	Package, Source string
	Screens         []*screen
	Structs         []*structType
	Handlers        string // the name of the type with the handlers

	flow       *flowjson.Flow
	names      namer
	rules      []Rule
	ruleUsed   []bool
	wrongRules []error
	tags       formtag.Checker
	media      bool // a form has files
	part       part // what a nested type is part of
	notes      []string
}

// screen is a screen with the names of its types.
type screen struct {
	ID, Name   string
	Data, Form string
	Triggers   []*trigger
	Back       bool // going back from it asks the endpoint

	submits     bool // something that is not submitted by a trigger
	showsErrors bool // at its inputs, as exchange fills them in
	source      *flowjson.Screen
}

// trigger is a screen when one field of its payload has one value.
type trigger struct {
	Name, Field, Value, Form string
}

// structType is a type that is declared.
type structType struct {
	Name, Doc string
	Fields    []field

	part    part     // empty for what a screen shows or submits as a whole
	screens []string // that it is part of, as comments have them
}

// part is what a nested type is part of.
type part struct {
	screen string
	verb   string // what the screen does with it: show or submit
}

type field struct{ Name, Type, Tag, Comment string }

const (
	noData = "exchange.NoData" // the type of what is not there
	number = "exchange.Number" // the type of what is typed into an input for numbers
)

func newProgram(f *flowjson.Flow, o Options) (*program, error) {
	p := &program{
		Package: o.Package, Source: inComment(o.Source),
		flow: f, names: namer{}, rules: o.Rules, ruleUsed: make([]bool, len(o.Rules)), tags: formtag.Checker{Validator: formtag.NewValidator(), IsNumber: isNumber},
	}
	if err := p.addScreens(); err != nil {
		return nil, err
	}
	for _, s := range p.Screens {
		p.addData(s)
		p.addForms(s)
	}
	p.Handlers = p.names.name("Handlers")
	p.shareTypes()
	for i, used := range p.ruleUsed {
		if !used {
			p.wrongRules = append(p.wrongRules, p.rules[i].wrong(errors.New("no such screen submits such a field")))
		}
	}
	return p, errors.Join(p.wrongRules...)
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
	if len(p.Screens) == 0 {
		return errors.New("the file has no screens to write Go for: is it a Flow JSON file?")
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

// declarePart adds a type that others have in them.
func (p *program) declarePart(name string) *structType {
	t := p.declare(name, "")
	t.part, t.screens = p.part, []string{p.part.screen}
	return t
}

// note adds something that the caller should know about a key.
func (p *program) note(format string, args ...any) {
	p.notes = append(p.notes, fmt.Sprintf(format, args...))
}

// Imports are the packages of the file with the screens.
func (p *program) Imports() []string {
	list := []string{"github.com/flowserver/flowserver/exchange"}
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
