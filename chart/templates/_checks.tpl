{{/*
Check for values that contradict each other, or that the schema cannot check. Fails with all messages at once, one per line.
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
{{- $wrong = append $wrong (printf "hub.namespace is %q, but this release is in %q, and a pod cannot read a Secret of another namespace: install the exporter in the hub's namespace, or set exporter.token.secretName to a Secret of this one." $v.hub.namespace .Release.Namespace) }}
{{- end }}
{{- if and $v.exporter.token.key (not $v.exporter.token.secretName) }}
{{- $wrong = append $wrong (printf "exporter.token.key is %q, but exporter.token.secretName is empty: set it; for the hub's Secret, exporter.serviceName determines the key." $v.exporter.token.key) }}
{{- end }}
{{- with $v.hub.metrics }}
{{- if and .enabled (ne $v.scrape.method "serviceMonitor") }}
{{- $wrong = append $wrong (printf "hub.metrics.enabled is true, but scrape.method is %q, which passes no token to the hub: set it to \"serviceMonitor\", or configure the scrape as in docs/prerequisites.md, \"Hub metrics\"." $v.scrape.method) }}
{{- end }}
{{- if and .enabled $v.hub.url }}
{{- $wrong = append $wrong (printf "hub.metrics.enabled is true, but hub.url is %q, and a ServiceMonitor scrapes a Service of Zero to JupyterHub: configure the scrape as in docs/prerequisites.md, \"Hub metrics\"." $v.hub.url) }}
{{- end }}
{{- if and .enabled $elsewhere (not .token.secretName) }}
{{- $wrong = append $wrong (printf "hub.namespace is %q, but this release is in %q, and a ServiceMonitor cannot read a Secret of another namespace: set hub.metrics.token.secretName to a Secret of this one." $v.hub.namespace $.Release.Namespace) }}
{{- end }}
{{- if and .token.key (not .token.secretName) }}
{{- $wrong = append $wrong (printf "hub.metrics.token.key is %q, but hub.metrics.token.secretName is empty: set it; for the hub's Secret, hub.metrics.serviceName determines the key." .token.key) }}
{{- end }}
{{- end }}
{{- if and $v.exporter.enabled $v.hub.url $v.networkPolicy.enabled (not $v.exporter.networkPolicy.extraEgress) }}
{{- $wrong = append $wrong (printf "hub.url is %q, but exporter.networkPolicy.extraEgress is empty, so the network policy denies it: allow it there, for example [{ports: [{port: 443}]}], or set networkPolicy.enabled to false." $v.hub.url) }}
{{- end }}
{{- $pseudonyms := eq $v.settings.username_annotation_label "annotation_hubmeter_pseudonym" }}
{{- if and $v.exporter.enabled $v.exporter.pseudonymSalt.secretName $v.rules.enabled (not $pseudonyms) }}
{{- $wrong = append $wrong (printf "exporter.pseudonymSalt.secretName is %q, but settings.username_annotation_label is %q: the rules would join pods by username, but the exporter exports pseudonyms; set it to \"annotation_hubmeter_pseudonym\"." $v.exporter.pseudonymSalt.secretName $v.settings.username_annotation_label) }}
{{- end }}
{{- if and $v.exporter.enabled $pseudonyms (not $v.exporter.pseudonymSalt.secretName) (not (contains "HUBMETER_PSEUDONYM_SALT" (toJson $v.exporter.extraEnv))) }}
{{- $wrong = append $wrong "settings.username_annotation_label is \"annotation_hubmeter_pseudonym\", but exporter.pseudonymSalt.secretName is empty: the exporter would export usernames, which do not join with the pods' pseudonyms; set it to the Secret with the salt." }}
{{- end }}
{{- if and (eq $v.scrape.method "serviceMonitor") $v.scrape.interval $v.scrape.timeout }}
{{- if gt (include "hubmeter.seconds" $v.scrape.timeout | int64) (include "hubmeter.seconds" $v.scrape.interval | int64) }}
{{- $wrong = append $wrong (printf "scrape.timeout is %q, longer than scrape.interval, which is %q: the Prometheus operator rejects such a ServiceMonitor." $v.scrape.timeout $v.scrape.interval) }}
{{- end }}
{{- end }}
{{- if and $v.hub.release (kindIs "string" $v.hub.fullnameOverride) }}
{{- $wrong = append $wrong (printf "hub.release is %q, but it applies only if hub.fullnameOverride is null: now the hub is named %q." $v.hub.release (include "hubmeter.hub.name" .)) }}
{{- end }}
{{- if and $v.costs.enabled (not $v.costs.config.source) }}
{{- $wrong = append $wrong "costs.enabled is true, but costs.config.source is missing: set it to aws, focus or static; see docs/costs.md." }}
{{- end }}
{{- if and $v.costs.enabled (not $v.costs.prometheusUrl) }}
{{- $wrong = append $wrong "costs.enabled is true, but costs.prometheusUrl is empty: set it to the Prometheus that evaluates the rules; costs are divided by the usage recorded there." }}
{{- end }}
{{- if and $v.costs.enabled (ne $v.settings.cost_source "exporter") }}
{{- $wrong = append $wrong (printf "costs.enabled is true, but settings.cost_source is %q: the rules would not read the prices of the cost exporter; set it to \"exporter\"." $v.settings.cost_source) }}
{{- end }}
{{- with $v.costs.config.metrics_prefix }}
{{- if ne . $v.settings.metrics_prefix }}
{{- $wrong = append $wrong (printf "costs.config.metrics_prefix is %q, but settings.metrics_prefix is %q: omit the former." . $v.settings.metrics_prefix) }}
{{- end }}
{{- end }}
{{- if and $v.costs.persistence.existingClaim (not $v.costs.persistence.enabled) }}
{{- $wrong = append $wrong (printf "costs.persistence.existingClaim is %q, but costs.persistence.enabled is false: the claim would not be used; set it to true." $v.costs.persistence.existingClaim) }}
{{- end }}
{{- with $v.reports }}
{{- if and .enabled (not $v.costs.enabled) }}
{{- $wrong = append $wrong "reports.enabled is true, but costs.enabled is false: reports read the cost API; set it to true." }}
{{- end }}
{{- $settled := add1 (dig "settlement_days" 2 $v.costs.config | int) }}
{{- if and .enabled (lt (int .dayOfMonth) $settled) }}
{{- $wrong = append $wrong (printf "reports.dayOfMonth is %d, but the last day of a month is settled on day %d of the next one (costs.config.settlement_days): set it to %d or later." (int .dayOfMonth) $settled $settled) }}
{{- end }}
{{- if and .enabled (not .persistence.enabled) (or (not .out) .mail.host .webhook.form) }}
{{- $wrong = append $wrong "reports.persistence.enabled is false, but the files, or the ledger of what was sent, would be lost with the pod: set it to true." }}
{{- end }}
{{- if and .enabled .persistence.existingClaim (not .persistence.enabled) }}
{{- $wrong = append $wrong (printf "reports.persistence.existingClaim is %q, but reports.persistence.enabled is false: the claim would not be used; set it to true." .persistence.existingClaim) }}
{{- end }}
{{- if and .enabled (ne (empty .mail.host) (empty .mail.sender)) }}
{{- $wrong = append $wrong (printf "reports.mail.host is %q and reports.mail.sender is %q: set both, or neither." .mail.host .mail.sender) }}
{{- end }}
{{- if and .enabled (or .recipients .leads .leadsGroup) (not .mail.host) }}
{{- $wrong = append $wrong "reports.recipients, leads or leadsGroup is set, but reports.mail.host is empty, so nothing would be mailed: set it." }}
{{- end }}
{{- if and .enabled (or .leads .leadsGroup) (not .address) }}
{{- $wrong = append $wrong "reports.leads or reports.leadsGroup is set, but reports.address is empty: set it, for example \"{username}@example.org\"." }}
{{- end }}
{{- end }}
{{- if and (or $v.profiles.imageStreams $v.profiles.services) (not $v.profiles.rbac) }}
{{- $wrong = append $wrong "profiles.imageStreams or profiles.services is set, but profiles.rbac is false: no permissions would be granted; set it to true." }}
{{- end }}
{{- if and $v.rules.enabled (eq $v.rules.kind "ClusterRules") }}
{{- if $v.settings.cluster_label }}
{{- $wrong = append $wrong (printf "settings.cluster_label is %q, but rules.kind is ClusterRules, which read and record within one cluster: leave it empty." $v.settings.cluster_label) }}
{{- end }}
{{- if $v.rules.namespace }}
{{- $wrong = append $wrong (printf "rules.namespace is %q, but ClusterRules have no namespace: leave it empty." $v.rules.namespace) }}
{{- end }}
{{- end }}
{{- if and $v.dashboards.enabled (eq $v.dashboards.kind "GrafanaDashboard") (not $v.dashboards.instanceSelector) }}
{{- $wrong = append $wrong "dashboards.kind is GrafanaDashboard, but dashboards.instanceSelector is empty: no Grafana would show them. Set it to the labels of your Grafana object, for example {matchLabels: {dashboards: grafana}}." }}
{{- end }}
{{- $names := (include "hubmeter.dashboards" . | fromJson).names }}
{{- range $v.dashboards.exclude }}
{{- if not (has . $names) }}
{{- $wrong = append $wrong (printf "dashboards.exclude contains %q, which is no dashboard; allowed are %s." . (join ", " $names)) }}
{{- end }}
{{- end }}
{{- dict "wrong" $wrong | toJson }}
{{- end }}

{{/* Same checks as in the generator's settings.py. The schema has already checked types and durations. */}}
{{- define "hubmeter.checks.settings" -}}
{{- $s := .Values.settings }}
{{- $wrong := list }}
{{- $ours := list "component" "container" "day" "directory" "driver" "estimated" "event" "hub_namespace" "hub_url" "image" "instance" "kind" "month" "namespace" "node" "pod" "pool" "profile" "reason" "server" "size" "uid" "usergroup" "username" "window" }}
{{- if has $s.cluster_label $ours }}
{{- $wrong = append $wrong (printf "settings.cluster_label is %q, which is one of the labels the rules use: %s." $s.cluster_label (join ", " $ours)) }}
{{- end }}
{{- $interval := include "hubmeter.seconds" $s.interval | int64 }}
{{- if or (gt $interval 300) (mod 300 $interval) }}
{{- $wrong = append $wrong (printf "settings.interval is %q; it must divide 5m, for example 15s, 30s, 1m, 100s or 5m." $s.interval) }}
{{- end }}
{{- range $group, $_ := $s.budgets }}
{{- if not (regexMatch "^[^\\x00-\\x1f\\x7f]+$" $group) }}
{{- $wrong = append $wrong (printf "settings.budgets contains the group %q; a name must not be empty or contain control characters." $group) }}
{{- end }}
{{- end }}
{{- $membership := include "hubmeter.seconds" $s.membership_interval | int64 }}
{{- if or (gt $membership 150) (mod 300 $membership) }}
{{- $wrong = append $wrong (printf "settings.membership_interval is %q; it must divide 5m and be at most 150s, for example 1m or 150s." $s.membership_interval) }}
{{- end }}
{{- if lt (include "hubmeter.seconds" $s.carry_forward | int64) 600 }}
{{- $wrong = append $wrong (printf "settings.carry_forward is %q; it must be at least 10m, because it reads series that are recorded every 5 minutes." $s.carry_forward) }}
{{- end }}
{{- if lt (include "hubmeter.seconds" $s.home_carry_forward | int64) 1800 }}
{{- $wrong = append $wrong (printf "settings.home_carry_forward is %q; it must be at least 30m, because sizes are read every 15 minutes of it." $s.home_carry_forward) }}
{{- end }}
{{- $lengths := list }}
{{- range $s.windows }}
{{- $seconds := include "hubmeter.seconds" . | int64 }}
{{- if or (lt $seconds 3600) (mod $seconds 300) }}
{{- $wrong = append $wrong (printf "settings.windows contains %q; a window must be a multiple of 5m and at least 1h." .) }}
{{- end }}
{{- if has $seconds $lengths }}
{{- $wrong = append $wrong (printf "settings.windows contains the window %q twice." .) }}
{{- end }}
{{- $lengths = append $lengths $seconds }}
{{- end }}
{{- $regexes := list (list "datasource_regex" $s.datasource_regex) (list "shared_directories" $s.shared_directories) }}
{{- range $s.gpu_resources }}
{{- $regexes = append $regexes (list "gpu_resources" .resource) }}
{{- if contains "/" .resource }}
{{- $wrong = append $wrong (printf "settings.gpu_resources contains %q; use the name of kube-state-metrics, for example nvidia_com_gpu for nvidia.com/gpu." .resource) }}
{{- end }}
{{- end }}
{{- range $pattern := $s.pod_namespaces }}
{{- $regexes = append $regexes (list "pod_namespaces" .namespaces) }}
{{- if regexMatch (printf "%s|" .namespaces) "" }}
{{- $missing := 0 }}
{{- range $number := untilStep 9 0 -1 }}
{{- /* x^ never matches. The number that stands for # is that of the first group after those of the expression. */}}
{{- if eq "#" (regexReplaceAll (printf "x^(?:%s)|(#)" $pattern.namespaces) "#" (printf "${%d}" $number)) }}
{{- $missing = $number }}
{{- end }}
{{- end }}
{{- if and $missing (regexMatch (printf "\\$\\{?[%d-9]" $missing) .hub) }}
{{- $wrong = append $wrong (printf "settings.pod_namespaces has the hub %q; %q has no group %d." .hub .namespaces $missing) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $name := list "hub_selector" "kube_state_metrics_selector" "cadvisor_selector" }}
{{- range regexFindAll "[=!]~\\s*\"(?:[^\"\\\\]|\\\\.)*\"" (index $s $name) -1 }}
{{- $regexes = append $regexes (list $name (regexReplaceAll "^..\\s*\"" . "" | trimSuffix "\"" | replace "\\\"" "\"" | replace "\\\\" "\\")) }}
{{- end }}
{{- end }}
{{- range $regexes }}
{{- /* An invalid expression matches nothing; a valid one followed by | matches at least the empty string. */}}
{{- if not (regexMatch (printf "%s|" (index . 1)) "") }}
{{- $wrong = append $wrong (printf "settings.%s contains %q, which is not a valid regular expression (RE2)." (index . 0) (index . 1)) }}
{{- end }}
{{- end }}
{{- dict "wrong" $wrong | toJson }}
{{- end }}

{{/* Check the size of an object, in bytes: the operator's admission webhook rejects larger ones. */}}
{{- define "hubmeter.checks.ruleObject" -}}
{{- if gt (int .) 524288 }}
{{- fail (printf "\n\nA rule object would have %d bytes, more than the 524288 that Kubernetes accepts: use fewer settings.windows or shorter selectors.\n" (int .)) }}
{{- end }}
{{- end }}
