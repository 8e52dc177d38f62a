package phone_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/flowserver/flowserver/client/mediacdn"
	"github.com/flowserver/flowserver/phone"
)

const jpeg = "\xff\xd8\xff\xe0 a photo"

func withMedia(cdn *mediacdn.CDN) func(*phone.Config) {
	return func(c *phone.Config) { c.Media = cdn }
}

// update_data keeps what an endpoint would get of files.
func TestUpdateDataWithFiles(t *testing.T) {
	t.Parallel()
	p := open(t, flowOf("7.1", `"files": {"type": "array", "items": {"type": "object"}, "__example__": []}`, `
		{"type": "PhotoPicker", "name": "photos", "label": "Photos"},
		{"type": "EmbeddedLink", "text": "Keep", "on-click-action": {"name": "update_data", "payload": {"files": "${form.photos}"}}}, `+ask, "", ""),
		answers(answerA(`"files":[]`)), withMedia(mediacdn.New("http://127.0.0.1:8090")))
	if err := p.Upload(t.Context(), "photos", "id.jpg", []byte(jpeg)); err != nil {
		t.Fatal(err)
	}
	p.tap("Keep", "")
	kept, _ := p.Inspect().Screens["A"].Data["files"].([]any)
	if v := p.View(); v.Failure != nil || len(kept) != 1 {
		t.Fatalf("failure %+v, files %v", v.Failure, kept)
	}
	if file, _ := kept[0].(map[string]any); file["file_name"] != "id.jpg" {
		t.Errorf("got %v", kept[0])
	}
}

func TestPickers(t *testing.T) {
	t.Parallel()
	cdn := mediacdn.New("http://127.0.0.1:8090")
	end := answers(`200 {"screen":"A","data":{}}`, done)
	send := strings.Replace(ask, `"payload": {}`, `"payload": {"photos": "${form.photos}"}`, 1)
	p := open(t, flowOf("7.1", "", `{"type": "PhotoPicker", "name": "photos", "label": "Photos", "min-uploaded-photos": 1, "max-uploaded-photos": 2, "max-file-size-kb": 1},`+send, "", ""),
		end, withMedia(cdn))
	if p.why() != "photos: Add at least 1 file" {
		t.Errorf("why: %s", p.why())
	}
	for _, test := range []struct {
		field, content, reason string
	}{
		{"photos", "%PDF-1.4", "does not accept files of type application/pdf"},
		{"photos", jpeg + strings.Repeat("x", 1025), "a file can have 1 KiB"},
		{"other", jpeg, "the screen shows no picker other"},
	} {
		err := p.Upload(t.Context(), test.field, "id.jpg", []byte(test.content))
		if err == nil || !strings.Contains(err.Error(), test.reason) {
			t.Errorf("%s: got %v", test.reason, err)
		}
	}
	for range 2 {
		if err := p.Upload(t.Context(), "photos", "id.jpg", []byte(jpeg)); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Upload(t.Context(), "photos", "id.jpg", []byte(jpeg)); err == nil || !strings.Contains(err.Error(), "no more than 2 files") {
		t.Errorf("a third: %v", err)
	}
	picked := p.View().Parts[0].Picker.Files
	if len(picked) != 2 || picked[0].Type != "image/jpeg" || picked[0].Bytes != len(jpeg) {
		t.Errorf("files %+v", picked)
	}
	p.do(phone.Event{Type: phone.EventRemove, Field: "photos", Item: picked[0].ID})
	if reason := p.cannot(phone.Event{Type: phone.EventRemove, Field: "photos", Item: "?"}); reason != "the picker has no such file" {
		t.Error(reason)
	}
	p.next()
	var m struct {
		Data struct {
			Photos []struct {
				ID       string `json:"media_id"`
				URL      string `json:"cdn_url"`
				Name     string `json:"file_name"`
				Metadata map[string]string
			}
		}
	}
	if err := json.Unmarshal([]byte(end.last()), &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Data.Photos) != 1 || m.Data.Photos[0].ID != picked[1].ID || m.Data.Photos[0].Name != "id.jpg" {
		t.Fatalf("asked %s", end.last())
	}
	w := httptest.NewRecorder()
	cdn.ServeHTTP(w, httptest.NewRequest(http.MethodGet, m.Data.Photos[0].URL, nil))
	if body, _ := io.ReadAll(w.Result().Body); w.Code != 200 || len(body) == 0 {
		t.Errorf("the CDN answers %d with %d bytes", w.Code, len(body))
	}
}

// complete gives what the webhook has of a file, and errors name the file.
func TestPickerCompletes(t *testing.T) {
	t.Parallel()
	source := `{"version": "7.1", "screens": [{"id": "A", "title": "A", "terminal": true, "layout": {"type": "SingleColumnLayout", "children": [
		{"type": "DocumentPicker", "name": "docs", "label": "Documents", "allowed-mime-types": ["application/pdf"]},
		{"type": "Footer", "label": "End", "on-click-action": {"name": "complete", "payload": {"docs": "${form.docs}"}}}]}}]}`
	p := open(t, source, nil, withMedia(mediacdn.New("http://127.0.0.1:8090")))
	if err := p.Upload(t.Context(), "docs", "a.pdf", []byte("%PDF-1.4 text")); err != nil {
		t.Fatal(err)
	}
	p.next()
	for _, part := range []string{`"file_name":"a.pdf"`, `"mime_type":"application/pdf"`, `"sha256":"`} {
		if params := string(p.View().Ended.Params); !strings.Contains(params, part) || strings.Contains(params, "encryption") {
			t.Errorf("params %s", params)
		}
	}
}

func TestNoMedia(t *testing.T) {
	t.Parallel()
	p := onScreen(t, "7.1", `{"type": "PhotoPicker", "name": "photos", "label": "Photos"}`)
	if err := p.Upload(t.Context(), "photos", "id.jpg", []byte(jpeg)); err == nil || !strings.Contains(err.Error(), "no media CDN") {
		t.Errorf("got %v", err)
	}
}
