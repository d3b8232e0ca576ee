// The part of the API of Kubernetes (1.28 and later) that deploy/kubernetes uses, in JSON Schema: names, types, what must be
// there, and nothing else, so that a misspelt field is a mistake. Whoever uses another field adds it, from the reference of
// the API.

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string', minLength: 1 };
const flag: Schema = { type: 'boolean' };
const count: Schema = { type: 'integer', minimum: 0 };
const port: Schema = { type: 'integer', minimum: 1, maximum: 65_535 };
const path: Schema = { type: 'string', pattern: '^/' };
const quantity: Schema = { type: 'string', pattern: '^[0-9]+(m|Mi|Gi)?$' };
/** Of an object, a volume, a container, a port. */
const name: Schema = { type: 'string', pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' };
const portName: Schema = { type: 'string', pattern: '^[a-z0-9-]{1,15}$' };
const texts: Schema = { type: 'object', additionalProperties: { type: 'string' } };
const oneOf = (...values: readonly string[]): Schema => ({ enum: values });
const listOf = (items: Schema): Schema => ({ type: 'array', items, minItems: 1 });

/** Fields that end in `!` must be there. */
function object(fields: Readonly<Record<string, Schema>>): Schema {
  const names = Object.keys(fields);
  return {
    type: 'object',
    additionalProperties: false,
    required: names.filter((each) => each.endsWith('!')).map((each) => each.slice(0, -1)),
    properties: Object.fromEntries(
      Object.entries(fields).map(([each, schema]) => [each.replace(/!$/, ''), schema]),
    ),
  };
}

const metadata = object({ 'name!': name, labels: texts });
const selector = object({ 'matchLabels!': texts });

const kind = (apiVersion: string, kindName: string, fields: Readonly<Record<string, Schema>>) =>
  object({
    'apiVersion!': { const: apiVersion },
    'kind!': { const: kindName },
    'metadata!': metadata,
    ...fields,
  });

const probe = object({
  'httpGet!': object({ 'path!': path, 'port!': portName, scheme: oneOf('HTTP', 'HTTPS') }),
  periodSeconds: count,
  timeoutSeconds: count,
  failureThreshold: count,
});

const variable = object({
  'name!': { type: 'string', pattern: '^[A-Z][A-Z0-9_]*$' },
  value: { type: 'string' },
  valueFrom: object({ 'fieldRef!': object({ 'fieldPath!': text }) }),
});

const container = object({
  'name!': name,
  'image!': text,
  args: listOf(text),
  env: listOf(variable),
  ports: listOf(object({ 'name!': portName, 'containerPort!': port })),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  lifecycle: object({ preStop: object({ 'exec!': object({ 'command!': listOf(text) }) }) }),
  resources: object({
    requests: object({ cpu: quantity, memory: quantity }),
    limits: object({ cpu: quantity, memory: quantity }),
  }),
  securityContext: object({
    allowPrivilegeEscalation: flag,
    readOnlyRootFilesystem: flag,
    capabilities: object({ add: listOf(text), drop: listOf(text) }),
  }),
  volumeMounts: listOf(object({ 'name!': name, 'mountPath!': path, readOnly: flag })),
});

const podSpec = object({
  automountServiceAccountToken: flag,
  enableServiceLinks: flag,
  terminationGracePeriodSeconds: count,
  securityContext: object({
    runAsNonRoot: flag,
    runAsUser: count,
    runAsGroup: count,
    fsGroup: count,
    fsGroupChangePolicy: oneOf('OnRootMismatch', 'Always'),
    seccompProfile: object({ 'type!': oneOf('RuntimeDefault', 'Unconfined') }),
  }),
  affinity: object({
    podAntiAffinity: object({
      requiredDuringSchedulingIgnoredDuringExecution: listOf(
        object({ 'topologyKey!': text, labelSelector: selector }),
      ),
    }),
  }),
  topologySpreadConstraints: listOf(
    object({
      'maxSkew!': count,
      'topologyKey!': text,
      'whenUnsatisfiable!': oneOf('DoNotSchedule', 'ScheduleAnyway'),
      labelSelector: selector,
    }),
  ),
  'containers!': listOf(container),
  volumes: listOf(
    object({
      'name!': name,
      configMap: object({ 'name!': name }),
      secret: object({ 'secretName!': name, defaultMode: { type: 'integer', maximum: 0o777 } }),
      emptyDir: object({ sizeLimit: quantity }),
    }),
  ),
});

/** By kind. */
export const kubernetesSchemas: Readonly<Record<string, Schema>> = {
  ConfigMap: kind('v1', 'ConfigMap', { 'data!': texts }),
  Service: kind('v1', 'Service', {
    'spec!': object({
      clusterIP: { const: 'None' },
      publishNotReadyAddresses: flag,
      'selector!': texts,
      'ports!': listOf(object({ 'name!': portName, 'port!': port, 'targetPort!': portName })),
    }),
  }),
  PodDisruptionBudget: kind('policy/v1', 'PodDisruptionBudget', {
    'spec!': object({
      maxUnavailable: count,
      unhealthyPodEvictionPolicy: oneOf('IfHealthyBudget', 'AlwaysAllow'),
      'selector!': selector,
    }),
  }),
  StatefulSet: kind('apps/v1', 'StatefulSet', {
    'spec!': object({
      'serviceName!': name,
      replicas: count,
      ordinals: object({ 'start!': count }),
      podManagementPolicy: oneOf('OrderedReady', 'Parallel'),
      updateStrategy: object({ 'type!': oneOf('RollingUpdate', 'OnDelete') }),
      minReadySeconds: count,
      'selector!': selector,
      'template!': object({ 'metadata!': object({ 'labels!': texts }), 'spec!': podSpec }),
      volumeClaimTemplates: listOf(
        object({
          'metadata!': metadata,
          'spec!': object({
            'accessModes!': listOf(oneOf('ReadWriteOnce', 'ReadWriteOncePod')),
            'resources!': object({ 'requests!': object({ 'storage!': quantity }) }),
          }),
        }),
      ),
    }),
  }),
};
