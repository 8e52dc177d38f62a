package flowjson_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson"
)

// TestItemLimits has what Meta's page "Components" (2026-04-14) says.
func TestItemLimits(t *testing.T) {
	t.Parallel()
	text := func(most int, path ...string) flowjson.TextLimit { return flowjson.TextLimit{Path: path, Most: most} }
	options := []flowjson.TextLimit{text(30, "title"), text(300, "description"), text(20, "metadata")}
	tests := map[string]struct {
		version, component, property string
		want                         flowjson.ItemLimits
	}{
		"CheckboxGroup":           {"7.3", "CheckboxGroup", "data-source", flowjson.ItemLimits{Least: 1, Most: 20, MostWithImage: 20, IDs: true, Texts: options, Image: []string{"image"}, ImageKB: 100}},
		"Dropdown":                {"7.3", "Dropdown", "data-source", flowjson.ItemLimits{Least: 1, Most: 200, MostWithImage: 100, IDs: true, Texts: options, Image: []string{"image"}, ImageKB: 100}},
		"Dropdown, larger images": {"5.1", "Dropdown", "data-source", flowjson.ItemLimits{Least: 1, Most: 200, MostWithImage: 100, IDs: true, Texts: options, Image: []string{"image"}, ImageKB: 300}},
		"ChipsSelector":           {"7.3", "ChipsSelector", "data-source", flowjson.ItemLimits{Least: 2, Most: 20, MostWithImage: 20, IDs: true}},
		"ImageCarousel":           {"7.3", "ImageCarousel", "images", flowjson.ItemLimits{Least: 1, Most: 3, MostWithImage: 3}},
		"dates are no items":      {"7.3", "DatePicker", "unavailable-dates", flowjson.ItemLimits{}},
		"no list":                 {"7.3", "Dropdown", "label", flowjson.ItemLimits{}},
		"no such component":       {"7.3", "Slider", "data-source", flowjson.ItemLimits{}},
		"a property of another":   {"7.3", "Dropdown", "list-items", flowjson.ItemLimits{}},
		"NavigationList": {"7.3", "NavigationList", "list-items", flowjson.ItemLimits{
			Least: 1, Most: 20, MostWithImage: 20, IDs: true, Image: []string{"start", "image"}, ImageKB: 100,
			Texts: []flowjson.TextLimit{
				text(30, "main-content", "title"), text(20, "main-content", "description"), text(80, "main-content", "metadata"),
				text(10, "end", "title"), text(10, "end", "description"), text(10, "end", "metadata"), text(15, "badge"),
			},
			Lists: []flowjson.ListLimit{{Path: []string{"tags"}, Most: 3, Characters: 15}},
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := flowjson.Read([]byte(`{"version": "` + tt.version + `"}`))
			if err != nil {
				t.Fatal(err)
			}
			got, ok := f.ItemLimits(tt.component, tt.property)
			if diff := cmp.Diff(tt.want, got); diff != "" || ok != (tt.want.Most > 0) {
				t.Errorf("ok %t (-want +got):\n%s", ok, diff)
			}
		})
	}
}
