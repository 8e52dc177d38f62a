package flowjson

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson/catalog"
)

// What Meta's page "Components" (2026-04-14) says.
func TestLimitsOf(t *testing.T) {
	t.Parallel()
	version := func(major, minor int) Version { return Version{Major: major, Minor: minor} }
	text := func(most int, path ...string) textLimit { return textLimit{path, most} }
	options := func(most, mostWithImage, imageKB int) itemLimits {
		return itemLimits{
			least: 1, most: most, mostWithImage: mostWithImage, ids: true, image: []string{"image"}, imageKB: imageKB,
			texts: []textLimit{text(30, "title"), text(300, "description"), text(20, "metadata")},
		}
	}
	for name, tt := range map[string]struct {
		version             Version
		component, property string
		want                itemLimits
	}{
		"CheckboxGroup":           {version(7, 3), "CheckboxGroup", "data-source", options(20, 20, 100)},
		"Dropdown":                {version(7, 3), "Dropdown", "data-source", options(200, 100, 100)},
		"Dropdown, larger images": {version(5, 1), "Dropdown", "data-source", options(200, 100, 300)},
		"ChipsSelector":           {version(7, 3), "ChipsSelector", "data-source", itemLimits{least: 2, most: 20, mostWithImage: 20, ids: true}},
		"ImageCarousel":           {version(7, 3), "ImageCarousel", "images", itemLimits{least: 1, most: 3, mostWithImage: 3}},
		"NavigationList": {version(7, 3), "NavigationList", "list-items", itemLimits{
			least: 1, most: 20, mostWithImage: 20, ids: true, image: []string{"start", "image"}, imageKB: 100,
			texts: []textLimit{
				text(30, "main-content", "title"), text(20, "main-content", "description"), text(80, "main-content", "metadata"),
				text(10, "end", "title"), text(10, "end", "description"), text(10, "end", "metadata"), text(15, "badge"),
			},
			lists: []listLimit{{[]string{"tags"}, 3, 15}},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, ok := catalog.ComponentOf(tt.component).Property(tt.property).Value.(catalog.List)
			if !ok {
				t.Fatal("not a list")
			}
			if diff := cmp.Diff(tt.want, limitsOf(list, tt.version), cmp.AllowUnexported(itemLimits{}, textLimit{}, listLimit{})); diff != "" {
				t.Errorf("limits (-want +got):\n%s", diff)
			}
		})
	}
}

// Lists of anything but records, and what is not a list, have no items with limits.
func TestBoundLists(t *testing.T) {
	t.Parallel()
	f, err := Read([]byte(`{"version": "7.3", "screens": [{"id": "A", "layout": {"children": [
		{"type": "DatePicker", "unavailable-dates": "${data.dates}"}, {"type": "Dropdown", "label": "${data.label}", "list-items": "${data.x}"},
		{"type": "Slider", "data-source": "${data.x}"}, {"type": "Dropdown", "data-source": "${form.x}"},
		{"type": "Dropdown", "data-source": "${data.here}"}, {"type": "ImageCarousel", "images": "${screen.B.data.there.list}"}]}}, {"id": "B"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for screen, lists := range f.boundLists {
		for _, list := range lists {
			got[screen] = append(append(got[screen], list.component), list.path...)
		}
	}
	want := map[string][]string{"A": {"Dropdown", "here"}, "B": {"ImageCarousel", "there", "list"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("lists (-want +got):\n%s", diff)
	}
}
