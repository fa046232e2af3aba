{{- define "testudo.selector" -}}
app.kubernetes.io/name: {{ .Values.name }}
app.kubernetes.io/part-of: {{ .Values.mesh }}
{{- end }}

{{- define "testudo.labels" -}}
{{ include "testudo.selector" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "testudo.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag }}
{{- end -}}
{{- end }}

{{- define "testudo.ports" -}}
{{- $numbers := list -}}
{{- range .Values.ports }}{{ $numbers = append $numbers (toString .port) }}{{ end -}}
{{ join "," $numbers }}
{{- end }}

{{- /* The name of a PersistentVolumeClaim: one that exists already, or that of a chart of this mesh. */}}
{{- define "testudo.claim" -}}
{{- get .existing .volume.name | default .volume.claim | required (printf "persistence.existingClaims.%s is the claim of a volume of another mesh" .volume.name) -}}
{{- end }}

{{- /* The agent mounts encrypted volumes, for which it needs /dev/fuse and SYS_ADMIN, unless a node mounter does it. The
program gets neither. */}}
{{- define "testudo.securityContext" -}}
{{- if include "testudo.guest" . -}}
{{- /* Only root of the guest may use the kernel's interface for evidence. */ -}}
runAsNonRoot: false
runAsUser: 0
runAsGroup: 0
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- else if or (not .Values.encryptedVolumes) .Values.fuse.nodeMounter -}}
{{- toYaml .Values.securityContext }}
{{- else if .Values.fuse.privileged -}}
privileged: true
runAsNonRoot: false
runAsUser: 0
runAsGroup: 0
readOnlyRootFilesystem: true
{{- else -}}
runAsNonRoot: false
runAsUser: 0
runAsGroup: 0
readOnlyRootFilesystem: true
capabilities: {drop: [ALL], add: [SYS_ADMIN]}
{{- end }}
{{- end }}

{{- /* Not empty if the pod is a guest of Kata Containers with initdata. */}}
{{- define "testudo.guest" -}}
{{- if and .Values.initdata (.Values.runtimeClassName | default .Values.global.runtimeClassName) -}}
guest
{{- end -}}
{{- end }}

{{- /* What the agent policy in initdata refuses, the chart refuses before the guest does. */}}
{{- define "testudo.guestRefuses" -}}
{{- range list "volumes" "volumeMounts" "volumeClaimTemplates" "initContainers" "encryptedVolumes" }}
{{- if index $.Values . }}
{{- fail (printf "%s of service %s: the agent policy of a guest of Kata Containers refuses them" . $.Values.name) }}
{{- end }}
{{- end }}
{{- if .Values.joinToken.secret }}
{{- fail (printf "service %s has a join token, which does not reach a guest of Kata Containers" .Values.name) }}
{{- end }}
{{- end }}

{{- define "testudo.resources" -}}
{{- $resources := deepCopy .Values.resources -}}
{{- if and .Values.encryptedVolumes .Values.fuse.resource -}}
{{- $limits := merge (dict .Values.fuse.resource 1) ($resources.limits | default dict) -}}
{{- $resources = merge (dict "limits" $limits) $resources -}}
{{- end -}}
{{- toYaml $resources }}
{{- end }}

{{- define "testudo.pod" -}}
metadata:
  labels:
    {{- include "testudo.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- $guest := include "testudo.guest" . }}
  {{- if $guest }}
  {{- include "testudo.guestRefuses" . }}
  {{- end }}
  {{- if or .Values.podAnnotations $guest }}
  annotations:
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- if $guest }}
    io.katacontainers.config.hypervisor.cc_init_data: {{ .Values.initdata | quote }}
    {{- end }}
  {{- end }}
