package deploy_test

import (
	"context"
	"maps"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/server"
)

// Everything in the folder is applied, and is what its file is called.
func TestKustomization(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"kubernetes/namespace.yaml":                 {"v1 Namespace flowserver"},
		"kubernetes/deployment.yaml":                {"apps/v1 Deployment flowserver"},
		"kubernetes/service.yaml":                   {"v1 Service flowserver", "v1 Service flowserver-admin"},
		"kubernetes/networkpolicy.yaml":             {"networking.k8s.io/v1 NetworkPolicy flowserver"},
		"kubernetes/poddisruptionbudget.yaml":       {"policy/v1 PodDisruptionBudget flowserver"},
		"kubernetes/horizontalpodautoscaler.yaml":   {"autoscaling/v2 HorizontalPodAutoscaler flowserver"},
		"kubernetes/monitoring/servicemonitor.yaml": {"monitoring.coreos.com/v1 ServiceMonitor flowserver"},
	}
	got := map[string][]string{}
	for _, folder := range []string{"kubernetes", "kubernetes/monitoring"} {
		k := documents[struct {
			Namespace          string
			Resources          []string
			ConfigMapGenerator []struct {
				Name  string
				Files []string
			} `yaml:"configMapGenerator"`
		}](t, folder+"/kustomization.yaml")[0]
		if k.Namespace != "flowserver" {
			t.Errorf("%s: got namespace %q, want flowserver", folder, k.Namespace)
		}
		listed := []string{"kustomization.yaml"}
		for _, generator := range k.ConfigMapGenerator {
			listed = append(listed, generator.Files...)
		}
		for _, resource := range k.Resources {
			listed = append(listed, resource)
			path := folder + "/" + resource
			for _, o := range documents[object](t, path) {
				got[path] = append(got[path], o.APIVersion+" "+o.Kind+" "+o.Metadata.Name)
			}
		}
		files, err := filepath.Glob(folder + "/*.yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if !slices.Contains(listed, filepath.Base(file)) {
				t.Errorf("%s is not listed in the kustomization", file)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
}

func TestKubectlKustomize(t *testing.T) {
	t.Parallel()
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("kubectl is not installed")
	}
	for _, folder := range []string{"kubernetes", "kubernetes/monitoring"} {
		if out, err := exec.CommandContext(t.Context(), kubectl, "kustomize", folder).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", folder, err, out)
		}
	}
}

// All that looks for pods finds ours, and nothing else has their labels.
func TestSelectors(t *testing.T) {
	t.Parallel()
	d := readDeployment(t)
	pods := d.Spec.Template.Metadata.Labels
	selectors := map[string]map[string]string{"deployment": d.Spec.Selector.MatchLabels}
	for _, s := range documents[service](t, "kubernetes/service.yaml") {
		selectors["service "+s.Metadata.Name] = s.Spec.Selector
	}
	for _, c := range d.Spec.Template.Spec.TopologySpreadConstraints {
		selectors["topologySpreadConstraints"] = c.LabelSelector.MatchLabels
	}
	selectors["budget"] = documents[struct{ Spec struct{ Selector selector } }](t, "kubernetes/poddisruptionbudget.yaml")[0].Spec.Selector.MatchLabels
	selectors["policy"] = documents[struct {
		Spec struct {
			PodSelector selector `yaml:"podSelector"`
		}
	}](t, "kubernetes/networkpolicy.yaml")[0].Spec.PodSelector.MatchLabels
	for name, labels := range selectors {
		if diff := cmp.Diff(pods, labels); diff != "" {
			t.Errorf("%s (-labels of the pods +selector):\n%s", name, diff)
		}
	}

	target := documents[struct {
		Spec struct {
			ScaleTargetRef struct {
				APIVersion string `yaml:"apiVersion"`
				Kind, Name string
			} `yaml:"scaleTargetRef"`
		}
	}](t, "kubernetes/horizontalpodautoscaler.yaml")[0].Spec.ScaleTargetRef
	if target.APIVersion != "apps/v1" || target.Kind != "Deployment" || target.Name != "flowserver" {
		t.Errorf("the autoscaler scales %s %s %s", target.APIVersion, target.Kind, target.Name)
	}
	if d.Spec.Replicas != nil {
		t.Error("the deployment sets replicas, which are the autoscaler's")
	}
}

