import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { TLSSocket } from 'node:tls';
import {
  startPeer,
  type EmbeddedPeer,
  type PeerOptions,
  type TlsOptions,
} from '../../src/index.ts';
import { freePorts } from '../../src/config/free-ports.ts';
import { writeNewSecret } from '../../src/config/secret.ts';
import { program } from '../support/program.ts';
import { TestKeys } from '../support/tls/keys.ts';
import { until } from '../support/until.ts';

interface Answer {
  readonly status: number;
  readonly body: string;
  /** Of the peer's certificate. */
  readonly fingerprint: string;
}

/** Asks on a connection of its own. */
async function ask(url: string, path: string, caFile: string): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const asked = request(
      `${url}${path}`,
      { ca: readFileSync(caFile), agent: false },
      (response) => {
        assert.ok(response.socket instanceof TLSSocket);
        const { fingerprint256: fingerprint } = response.socket.getPeerCertificate();
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, body, fingerprint });
        });
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

describe('a peer with keys for TLS', function () {
  this.timeout(60_000);
  let keys: TestKeys;
  let peers: EmbeddedPeer[];
  beforeEach(() => {
    keys = new TestKeys();
    peers = [];
  });
  afterEach(async () => {
    for (const peer of peers) await peer.stop();
    keys.remove();
  });

  const options = (more: Partial<PeerOptions> = {}): PeerOptions => {
    const { certFile, keyFile, caFile = '' } = keys.files();
    return {
      dataDir: keys.at('data'),
      http: { port: 0 },
      zookeeper: { port: 'off' },
      grpc: { port: 'off' },
      tls: { certFile, keyFile, caFile },
      ...more,
    };
  };
  const start = async (more: Partial<PeerOptions> = {}): Promise<EmbeddedPeer> => {
    const peer = await startPeer(options(more));
    peers.push(peer);
    return peer;
  };
  const caFile = (): string => keys.at('keys/ca.pem');

  it('speaks it, of the ensemble that its certificate names, and tells when that ends', async () => {
    const { clusterId } = await keys.make();
    const peer = await start();
    assert.match(peer.url, /^https:/);
    await peer.ready();
    const info = await ask(peer.url, '/v1/info', caFile());
    assert.equal((JSON.parse(info.body) as { clusterId: string }).clusterId, clusterId);
    const { body } = await ask(peer.url, '/metrics', caFile());
    const [, seconds] = /expires_seconds\{file="certificate"\} (\d+)/.exec(body) ?? [];
    const days = (Number(seconds) * 1_000 - Date.now()) / 86_400_000;
    assert.ok(days > 363 && days < 366, String(days));
    await assert.rejects(ask(peer.url, '/v1/info', keys.at('keys/peer-1.pem')));
  });

  it('refuses keys that are of no use before it opens a door, with what to do', async () => {
    await keys.make();
    copyFileSync(keys.at('keys/ca.key'), keys.at('keys/peer-1.key'));
    await assert.rejects(start(), /peer-1\.key: is not the key of .*\n.*made together/);
  });

  it('refuses data of another ensemble than its certificate is of', async () => {
    await keys.make();
    const peer = await start();
    await peer.ready();
    await peer.stop();
    await keys.make({ directory: keys.at('other') });
    const { certFile, keyFile } = keys.files('peer-1', 'other');
    await assert.rejects(
      start({ tls: { certFile, keyFile } }),
      /of the ensemble [0-9a-f]{16}, and the certificate .*--cluster-id/,
    );
  });

  it('takes over an ensemble from before with certificates that are made for it', async () => {
    const before = await start({ tls: 'off' });
    await before.ready();
    const info = await fetch(`${before.url}/v1/info`);
    const { clusterId } = (await info.json()) as { clusterId: string };
    await before.stop();
    await keys.make({ clusterId });
    const peer = await start();
    await peer.ready();
    assert.equal((await ask(peer.url, '/v1/info', caFile())).status, 200);
  });

  it('reads them anew on SIGHUP, where no terminal could hang up', async () => {
    await keys.make();
    const config = keys.at('quoll.yaml');
    writeFileSync(config, JSON.stringify({ ...options(), log: { format: 'json' } }));
    // In a session of its own: a service has no terminal.
    const child = spawn(process.execPath, [program, 'server', '--config', config], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    let log = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
    try {
      const [, place = ''] = await until('a line that says where it listens', () =>
        /"http":"([^"]+)"/.exec(log) === null ? undefined : (/"http":"([^"]+)"/.exec(log) ?? []),
      );
      const first = await ask(`https://${place}`, '/livez', caFile());
      await keys.make({ isRenewal: true });
      child.kill('SIGHUP');
      await until('the new keys', () => log.includes('"keysRenewed"'));
      const second = await ask(`https://${place}`, '/livez', caFile());
      assert.notEqual(second.fingerprint, first.fingerprint);
      assert.doesNotMatch(log, /PRIVATE KEY/);
    } finally {
      child.kill('SIGTERM');
    }
    assert.deepEqual(await ended, [0, null]);
  });
});

