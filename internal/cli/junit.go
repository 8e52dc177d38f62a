package cli

import (
	"errors"
	"io"
	"os"
)

// junitFlag is the flag of the commands that write their results as JUnit XML, too.
type junitFlag struct {
	JUnit string `name:"junit" placeholder:"FILE" help:"Write the results to this file as JUnit XML, too."`
}

// checkJUnit refuses "-", because the standard output already has the results as text or JSON.
func (f junitFlag) checkJUnit() error {
	if f.JUnit == "-" {
		return usagef("--junit: give a file: the standard output already has the results")
	}
	return nil
}

// writeJUnit creates the file of the flag with what write writes; without the flag, it does
// nothing.
func (f junitFlag) writeJUnit(write func(io.Writer) error) (err error) {
	if f.JUnit == "" {
		return nil
	}
	file, err := os.Create(f.JUnit)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return write(file)
}
