// Package generate writes typed Go for a Flow JSON file: what each screen shows and
// submits, with the rules of its inputs as validate tags.
//
// Most callers need [Screens], whose file is written anew whenever the Flow changes,
// and once [Handlers], whose file is filled in by hand. Both are the same for the
// same input, and formatted.
//
// # Errors
//
// Whatever flowjson.Read accepts gives Go that compiles, or an error that says which
// id or key of the file cannot be had in Go.
package generate
