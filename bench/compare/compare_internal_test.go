package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestSpreadOf(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		values []float64
		want   spread
	}{
		"none": {nil, spread{}},
		"one":  {[]float64{3}, spread{3, 3, 3}},
		"odd":  {[]float64{9, 1, 4}, spread{4, 1, 9}},
		"even": {[]float64{8, 1, 2, 4}, spread{3, 1, 8}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			given := append([]float64(nil), test.values...)
			if got := spreadOf(given); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if diff := cmp.Diff(test.values, given); diff != "" {
				t.Errorf("the rounds were reordered, so no ratio would pair them (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRatiosArePaired(t *testing.T) {
	t.Parallel()
	// In the second round the machine was half as fast: the ratio does not notice.
	if diff := cmp.Diff([]float64{2, 2, 3}, ratios([]float64{200, 100, 300}, []float64{100, 50, 100})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := ratios([]float64{1, 2}, []float64{1}); got != nil {
		t.Errorf("got %v for rounds that do not pair, want none", got)
	}
	if got := ratios([]float64{1, 2}, []float64{0, 1}); len(got) != 1 {
		t.Errorf("got %v, want no division by zero", got)
	}
}

func TestGoalReached(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		goal goal
		want string
	}{
		"at least, always":    {goal{limit: 1.5, values: []float64{1.5, 1.7}}, "**yes**"},
		"at least, mostly":    {goal{limit: 1.5, values: []float64{1.4, 1.6, 1.7}}, "**yes**, though not in every round"},
		"at least, missed":    {goal{limit: 1.5, values: []float64{1.4, 1.4, 1.7}}, "**no**"},
		"at most, always":     {goal{limit: 20, atMost: true, values: []float64{19, 20}}, "**yes**"},
		"at most, mostly":     {goal{limit: 20, atMost: true, values: []float64{19, 19, 21}}, "**yes**, though not in every round"},
		"at most, missed":     {goal{limit: 20, atMost: true, values: []float64{21, 22, 10}, why: "of this"}, "**no**: of this"},
		"nothing to judge by": {goal{limit: 20, missing: "no libcrypto"}, "not measured: no libcrypto"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.goal.reached(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestParseBenchmarks(t *testing.T) {
	t.Parallel()
	got, err := parseBenchmarks([]byte(`goos: linux
pkg: github.com/flowserver/flowserver/crypto
BenchmarkOpen 	    1000	    900000 ns/op	    2120 B/op	      12 allocs/op
BenchmarkOpen 	    1000	    950000 ns/op	    2120 B/op	      12 allocs/op
BenchmarkServeHTTP/typed/rsa 	 5 	 27.5 ns/op
PASS
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []benchmark{
		{"Open", map[string][]float64{"ns/op": {900000, 950000}, "B/op": {2120, 2120}, "allocs/op": {12, 12}}},
		{"ServeHTTP/typed/rsa", map[string][]float64{"ns/op": {27.5}}},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(benchmark{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := parseBenchmarks([]byte("PASS\n")); err == nil {
		t.Error("got no error for an output without benchmarks")
	}
}

func TestParseSpeed(t *testing.T) {
	t.Parallel()
	if got := parseSpeed("+H:16:64\n+F2:2:2048:2000.000000:61104.000000\n"); got != 500 {
		t.Errorf("got %v µs for 2000 a second, want 500", got)
	}
	if got := parseSpeed("no such algorithm\n"); got != 0 {
		t.Errorf("got %v, want 0 for another output", got)
	}
}

func TestField(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "package.json")
	if err := os.WriteFile(file, []byte(`{"version":"4.22.3","dependencies":{"express":"4.1.0"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := field(file, "dependencies", "express"); err != nil || got != "4.1.0" {
		t.Errorf("got %q, %v, want 4.1.0", got, err)
	}
	if _, err := field(file, "dependencies", "koa"); err == nil {
		t.Error("got no error for a field that is not there")
	}
}

// TestPeersAnswer checks that the peers give the same answer as our server, with the
// check that every run makes.
func TestPeersAnswer(t *testing.T) { // not parallel: the peers are found relative to the module's root
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("there is no node here")
	}
	t.Chdir("..")
	supply, err := newSupplier()
	if err != nil {
		t.Fatal(err)
	}
	peers := []server{{name: nodeHTTP, path: "/", command: []string{"node", "peers/node-http/server.js"}}}
	if _, err := os.Stat("peers/express/node_modules/express"); err == nil { // bench/run installs it
		peers = append(peers, server{name: expressMeta, path: "/", command: []string{"node", "peers/express/server.js"}})
	}
	b := &bench{supplier: supply}
	for _, peer := range peers {
		p, err := b.start(t.Context(), peer, 1) // answers a message
		if err != nil {
			t.Errorf("%s: %v", peer.name, err)
			continue
		}
		if got := p.Closed(t.Context(), 1, 20*time.Millisecond).Err(false); got != nil {
			t.Errorf("%s: %v", peer.name, got)
		}
		p.stop()
	}
}

func TestInTurnAlternates(t *testing.T) {
	t.Parallel()
	var order []string
	b := &bench{}
	err := b.inTurn(t.Context(), 3, []server{{name: "a"}, {name: "b"}}, func(s server) error {
		order = append(order, s.name)
		return nil
	})
	if diff := cmp.Diff([]string{"a", "b", "b", "a", "a", "b"}, order); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestParseCPUTime(t *testing.T) {
	t.Parallel()
	const stat = "4711 (a (name) b) S 1 4711 4711 0 -1 4194560 1 2 3 4 250 17 5 6 20 0 9 0 100 200 300"
	if got, err := parseCPUTime(stat); err != nil || got != 2670*time.Millisecond {
		t.Errorf("got %v, %v; want 2.67s", got, err)
	}
	for _, broken := range []string{"", "1 (a) S 1 2", "1 (a) S 1 2 3 4 5 6 7 8 9 10 x 17 5 6"} {
		if got, err := parseCPUTime(broken); err == nil {
			t.Errorf("got %v for %q, want an error", got, broken)
		}
	}
	self := &process{cmd: &exec.Cmd{Process: &os.Process{Pid: os.Getpid()}}}
	if _, err := self.cpuTime(); err != nil {
		t.Error(err)
	}
}

func TestDifferencesAndShares(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]float64{1, -2}, differences([]float64{3, 4}, []float64{2, 6})); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
	if got := differences([]float64{1}, nil); got != nil {
		t.Errorf("got %v for rounds that do not pair, want none", got)
	}
	if diff := cmp.Diff([]float64{0.5, 2}, shares([]float64{50, 200}, 100)); diff != "" {
		t.Errorf("shares (-want +got):\n%s", diff)
	}
	if got := shares([]float64{1}, 0); got != nil {
		t.Errorf("got %v, want no division by zero", got)
	}
}
