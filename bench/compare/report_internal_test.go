package main

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"
)

// made is a report with made-up numbers, of four servers; another one was skipped.
func made() report {
	names := []string{pureGo, nodeHTTP, expressMeta, switchedOff}
	all := func(values ...float64) map[string][]float64 {
		m := map[string][]float64{}
		for i, name := range names {
			for _, v := range values {
				m[name] = append(m[name], v*float64(i+1))
			}
		}
		return m
	}
	r := report{plan: full, took: time.Minute, servers: []server{
		{name: pureGo},
		{name: switchedOff},
		{name: openSSL, skipped: "no headers"},
		{name: nodeHTTP},
		{name: expressMeta},
		{name: unbounded, overloadOnly: true},
	}}
	use := usages{all(10, 11), all(3, 4), all(9, 10)}
	points := map[string][]point{}
	for i, name := range names {
		for _, rate := range full.rates {
			ms := rate / 100 * float64(i+1)
			points[name] = append(points[name], point{rate, []float64{rate}, []float64{ms, 2 * ms}, []float64{50 * ms}, []float64{rate / 1000}})
		}
	}
	points[switchedOff] = points[switchedOff][:2] // it was not offered more
	loop := func(connections int) *throughput {
		return &throughput{connections, all(600, 700), all(10, 12), all(20, 25), all(250, 260)}
	}
	r.measured = measured{
		machine:    machine{cpu: "a CPU", rsa: 250},
		kernel:     &kernel{map[string][]float64{goRSA: {980, 1000}, nodeRSA: {260, 250}, fullBatch: {130, 125}}},
		throughput: loop(callers),
		others:     []*throughput{loop(64), loop(1)},
		overload:   &overload{map[string]float64{pureGo: 1300}, all(600, 620), all(18, 19), all(30, 35), all(50, 51), all(0, 0)},
		sweep:      &sweep{points},
		coldStart:  &coldStart{all(9, 10)},
		memory:     &memory{use, use, use, 10_000},
		benchmarks: &benchmarks{all: []benchmark{{"Open", map[string][]float64{"ns/op": {900_000}}}}},
	}
	return r
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	text := string(made().markdown())
	for _, want := range []string{
		"| RSA alone: a batch of 4 against Node's `privateDecrypt` | ≥ 1.8 × | 2.00 [2.00..2.00] × | **yes** |",
		"| `flowserver` against `node-http`, 16 connections | ≥ 1.9 × | 0.50 [0.50..0.50] × | **no**: by CPU time of a request it is 2.00 [2.00..2.00] × |",
		"| `flowserver` against `node-http`, connections: 1 | ≥ 1 × |",
		"| `flowserver` at twice its capacity: p99 of served requests | ≤ 60 ms | 32 [30..35] ms | **yes** |",
		"| `flowserver`: cold start, beyond that of `flowserver-crypto` | ≤ 2 ms | -28.5 [-30.0..-27.0] ms | **yes** |",
		"| `flowserver`: peak memory under load, 16 connections | ≤ 36 MB | 10.5 [10.0..11.0] MB | **yes** |",
		"| batch of 4 | 128 [125..130] | 2.00 [2.00..2.00] |",
		"**Skipped**: no headers",
		"| `flowserver` | 650 [600..700] | 255 [250..260] | 11.0 [10.0..12.0] |",
		"| server | 1 | 16 | 64 |",
		"| `flowserver` | 650 (0.50) | 650 (0.50) | 650 (0.50) |",
		"| `flowserver-crypto` | 18.0 / 600.0 | 54.0 / 1800.0 | – | – |",
		"taskset",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	for _, never := range []string{"NaN", "Inf", "%!"} {
		if strings.Contains(text, never) {
			t.Errorf("the report has %q:\n%s", never, text)
		}
	}
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "|---") && strings.Count(line, "|") != strings.Count(strings.Split(text, "\n")[i-1], "|") {
			t.Errorf("line %d: the head of the table has another number of columns: %s", i+1, line)
		}
	}
}

