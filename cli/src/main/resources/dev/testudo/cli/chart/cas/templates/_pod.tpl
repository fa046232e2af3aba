{{- /* What the pods of CAS and of its backups have in common. */}}
{{- define "cas.podSettings" -}}
serviceAccountName: {{ include "cas.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "cas.pod" -}}
metadata:
  labels:
    {{- include "cas.labels" . | nindent 4 }}
    app.kubernetes.io/component: server
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- include "cas.podSettings" . | nindent 2 }}
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  containers:
    - name: cas
      image: {{ include "cas.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args:
        {{- include "cas.args" . | nindent 8 }}
      {{- if include "cas.hasCredentials" . }}
      env:
        - {name: CREDENTIALS_DIRECTORY, value: /run/testudo/credentials}
      {{- end }}
      ports:
        - {name: cas, containerPort: 8081}
      # CAS verifies its whole store before it listens.
      startupProbe:
        httpGet: {path: /livez, port: cas, scheme: HTTPS}
        periodSeconds: 2
        timeoutSeconds: 5
        failureThreshold: 300
      readinessProbe:
        httpGet: {path: /readyz, port: cas, scheme: HTTPS}
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: 2
      # Strangers who keep CAS busy also make this probe wait, and a restart would not help against them.
      livenessProbe:
        httpGet: {path: /livez, port: cas, scheme: HTTPS}
        periodSeconds: 20
        timeoutSeconds: 15
        failureThreshold: 6
      securityContext:
        {{- toYaml .Values.securityContext | nindent 8 }}
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      terminationMessagePolicy: FallbackToLogsOnError
      volumeMounts:
        - {name: state, mountPath: /var/lib/testudo-cas}
        - {name: tmp, mountPath: /tmp}
        {{- if include "cas.hasCredentials" . }}
        - {name: credentials, mountPath: /run/testudo/credentials, readOnly: true}
        {{- end }}
        {{- if and .Values.database.hosts .Values.database.ca.configMap }}
        - {name: database, mountPath: /run/testudo/database, readOnly: true}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir: {medium: Memory, sizeLimit: 16Mi}
    {{- if .Values.database.hosts }}
    # Only the copy of the audit log; the database has everything.
    - name: state
      emptyDir: {}
    {{- end }}
    {{- if include "cas.hasCredentials" . }}
    - name: credentials
      projected:
        defaultMode: 0400
        sources:
          {{- with .Values.masterKey.secret }}
          - secret:
              name: {{ . }}
              items:
                - {key: {{ $.Values.masterKey.key | quote }}, path: master-key}
          {{- end }}
          {{- if .Values.database.hosts }}
          {{- with .Values.database.passwordSecret.name }}
          - secret:
              name: {{ . }}
              items:
                - {key: {{ $.Values.database.passwordSecret.key | quote }}, path: database-password}
          {{- end }}
          {{- end }}
    {{- end }}
    {{- if and .Values.database.hosts .Values.database.ca.configMap }}
    - name: database
      configMap:
        name: {{ .Values.database.ca.configMap }}
        items:
          - {key: {{ .Values.database.ca.key | quote }}, path: ca.pem}
    {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if and .Values.topologySpread.enabled .Values.database.hosts }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: {{ .Values.topologySpread.topologyKey }}
      whenUnsatisfiable: {{ .Values.topologySpread.whenUnsatisfiable }}
      labelSelector:
        matchLabels:
          {{- include "cas.selector" . | nindent 10 }}
  {{- end }}
{{- end }}