describe('an ensemble with keys for TLS', function () {
  this.timeout(120_000);
  let keys: TestKeys;
  let ports: readonly number[];
  let peers: Map<number, EmbeddedPeer>;
  beforeEach(async () => {
    keys = new TestKeys();
    ports = await freePorts(9);
    peers = new Map();
  });
  afterEach(async () => {
    for (const peer of peers.values()) await peer.stop();
    keys.remove();
  });

  const ids = [1, 2, 3] as const;
  const port = (id: number, of: number): number => ports[(id - 1) * 3 + of] ?? 0;
  /** In place of the one that ran, if any. */
  const start = async (id: number, tls: PeerOptions['tls'], secretFile?: string): Promise<void> => {
    await peers.get(id)?.stop();
    const line = (of: number): string => `127.0.0.1:${String(port(of, 0))}:${String(port(of, 1))}`;
    const peer = await startPeer({
      dataDir: keys.at(`data-${String(id)}`),
      serverId: id,
      servers: { 1: line(1), 2: line(2), 3: line(3) },
      http: { port: port(id, 2) },
      zookeeper: { port: 'off' },
      grpc: { port: 'off' },
      ...(tls !== undefined && { tls }),
      ...(secretFile !== undefined && { peer: { secretFile } }),
    });
    peers.set(id, peer);
  };
  const tlsOf = (id: number, more: Partial<TlsOptions> = {}): TlsOptions => {
    const { certFile, keyFile, caFile = '' } = keys.files(`peer-${String(id)}`);
    return { certFile, keyFile, caFile, ...more };
  };
  const allReady = async (): Promise<void> => {
    await Promise.all(Array.from(peers.values(), (peer) => peer.ready()));
  };
  const url = (id: number): string => peers.get(id)?.url ?? '';
  const clusterIdAt = async (id: number): Promise<string> => {
    const { body } = await ask(url(id), '/v1/info', keys.at('keys/ca.pem'));
    return (JSON.parse(body) as { clusterId: string }).clusterId;
  };

  it('is founded with the id in the certificates, and lets nobody in who shows another', async () => {
    const { clusterId } = await keys.make({ peers: 3 });
    await start(1, tlsOf(1));
    await start(2, tlsOf(2));
    await assert.rejects(start(3, tlsOf(2)), /certificate is that of peer 2, and this is 3/);
    await start(3, tlsOf(3));
    await allReady();
    for (const id of ids) assert.equal(await clusterIdAt(id), clusterId);
  });

  it('goes over from a secret to certificates, peer by peer, with a quorum all the time', async () => {
    const secretFile = keys.at('secret');
    writeNewSecret(secretFile);
    for (const id of ids) await start(id, undefined, secretFile);
    await allReady();
    const info = await fetch(`${url(1)}/v1/info`);
    const { clusterId } = (await info.json()) as { clusterId: string };
    await keys.make({ peers: 3, clusterId });
    for (const peersMeet of ['accept', 'on'] as const) {
      for (const id of ids) {
        await start(id, tlsOf(id, { peers: peersMeet }), secretFile);
        await allReady();
      }
    }
    for (const id of ids) assert.equal(await clusterIdAt(id), clusterId);
  });
});
