package cli

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/flowjson/lint"
)

// The part of SARIF 2.1.0 (OASIS, 2020) that code hosts read.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
		FullDescription  sarifText `json:"fullDescription"`
		Help             sarifText `json:"help"`
		HelpURI          string    `json:"helpUri"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
		Logical  []sarifPath   `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifPath struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
	}
)

// writeSARIF writes the file of --sarif, if it is wanted.
func (c lintCommand) writeSARIF(all []linted) (err error) {
	if c.SARIF == "" {
		return nil
	}
	file, err := os.Create(c.SARIF)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	encoder := json.NewEncoder(file)
	encoder.SetIndent("", "  ")
	return encoder.Encode(newSARIF(all))
}

func newSARIF(all []linted) sarifLog {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "flowserver lint", Version: version(), Rules: sarifRules(all)}},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	for _, l := range all {
		for _, f := range l.Findings {
			where := sarifLocation{Physical: sarifPhysical{Artifact: sarifArtifact{sarifURI(l.File)}, Region: sarifRegion{
				StartLine: f.Range.Start.Line, StartColumn: f.Range.Start.Column,
				EndLine: f.Range.End.Line, EndColumn: f.Range.End.Column,
			}}}
			if f.Path != "" {
				where.Logical = []sarifPath{{f.Path}}
			}
			run.Results = append(run.Results, sarifResult{
				RuleID:    f.Code,
				RuleIndex: slices.IndexFunc(run.Tool.Driver.Rules, func(r sarifRule) bool { return r.ID == f.Code }),
				Level:     sarifLevel(f.Severity),
				Message:   sarifText{f.Message},
				Locations: []sarifLocation{where},
			})
		}
	}
	return sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}}
}

// sarifLevel returns SARIF's word for a severity.
func sarifLevel(s lint.Severity) string {
	if s == lint.Error {
		return "error"
	}
	return "warning"
}

// sarifRules are the codes that were found, each once, in the order of the alphabet.
func sarifRules(all []linted) []sarifRule {
	var codes []string
	for _, l := range all {
		for _, f := range l.Findings {
			codes = append(codes, f.Code)
		}
	}
	slices.Sort(codes)
	rules := []sarifRule{}
	for _, code := range slices.Compact(codes) {
		e, _ := lint.Explain(code)
		rules = append(rules, sarifRule{
			ID:               code,
			ShortDescription: sarifText{strings.ToLower(strings.ReplaceAll(code, "_", " "))},
			FullDescription:  sarifText{e.Meaning},
			Help:             sarifText{e.Meaning + "\n\nWrong:\n" + e.Wrong + "\n\nRight:\n" + e.Right},
			HelpURI:          codeURL(code),
		})
	}
	return rules
}

// sarifURI names a file as code hosts know it: relative to where lint runs, which is
// the root of the repository.
func sarifURI(file string) string {
	file = fromHere(file)
	switch {
	case file == "-":
		file = "stdin"
	case filepath.IsAbs(file):
		return (&url.URL{Scheme: "file", Path: filepath.ToSlash(file)}).String()
	}
	return (&url.URL{Path: filepath.ToSlash(filepath.Clean(file))}).String()
}
