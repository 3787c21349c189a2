// The definitions of custom resources that the chart's objects are validated with; no code.
module hubmeter.test/crds

go 1.25.0

require (
	github.com/grafana/grafana-operator/v5 v5.16.0
	github.com/prometheus-operator/prometheus-operator v0.80.1
)
