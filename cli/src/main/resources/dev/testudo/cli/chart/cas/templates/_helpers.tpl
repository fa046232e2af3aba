{{- define "cas.name" -}}
{{ .Values.name | default .Release.Name }}
{{- end }}

{{- define "cas.selector" -}}
app.kubernetes.io/name: testudo-cas
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: server
{{- end }}

{{- define "cas.labels" -}}
app.kubernetes.io/name: testudo-cas
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "cas.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- define "cas.databaseUrl" -}}
{{- $database := .Values.database -}}
jdbc:postgresql://{{ $database.hosts }}/{{ $database.name }}?user={{ $database.user }}&sslmode={{ $database.sslMode }}
{{- if $database.ca.configMap }}&sslrootcert=/run/testudo/database/ca.pem{{ end }}
{{- with $database.parameters }}&{{ . }}{{ end }}
{{- end }}

{{- /* What values.schema.json cannot say. */}}
{{- define "cas.check" -}}
{{- if not .Values.owners }}
{{- fail "owners: name at least one; `testudo identity show --key-hash` prints the hash of your key" }}
{{- end }}
{{- if .Values.database.hosts }}
{{- if not .Values.masterKey.secret }}
{{- fail "masterKey.secret: replicas share a master key; name a Secret that contains it" }}
{{- end }}
{{- if and (hasPrefix "verify" .Values.database.sslMode) (not .Values.database.ca.configMap) }}
{{- fail "database.ca.configMap: name the ConfigMap with the certificates by which CAS knows the database" }}
{{- end }}
{{- if .Values.backup.enabled }}
{{- fail "backup.enabled: the tools of PostgreSQL make the backups of a database" }}
{{- end }}
{{- else if gt (int .Values.replicas) 1 }}
{{- fail "replicas: more than one need a database; set database.hosts" }}
{{- else if or .Values.database.passwordSecret.name .Values.database.ca.configMap .Values.database.parameters }}
{{- fail "database.hosts: name the database, or leave its other values out; CAS would not use it" }}
{{- end }}
{{- if and .Values.backup.enabled (not .Values.backup.claim) }}
{{- fail "backup.claim: name the PersistentVolumeClaim that backups are written to" }}
{{- end }}
{{- if ne (empty .Values.witness.address) (empty .Values.witness.key) }}
{{- fail "witness: address and key need each other" }}
{{- end }}
{{- end }}

{{- /* The options of `testudo cas serve`. The image names the state directory and the port. */}}
{{- define "cas.args" -}}
{{- range .Values.owners }}
- --owner
- {{ . }}
{{- end }}
{{- if .Values.masterKey.secret }}
- --key-credential
- master-key
{{- end }}
{{- if .Values.database.hosts }}
- --store
- {{ include "cas.databaseUrl" . | quote }}
{{- if .Values.database.passwordSecret.name }}
- --store-password-credential
- database-password
{{- end }}
{{- end }}
{{- with .Values.witness.address }}
- --anchor
- {{ printf "https://%s" . }}
- --anchor-key
- {{ $.Values.witness.key }}
{{- end }}
- --audit-mib
- {{ .Values.audit.mib | quote }}
- --audit-files
- {{ .Values.audit.files | quote }}
{{- if .Values.audit.stdout }}
- --audit-to
- stdout
{{- end }}
{{- range $who, $limit := .Values.quotas }}
- --quota
- {{ printf "%s=%d,%d" $who (int $limit.sessions) (int $limit.mib) }}
{{- end }}
{{- range .Values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end }}

{{- define "cas.hasCredentials" -}}
{{- if or .Values.masterKey.secret (and .Values.database.hosts .Values.database.passwordSecret.name) }}yes{{ end }}
{{- end }}
