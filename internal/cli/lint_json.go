package cli

import (
	"encoding/json"
	"io"

	"github.com/flowserver/flowserver/flowjson/lint"
)

// lintReport is what lint says of one file. The first list is that of Meta's answer
// to an upload, and has what Meta would refuse; the second has the rest.
type lintReport struct {
	File     string            `json:"file"`
	Errors   []validationError `json:"validation_errors"`
	Warnings []validationError `json:"warnings"`
}

// validationError is an item of validation_errors (Meta, "Error codes" and "Flows
// API"). Lines and columns count from 1, and the end is the last character.
type validationError struct {
	Error     string        `json:"error"`
	ErrorType string        `json:"error_type"`
	Severity  lint.Severity `json:"severity"` // ours
	Message   string        `json:"message"`
	place
	Pointers []pointer `json:"pointers"`
}

type place struct {
	LineStart   int `json:"line_start"`
	LineEnd     int `json:"line_end"`
	ColumnStart int `json:"column_start"`
	ColumnEnd   int `json:"column_end"`
}

type pointer struct {
	place
	Path string `json:"path"`
}

func writeLintJSON(w io.Writer, all []linted) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	for _, l := range all {
		report := lintReport{File: l.File, Errors: []validationError{}, Warnings: []validationError{}}
		for _, f := range l.Findings {
			if f.Severity == lint.Error {
				report.Errors = append(report.Errors, newValidationError(f))
			} else {
				report.Warnings = append(report.Warnings, newValidationError(f))
			}
		}
		if err := encoder.Encode(report); err != nil {
			return err
		}
	}
	return nil
}

func newValidationError(f lint.Finding) validationError {
	start, end := f.Range.Start, f.Range.End
	at := place{LineStart: start.Line, LineEnd: end.Line, ColumnStart: start.Column, ColumnEnd: end.Column}
	if end != start && end.Column > 1 {
		at.ColumnEnd-- // ours is the place after the last character
	}
	return validationError{
		Error: f.Code, ErrorType: "FLOW_JSON_ERROR", Severity: f.Severity, Message: f.Message,
		place: at, Pointers: []pointer{{at, f.Path}},
	}
}
