package lint_test

import (
	"testing"

	"github.com/flowserver/flowserver/flowjson/lint"
)

// FuzzValidate: any bytes give findings that stand somewhere in the file, and never
// a panic.
func FuzzValidate(f *testing.F) {
	for _, file := range append(files(f, "negative/*.json"), append(files(f, "valid/*.json"), booking)...) {
		f.Add(read(f, file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, finding := range lint.Validate(data) {
			start, end := finding.Range.Start, finding.Range.End
			if start.Line < 1 || start.Column < 1 || end.Line < start.Line || finding.Code == "" || finding.Message == "" {
				t.Errorf("finding %+v", finding)
			}
		}
	})
}
