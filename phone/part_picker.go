package phone

import (
	"strconv"
	"strings"
)

// What pickers accept without further properties (Meta, "Media upload", 2026-04-15).
const (
	maxFiles = 30
	maxKB    = 25600
)

// The kinds of a Picker.
const (
	kindPhoto    = "photo"
	kindDocument = "document"
)

// picker draws an input for files.
func (i *item) picker() *Picker {
	value, has := i.stored()
	picked, _ := value.(files)
	p := &Picker{Kind: kindPhoto, Files: []File{}, MaxKB: i.count("max-file-size-kb", maxKB)}
	if i.Type == typePhotoPicker {
		p.Min, p.Max = i.count("min-uploaded-photos", 0), i.count("max-uploaded-photos", maxFiles)
		p.Source = i.string("photo-source")
		p.Accept = []string{"image/*"}
	} else {
		p.Kind = kindDocument
		p.Min, p.Max = i.count("min-uploaded-documents", 0), i.count("max-uploaded-documents", maxFiles)
		for _, t := range i.list("allowed-mime-types") {
			if text, ok := t.(string); ok {
				p.Accept = append(p.Accept, text)
			}
		}
	}
	p.Common = i.common(value, has)
	if p.Error == "" {
		p.Help = i.string("description")
	}
	texts, _ := i.state.form.errors[i.Name].(map[string]any)
	for _, f := range picked {
		file := File{ID: f.ID, Name: f.Name, Type: f.MIMEType, Bytes: int(f.Size)}
		if file.Error, _ = texts[f.ID].(string); file.Error != "" {
			i.block(f.Name + ": " + file.Error)
		}
		p.Files = append(p.Files, file)
	}
	return p
}

// invalidFiles checks the number of files.
func (i *item) invalidFiles(value any) string {
	picked, _ := value.(files)
	least, most := i.count("min-uploaded-photos", 0), i.count("max-uploaded-photos", maxFiles)
	if i.Type == typeDocumentPicker {
		least, most = i.count("min-uploaded-documents", 0), i.count("max-uploaded-documents", maxFiles)
	}
	switch {
	case len(picked) < least:
		return "Add at least " + plural(least, "file")
	case len(picked) > most:
		return "Add at most " + strconv.Itoa(most)
	}
	return ""
}

// isType reports whether a MIME type is one that a picker accepts, which can be image/*.
func isType(mime, accepted string) bool {
	if family, ok := strings.CutSuffix(accepted, "*"); ok {
		return strings.HasPrefix(mime, family)
	}
	return mime == accepted
}
