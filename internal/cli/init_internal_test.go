package cli

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNextSteps(t *testing.T) {
	t.Parallel()
	const dev = "flowserver dev --upstream http://127.0.0.1:3000/flow --flow-json flow.json"
	for _, tt := range []struct {
		language, dir string
		want          []string
	}{
		{"go", "parcels", []string{"cd parcels", "go mod tidy", "go test ./...", "go run . dev"}},
		{"node", "my parcels", []string{"cd 'my parcels'", dev}},
		{"node", ".", []string{dev}},
		{"go", "./", []string{"go mod tidy", "go test ./...", "go run . dev"}},
	} {
		if diff := cmp.Diff(tt.want, nextSteps(tt.language, tt.dir)); diff != "" {
			t.Errorf("%s in %s (-want +got):\n%s", tt.language, tt.dir, diff)
		}
	}
}
