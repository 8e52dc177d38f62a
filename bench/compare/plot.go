package main

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"math"
	"slices"
)

// The picture: two panels side by side, median and p99, over the same axes.
const (
	pictureWidth, pictureHeight = 1040, 460
	panelTop, panelHeight       = 108, 292
	panelWidth                  = 430
	panelLeft, panelStep        = 64, 500
	labelGap                    = 13 // between labels that would touch
)

// look is how a server is drawn: a colour of Okabe and Ito's, which the colour-blind
// can tell apart, and a mark of its own.
type look struct{ colour, mark string }

var looks = map[string]look{
	pureGo:      {"#0072B2", "circle"},
	widest:      {"#56B4E9", "circle"},
	switchedOff: {"#999999", "square"},
	openSSL:     {"#D55E00", "square"},
	nodeHTTP:    {"#009E73", "triangle"},
	expressMeta: {"#AA4499", "diamond"},
}

// curve is one server in one panel.
type curve struct {
	name string
	x, y []float64
	lack []bool // of a point: 1 % or more was refused
}

// plot draws the latency against the offered load.
func (r report) plot() ([]byte, error) {
	panels := []struct {
		title  string
		curves []curve
	}{{title: "median"}, {title: "99th percentile"}}
	for _, s := range r.servers {
		points := r.measured.sweep.points[s.name]
		if len(points) == 0 {
			continue
		}
		half, most := curve{name: s.name}, curve{name: s.name}
		for _, p := range points {
			lack := spreadOf(p.refused).median >= 1
			half = half.with(p.rate, spreadOf(p.p50).median, lack)
			most = most.with(p.rate, spreadOf(p.p99).median, lack)
		}
		panels[0].curves = append(panels[0].curves, half)
		panels[1].curves = append(panels[1].curves, most)
	}
	if len(panels[0].curves) == 0 {
		return nil, errors.New("there is nothing to plot")
	}
	scale := fit(append(slices.Clone(panels[0].curves), panels[1].curves...))

	var out bytes.Buffer
	draw := func(format string, args ...any) { fmt.Fprintf(&out, format+"\n", args...) }
	draw(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" `+
		`font-family="system-ui, sans-serif" font-size="12" fill="#222">`, pictureWidth, pictureHeight)
	draw(`<title>Latency against offered load</title>`)
	draw(`<desc>Latency in milliseconds, on a logarithmic axis, against requests a second, of each server up to beyond what it can do.</desc>`)
	draw(`<rect width="%d" height="%d" fill="#ffffff"/>`, pictureWidth, pictureHeight)
	draw(`<text x="%d" y="26" font-size="16" font-weight="600">Latency against offered load, one core each</text>`, panelLeft)
	drawLegend(draw, panels[0].curves)
	for i, panel := range panels {
		left := float64(panelLeft + i*panelStep)
		drawAxes(draw, left, panel.title, scale)
		for _, c := range panel.curves {
			c.draw(draw, left, scale)
		}
		drawLabels(draw, left, panel.curves, scale)
	}
	draw(`</svg>`)
	return out.Bytes(), nil
}

func (c curve) with(x, y float64, lack bool) curve {
	c.x, c.y, c.lack = append(c.x, x), append(c.y, max(y, 0.01)), append(c.lack, lack)
	return c
}

// axes are the marks of both axes; the last ones are where they end.
type axes struct {
	rates     []float64 // requests a second, from 0
	latencies []float64 // ms, in steps of 1, 2, 5
}

// fit makes the axes reach all curves.
func fit(curves []curve) axes {
	right, low, high := 0.0, math.Inf(1), 0.0
	for _, c := range curves {
		right, low, high = max(right, slices.Max(c.x)), min(low, slices.Min(c.y)), max(high, slices.Max(c.y))
	}
	var a axes
	step := math.Pow(10, math.Floor(math.Log10(right)))
	for _, finer := range []float64{2, 2.5} { // of 1000: 500, 200
		if right/step < 4 {
			step /= finer
		}
	}
	for rate := 0.0; ; rate += step {
		a.rates = append(a.rates, rate)
		if rate >= right {
			break
		}
	}
	for power := math.Floor(math.Log10(low)); ; power++ {
		for _, digit := range []float64{1, 2, 5} {
			at := digit * math.Pow(10, power)
			if at <= low { // the axis starts at the last of these
				a.latencies = a.latencies[:0]
			}
			a.latencies = append(a.latencies, at)
			if at >= high && len(a.latencies) > 1 {
				return a
			}
		}
	}
}

