package deploy_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
)

// readMetrics returns the labels of all metrics that rules and panels may use: the
// server's own, as the table of docs/operations.md lists them (a test of the server
// compares that table with its registry), and some of Prometheus and its Go client.
func readMetrics(t *testing.T) map[string][]string {
	t.Helper()
	metrics := map[string][]string{
		"up":                            {"job", "instance"},
		"process_start_time_seconds":    {"job", "instance"},
		"process_cpu_seconds_total":     {"job", "instance"},
		"process_resident_memory_bytes": {"job", "instance"},
		"go_goroutines":                 {"job", "instance"},
		"go_gc_duration_seconds":        {"job", "instance", "quantile"},
	}
	rows := regexp.MustCompile("(?m)^\\| `(flowserver_\\w+)` \\| (\\w+) \\|([^|]*)\\|").FindAllStringSubmatch(read(t, "../docs/operations.md"), -1)
	if len(rows) < 10 {
		t.Fatalf("got %d metrics in docs/operations.md, want more", len(rows))
	}
	for _, row := range rows {
		name, labels := row[1], regexp.MustCompile(`\w+`).FindAllString(row[3], -1)
		if row[2] == "histogram" {
			name, labels = name+"_bucket", append(labels, "le")
		}
		metrics[name] = labels
	}
	return metrics
}

const (
	rulesFile     = "prometheus/alerts.yaml"
	dashboardFile = "grafana/flowserver.json"
	runbook       = "https://github.com/flowserver/flowserver/blob/main/docs/operations.md#"
)

type rule struct {
	Record, Alert, Expr string
	Labels, Annotations map[string]string
}

func readRules(t *testing.T) (rules []rule) {
	t.Helper()
	for _, group := range documents[struct{ Groups []struct{ Rules []rule } }](t, rulesFile)[0].Groups {
		rules = append(rules, group.Rules...)
	}
	if len(rules) < 20 {
		t.Fatalf("got %d rules, want more", len(rules))
	}
	return rules
}

// Every alert says what is wrong and where its runbook is, and every runbook has its
// alert.
func TestAlertsHaveRunbooks(t *testing.T) {
	t.Parallel()
	alerts := map[string]bool{}
	for _, r := range readRules(t) {
		if r.Alert == "" {
			continue
		}
		alerts[r.Alert] = true
		for _, name := range []string{"summary", "description"} {
			if r.Annotations[name] == "" {
				t.Errorf("%s has no %s", r.Alert, name)
			}
		}
		if got, want := r.Annotations["runbook_url"], runbook+strings.ToLower(r.Alert); got != want {
			t.Errorf("runbook: got %s, want %s", got, want)
		}
		if !slices.Contains([]string{"info", "warning", "critical"}, r.Labels["severity"]) {
			t.Errorf("%s: got severity %q", r.Alert, r.Labels["severity"])
		}
	}
	sections := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (Flowserver\w+)$`).FindAllStringSubmatch(read(t, "../docs/operations.md"), -1) {
		sections[heading[1]] = true
	}
	if diff := cmp.Diff(alerts, sections); diff != "" {
		t.Errorf("runbooks (-alerts +sections of operations.md):\n%s", diff)
	}
}

// Every alert, with each of its severities, fires in a test of promtool, and stands
// still in another.
func TestAlertsAreTested(t *testing.T) {
	t.Parallel()
	tests := read(t, "prometheus/alerts_test.yaml")
	if !strings.Contains(tests, "exp_samples: []") {
		t.Error("no test has alerts stand still")
	}
	for _, r := range readRules(t) {
		if r.Alert == "" {
			continue
		}
		if firing := fmt.Sprintf("{alertname=%q, severity=%q}", r.Alert, r.Labels["severity"]); !strings.Contains(tests, firing) {
			t.Errorf("no test has %s fire", firing)
		}
	}
}

// Rules and dashboard use only metrics that exist, and the dashboard shows all of them.
func TestMetricsExist(t *testing.T) {
	t.Parallel()
	metrics := readMetrics(t)
	recorded := map[string]bool{}
	for _, r := range readRules(t) {
		if r.Record != "" {
			recorded[r.Record] = true
		}
	}
	for _, r := range readRules(t) {
		checkMetrics(t, metrics, r.Alert+r.Record, r.Expr, recorded)
	}
	used := map[string]bool{}
	for title, exprs := range readDashboard(t).queries() {
		for _, expr := range exprs {
			checkMetrics(t, metrics, title, expr, nil) // it works without the rules
			for name := range metrics {
				used[name] = used[name] || strings.Contains(expr, name)
			}
		}
	}
	for name := range metrics {
		if strings.HasPrefix(name, "flowserver_") && !used[name] {
			t.Errorf("the dashboard does not show %s", name)
		}
	}
}

var (
	metricName = regexp.MustCompile(`\b(?:[a-z]+:)?(?:flowserver|process|go)_[\w:]+|\bup\b`)
	metricUse  = regexp.MustCompile(`([a-z][\w:]*)\{([^}]*)\}`)
	labelName  = regexp.MustCompile(`(\w+)\s*[!=]=?~?"`)
)

