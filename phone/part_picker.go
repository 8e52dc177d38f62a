package phone

func (i *item) picker() *Picker {
	value, has := i.stored()
	return &Picker{Common: i.common(value, has), Files: []File{}}
}
func (x *step) upload(e uploaded) string  { return "" }
func (x *step) removeFile(e Event) string { return "" }
