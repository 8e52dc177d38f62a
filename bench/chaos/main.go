// Command chaos attacks real flowserver processes on this machine and injects faults
// into what surrounds them. It prints one row for each attack, with what was measured,
// and exits with 1 if a goal was missed.
//
//	go run ./chaos                    # everything, in about ten minutes
//	go run ./chaos -only flood,log-stalled
//	go run ./chaos -scale 0.2         # shorter loads, fewer sockets
//
// It needs redis-server and redis-cli. All traffic stays on the loopback interface, and
// everything ends with the command.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

func main() {
	only := flag.String("only", "", "names of rows, separated by commas")
	scale := flag.Float64("scale", 1, "length of loads and number of sockets, 1 as published")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code, err := run(ctx, os.Stdout, *scale, *only)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
	}
	os.Exit(code) //nolint:forbidigo // this is main
}

// run runs the rows and prints a Markdown table. It returns the exit code.
func run(ctx context.Context, out io.Writer, scale float64, only string) (code int, err error) {
	chosen := rows()
	if only != "" {
		names := strings.Split(only, ",")
		chosen = slices.DeleteFunc(chosen, func(r row) bool { return !slices.Contains(names, r.name) })
		if len(chosen) < len(names) {
			return 2, fmt.Errorf("-only names an unknown row: %s", only)
		}
	}
	lab, err := NewLab(ctx, scale)
	if err != nil {
		return 1, err
	}
	defer func() { _ = lab.Close() }() // the folder is a temporary one
	table := []string{"| attack | goal | measured | |", "|---|---|---|---|"}
	for _, line := range table {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return 1, err
		}
	}
	for _, r := range chosen {
		o := attempt(ctx, lab, r)
		verdict := "ok"
		if len(o.missed) > 0 {
			verdict, code = "**missed**: "+strings.Join(o.missed, "; "), 1
		}
		if _, err := fmt.Fprintf(out, "| %s | %s | %s | %s |\n", r.title, r.goal, o, verdict); err != nil {
			return 1, err
		}
	}
	return code, ctx.Err()
}

const rowLimit = 3 * time.Minute

// attempt runs one row and ends what it started.
func attempt(ctx context.Context, lab *Lab, r row) *outcome {
	ctx, cancel := context.WithTimeout(ctx, rowLimit)
	defer cancel()
	defer lab.reset()
	o := &outcome{}
	if err := r.run(ctx, lab, o); err != nil {
		o.want(false, "%v", err)
	}
	return o
}