spec:
  serviceAccountName: {{ .Values.name }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  {{- if has .Values.kind (list "Job" "CronJob") }}
  restartPolicy: {{ .Values.job.restartPolicy }}
  {{- end }}
  {{- with .Values.global.imagePullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with (.Values.runtimeClassName | default .Values.global.runtimeClassName) }}
  runtimeClassName: {{ . }}
  {{- end }}
  {{- if and .Values.encryptedVolumes (not .Values.fuse.nodeMounter) }}
  hostUsers: {{ .Values.fuse.hostUsers }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  securityContext:
    {{- toYaml .Values.podSecurityContext | nindent 4 }}
    {{- if and $guest (not .Values.podSecurityContext.supplementalGroups) }}
    supplementalGroups: [{{ .Values.podSecurityContext.fsGroup }}]
    {{- end }}
  {{- with .Values.initContainers }}
  initContainers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: {{ .Values.name }}
      image: {{ include "testudo.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      {{- with .Values.args }}
      args:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      env:
        - name: SCONE_CAS_ADDR
          value: {{ required "global.cas.address is the address of CAS, HOST:PORT" .Values.global.cas.address | quote }}
        - name: TESTUDO_CAS_KEY
          value: {{ required "global.cas.key is the hash of the key of CAS" .Values.global.cas.key | quote }}
        - name: SCONE_CONFIG_ID
          value: {{ .Values.configId | quote }}
        {{- if .Values.joinToken.secret }}
        - name: TESTUDO_TOKEN_FILE
          value: /run/testudo/token
        {{- end }}
        - name: TESTUDO_PROBE_PORT
          value: {{ .Values.probe.port | quote }}
        {{- if .Values.ports }}
        - name: TESTUDO_READY_PORTS
          value: {{ include "testudo.ports" . | quote }}
        {{- end }}
        - name: TESTUDO_DRAIN_SECONDS
          value: {{ .Values.drainSeconds | quote }}
        - name: TESTUDO_CAS_WAIT_SECONDS
          value: {{ .Values.casWaitSeconds | quote }}
        {{- if $guest }}
        - name: TESTUDO_EVIDENCE_SOURCE
          value: configfs-tsm
        - name: TESTUDO_HOST_DATA
          value: initdata
        - name: TESTUDO_INITDATA
          valueFrom:
            fieldRef: {fieldPath: "metadata.annotations['io.katacontainers.config.hypervisor.cc_init_data']"}
        {{- else }}
        {{- with .Values.evidence.source }}
        - name: TESTUDO_EVIDENCE_SOURCE
          value: {{ . | quote }}
        {{- end }}
        {{- with .Values.evidence.hostData }}
        - name: TESTUDO_HOST_DATA
          value: {{ . | quote }}
        {{- end }}
        {{- if ne (.Values.evidence.vmpl | toString) "" }}
        - name: TESTUDO_VMPL
          value: {{ .Values.evidence.vmpl | quote }}
        {{- end }}
        {{- end }}
        {{- if and .Values.encryptedVolumes .Values.fuse.nodeMounter }}
        - name: TESTUDO_NODE_MOUNTER
          value: /run/testudo-mounter/mounter.sock
        - name: TESTUDO_VOLUMES
          value: /run/testudo-volumes
        {{- end }}
        {{- with .Values.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- if .Values.ports }}
      ports:
        {{- range .Values.ports }}
        - name: {{ .name }}
          containerPort: {{ .port }}
        {{- end }}
      {{- end }}
      readinessProbe:
        httpGet: {path: /ready, port: {{ .Values.probe.port }}}
        periodSeconds: {{ .Values.probe.periodSeconds }}
        timeoutSeconds: {{ .Values.probe.timeoutSeconds }}
        failureThreshold: {{ .Values.probe.failureThreshold }}
      securityContext:
        {{- include "testudo.securityContext" . | nindent 8 }}
      resources:
        {{- include "testudo.resources" . | nindent 8 }}
      terminationMessagePolicy: FallbackToLogsOnError
      volumeMounts:
        - {name: tmp, mountPath: /tmp}
        {{- if $guest }}
        - {name: configfs, mountPath: /sys/kernel/config}
        {{- end }}
        {{- if .Values.joinToken.secret }}
        - {name: join-token, mountPath: /run/testudo, readOnly: true}
        {{- end }}
        {{- range $index, $path := .Values.writableFolders }}
        - {name: folder-{{ $index }}, mountPath: {{ $path | quote }}}
        {{- end }}
        {{- range .Values.encryptedVolumes }}
        {{- if $.Values.fuse.nodeMounter }}
        - {name: {{ printf "encrypted-%s" .name | quote }}, mountPath: {{ printf "/run/testudo-volumes/%s" .directory | quote }}}
        - {name: {{ printf "decrypted-%s" .name | quote }}, mountPath: {{ .path | quote }}}
        {{- else }}
        - {name: {{ printf "encrypted-%s" .name | quote }}, mountPath: {{ .path | quote }}}
        {{- end }}
        {{- end }}
        {{- if and .Values.encryptedVolumes .Values.fuse.nodeMounter }}
        - {name: node-mounter, mountPath: /run/testudo-mounter, readOnly: true}
        {{- end }}
        {{- with .Values.volumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: tmp
      emptyDir:
        {{- if $guest }}
        {{- toYaml (merge (dict "medium" "Memory") .Values.tmp) | nindent 8 }}
        {{- else }}
        {{- toYaml .Values.tmp | nindent 8 }}
        {{- end }}
    {{- if $guest }}
    {{- /* Kata mounts what is below /sys from the guest, not from the node. */}}
    - name: configfs
      hostPath: {path: /sys/kernel/config}
    {{- end }}
    {{- if .Values.joinToken.secret }}
    - name: join-token
      secret:
        secretName: {{ .Values.joinToken.secret }}
        defaultMode: 0400
        items:
          - {key: {{ .Values.joinToken.key | quote }}, path: token}
    {{- end }}
    {{- range $index, $path := .Values.writableFolders }}
    - {name: folder-{{ $index }}, emptyDir: {{ if $guest }}{medium: Memory}{{ else }}{}{{ end }}}
    {{- end }}
    {{- range .Values.encryptedVolumes }}
    - name: {{ printf "encrypted-%s" .name | quote }}
      persistentVolumeClaim:
        claimName: {{ include "testudo.claim" (dict "existing" $.Values.persistence.existingClaims "volume" .) | quote }}
    {{- if $.Values.fuse.nodeMounter }}
    - {name: {{ printf "decrypted-%s" .name | quote }}, emptyDir: {}}
    {{- end }}
    {{- end }}
    {{- if and .Values.encryptedVolumes .Values.fuse.nodeMounter }}
    - name: node-mounter
      hostPath: {path: {{ .Values.fuse.nodeMounter | quote }}, type: Directory}
    {{- end }}
    {{- with .Values.volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if .Values.topologySpread.enabled }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: {{ .Values.topologySpread.topologyKey }}
      whenUnsatisfiable: {{ .Values.topologySpread.whenUnsatisfiable }}
      labelSelector:
        matchLabels:
          {{- include "testudo.selector" . | nindent 10 }}
  {{- end }}
{{- end }}
