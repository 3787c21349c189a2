{{/*
Fill the settings into the generated files. The result equals that of hubmeter-generate with the same settings; tests/chart
checks this. Templates can only return text, so data is returned as JSON.
*/}}

{{- define "hubmeter.seconds" -}}
{{- $units := dict "s" 1 "m" 60 "h" 3600 "d" 86400 "w" 604800 -}}
{{ mul (regexFind "^[0-9]+" . | int64) (get $units (regexFind "[smhdw]$" .)) }}
{{- end }}

{{/* A duration minus a millisecond: Prometheus 2 includes the left edge of a range, Prometheus 3 does not. */}}
{{- define "hubmeter.shortOf" -}}
{{ sub (mul 1000 (include "hubmeter.seconds" . | int64)) 1 }}ms
{{- end }}

{{/* A query that returns all budgets, by usergroup. In label_replace, a dollar sign begins a reference. */}}
{{- define "hubmeter.budgets" -}}
{{- $rows := list }}
{{- range $group, $usd := . }}
{{- $label := $group | replace "\\" "\\\\" | replace "\"" "\\\"" | replace "$" "$$" }}
{{- $rows = append $rows (printf "label_replace(vector(%d / 100), \"usergroup\", \"%s\", \"\", \"\")" (round (mulf $usd 100) 0 | int64) $label) }}
{{- end }}
{{- $rows | empty | ternary "vector(0) < 0" (join "\nor\n" $rows) }}
{{- end }}

{{/* The arguments of nested calls of label_replace; the first pattern is outermost, so it has precedence. */}}
{{- define "hubmeter.hubPatterns" -}}
{{- range reverse . }}
{{- printf ", \"hub_namespace\", \"%s\", \"namespace\", \"%s\")" .hub (.namespaces | replace "\\" "\\\\" | replace "\"" "\\\"") }}
{{- end }}
{{- end }}

{{/*
A query of a metric's GPUs: each resource times its part of a GPU, the first match of a resource. Takes (list settings metric
matchers).
*/}}
{{- define "hubmeter.gpus" -}}
{{- $s := index . 0 }}
{{- $metric := index . 1 }}
{{- $own := index . 2 }}
{{- $matchers := $s.kube_state_metrics_selector | empty | ternary $own (printf "%s, %s" $s.kube_state_metrics_selector $own) }}
{{- $rows := list }}
{{- range $s.gpu_resources }}
{{- $rows = append $rows (printf "%s{%s, resource=~\"%s\"} * (%s)" $metric $matchers .resource .part) }}
{{- end }}
{{- join "\nor\n" $rows }}
{{- end }}

{{/* All placeholders: settings that are strings, and values derived from settings. */}}
{{- define "hubmeter.placeholders" -}}
{{- $s := .Values.settings }}
{{- $values := dict }}
{{- range $name, $value := $s }}
{{- if kindIs "string" $value }}
{{- $_ := set $values $name $value }}
{{- end }}
{{- end }}
{{- $longest := first $s.windows }}
{{- range $s.windows }}
{{- if gt (include "hubmeter.seconds" . | int64) (include "hubmeter.seconds" $longest | int64) }}
{{- $longest = . }}
{{- end }}
{{- end }}
{{- $values = merge $values (dict
  "cluster" ($s.cluster_label | empty | ternary "" (printf "%s, " $s.cluster_label))
  "cluster_matcher" ($s.cluster_label | empty | ternary "" (printf "%s=~\"$cluster\", " $s.cluster_label))
  "cluster_legend" ($s.cluster_label | empty | ternary "" (printf "{{%s}} / " $s.cluster_label))
  "cluster_link" ($s.cluster_label | empty | ternary "" "&${cluster:queryparam}")
  "hub_patterns_begin" (repeat (len $s.pod_namespaces) "label_replace(")
  "hub_patterns_end" (include "hubmeter.hubPatterns" $s.pod_namespaces)
  "kube_state_metrics" ($s.kube_state_metrics_selector | empty | ternary "" (printf "%s, " $s.kube_state_metrics_selector))
  "cadvisor" ($s.cadvisor_selector | empty | ternary "" (printf "%s, " $s.cadvisor_selector))
  "gpu_requests" (include "hubmeter.gpus" (list $s "kube_pod_container_resource_requests" $s.hub_selector))
  "gpu_init_requests" (include "hubmeter.gpus" (list $s "kube_pod_init_container_resource_requests" $s.hub_selector))
  "gpu_allocatable" (include "hubmeter.gpus" (list $s "kube_node_status_allocatable" "node!=\"\""))
  "interval_range" (include "hubmeter.shortOf" $s.interval)
  "interval_seconds" (include "hubmeter.seconds" $s.interval)
  "membership_seconds" (include "hubmeter.seconds" $s.membership_interval)
  "carry_forward_range" (include "hubmeter.shortOf" $s.carry_forward)
  "windows" (join "," $s.windows)
  "windows_regex" (join "|" $s.windows)
  "longest_window" $longest
  "dashboard_tag" (first $s.dashboard_tags)
  "budgets" (include "hubmeter.budgets" $s.budgets)
) }}
{{- toJson $values }}
{{- end }}

