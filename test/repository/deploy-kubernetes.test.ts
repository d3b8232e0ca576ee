import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { runQuollCommand } from '../support/deploy/keys-by-command.ts';
import { kubernetesSchemas } from '../support/deploy/kubernetes-schema.ts';

const file = 'deploy/kubernetes/quoll.yaml';

interface Named {
  readonly name: string;
}

interface Container {
  readonly args: readonly string[];
  readonly env: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
  }[];
  readonly ports: readonly (Named & { readonly containerPort: number })[];
  readonly volumeMounts: readonly (Named & { readonly mountPath: string })[];
  readonly [probe: `${string}Probe`]: {
    readonly httpGet: { readonly path: string; readonly port: string };
  };
  readonly securityContext: unknown;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: Named;
  readonly data: Readonly<Record<string, string>>;
  readonly spec: {
    readonly serviceName: string;
    readonly replicas: number;
    readonly ordinals: { readonly start: number };
    readonly ports: readonly { readonly port: number; readonly targetPort: string }[];
    readonly selector: Readonly<Record<string, unknown>>;
    readonly maxUnavailable: number;
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly [Container];
        readonly volumes: readonly (Named & {
          readonly configMap?: Named;
          readonly secret?: { readonly secretName: string; readonly defaultMode: number };
        })[];
        readonly securityContext: Readonly<Record<string, unknown>>;
      };
    };
    readonly volumeClaimTemplates: readonly { readonly metadata: Named }[];
  };
}

// As Kubernetes reads it: 0400 is octal there.
const documents = parseAllDocuments(readFileSync(file, 'utf8'), { version: '1.1' });
const manifests = documents.map((document) => document.toJS() as Manifest);
const ofKind = (kind: string): readonly Manifest[] =>
  manifests.filter((manifest) => manifest.kind === kind);
const [set] = ofKind('StatefulSet') as readonly [Manifest];
const pod = set.spec.template;
const [container] = pod.spec.containers;

/** As the guide has it. */
const [keysCommand = ''] =
  /^quoll tls new keys .*quoll-peers.*$/m.exec(readFileSync('docs/deploy.md', 'utf8')) ?? [];

/** Puts what Kubernetes would in the place of `$(NAME)`. */
function environmentOf(ordinal: number, here: (text: string) => string): Record<string, string> {
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': `quoll-${String(ordinal)}`,
    "metadata.labels['apps.kubernetes.io/pod-index']": String(ordinal),
  };
  const environment: Record<string, string> = {};
  for (const { name, value, valueFrom } of container.env) {
    const text = value ?? fields[valueFrom?.fieldRef.fieldPath ?? ''] ?? '';
    environment[name] = here(text).replace(/\$\((\w+)\)/g, (_, other: string) => {
      const known = environment[other];
      // One that comes later is not replaced, and stays as it is written.
      assert.ok(known !== undefined, `${name} names ${other}`);
      return known;
    });
  }
  return environment;
}

describe(file, () => {
  it('is of the API of Kubernetes, field by field', () => {
    const ajv = new Ajv({ allErrors: true });
    assert.deepEqual(
      documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]),
      [],
    );
    for (const manifest of manifests) {
      const schema = kubernetesSchemas[manifest.kind];
      assert.ok(schema !== undefined, manifest.kind);
      const isValid = ajv.validate(schema, manifest);
      assert.ok(isValid, `${manifest.kind} ${manifest.metadata.name}: ${ajv.errorsText()}`);
    }
    assert.equal(manifests.length, 5);
  });

  it('names only what is there', () => {
    const services = ofKind('Service').map(({ metadata }) => metadata.name);
    assert.ok(services.includes(set.spec.serviceName));
    const ports = container.ports.map(({ name }) => name);
    for (const { spec } of ofKind('Service')) {
      assert.deepEqual(spec.selector, pod.metadata.labels);
      for (const { port, targetPort } of spec.ports) {
        const found = container.ports.find(({ name }) => name === targetPort);
        assert.equal(found?.containerPort, port, targetPort);
      }
    }
    for (const { spec } of [set, ...ofKind('PodDisruptionBudget')]) {
      assert.deepEqual(spec.selector['matchLabels'], pod.metadata.labels);
    }
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'] as const) {
      const { httpGet } = container[probe] ?? assert.fail(probe);
      assert.ok(ports.includes(httpGet.port));
      assert.ok(['/livez', '/readyz'].includes(httpGet.path));
    }
    const claims = set.spec.volumeClaimTemplates.map(({ metadata }) => metadata.name);
    const volumes = [...pod.spec.volumes.map(({ name }) => name), ...claims];
    assert.deepEqual(container.volumeMounts.map(({ name }) => name).toSorted(), volumes.toSorted());
    const maps = ofKind('ConfigMap').map(({ metadata }) => metadata.name);
    for (const { configMap } of pod.spec.volumes) {
      if (configMap !== undefined) assert.ok(maps.includes(configMap.name));
    }
  });

  it('asks for no more than the restricted policy grants', () => {
    const { runAsNonRoot, seccompProfile } = pod.spec.securityContext;
    assert.deepEqual([runAsNonRoot, seccompProfile], [true, { type: 'RuntimeDefault' }]);
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    const secret = pod.spec.volumes.find((volume) => volume.secret !== undefined)?.secret;
    assert.equal(secret?.defaultMode, 0o400);
  });

  it('lets no more peers go at once than leave a quorum', () => {
    const [budget] = ofKind('PodDisruptionBudget');
    const { replicas } = set.spec;
    assert.ok(replicas - (budget?.spec.maxUnavailable ?? replicas) > replicas / 2);
  });

  it('configures each peer without a complaint', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'quoll-kubernetes-'));
    const config = join(folder, 'quoll.yaml');
    const [map] = ofKind('ConfigMap');
    const here = (text: string): string => text.replaceAll('/etc/quoll/tls', `${folder}/keys`);
    writeFileSync(config, here(map?.data['quoll.yaml'] ?? ''));
    try {
      runQuollCommand(keysCommand, folder);
      const mounts = container.volumeMounts.map(({ mountPath }) => mountPath);
      assert.ok(mounts.includes('/etc/quoll/config'));
      assert.deepEqual(container.args, ['server', '--config', '/etc/quoll/config/quoll.yaml']);
      const { ordinals, replicas } = set.spec;
      const ids = Array.from({ length: replicas }, (_, index) => ordinals.start + index);
      for (const id of ids) {
        const outcome = loadConfig({ file: config, environment: environmentOf(id, here) });
        assert.deepEqual(outcome.notices, []);
        assert.ok(outcome.kind === 'loaded', JSON.stringify(outcome));
        const { serverId, servers, advertise, tls, dataDir } = outcome.config;
        assert.equal(serverId, id);
        const hosts = ids.map((each) => `quoll-${String(each)}.${set.spec.serviceName}`);
        assert.deepEqual(
          servers.map(({ host }) => host),
          hosts,
        );
        assert.equal(advertise, hosts[id - ordinals.start]);
        assert.equal(tls?.keyFile, here(`/etc/quoll/tls/peer-${String(id)}.key`));
        assert.match(dataDir, /^\/var\/lib\/quoll\//);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
