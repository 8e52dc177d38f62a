package lint_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/flowjson/lint"
)

func TestParseIgnored(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		ignored lint.Ignored
		problem string
	}{
		"TEXT_TOO_LONG":            {lint.Ignored{Code: "TEXT_TOO_LONG"}, ""},
		"TEXT_TOO_LONG@/screens/0": {lint.Ignored{Code: "TEXT_TOO_LONG", Pointer: "/screens/0"}, ""},
		"TEXT_TOO_LONG@screens":    {lint.Ignored{}, "expected a JSON pointer"},
		"TEXT_TO_LONG":             {lint.Ignored{}, "did you mean TEXT_TOO_LONG"},
		"WHATEVER":                 {lint.Ignored{}, "there is no code"},
		"NO_SCHEMA_FOUND":          {lint.Ignored{}, "there is no code"}, // Meta's, and never reported
		"":                         {lint.Ignored{}, "there is no code"},
	} {
		got, err := lint.ParseIgnored(text)
		if got != want.ignored || (err == nil) != (want.problem == "") || err != nil && !strings.Contains(err.Error(), want.problem) {
			t.Errorf("%s: got %+v and %v", text, got, err)
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	const flow = `{"_comment": "x", "$schema": "y", "version": "7.3", "screens": [{"id": "A", "title": "T", "_note": 1, "terminal": true, "more": 1,
		"layout": {"type": "SingleColumnLayout", "children": [
			{"type": "TextHeading", "text": "` + "0123456789012345678901234567890123456789012345678901234567890123456789012345678901" + `"},
			{"type": "Footer", "label": "0123456789012345678901234567890123456789", "on-click-action": {"name": "complete", "payload": {}}}]}}]}`
	tests := map[string]struct {
		options lint.Options
		want    []string
	}{
		"everything": {lint.Options{}, []string{
			"/_comment", "/$schema", "/screens/0/_note", "/screens/0/more",
			"/screens/0/layout/children/0/text", "/screens/0/layout/children/1/label",
		}},
		"keys that a build removes": {lint.Options{UnderscoreKeys: true}, []string{
			"/screens/0/more", "/screens/0/layout/children/0/text", "/screens/0/layout/children/1/label",
		}},
		"a code": {
			lint.Options{UnderscoreKeys: true, Ignore: []lint.Ignored{{Code: "TEXT_TOO_LONG"}}},
			[]string{"/screens/0/more"},
		},
		"a place": {
			lint.Options{UnderscoreKeys: true, Ignore: []lint.Ignored{{Code: "TEXT_TOO_LONG", Pointer: "/screens/0/layout/children/1"}}},
			[]string{"/screens/0/more", "/screens/0/layout/children/0/text"},
		},
		"another place": {
			lint.Options{UnderscoreKeys: true, Ignore: []lint.Ignored{{Code: "INVALID_PROPERTY_KEY", Pointer: "/screens/0/mor"}}},
			[]string{"/screens/0/more", "/screens/0/layout/children/0/text", "/screens/0/layout/children/1/label"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range tt.options.Validate([]byte(flow)) {
				got = append(got, f.Pointer)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("places (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	_, err := os.ReadFile(filepath.Join(t.TempDir(), "none.json"))
	got := lint.Options{}.Unreadable(err)
	if len(got) != 1 || got[0].Code != "UNREADABLE_FILE" || !lint.HasErrors(got) || strings.Contains(got[0].Message, "none.json") {
		t.Errorf("got %v, want an UNREADABLE_FILE that does not repeat the name", got)
	}
	ignore := lint.Options{Ignore: []lint.Ignored{{Code: "UNREADABLE_FILE"}}}
	if got := ignore.Unreadable(err); len(got) != 0 {
		t.Errorf("got %v, which is to be left out", got)
	}
}
