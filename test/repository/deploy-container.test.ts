import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { runQuollCommand } from '../support/deploy/keys-by-command.ts';

const containerfile = readFileSync('deploy/container/Containerfile', 'utf8');
/** One instruction a line, without comments. */
const instructions = containerfile
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => {
    const [, word = '', rest = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    return { word, rest };
  });
const all = (word: string): readonly string[] =>
  instructions.filter((each) => each.word === word).map(({ rest }) => rest);

/** What a container of the image is given, whatever starts it. */
const imageEnvironment = Object.fromEntries(
  all('ENV').flatMap((rest) =>
    [...rest.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
  ),
) as Record<string, string>;

describe('deploy/container/Containerfile', () => {
  it('has instructions that every builder knows, in two stages', () => {
    const known = ['ARG', 'FROM', 'WORKDIR', 'COPY', 'RUN', 'USER', 'ENV', 'VOLUME', 'EXPOSE'];
    const atTheEnd = ['STOPSIGNAL', 'HEALTHCHECK', 'ENTRYPOINT', 'CMD'];
    const words = new Set(instructions.map(({ word }) => word));
    assert.deepEqual(
      [...words].filter((word) => ![...known, ...atTheEnd].includes(word)),
      [],
    );
    assert.deepEqual(all('FROM'), ['${BUILD_IMAGE} AS build', '${RUN_IMAGE}']);
    for (const form of [...all('ENTRYPOINT'), ...all('CMD')]) JSON.parse(form);
  });

  it('copies what is there, and leaves out what must not be in an image', () => {
    for (const rest of all('COPY')) {
      if (rest.startsWith('--from=build ')) continue;
      const [source = ''] = rest.split(' ');
      assert.ok(existsSync(source), source);
    }
    const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
    for (const name of ['.git', 'node_modules', 'dist', 'data']) {
      assert.ok(ignored.includes(name), name);
    }
  });

  it('is built by steps that others run too', () => {
    const [setup, packing, installing, last = ''] = all('RUN');
    // As CI does in a fresh clone.
    assert.equal(setup, 'npm run setup');
    // As test/long/installed-package.test.ts does.
    assert.match(packing ?? '', /^npm pack --ignore-scripts --pack-destination \S+$/);
    assert.match(installing ?? '', /^npm install --global --prefix \/opt\/quoll .*quoll-\*\.tgz$/);
    assert.match(last, /^ln -s \/opt\/quoll\/bin\/quoll /);
    assert.equal(all('RUN').length, 4);
  });

  it('ends as nobody, with settings that there are', () => {
    assert.match(all('USER').at(-1) ?? '', /^[1-9]\d+:[1-9]\d+$/);
    const outcome = loadConfig({ environment: { ...imageEnvironment, QUOLL_TLS: 'off' } });
    assert.equal(outcome.kind, 'loaded', JSON.stringify(outcome));
    // Plaintext beyond loopback that nobody has asked for.
    assert.equal(loadConfig({ environment: imageEnvironment }).kind, 'refused');
  });
});

interface Service {
  readonly image: string;
  readonly build: { readonly context: string; readonly dockerfile: string };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes: readonly string[];
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly command?: readonly string[];
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
}

const compose = parse(readFileSync('deploy/container/compose.yaml', 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const peers = Object.entries(compose.services).filter(([name]) => name.startsWith('peer-'));

describe('deploy/container/compose.yaml', () => {
  it('has words of the Compose specification alone', () => {
    const top = ['services', 'volumes', 'x-peer', 'x-environment', 'x-healthcheck'];
    assert.deepEqual(Object.keys(compose).toSorted(), top.toSorted());
    const known = [
      ...['image', 'build', 'depends_on', 'restart', 'stop_grace_period', 'read_only', 'tmpfs'],
      ...['cap_drop', 'security_opt', 'ulimits', 'entrypoint', 'command', 'volumes', 'ports'],
      ...['healthcheck', 'environment'],
    ];
    for (const [name, service] of Object.entries(compose.services)) {
      assert.deepEqual(
        Object.keys(service).filter((key) => !known.includes(key)),
        [],
        name,
      );
      const { context, dockerfile } = service.build;
      assert.ok(existsSync(join('deploy/container', context, dockerfile)), dockerfile);
      for (const volume of service.volumes) {
        assert.ok((volume.split(':')[0] ?? '') in compose.volumes, volume);
      }
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
        assert.ok(other in compose.services);
        assert.equal(condition, 'service_completed_successfully');
      }
      assert.deepEqual([service.read_only, service.cap_drop], [true, ['ALL']], name);
    }
  });

  it('has three peers, each with a number, keys, data and ports of its own', () => {
    assert.equal(peers.length, 3);
    const ports = peers.flatMap(([, service]) => service.ports ?? []);
    const outside = ports.map((port) => port.split(':').slice(0, 2).join(':'));
    assert.equal(new Set(outside).size, 9);
    assert.ok(outside.every((place) => place.startsWith('127.0.0.1:')));
    const data = peers.map(([, { volumes }]) =>
      volumes.find((each) => each.endsWith('/var/lib/quoll')),
    );
    assert.equal(new Set(data).size, 3);
  });

  it('configures each without a complaint, over TLS, and checks its own health', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'quoll-compose-'));
    const here = (text: string): string => text.replaceAll('/etc/quoll', `${folder}/keys`);
    try {
      const [command = ''] = compose.services['keys']?.command ?? [];
      // Twice, as when it is started again.
      for (let times = 0; times < 2; times++) runQuollCommand(here(command), folder);
      for (const [name, { environment = {}, healthcheck }] of peers) {
        const own = Object.entries(environment).map(([key, value]) => [key, here(String(value))]);
        const outcome = loadConfig({
          environment: {
            ...imageEnvironment,
            ...(Object.fromEntries(own) as Record<string, string>),
          },
        });
        assert.deepEqual(outcome.notices, []);
        assert.ok(outcome.kind === 'loaded', JSON.stringify(outcome));
        const { serverId, servers, tls, advertise } = outcome.config;
        assert.equal(name, `peer-${String(serverId)}`);
        assert.deepEqual(
          servers.map(({ host }) => host),
          peers.map(([each]) => each),
        );
        assert.equal(advertise, name);
        assert.equal(tls?.certFile, here(`/etc/quoll/${name}.pem`));
        assert.deepEqual(healthcheck?.test, ['CMD', 'quoll', 'healthcheck']);
        // The name that the keys are made for.
        assert.equal(environment['QUOLL_URL'], `https://${name}:2180`);
        assert.match(command, new RegExp(`--hosts \\S*\\b${name}\\b`));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
