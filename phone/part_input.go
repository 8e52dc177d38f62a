package phone

import (
	"maps"
	"slices"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

// defaultMaxLength is the most that a TextArea accepts without max-length (Meta,
// "Components", 2026-04-14).
const defaultMaxLength = 600

// stored returns the value of the component's field.
func (i *item) stored() (any, bool) {
	v, ok := i.memory.form[i.Name]
	return v, ok && v != nil
}

// field draws a TextInput or a TextArea.
func (i *item) field() *Field {
	value, has := i.stored()
	f := &Field{Common: i.common(value, has), Kind: "textarea"}
	f.Value, _ = value.(string)
	f.Large = i.values["label-variant"].raw == "large"
	if i.Type == typeTextArea {
		f.MaxLength = i.count("max-length", defaultMaxLength)
		return f
	}
	f.Kind = i.kind()
	return f
}

// optIn draws a box to tick.
func (i *item) optIn() *OptIn {
	value, has := i.stored()
	o := &OptIn{Common: i.common(value, has)}
	o.Value, _ = value.(bool)
	o.Optional = !o.Required
	if action, ok := i.values[catalog.OnClick]; ok {
		o.ReadMore = true
		o.URL = i.urlOf(action)
	}
	return o
}

// link draws an EmbeddedLink.
func (i *item) link() *Link {
	l := &Link{Text: i.string("text"), Enabled: true}
	l.URL = i.urlOf(i.values[catalog.OnClick])
	return l
}

// urlOf returns the URL that an action opens; empty if it does something else. WhatsApp
// opens only https.
func (i *item) urlOf(action value) string {
	object, _ := action.raw.(map[string]any)
	if object["name"] != catalog.OpenURL {
		i.checkAction(action)
		return ""
	}
	v, _, err := i.plan.prepare(object["url"]).resolve(i.scope)
	if err != nil {
		i.broken = append(i.broken, breakage{component: i.component, expression: err})
		return ""
	}
	url, _ := v.(string)
	if !isHTTPS(url) {
		i.broke(ruleOpenURL, "the URL does not begin with https://")
		return ""
	}
	return url
}

// checkAction reports an action that cannot happen without an endpoint.
func (i *item) checkAction(action value) {
	object, _ := action.raw.(map[string]any)
	if object["name"] == catalog.DataExchange && !i.endpoint {
		i.warnNoEndpoint()
	}
}

func (i *item) warnNoEndpoint() {
	for _, trigger := range catalog.Triggers() {
		object, _ := i.values[trigger].raw.(map[string]any)
		if object["name"] == catalog.DataExchange {
			i.warn(severityWarning, codeNoEndpoint, "", "its data_exchange cannot happen: "+textNoEndpoint, "")
			return
		}
	}
}

// footer draws the button at the foot. Its state follows when all inputs have been drawn.
func (i *item) footer() *Footer {
	f := &Footer{
		At: i.at, Line: i.line, Label: i.string("label"), Enabled: i.flag("enabled", true),
		Left: i.string("left-caption"), Center: i.string("center-caption"), Right: i.string("right-caption"),
	}
	if !f.Enabled {
		i.why = append(i.why, "the footer itself: enabled is false")
	}
	i.checkAction(i.values[catalog.OnClick])
	i.checkPayload()
	f.Findings = i.findings
	return f
}

// checkPayload blocks a footer that navigates while its payload lacks data.
func (i *item) checkPayload() {
	object, _ := i.values[catalog.OnClick].raw.(map[string]any)
	if object["name"] != catalog.Navigate || !i.quirks.on(ruleNavigatePayload) {
		return
	}
	members := i.plan.prepare(object[keyPayload]).object
	for _, key := range slices.Sorted(maps.Keys(members)) {
		v := members[key]
		if v.ref == nil || v.ref.Source != "data" {
			continue
		}
		if _, ok := i.scope.lookup(*v.ref); !ok {
			i.why = append(i.why, "the footer itself: its payload has no value for "+key)
		}
	}
}

// footerState disables the footer for what blocks it.
func (d *drawing) footerState() {
	if f := d.view.Footer; f != nil {
		f.Why = d.why
		f.Enabled = len(d.why) == 0
	}
}
