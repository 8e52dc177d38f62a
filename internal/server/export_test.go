package server

import "github.com/prometheus/client_golang/prometheus"

// MetricDescs describes all metrics that a server has registered, with or without
// a value.
func (s *Server) MetricDescs() []*prometheus.Desc {
	descs := make(chan *prometheus.Desc)
	go func() {
		defer close(descs)
		s.metrics.registry.Describe(descs)
	}()
	var all []*prometheus.Desc
	for desc := range descs {
		all = append(all, desc)
	}
	return all
}
