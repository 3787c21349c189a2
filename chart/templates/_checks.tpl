{{/*
Values that contradict each other, or that no schema can judge: one sentence a line, all of them at once.
*/}}

{{- define "hubmeter.checks" -}}
{{- $sentences := concat
  (include "hubmeter.checks.values" . | fromJson).wrong
  (include "hubmeter.checks.settings" . | fromJson).wrong }}
{{- if $sentences }}
{{- fail (printf "\n\n%s\n" (join "\n" $sentences)) }}
{{- end }}
{{- end }}

{{- define "hubmeter.checks.values" -}}
{{- $v := .Values }}
{{- $wrong := list }}
{{- $elsewhere := ne (include "hubmeter.hub.namespace" .) .Release.Namespace }}
{{- if and $v.exporter.enabled $elsewhere (not $v.exporter.token.secretName) }}
{{- $wrong = append $wrong (printf "hub.namespace is %q, but this release is in %q, and a pod cannot read a Secret of another namespace: install the exporter in the hub's namespace, or name a Secret of this one in exporter.token.secretName." $v.hub.namespace .Release.Namespace) }}
{{- end }}
{{- if and $v.exporter.token.key (not $v.exporter.token.secretName) }}
{{- $wrong = append $wrong (printf "exporter.token.key is %q, but no Secret is named in exporter.token.secretName; of the hub's own Secret, exporter.serviceName chooses the key." $v.exporter.token.key) }}
{{- end }}
{{- if and $v.exporter.enabled $v.hub.url $v.networkPolicy.enabled (not $v.exporter.networkPolicy.extraEgress) }}
{{- $wrong = append $wrong (printf "hub.url is %q, which a network policy cannot be made for: allow it in exporter.networkPolicy.extraEgress, for example [{ports: [{port: 443}]}], or set networkPolicy.enabled to false." $v.hub.url) }}
{{- end }}
{{- $pseudonyms := eq $v.settings.username_annotation_label "annotation_hubmeter_pseudonym" }}
{{- if and $v.exporter.enabled $v.exporter.pseudonymSalt.secretName $v.rules.enabled (not $pseudonyms) }}
{{- $wrong = append $wrong (printf "exporter.pseudonymSalt.secretName is %q, but settings.username_annotation_label is %q: the rules would look for pods' usernames where the exporter tells pseudonyms; set it to \"annotation_hubmeter_pseudonym\"." $v.exporter.pseudonymSalt.secretName $v.settings.username_annotation_label) }}
{{- end }}
{{- if and $v.exporter.enabled $pseudonyms (not $v.exporter.pseudonymSalt.secretName) (not (contains "HUBMETER_PSEUDONYM_SALT" (toJson $v.exporter.extraEnv))) }}
{{- $wrong = append $wrong "settings.username_annotation_label is \"annotation_hubmeter_pseudonym\", but exporter.pseudonymSalt.secretName is empty: the exporter would tell usernames, which pods' pseudonyms do not join." }}
{{- end }}
{{- if and (eq $v.scrape.method "serviceMonitor") $v.scrape.interval $v.scrape.timeout }}
{{- if gt (include "hubmeter.seconds" $v.scrape.timeout | int64) (include "hubmeter.seconds" $v.scrape.interval | int64) }}
{{- $wrong = append $wrong (printf "scrape.timeout is %q, longer than scrape.interval, which is %q: the Prometheus operator refuses such a ServiceMonitor." $v.scrape.timeout $v.scrape.interval) }}
{{- end }}
{{- end }}
{{- if and $v.hub.release (kindIs "string" $v.hub.fullnameOverride) }}
{{- $wrong = append $wrong (printf "hub.release is %q, but it is read only where hub.fullnameOverride is null: the hub is called %q now." $v.hub.release (include "hubmeter.hub.name" .)) }}
{{- end }}
{{- if and $v.costs.enabled (not $v.costs.config.source) }}
{{- $wrong = append $wrong "costs.enabled is true, but costs.config has no source: aws, focus or static; see docs/costs.md." }}
{{- end }}
{{- if and $v.costs.enabled (not $v.costs.prometheusUrl) }}
{{- $wrong = append $wrong "costs.enabled is true, but costs.prometheusUrl is empty: costs go to users by their usage, which only the Prometheus with the rules knows." }}
{{- end }}
{{- if and $v.costs.enabled (ne $v.settings.cost_source "exporter") }}
{{- $wrong = append $wrong (printf "costs.enabled is true, but settings.cost_source is %q: the rules would not read its prices." $v.settings.cost_source) }}
{{- end }}
{{- with $v.costs.config.metrics_prefix }}
{{- if ne . $v.settings.metrics_prefix }}
{{- $wrong = append $wrong (printf "costs.config.metrics_prefix is %q, but settings.metrics_prefix is %q: leave the former out." . $v.settings.metrics_prefix) }}
{{- end }}
{{- end }}
{{- if and $v.costs.persistence.existingClaim (not $v.costs.persistence.enabled) }}
{{- $wrong = append $wrong (printf "costs.persistence.existingClaim is %q, but costs.persistence.enabled is false: the claim would not be used." $v.costs.persistence.existingClaim) }}
{{- end }}
{{- if and (or $v.profiles.imageStreams $v.profiles.services) (not $v.profiles.rbac) }}
{{- $wrong = append $wrong "profiles.imageStreams or profiles.services is set, but profiles.rbac is false: no rights would be granted." }}
{{- end }}
{{- if and $v.rules.enabled (eq $v.rules.kind "ClusterRules") }}
{{- if $v.settings.cluster_label }}
{{- $wrong = append $wrong (printf "rules.kind is ClusterRules, which read and record within one cluster: leave settings.cluster_label empty; it is %q." $v.settings.cluster_label) }}
{{- end }}
{{- if $v.rules.namespace }}
{{- $wrong = append $wrong (printf "rules.namespace is %q, but ClusterRules are objects of the whole cluster: leave it empty." $v.rules.namespace) }}
{{- end }}
{{- end }}
{{- if and $v.dashboards.enabled (eq $v.dashboards.kind "GrafanaDashboard") (not $v.dashboards.instanceSelector) }}
{{- $wrong = append $wrong "dashboards.kind is GrafanaDashboard, but dashboards.instanceSelector is empty: no Grafana would show them. Give the labels of your Grafana object, for example {matchLabels: {dashboards: grafana}}." }}
{{- end }}
{{- $names := (include "hubmeter.dashboards" . | fromJson).names }}
{{- range $v.dashboards.exclude }}
{{- if not (has . $names) }}
{{- $wrong = append $wrong (printf "dashboards.exclude names %q; there are %s." . (join ", " $names)) }}
{{- end }}
{{- end }}
{{- dict "wrong" $wrong | toJson }}
{{- end }}