func checkMetrics(t *testing.T, metrics map[string][]string, where, expr string, recorded map[string]bool) {
	t.Helper()
	names := metricName.FindAllString(expr, -1)
	if len(names) == 0 {
		t.Errorf("%s asks for no metric: %s", where, expr)
	}
	for _, name := range names {
		if _, known := metrics[name]; !known && !recorded[name] {
			t.Errorf("%s: there is no metric %s", where, name)
		}
	}
	for _, use := range metricUse.FindAllStringSubmatch(expr, -1) {
		for _, label := range labelName.FindAllStringSubmatch(use[2], -1) {
			if !slices.Contains(metrics[use[1]], label[1]) {
				t.Errorf("%s: %s has no label %s", where, use[1], label[1])
			}
		}
	}
}

type dashboard struct {
	UID           string `json:"uid"`
	Title         string `json:"title"`
	SchemaVersion int    `json:"schemaVersion"`
	Panels        []struct {
		ID         int    `json:"id"`
		Type       string `json:"type"`
		Title      string `json:"title"`
		Datasource struct{ UID string }
		GridPos    struct{ H, W, X, Y int } `json:"gridPos"`
		Targets    []struct {
			Expr string `json:"expr"`
		} `json:"targets"`
	} `json:"panels"`
	Templating struct {
		List []struct {
			Name string `json:"name"`
			Type string `json:"type"`
		} `json:"list"`
	} `json:"templating"`
}

func readDashboard(t *testing.T) (d dashboard) {
	t.Helper()
	if err := json.Unmarshal([]byte(read(t, dashboardFile)), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// queries are the expressions by the title of their panel.
func (d dashboard) queries() map[string][]string {
	all := map[string][]string{}
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			all[p.Title] = append(all[p.Title], target.Expr)
		}
	}
	return all
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	d := readDashboard(t)
	if d.UID == "" || d.Title == "" || d.SchemaVersion < 39 {
		t.Errorf("got uid %q, title %q and schema version %d", d.UID, d.Title, d.SchemaVersion)
	}
	variables := map[string]string{}
	for _, v := range d.Templating.List {
		variables[v.Name] = v.Type
	}
	if diff := cmp.Diff(map[string]string{"datasource": "datasource", "flow": "query"}, variables); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
	ids, places := map[int]bool{}, map[[2]int]string{}
	for _, p := range d.Panels {
		if ids[p.ID] {
			t.Errorf("two panels have the id %d", p.ID)
		}
		ids[p.ID] = true
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				place := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if other := places[place]; other != "" || place[0] >= 24 {
					t.Fatalf("panel %q lies over %q, or over the edge", p.Title, other)
				}
				places[place] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if p.Datasource.UID != "${datasource}" || len(p.Targets) == 0 {
			t.Errorf("panel %q: got datasource %q and %d queries", p.Title, p.Datasource.UID, len(p.Targets))
		}
	}
}

// Compose mounts the dashboard where Grafana's provider looks for it.
func TestGrafanaFindsDashboard(t *testing.T) {
	t.Parallel()
	provider := documents[struct {
		Providers []struct{ Options struct{ Path string } }
	}](t, "grafana/provisioning/dashboards/flowserver.yaml")[0].Providers[0]
	want := "./" + dashboardFile + ":" + filepath.Join(provider.Options.Path, "flowserver.json") + ":ro"
	if got := readCompose(t).Services["grafana"].Volumes; !slices.Contains(got, want) {
		t.Errorf("volumes: got %v, want %s", got, want)
	}
}

func TestPromtool(t *testing.T) {
	t.Parallel()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed; Debian has it in the package prometheus")
	}
	for name, args := range map[string][]string{
		"rules":  {"check", "rules", rulesFile},
		"tests":  {"test", "rules", "prometheus/alerts_test.yaml"},
		"config": {"check", "config", "prometheus/prometheus.yaml"},
		"panels": {"check", "rules", panelsAsRules(t)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if out, err := exec.CommandContext(t.Context(), promtool, args...).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// panelsAsRules writes the dashboard's queries as rules, so that promtool parses
// them.
func panelsAsRules(t *testing.T) string {
	t.Helper()
	type recording struct {
		Record string `yaml:"record"`
		Expr   string `yaml:"expr"`
	}
	type group struct {
		Name  string      `yaml:"name"`
		Rules []recording `yaml:"rules"`
	}
	variables := strings.NewReplacer("$flow", "booking", "$__rate_interval", "1m")
	var rules []recording
	queries := readDashboard(t).queries()
	for _, title := range slices.Sorted(maps.Keys(queries)) {
		for _, expr := range queries[title] {
			rules = append(rules, recording{fmt.Sprintf("panel:%d", len(rules)), variables.Replace(expr)})
		}
	}
	text, err := yaml.Marshal(map[string][]group{"groups": {{"panels", rules}}})
	if err != nil {
		t.Fatal(err)
	}
	return writeFile(t, filepath.Join(t.TempDir(), "panels.yaml"), string(text))
}