{{/*
Replace the placeholders of a JSON text. Takes (list text placeholders). \x01, which JSON does not contain, stands for literal
percent signs, so values cannot be mistaken for placeholders.
*/}}
{{- define "hubmeter.fill" -}}
{{- $text := index . 0 | replace "%%" "\x01" }}
{{- range $name, $value := index . 1 }}
{{- $escaped := toRawJson $value | trimPrefix "\"" | trimSuffix "\"" | replace "%" "\x01" }}
{{- $text = replace (printf "%%(%s)s" $name) $escaped $text }}
{{- end }}
{{- if contains "%" $text }}
{{- fail (printf "hubmeter: no value for the placeholder %s; this is a bug in the chart, please report it" (regexFind "%.{0,40}" $text)) }}
{{- end }}
{{- $text | replace "\x01" "%" }}
{{- end }}

{{/*
The groups of recording rules, without rules that the settings disable and without empty groups. Some groups exist once per window,
per window of up to a day ("short windows"), or per longer window ("long windows").
*/}}
{{- define "hubmeter.rules" -}}
{{- $placeholders := include "hubmeter.placeholders" . | fromJson }}
{{- $settings := .Values.settings }}
{{- $groups := list }}
{{- range .Files.Get "files/rules.json" | fromJsonArray }}
{{- $rules := list }}
{{- range .rules }}
{{- $there := true }}
{{- range $name, $allowed := .when }}
{{- if not (has (index $settings $name) $allowed) }}
{{- $there = false }}
{{- end }}
{{- end }}
{{- if $there }}
{{- $rules = append $rules (omit . "when") }}
{{- end }}
{{- end }}
{{- if $rules }}
{{- $text := dict "name" .name "interval" .interval "rules" $rules | toRawJson }}
{{- if .per }}
{{- $per := .per }}
{{- range $window := $settings.windows }}
{{- $length := gt (include "hubmeter.seconds" $window | int64) 86400 | ternary "long windows" "short windows" }}
{{- if has $per (list "windows" $length) }}
{{- $more := dict "window" $window "window_range" (include "hubmeter.shortOf" $window) }}
{{- $groups = append $groups (include "hubmeter.fill" (list $text (merge $more $placeholders)) | fromJson) }}
{{- end }}
{{- end }}
{{- else }}
{{- $groups = append $groups (include "hubmeter.fill" (list $text $placeholders) | fromJson) }}
{{- end }}
{{- end }}
{{- end }}
{{- dict "groups" $groups | toRawJson }}
{{- end }}

{{/* The groups of alerts, without alerts whose setting is empty. */}}
{{- define "hubmeter.alerts" -}}
{{- $placeholders := include "hubmeter.placeholders" . | fromJson }}
{{- $settings := .Values.settings }}
{{- $groups := list }}
{{- range .Files.Get "files/alerts.json" | fromJsonArray }}
{{- $alerts := list }}
{{- range .rules }}
{{- if or (not .enabled_by) (index $settings .enabled_by) }}
{{- $alert := include "hubmeter.fill" (list (omit . "enabled_by" | toRawJson) $placeholders) | fromJson }}
{{- $_ := set $alert.annotations "runbook_url" (replace "{alert}" .alert $settings.runbook_url) }}
{{- $alerts = append $alerts $alert }}
{{- end }}
{{- end }}
{{- $interval := include "hubmeter.fill" (list .interval $placeholders) }}
{{- $groups = append $groups (dict "name" .name "interval" $interval "rules" $alerts) }}
{{- end }}
{{- dict "groups" $groups | toRawJson }}
{{- end }}

{{/* A dashboard. Takes (list $ name). Without a cluster label, it has no variable for the cluster. */}}
{{- define "hubmeter.dashboard" -}}
{{- $root := index . 0 }}
{{- $placeholders := include "hubmeter.placeholders" $root | fromJson }}
{{- $text := $root.Files.Get (printf "files/dashboards/%s.json" (index . 1)) }}
{{- $board := include "hubmeter.fill" (list $text $placeholders) | fromJson }}
{{- $_ := set $board "tags" (concat $root.Values.settings.dashboard_tags $board.tags) }}
{{- if not $root.Values.settings.cluster_label }}
{{- $shown := list }}
{{- range $board.templating.list }}
{{- if ne .name "cluster" }}
{{- $shown = append $shown . }}
{{- end }}
{{- end }}
{{- $_ := set $board.templating "list" $shown }}
{{- end }}
{{- toRawJson $board }}
{{- end }}

{{/* The names of all dashboards, as a JSON list in an object. */}}
{{- define "hubmeter.dashboards" -}}
{{- $names := list }}
{{- range $path, $_ := .Files.Glob "files/dashboards/*.json" }}
{{- $names = append $names (base $path | trimSuffix ".json") }}
{{- end }}
{{- dict "names" (sortAlpha $names) | toJson }}
{{- end }}
