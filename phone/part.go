package phone

import (
	"github.com/flowserver/flowserver/flowjson/catalog"
	"github.com/flowserver/flowserver/flowjson/jsontree"
)

// common returns what every input has; nil for others.
func (p *Part) common() *Common {
	switch {
	case p.Field != nil:
		return &p.Field.Common
	case p.Choice != nil:
		return &p.Choice.Common
	case p.OptIn != nil:
		return &p.OptIn.Common
	case p.Date != nil:
		return &p.Date.Common
	case p.Range != nil:
		return &p.Range.Start.Common
	case p.Picker != nil:
		return &p.Picker.Common
	}
	return nil
}

// name returns the name of an input; empty for others.
func (p *Part) name() string {
	switch c := p.common(); {
	case p.Range != nil:
		return p.Range.Name
	case p.List != nil:
		return p.List.Name
	case c != nil:
		return c.Name
	}
	return ""
}

// draw adds a component to the View.
func (i *item) draw() {
	part := Part{At: i.at, Line: i.line, Type: i.Type}
	switch i.Type {
	case typeTextHeading, typeTextSubheading, typeTextBody, typeTextCaption, typeRichText:
		part.Text = i.text()
	case typeTextInput, typeTextArea:
		part.Field = i.field()
	case typeCheckboxGroup, typeRadioButtonsGroup, typeDropdown, typeChipsSelector:
		part.Choice = i.choice()
	case typeOptIn:
		part.OptIn = i.optIn()
	case typeDatePicker:
		part.Date = i.date()
	case typeCalendarPicker:
		part.Date, part.Range = i.calendarPicker()
	case typeImage:
		part.Image = i.image()
	case typeImageCarousel:
		part.Carousel = i.carousel()
	case typeEmbeddedLink:
		part.Link = i.link()
	case typeNavigationList:
		part.List = i.navigationList()
	case typePhotoPicker, typeDocumentPicker:
		part.Picker = i.picker()
	case typeFooter:
		i.view.Footer = i.footer()
		return
	default:
		part.Unknown = "this program does not know components of type " + i.Type
		i.warn(severityError, codeUnknown, "", part.Unknown, "")
	}
	if i.IsInput() {
		i.checkInput()
	}
	part.Findings = i.findings
	i.view.Parts = append(i.view.Parts, part)
}

// common returns what every input has, with the error that shows, and lets the error block
// the footer.
func (i *item) common(value any, has bool) Common {
	label := i.string("label")
	c := Common{
		Name: i.Name, Label: label, LabelCut: cut(label, i.limit("label")), Required: i.flag("required", false),
		Enabled: i.flag("enabled", true), Focused: i.state.form.focus == i.Name, Rev: i.state.form.revs[i.Name],
		Help: i.string("helper-text"),
	}
	server, _ := i.state.form.errors[i.Name].(string)
	i.judge(&c, i.invalid(value, has), server)
	if c.Required && i.Node.Get("enabled").Is(jsontree.Bool) && !c.Enabled && missing(value, has) {
		i.warn(severityError, codeBlocked, ruleDisabledRequired,
			"the input is required, disabled and empty, so the footer stays disabled", "give it a value, or do not require it")
	}
	return c
}

// judge decides which error shows, and whether one blocks the footer. Both kinds do.
func (i *item) judge(c *Common, client, server string) {
	if client != "" {
		i.block(client)
		if i.state.form.touched[i.Name] && i.state.form.focus != i.Name {
			c.Error, c.ErrorFrom = client, errorFromClient
		}
	}
	if server != "" {
		if client == "" {
			i.block(server)
		}
		if c.Error == "" {
			c.Error, c.ErrorFrom = server, errorFromServer
		}
	}
	if c.Error != "" {
		c.Help = ""
	}
}

// Where an error comes from.
const (
	errorFromClient = "client"
	errorFromServer = "server"
)

// block says why the footer is disabled.
func (i *item) block(problem string) { i.why = append(i.why, i.Name+": "+problem) }

// checkInput checks what only inputs have.
func (i *item) checkInput() {
	i.get(keyInitValue) // its type counts
	if v, ok := i.values[keyErrorMessage]; ok && !i.direct {
		if text, _, _ := v.resolve(i.scope); !emptyError(text) {
			i.warn(severityWarning, codeErrorNotShown, ruleServerErrorsDirect,
				"WhatsApp does not show a server error at an input within If or Switch", "move the input out of it, or show a text")
		}
	}
	if i.hasSelect() {
		for _, o := range i.list(i.Row().Input.Items) {
			object, _ := o.(map[string]any)
			if object[catalog.OnSelect] != nil || object[catalog.OnUnselect] != nil {
				i.broke(ruleItemActions, "both the component and its items have select actions")
				break
			}
		}
	}
	if !i.endpoint && i.hasSelect() {
		i.warnNoEndpoint()
	}
}