func TestPods(t *testing.T) {
	t.Parallel()
	p := readDeployment(t).Spec.Template.Spec
	c := p.Containers[0]
	for _, hold := range []struct {
		what string
		ok   bool
	}{
		{"is not root", p.SecurityContext.RunAsNonRoot},
		{"runs as the user of the image", p.SecurityContext.RunAsUser == 65532 && strings.Contains(read(t, "../Dockerfile"), "\nUSER 65532:")},
		{"has seccomp's RuntimeDefault", p.SecurityContext.SeccompProfile.Type == "RuntimeDefault"},
		{"has no token of a service account", p.AutomountServiceAccountToken != nil && !*p.AutomountServiceAccountToken},
		{"gets no FLOWSERVER_ variables from Services", p.EnableServiceLinks != nil && !*p.EnableServiceLinks},
		{"cannot gain privileges", c.SecurityContext.AllowPrivilegeEscalation != nil && !*c.SecurityContext.AllowPrivilegeEscalation},
		{"cannot write to its image", c.SecurityContext.ReadOnlyRootFilesystem},
		{"has no capabilities", slices.Equal(c.SecurityContext.Capabilities.Drop, []string{"ALL"})},
		{"requests CPU, which the autoscaler measures by", c.Resources.Requests["cpu"] != ""},
		{"has limits", c.Resources.Limits["cpu"] != "" && c.Resources.Limits["memory"] != ""},
		{"sleeps before it drains", c.Lifecycle.PreStop.Sleep.Seconds >= 5},
		{"has time to drain", time.Duration(p.TerminationGracePeriodSeconds-c.Lifecycle.PreStop.Sleep.Seconds)*time.Second >= longestDrain},
	} {
		if !hold.ok {
			t.Errorf("it does not hold that a pod %s", hold.what)
		}
	}
	var volumes, mounts []string
	for _, v := range p.Volumes {
		volumes = append(volumes, v.Name)
	}
	for _, m := range c.VolumeMounts {
		mounts = append(mounts, m.Name)
		if m.Name == "etc" && !m.ReadOnly {
			t.Error("secrets can be written to")
		}
	}
	if diff := cmp.Diff(volumes, mounts); diff != "" {
		t.Errorf("volumes (-there +mounted):\n%s", diff)
	}
}

// The public Service leads to the public listener; the admin listener is for
// probes, and for the namespace monitoring.
func TestPorts(t *testing.T) {
	t.Parallel()
	c := readDeployment(t).Spec.Template.Spec.Containers[0]
	ports := map[string]int{}
	for _, p := range c.Ports {
		ports[p.Name] = p.ContainerPort
	}
	if diff := cmp.Diff(map[string]int{"http": 8080, "admin": 9090}, ports); diff != "" {
		t.Errorf("ports (-want +got):\n%s", diff)
	}
	targets := map[string][]string{}
	for _, s := range documents[service](t, "kubernetes/service.yaml") {
		for _, p := range s.Spec.Ports {
			targets[s.Metadata.Name] = append(targets[s.Metadata.Name], p.TargetPort)
		}
		if s.Spec.Type != "" && s.Spec.Type != "ClusterIP" {
			t.Errorf("service %s is a %s", s.Metadata.Name, s.Spec.Type)
		}
	}
	if diff := cmp.Diff(map[string][]string{"flowserver": {"http"}, "flowserver-admin": {"admin"}}, targets); diff != "" {
		t.Errorf("targets of the services (-want +got):\n%s", diff)
	}
	rules := documents[struct {
		Spec struct {
			Ingress []struct {
				From  []any
				Ports []struct{ Port string }
			}
		}
	}](t, "kubernetes/networkpolicy.yaml")[0].Spec.Ingress
	for _, rule := range rules {
		for _, p := range rule.Ports {
			if p.Port != "http" && len(rule.From) == 0 {
				t.Errorf("port %s is open to everybody", p.Port)
			}
		}
		if len(rule.Ports) == 0 {
			t.Error("a rule opens all ports")
		}
	}
}

