{{- define "testudo-operator.selector" -}}
app.kubernetes.io/name: testudo-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "testudo-operator.labels" -}}
{{ include "testudo-operator.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "testudo-operator.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag }}
{{- end -}}
{{- end }}

{{- /* What the operator may do with the objects of a namespace. docs/operator.md lists it. */}}
{{- define "testudo-operator.rules" -}}
- apiGroups: [testudo.dev]
  resources: [signedpolicies, confidentialmeshes]
  verbs: [get, list, watch]
- apiGroups: [testudo.dev]
  resources: [signedpolicies/status, confidentialmeshes/status]
  verbs: [patch]
{{- if .Values.scone.enabled }}
- apiGroups: [cas.scone.cloud]
  resources: [signedpolicies, encryptedpolicies]
  verbs: [get, list, watch]
- apiGroups: [cas.scone.cloud]
  resources: [signedpolicies/status, encryptedpolicies/status]
  verbs: [patch]
- apiGroups: [services.scone.cloud]
  resources: [cas]
  verbs: [get, list, watch]
- apiGroups: [services.scone.cloud]
  resources: [cas/status]
  verbs: [patch]
{{- end }}
{{- if .Values.cas.enabled }}
- apiGroups: [testudo.dev]
  resources: [cas]
  verbs: [get, list, watch]
- apiGroups: [testudo.dev]
  resources: [cas/status]
  verbs: [patch]
- apiGroups: [""]
  resources: [services, serviceaccounts]
  verbs: [create, patch]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [create, patch]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [create, patch]
- apiGroups: [apps]
  resources: [statefulsets]
  verbs: [watch, create]
{{- end }}
# What runs of a mesh.
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [list]
# `patch` restarts workloads whose policies have changed.
- apiGroups: [apps]
  resources: [deployments, statefulsets]
  verbs: [get, list, patch]
{{- end }}
