package generate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// shareTypes makes one type of nested types that are the same, within and across screens.
// It is called after all types have their names.
func (p *program) shareTypes() {
	same := map[string][]*structType{} // the types that are the same, in the order of the file
	into := map[string]string{}        // by the name of a type, the first name of its group
	// A type comes before those that its fields have, so those are known by now.
	for _, t := range slices.Backward(p.Structs) {
		t.rename(into)
		if t.part == (part{}) {
			continue
		}
		key := fmt.Sprintf("%s %q", t.part.verb, t.Fields)
		if group := same[key]; group != nil {
			into[t.Name] = group[len(group)-1].Name
		}
		same[key] = append([]*structType{t}, same[key]...)
	}
	shared := map[string]string{} // by the last name of a group, what it is called
	p.Structs = slices.DeleteFunc(p.Structs, func(t *structType) bool {
		if t.part == (part{}) {
			return false
		}
		group := same[fmt.Sprintf("%s %q", t.part.verb, t.Fields)]
		if t != group[0] {
			return true
		}
		if len(group) > 1 {
			shared[group[len(group)-1].Name] = p.shareName(t, group)
		}
		return false
	})
	for _, t := range p.Structs {
		t.rename(shared)
		if t.part != (part{}) {
			t.Doc = partDoc(t.screens, t.part.verb)
		}
	}
}

// shareName gives the first type of a group the name that fits all, and their screens.
func (p *program) shareName(t *structType, group []*structType) string {
	var names []string
	for _, each := range group {
		delete(p.names, each.Name)
		names = append(names, each.Name)
		for _, screen := range each.screens {
			if !slices.Contains(t.screens, screen) {
				t.screens = append(t.screens, screen)
			}
		}
	}
	t.Name = p.names.name(commonEnd(names))
	return t.Name
}

var typeName = regexp.MustCompile(`[\pL\pN_.]+`)

// rename gives types of fields other names.
func (t *structType) rename(names map[string]string) {
	for i, f := range t.Fields {
		t.Fields[i].Type = typeName.ReplaceAllStringFunc(f.Type, func(name string) string {
			if other, ok := names[name]; ok {
				return other
			}
			return name
		})
	}
}

var nameWord = regexp.MustCompile(`\p{Lu}+[^\p{Lu}]*`)

// commonEnd returns the words at the end of all names; the first name if there are none.
// The end of SlotDaysItem and SlotTimesItem is Item.
func commonEnd(names []string) string {
	words := nameWord.FindAllString(names[0], -1)
	for from := range words {
		end := strings.Join(words[from:], "")
		if !slices.ContainsFunc(names, func(name string) bool { return !hasEnd(name, end) }) {
			return end
		}
	}
	return names[0]
}

// hasEnd reports whether the words of a name end so.
func hasEnd(name, end string) bool {
	words := nameWord.FindAllString(name, -1)
	for from := range words {
		if strings.Join(words[from:], "") == end {
			return true
		}
	}
	return false
}

// partDoc is the comment of a nested type.
func partDoc(screens []string, verb string) string {
	if len(screens) == 1 {
		return "is part of what screen " + screens[0] + " " + verb + "s."
	}
	const most = 5
	last := len(screens) - 1
	if last > most {
		return fmt.Sprintf("is part of what screens %s and %d others %s.", strings.Join(screens[:most], ", "), len(screens)-most, verb)
	}
	return "is part of what screens " + strings.Join(screens[:last], ", ") + " and " + screens[last] + " " + verb + "."
}