// The configuration, laid out as the pods have it, starts a server that answers
// every probe and the scrape at the port of the admin listener.
func TestPodServes(t *testing.T) {
	t.Parallel()
	cfg := podConfig(t)
	if cfg.Listen != ":8080" || cfg.Admin != ":9090" || !cfg.RedisURL.IsSet() {
		t.Errorf("got %s, %s, want :8080, :9090 and a Redis", cfg.Listen, cfg.Admin)
	}
	cfg.Listen, cfg.Admin, cfg.RedisURL = "127.0.0.1:0", "127.0.0.1:0", config.Secret{}
	cfg.Numbers[0].Provider = config.Provider{Name: config.ProviderNone} // ask nobody
	if up := cfg.Flows[0].Upstream; up == nil || !up.Secret.IsSet() {
		t.Error("the flow has no upstream with a secret")
	}
	s, err := server.New(server.Options{Config: cfg})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := s.Listen(ctx); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx) }()

	c := readDeployment(t).Spec.Template.Spec.Containers[0]
	paths := map[string]bool{}
	for name, p := range map[string]probe{"startup": c.StartupProbe, "liveness": c.LivenessProbe, "readiness": c.ReadinessProbe} {
		if p.HTTPGet.Port != "admin" {
			t.Errorf("%s probe: got port %q, want admin", name, p.HTTPGet.Port)
		}
		paths[p.HTTPGet.Path] = true
	}
	monitor := readMonitor(t)
	for _, endpoint := range monitor.Spec.Endpoints {
		paths[endpoint.Path] = true
	}
	if diff := cmp.Diff([]string{"/livez", "/metrics", "/readyz"}, slices.Sorted(maps.Keys(paths))); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
	for path := range paths {
		awaitOK(t, "http://"+s.AdminAddr().String()+path)
	}
	cancel()
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// awaitOK waits for status 200, for as long as the test may take: a number is ready
// when it has been checked.
func awaitOK(t *testing.T, url string) {
	t.Helper()
	status := 0
	for range 500 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if status = resp.StatusCode; status == http.StatusOK {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%s: got status %d, want 200", url, status)
}

// podConfig reads the configuration from a folder like the one that is mounted.
func podConfig(t *testing.T) *config.Config {
	t.Helper()
	p := readDeployment(t).Spec.Template.Spec
	c := p.Containers[0]
	dir := t.TempDir()
	for _, source := range p.Volumes[0].Projected.Sources {
		for _, item := range source.Secret.Items {
			writeSecret(t, filepath.Join(dir, item.Path))
		}
	}
	file := writeFile(t, filepath.Join(dir, "flowserver.yaml"), read(t, "kubernetes/flowserver.yaml"))
	if want := []string{"serve", "--config", filepath.Join(c.VolumeMounts[0].MountPath, "flowserver.yaml")}; !slices.Equal(c.Args, want) {
		t.Fatalf("arguments: got %v, want %v", c.Args, want)
	}
	cfg, err := config.Load(file, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// The ServiceMonitor finds the port of one Service, and calls the job as the rules
// do.
func TestServiceMonitor(t *testing.T) {
	t.Parallel()
	m := readMonitor(t)
	var found []string
	for _, s := range documents[service](t, "kubernetes/service.yaml") {
		matches := true
		for name, value := range m.Spec.Selector.MatchLabels {
			matches = matches && s.Metadata.Labels[name] == value
		}
		if !matches {
			continue
		}
		found = append(found, s.Metadata.Name)
		if got := s.Metadata.Labels[m.Spec.JobLabel]; got != "flowserver" {
			t.Errorf("job: got %q, want flowserver", got)
		}
		if s.Spec.Ports[0].Name != m.Spec.Endpoints[0].Port {
			t.Errorf("the service has no port %s", m.Spec.Endpoints[0].Port)
		}
	}
	if diff := cmp.Diff([]string{"flowserver-admin"}, found); diff != "" {
		t.Errorf("services (-want +got):\n%s", diff)
	}
}