// at is the place of a rate and a latency in the panel at left.
func (a axes) at(left, rate, latency float64) (x, y float64) {
	low, high := math.Log10(a.latencies[0]), math.Log10(a.latencies[len(a.latencies)-1])
	share := (math.Log10(latency) - low) / (high - low)
	return left + rate/a.rates[len(a.rates)-1]*panelWidth, panelTop + panelHeight*(1-share)
}

type drawFunc = func(format string, args ...any)

func drawAxes(draw drawFunc, left float64, title string, scale axes) {
	bottom := panelTop + panelHeight
	draw(`<text x="%.0f" y="%d" font-weight="600">%s</text>`, left, panelTop-34, title)
	for _, latency := range scale.latencies {
		_, y := scale.at(left, 0, latency)
		draw(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#dddddd"/>`, left, y, left+panelWidth, y)
		draw(`<text x="%.1f" y="%.1f" text-anchor="end">%g ms</text>`, left-6, y+4, latency)
	}
	for _, rate := range scale.rates {
		x, _ := scale.at(left, rate, scale.latencies[0])
		draw(`<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#666666"/>`, x, bottom, x, bottom+5)
		draw(`<text x="%.1f" y="%d" text-anchor="middle">%g</text>`, x, bottom+18, rate)
	}
	draw(`<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#666666"/>`, left, bottom, left+panelWidth, bottom)
	draw(`<text x="%.1f" y="%d" text-anchor="middle">requests a second offered</text>`, left+panelWidth/2.0, bottom+38)
}

func drawLegend(draw drawFunc, curves []curve) {
	x := float64(panelLeft)
	for _, c := range curves {
		look := looks[c.name]
		drawMark(draw, look, x+5, 46, false)
		draw(`<text x="%.0f" y="50">%s</text>`, x+16, html.EscapeString(c.name))
		x += 40 + 7*float64(len(c.name))
	}
	drawMark(draw, look{"#555555", "circle"}, x+5, 46, true)
	draw(`<text x="%.0f" y="50">hollow: 1 %% or more was refused</text>`, x+16)
}

func (c curve) draw(draw drawFunc, left float64, scale axes) {
	var path bytes.Buffer
	for i := range c.x {
		x, y := scale.at(left, c.x[i], c.y[i])
		fmt.Fprintf(&path, "%.1f,%.1f ", x, y)
	}
	draw(`<polyline points="%s" fill="none" stroke="%s" stroke-width="2"/>`, bytes.TrimSpace(path.Bytes()), looks[c.name].colour)
	for i := range c.x {
		x, y := scale.at(left, c.x[i], c.y[i])
		drawMark(draw, looks[c.name], x, y, c.lack[i])
	}
}

func drawMark(draw drawFunc, l look, x, y float64, hollow bool) {
	fill := l.colour
	if hollow {
		fill = "#ffffff"
	}
	style := fmt.Sprintf(`fill=%q stroke=%q stroke-width="1.5"`, fill, l.colour)
	switch l.mark {
	case "square":
		draw(`<rect x="%.1f" y="%.1f" width="8" height="8" %s/>`, x-4, y-4, style)
	case "triangle":
		draw(`<polygon points="%.1f,%.1f %.1f,%.1f %.1f,%.1f" %s/>`, x, y-5, x+5, y+4, x-5, y+4, style)
	case "diamond":
		draw(`<polygon points="%.1f,%.1f %.1f,%.1f %.1f,%.1f %.1f,%.1f" %s/>`, x, y-5, x+5, y, x, y+5, x-5, y, style)
	default:
		draw(`<circle cx="%.1f" cy="%.1f" r="4" %s/>`, x, y, style)
	}
}

// drawLabels names each curve at its end, above it, and keeps names apart.
func drawLabels(draw drawFunc, left float64, curves []curve, scale axes) {
	type label struct {
		name string
		x, y float64
	}
	var labels []label
	for _, c := range curves {
		end := len(c.x) - 1
		x, y := scale.at(left, c.x[end], c.y[end])
		labels = append(labels, label{c.name, min(x+8, left+panelWidth), y - 9})
	}
	slices.SortFunc(labels, func(a, b label) int { return int(b.y*10) - int(a.y*10) })
	for i := range labels {
		for _, below := range labels[:i] {
			if math.Abs(below.x-labels[i].x) < 130 && below.y-labels[i].y < labelGap {
				labels[i].y = below.y - labelGap
			}
		}
		draw(`<text x="%.1f" y="%.1f" text-anchor="end" fill="%s" font-weight="600" stroke="#ffffff" stroke-width="3" paint-order="stroke">%s</text>`,
			labels[i].x, labels[i].y, looks[labels[i].name].colour, html.EscapeString(labels[i].name))
	}
}