// element is one of the picture.
type element struct {
	name, text string
	attributes map[string]string
}

func (e element) number(t *testing.T, name string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(e.attributes[name], 64)
	if err != nil {
		t.Fatalf("<%s> has %s=%q, want a number", e.name, name, e.attributes[name])
	}
	return v
}

// picture draws a report and takes it apart.
func picture(t *testing.T, r report) []element {
	t.Helper()
	text, err := r.plot()
	if err != nil {
		t.Fatal(err)
	}
	var elements []element
	decoder := xml.NewDecoder(strings.NewReader(string(text)))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return elements
		}
		if err != nil {
			t.Fatalf("the picture is no XML: %v\n%s", err, text)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attributes: map[string]string{}}
			for _, a := range token.Attr {
				e.attributes[a.Name.Local] = a.Value
			}
			elements = append(elements, e)
		case xml.CharData:
			if len(elements) > 0 {
				elements[len(elements)-1].text += strings.TrimSpace(string(token))
			}
		}
	}
}

func TestPlotStaysInside(t *testing.T) {
	t.Parallel()
	curves := 0
	for _, e := range picture(t, made()) {
		switch e.name {
		case "polyline":
			curves++
			points := strings.Fields(e.attributes["points"])
			if n := len(points); n != len(full.rates) && n != 2 {
				t.Errorf("got a curve of %d points, want %d, or 2 of the server that was not offered more", n, len(full.rates))
			}
			last := math.Inf(-1)
			for _, point := range points {
				left, right, _ := strings.Cut(point, ",")
				x, errX := strconv.ParseFloat(left, 64)
				y, errY := strconv.ParseFloat(right, 64)
				if errX != nil || errY != nil || x < panelLeft || x > pictureWidth || y < panelTop || y > panelTop+panelHeight {
					t.Errorf("the point %s is outside of the panels", point)
				}
				if x <= last {
					t.Errorf("the point %s does not stand right of the one before", point)
				}
				last = x
			}
		case "text":
			if x, y := e.number(t, "x"), e.number(t, "y"); x < 0 || x > pictureWidth || y < 10 || y > pictureHeight {
				t.Errorf("the text %q at %v,%v is outside", e.text, x, y)
			}
		}
	}
	if curves != 8 {
		t.Errorf("got %d curves, want median and p99 of four servers", curves)
	}
}

// TestPlotLabelsStayApart has all servers end at the same place.
func TestPlotLabelsStayApart(t *testing.T) {
	t.Parallel()
	r := made()
	for _, name := range []string{nodeHTTP, expressMeta, switchedOff} {
		r.measured.sweep.points[name] = r.measured.sweep.points[pureGo]
	}
	var heights []float64
	for _, e := range picture(t, r) {
		if e.name == "text" && e.attributes["paint-order"] == "stroke" {
			heights = append(heights, e.number(t, "y"))
		}
	}
	if len(heights) != 8 {
		t.Fatalf("got %d labels, want one a curve", len(heights))
	}
	for _, panel := range [][]float64{heights[:4], heights[4:]} {
		for i, y := range panel[1:] {
			if math.Abs(y-panel[i]) < labelGap {
				t.Errorf("labels at %v overlap", panel)
			}
		}
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	a := fit([]curve{{x: []float64{100, 1450}, y: []float64{0.7, 3100}}})
	if got := a.rates; got[0] != 0 || got[len(got)-1] != 1600 || got[1] != 200 {
		t.Errorf("got the rates %v, want 0 to 1600 by 200", got)
	}
	if got := a.latencies; got[0] != 0.5 || got[len(got)-1] != 5000 {
		t.Errorf("got the latencies %v, want 0.5 to 5000", got)
	}
	x, y := a.at(100, 1600, 5000)
	if x != 100+panelWidth || y != panelTop {
		t.Errorf("got %v,%v for the upper right corner, want %v,%v", x, y, 100+panelWidth, panelTop)
	}
}
