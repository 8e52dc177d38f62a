// Package generate writes typed Go for a Flow JSON file: what each screen shows and
// submits, with the rules of its inputs as validate tags.
//
// [Generate] returns two files: one that is written anew whenever the Flow changes, and
// one that is written once and then filled in by hand. Both are the same for the same
// input, and formatted.
//
// # Errors
//
// Whatever flowjson.Read accepts gives Go that compiles, or an error that says which id of
// the file or which rule of the caller cannot be used. What Go cannot express otherwise is
// in [Files].Notes.
package generate
