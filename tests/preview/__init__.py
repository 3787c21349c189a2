"""``make preview``: the dashboards as pictures, drawn with Grafana's own panels in Chromium, without a Grafana."""