{{/* What the generator's own settings.py checks; the schema has checked types and durations before. */}}
{{- define "hubmeter.checks.settings" -}}
{{- $s := .Values.settings }}
{{- $wrong := list }}
{{- $ours := list "component" "container" "day" "directory" "driver" "estimated" "image" "instance" "kind" "month" "namespace" "pod" "profile" "reason" "size" "uid" "usergroup" "username" "window" }}
{{- if has $s.cluster_label $ours }}
{{- $wrong = append $wrong (printf "settings.cluster_label is %q, which is one of the labels the rules use: %s." $s.cluster_label (join ", " $ours)) }}
{{- end }}
{{- $interval := include "hubmeter.seconds" $s.interval | int64 }}
{{- if or (gt $interval 300) (mod 300 $interval) }}
{{- $wrong = append $wrong (printf "settings.interval is %q; it must divide 5m, for example 15s, 30s, 1m, 100s or 5m." $s.interval) }}
{{- end }}
{{- range $group, $_ := $s.budgets }}
{{- if not (regexMatch "^[^\\x00-\\x1f\\x7f]+$" $group) }}
{{- $wrong = append $wrong (printf "settings.budgets names the group %q; a group's name is not empty and has no control characters." $group) }}
{{- end }}
{{- end }}
{{- $membership := include "hubmeter.seconds" $s.membership_interval | int64 }}
{{- if or (gt $membership 150) (mod 300 $membership) }}
{{- $wrong = append $wrong (printf "settings.membership_interval is %q; it must divide 5m and be at most 150s, for example 1m or 150s." $s.membership_interval) }}
{{- end }}
{{- if lt (include "hubmeter.seconds" $s.carry_forward | int64) 600 }}
{{- $wrong = append $wrong (printf "settings.carry_forward is %q; it must be at least 10m, because the past is looked at every 5 minutes." $s.carry_forward) }}
{{- end }}
{{- $lengths := list }}
{{- range $s.windows }}
{{- $seconds := include "hubmeter.seconds" . | int64 }}
{{- if or (lt $seconds 3600) (mod $seconds 300) }}
{{- $wrong = append $wrong (printf "settings.windows holds %q; a window is at least 1h, in whole multiples of 5m." .) }}
{{- end }}
{{- if has $seconds $lengths }}
{{- $wrong = append $wrong (printf "settings.windows names the window %q twice." .) }}
{{- end }}
{{- $lengths = append $lengths $seconds }}
{{- end }}
{{- $regexes := list (list "gpu_resources" $s.gpu_resources) (list "datasource_regex" $s.datasource_regex) }}
{{- range $name := list "hub_selector" "kube_state_metrics_selector" "cadvisor_selector" }}
{{- range regexFindAll "[=!]~\\s*\"(?:[^\"\\\\]|\\\\.)*\"" (index $s $name) -1 }}
{{- $regexes = append $regexes (list $name (regexReplaceAll "^..\\s*\"" . "" | trimSuffix "\"" | replace "\\\"" "\"" | replace "\\\\" "\\")) }}
{{- end }}
{{- end }}
{{- range $regexes }}
{{- /* What does not compile matches nothing; with | behind it, what does matches at least the empty text. */}}
{{- if not (regexMatch (printf "%s|" (index . 1)) "") }}
{{- $wrong = append $wrong (printf "settings.%s holds %q, which is no regular expression as Prometheus knows them (RE2)." (index . 0) (index . 1)) }}
{{- end }}
{{- end }}
{{- dict "wrong" $wrong | toJson }}
{{- end }}

{{/* The operator's admission webhook refuses larger objects. Takes the number of bytes. */}}
{{- define "hubmeter.checks.ruleObject" -}}
{{- if gt (int .) 524288 }}
{{- fail (printf "\n\nA rule object would have %d bytes, more than the 524288 that Kubernetes takes: use fewer settings.windows or shorter selectors.\n" (int .)) }}
{{- end }}
{{- end }}
