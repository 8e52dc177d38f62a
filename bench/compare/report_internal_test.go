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

// made is a report with made-up numbers, of three servers; the fourth was skipped.
func made() report {
	names := []string{pureGo, nodeHTTP, expressMeta}
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
		{name: pureGo}, {name: openSSL, skipped: "no headers"}, {name: nodeHTTP}, {name: expressMeta}, {name: unbounded, overloadOnly: true},
	}}
	use := usages{all(10, 11), all(3, 4), all(9, 10)}
	points := map[string][]point{}
	for i, name := range names {
		for _, share := range full.loads {
			rate := share * 700 * float64(i+1)
			points[name] = append(points[name], point{share, rate, []float64{share * 2, share * 3}, []float64{share * 2000}, []float64{share}})
		}
	}
	r.measured = measured{
		machine:    machine{cpu: "a CPU", rsa: 250},
		throughput: &throughput{all(600, 700), all(10, 12), all(20, 25)},
		overload:   &overload{map[string]float64{pureGo: 1300}, all(600, 620), all(18, 19), all(30, 35), all(50, 51), all(0, 0)},
		sweep:      &sweep{points},
		coldStart:  &coldStart{all(9, 10)},
		memory:     &memory{use, use, use, idleConnections},
		benchmarks: &benchmarks{all: []benchmark{{"Open", map[string][]float64{"ns/op": {900_000}}}}},
	}
	return r
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	text := string(made().markdown())
	for _, want := range []string{
		"| `flowserver` against `express-meta`, closed loop | ≥ 1.5 × | 0.33 [0.33..0.33] × | **no**: " +
			"one envelope takes crypto/rsa 900 µs on this CPU, and the bare operation OpenSSL, which Node has, 250 µs |",
		"| `flowserver` at twice its capacity: p99 of served requests (aim: 40 ms) | ≤ 100 ms | 32 [30..35] ms | **yes** |",
		"| `flowserver-openssl` against `node-http`, closed loop | ≥ 1 × | – | not measured: flowserver-openssl was skipped |",
		"**Skipped**: no headers",
		"| `flowserver` | 650 [600..700] | 11.0 [10.0..12.0] |",
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

func TestFewConnectionsReachNoGoal(t *testing.T) {
	t.Parallel()
	r := made()
	r.measured.memory.connections = 500
	if got := r.idleGoal(pureGo).reached(); !strings.HasPrefix(got, "not measured: with 500 connections only") {
		t.Errorf("got %q, want that 500 connections judge nothing", got)
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
			if len(points) != len(full.loads) {
				t.Errorf("got a curve of %d points, want %d", len(points), len(full.loads))
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
	if curves != 6 {
		t.Errorf("got %d curves, want median and p99 of three servers", curves)
	}
}

// TestPlotLabelsStayApart has all servers end at the same place.
func TestPlotLabelsStayApart(t *testing.T) {
	t.Parallel()
	r := made()
	for _, name := range []string{nodeHTTP, expressMeta} {
		r.measured.sweep.points[name] = r.measured.sweep.points[pureGo]
	}
	var heights []float64
	for _, e := range picture(t, r) {
		if e.name == "text" && e.attributes["paint-order"] == "stroke" {
			heights = append(heights, e.number(t, "y"))
		}
	}
	if len(heights) != 6 {
		t.Fatalf("got %d labels, want one a curve", len(heights))
	}
	for _, panel := range [][]float64{heights[:3], heights[3:]} {
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
