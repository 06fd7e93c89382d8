{{- /* Called with (dict "root" $ "part" "web"): what the parts have in common. */ -}}

{{- define "comparia.name" -}}
{{ printf "%s-%s" .root.Release.Name .part | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "comparia.selector" -}}
app.kubernetes.io/name: comparia
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "comparia.labels" -}}
{{ include "comparia.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "comparia.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{ toJson . }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
volumes:
  - name: secrets
    secret: {secretName: {{ .root.Values.secretName }}, defaultMode: 0440}
  - name: tmp
    emptyDir: {sizeLimit: 1Gi}
  {{- if has .part (list "web" "worker") }}
  {{- range $volume := list "media" "releases" }}
  - name: {{ $volume }}
    persistentVolumeClaim:
      claimName: {{ (index $.root.Values.storage $volume).existingClaim | default (include "comparia.name" (dict "root" $.root "part" $volume)) }}
  {{- end }}
  {{- end }}
{{- end }}

{{- define "comparia.container" -}}
{{- $image := .root.Values.image }}
image: {{ $image.repository }}{{ if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default .root.Chart.AppVersion }}{{ end }}
imagePullPolicy: {{ $image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
env:
  - {name: SECRETS_DIR, value: /run/secrets/site}
  - {name: ALLOWED_HOSTS, value: {{ join "," .root.Values.hosts | quote }}}
  - {name: CSRF_TRUSTED_ORIGINS, value: "https://{{ join ",https://" .root.Values.hosts }}"}
  - {name: TRUSTED_PROXIES, value: {{ .root.Values.trustedProxies | quote }}}
  - {name: DATABASE_POOL, value: {{ .root.Values.web.databasePool | quote }}}
  - {name: SHUTDOWN_SECONDS, value: {{ .root.Values.web.shutdownSeconds | quote }}}
  {{- range $name, $value := .root.Values.env }}
  - {name: {{ $name }}, value: {{ $value | quote }}}
  {{- end }}
volumeMounts:
  - {name: secrets, mountPath: /run/secrets/site, readOnly: true}
  - {name: tmp, mountPath: /tmp}
  {{- if has .part (list "web" "worker") }}
  - {name: media, mountPath: /app/var/media}
  - {name: releases, mountPath: /app/var/releases}
  {{- end }}
{{- end }}
