{{/* Names, labels, and the common parts of both exporters. */}}

{{- define "hubmeter.name" -}}
{{ regexReplaceAll "[-.]+$" (.Values.nameOverride | default .Chart.Name | trunc 54) "" }}
{{- end }}

{{/*
Names of objects begin with this. Only a Service's name has no dots, begins with a letter, and has at most 63 characters: 54 with -exporter.
*/}}
{{- define "hubmeter.fullname" -}}
{{- $name := include "hubmeter.name" . }}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) }}
{{- $full = .Values.fullnameOverride | default $full | replace "." "-" }}
{{- if regexMatch "^[^a-z]" $full }}
{{- $full = printf "hub-%s" $full }}
{{- end -}}
{{ regexReplaceAll "-+$" (trunc 54 $full) "" }}
{{- end }}

{{/* Labels by which a Deployment, its Service and its policies select pods; they must never change. Takes (list $ component). */}}
{{- define "hubmeter.selectorLabels" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "hubmeter.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* Labels of every object. Takes (list $ component). */}}
{{- define "hubmeter.labels" -}}
{{- $root := index . 0 -}}
{{ include "hubmeter.selectorLabels" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: hubmeter
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- with $root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Name of the hub's Deployment, Service and Secret in Zero to JupyterHub. */}}
{{- define "hubmeter.hub.name" -}}
{{- $given := .Values.hub.fullnameOverride }}
{{- if kindIs "string" $given -}}
{{ $given | empty | ternary "hub" (printf "%s-hub" $given) }}
{{- else -}}
{{- $release := .Values.hub.release | default .Release.Name -}}
{{ contains "jupyterhub" $release | ternary $release (printf "%s-jupyterhub" $release) }}-hub
{{- end }}
{{- end }}

{{- define "hubmeter.hub.namespace" -}}
{{ .Values.hub.namespace | default .Release.Namespace }}
{{- end }}

{{- define "hubmeter.hub.url" -}}
{{- if .Values.hub.url -}}
{{ .Values.hub.url }}
{{- else -}}
{{- $namespace := include "hubmeter.hub.namespace" . -}}
http://{{ include "hubmeter.hub.name" . }}{{ ne $namespace .Release.Namespace | ternary (printf ".%s" $namespace) "" }}:8081/{{ trimAll "/" .Values.hub.baseUrl }}
{{- end }}
{{- end }}

{{/* The Secret of the exporter's token, and its key. */}}
{{- define "hubmeter.token.secretName" -}}
{{ .Values.exporter.token.secretName | default (include "hubmeter.hub.name" .) }}
{{- end }}

{{- define "hubmeter.token.key" -}}
{{ .Values.exporter.token.key | default (printf "hub.services.%s.apiToken" .Values.exporter.serviceName) }}
{{- end }}

{{/* The Secret of the token that reads the hub's metrics, and its key. */}}
{{- define "hubmeter.hubMetrics.secretName" -}}
{{ .Values.hub.metrics.token.secretName | default (include "hubmeter.hub.name" .) }}
{{- end }}

{{- define "hubmeter.hubMetrics.key" -}}
{{ .Values.hub.metrics.token.key | default (printf "hub.services.%s.apiToken" .Values.hub.metrics.serviceName) }}
{{- end }}

{{/* The labels of the hub's pod and Service in Zero to JupyterHub. */}}
{{- define "hubmeter.hub.labels" -}}
{{ .Values.hub.podLabels | default (dict "app" "jupyterhub" "component" "hub") | toYaml }}
{{- end }}

{{/* Takes (list $ component). `test` has no account of its own. */}}
{{- define "hubmeter.serviceAccountName" -}}
{{- $root := index . 0 -}}
{{- $account := (index $root.Values (index . 1)).serviceAccount | default (dict "create" false) -}}
{{ $account.name | default ($account.create | ternary (printf "%s-%s" (include "hubmeter.fullname" $root) (index . 1)) "default") }}
{{- end }}

{{/* Takes (list $ image [suffix of the default tag]). */}}
{{- define "hubmeter.image" -}}
{{- $image := index . 1 -}}
{{- $suffix := "" -}}
{{- if gt (len .) 2 }}{{ $suffix = index . 2 }}{{ end -}}
{{ $image.repository }}{{ if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default (print (index . 0).Chart.AppVersion $suffix) }}{{ end }}
{{- end }}

{{/* A pod's metadata. Takes (list $ component). */}}
{{- define "hubmeter.pod.metadata" -}}
{{- $root := index . 0 -}}
{{- $asksTheHub := and (eq (index . 1) "exporter") (not $root.Values.hub.url) -}}
labels:
  {{- include "hubmeter.selectorLabels" . | nindent 2 }}
  {{- if $asksTheHub }}
  # Zero to JupyterHub's network policy admits pods with this label; from other namespaces, only if configured.
  hub.jupyter.org/network-access-hub: "true"
  {{- end }}
  {{- if and (has (index . 1) (list "costs" "reports")) (hasKey (index $root.Values (index . 1)).serviceAccount.annotations "azure.workload.identity/client-id") }}
  # Azure's webhook gives pods with this label the credentials of that identity.
  azure.workload.identity/use: "true"
  {{- end }}
  {{- with $root.Values.pods.labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- $annotations := deepCopy $root.Values.pods.annotations }}
{{- if eq (index . 1) "costs" }}
{{- $_ := set $annotations "checksum/config" (include "hubmeter.costs.config" $root | sha256sum) }}
{{- end }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* A pod's spec without its containers and volumes. Takes (list $ component). */}}
{{- define "hubmeter.pod.spec" -}}
{{- $root := index . 0 -}}
{{- $pods := $root.Values.pods -}}
serviceAccountName: {{ include "hubmeter.serviceAccountName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml $pods.securityContext | nindent 2 }}
{{- with $pods.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $pods.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pods.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $pods.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if $pods.topologySpreadConstraints }}
{{- $selector := dict "labelSelector" (dict "matchLabels" (include "hubmeter.selectorLabels" . | fromYaml)) }}
topologySpreadConstraints:
  {{- range $pods.topologySpreadConstraints }}
  - {{- merge (deepCopy .) $selector | toYaml | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}

{{/* A Service that Prometheus scrapes. Takes (list $ component port). */}}
{{- define "hubmeter.service" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "hubmeter.fullname" $root }}-{{ $component }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "hubmeter.labels" (list $root $component) | nindent 4 }}
  {{- if eq $root.Values.scrape.method "annotations" }}
  annotations:
    prometheus.io/scrape: "true"
    prometheus.io/port: {{ index . 2 | quote }}
    prometheus.io/path: /metrics
  {{- end }}
spec:
  type: ClusterIP
  # The metrics about its failures are needed while it is not ready.
  publishNotReadyAddresses: true
  selector:
    {{- include "hubmeter.selectorLabels" (list $root $component) | nindent 4 }}
  ports:
    - name: http
      port: {{ index . 2 }}
      targetPort: http
      protocol: TCP
{{- end }}

{{/* A ServiceMonitor for a Service. Takes (list $ component). */}}
{{- define "hubmeter.serviceMonitor" -}}
{{- $root := index . 0 -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ include "hubmeter.fullname" $root }}-{{ index . 1 }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "hubmeter.labels" . | nindent 4 }}
    {{- with $root.Values.scrape.labels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  selector:
    matchLabels:
      {{- include "hubmeter.selectorLabels" . | nindent 6 }}
  endpoints:
    - port: http
      path: /metrics
      # Otherwise the hub's namespace would become exported_namespace, which no rule reads.
      honorLabels: true
      {{- include "hubmeter.scrapeTimes" $root | nindent 6 }}
{{- end }}

{{- define "hubmeter.scrapeTimes" -}}
{{- with .Values.scrape.interval }}
interval: {{ . }}
{{- end }}
{{- with .Values.scrape.timeout }}
scrapeTimeout: {{ . }}
{{- end }}
{{- end }}

{{/* A ServiceAccount without permissions and without a mounted token. Takes (list $ component). */}}
{{- define "hubmeter.serviceAccount" -}}
{{- $root := index . 0 -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "hubmeter.serviceAccountName" . }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "hubmeter.labels" . | nindent 4 }}
  {{- with (index $root.Values (index . 1)).serviceAccount.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}

{{/* The pods of Prometheus as peers of a NetworkPolicy. */}}
{{- define "hubmeter.prometheusPeers" -}}
- namespaceSelector:
    {{- toYaml .Values.networkPolicy.prometheus.namespaceSelector | nindent 4 }}
  podSelector:
    {{- include "hubmeter.prometheusPods" . | nindent 4 }}
{{- end }}

{{/* The default is here because Helm merges maps: users could only add to a default in the values. */}}
{{- define "hubmeter.prometheusPods" -}}
{{- .Values.networkPolicy.prometheus.podSelector | default (dict "matchLabels" (dict "app.kubernetes.io/name" "prometheus")) | toYaml }}
{{- end }}

{{/* Egress to all name servers: no selector matches the address of a node's cache. */}}
{{- define "hubmeter.dnsEgress" -}}
- ports:
    - { port: 53, protocol: UDP }
    - { port: 53, protocol: TCP }
    # OpenShift's name servers listen here; policies apply to the pod's port, not the Service's.
    - { port: 5353, protocol: UDP }
    - { port: 5353, protocol: TCP }
{{- end }}

{{/* Egress to what hands out credentials of a cloud. Takes (list $ whether-Google). */}}
{{- define "hubmeter.credentialsEgress" -}}
# Sources of credentials: the metadata of a node, also those of GKE's Workload Identity, and EKS Pod Identity, over IPv4 and IPv6.
- to:
    - ipBlock: { cidr: 169.254.169.254/32 }
    - ipBlock: { cidr: 169.254.170.23/32 }
    - ipBlock: { cidr: "fd00:ec2::254/128" }
    - ipBlock: { cidr: "fd00:ec2::23/128" }
  ports:
    - { port: 80, protocol: TCP }
{{- if index . 1 }}
# The metadata server of GKE without Dataplane V2.
- to:
    - ipBlock: { cidr: 169.254.169.252/32 }
  ports:
    - { port: 988, protocol: TCP }
{{- end }}
{{- end }}

{{/* A volume claim for a ledger or files. Takes (list $ component). */}}
{{- define "hubmeter.claim" -}}
{{- $root := index . 0 -}}
{{- $claim := (index $root.Values (index . 1)).persistence -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: {{ include "hubmeter.fullname" $root }}-{{ index . 1 }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "hubmeter.labels" . | nindent 4 }}
  {{- with $claim.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  accessModes:
    {{- toYaml $claim.accessModes | nindent 4 }}
  {{- with $claim.storageClass }}
  storageClassName: {{ . }}
  {{- end }}
  resources:
    requests:
      storage: {{ $claim.size }}
{{- end }}

{{/* Not empty if reports are mailed or announced. */}}
{{- define "hubmeter.reports.sends" -}}
{{- if or .Values.reports.mail.host .Values.reports.webhook.form }}true{{ end }}
{{- end }}

{{/* The file that `hubmeter-report --send` reads. */}}
{{- define "hubmeter.reports.settings" -}}
{{- $reports := .Values.reports -}}
{{- $settings := dict "recipients" $reports.recipients "leads" $reports.leads "leads_group" $reports.leadsGroup "address" $reports.address "link" $reports.link -}}
{{- if $reports.mail.host }}
{{- $_ := set $settings "mail" $reports.mail }}
{{- end }}
{{- if $reports.webhook.form }}
{{- $_ := set $settings "webhook" $reports.webhook }}
{{- end -}}
{{ toYaml $settings }}
{{- end }}

{{/* The scheme of the URL of the bill: s3, gs, abfs or bigquery. Empty: a folder. */}}
{{- define "hubmeter.costs.scheme" -}}
{{- $config := .Values.costs.config }}
{{- if and (eq (toString $config.source) "focus") (kindIs "map" $config.focus) }}
{{- regexReplaceAll "^(?:(s3|gs|abfs|bigquery)s?://.*|.*)$" (toString $config.focus.path) "${1}" }}
{{- end }}
{{- end }}

{{/* The file that hubmeter-costs reads. */}}
{{- define "hubmeter.costs.config" -}}
{{ set (deepCopy .Values.costs.config) "metrics_prefix" .Values.settings.metrics_prefix | toYaml }}
{{- end }}
