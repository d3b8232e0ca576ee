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
import { revokeKeys } from '../../src/adapters/tls/revoke-keys.ts';
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

  it('goes on alone with data of another ensemble than its certificate is of, and warns', async () => {
    const lines: string[] = [];
    const log = { write: (line: string) => lines.push(line) };
    const before = await start({ tls: 'off' });
    await before.ready();
    await before.stop();
    await keys.make();
    const peer = await start({ log });
    await peer.ready();
    assert.match(
      lines.join(''),
      /of the ensemble [0-9a-f]{16}, and the certificate .*"keysDoubtful"/,
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
  let logs: string[];
  beforeEach(async () => {
    keys = new TestKeys();
    ports = await freePorts(9);
    peers = new Map();
    logs = [];
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
      log: { write: (line) => logs.push(line) },
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

  it('has no peer whose data are of another ensemble than its certificate is of', async () => {
    const { clusterId } = await keys.make({ peers: 3 });
    for (const id of ids) await start(id, tlsOf(id));
    await allReady();
    await keys.make({ peers: 1, directory: keys.at('other') });
    const { certFile, keyFile, caFile = '' } = keys.files('peer-1', 'other');
    await assert.rejects(
      start(1, { certFile, keyFile, caFile }),
      new RegExp(`of the ensemble ${clusterId}, and the certificate .*--cluster-id ${clusterId}`),
    );
  });

  it('lets a peer go, and in no more, whose certificate was revoked meanwhile', async () => {
    await keys.make({ peers: 3 });
    const revoke = async (name: string): Promise<void> => {
      const outcome = await revokeKeys(keys.at('keys'), [name], Date.now());
      assert.equal(outcome.kind, 'revoked');
    };
    await revoke('admin');
    const crlFile = keys.at('keys/ca.crl');
    for (const id of ids) await start(id, tlsOf(id, { crlFile }));
    await allReady();
    await revoke('peer-3');
    for (const id of [1, 2]) await peers.get(id)?.renewKeys();
    await until('it to be on its own', () => peers.get(3)?.role === 'looking');
    assert.ok(logs.some((line) => /"peerCut".*was revoked|was revoked.*"peerCut"/.test(line)));
    await until('the others to go on', () =>
      [1, 2].every((id) => peers.get(id)?.role !== 'looking'),
    );
    await peers.get(3)?.stop();
    await assert.rejects(start(3, tlsOf(3, { crlFile })), /the certificate is revoked/);
    // A thief's would not look at the list.
    await start(3, tlsOf(3));
    await until('a word of it', () =>
      logs.some((line) => /"peerNotMet".*revoked|revoked.*"peerNotMet"/.test(line)),
    );
    assert.equal(peers.get(3)?.role, 'looking');
    await keys.make({ isRenewal: true, peers: 0 });
    await start(3, tlsOf(3, { crlFile }));
    await allReady();
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
    // And without the secret.
    for (const id of ids) {
      await start(id, tlsOf(id));
      await allReady();
      assert.equal(await clusterIdAt(id), clusterId);
    }
  });

  it('goes over to another authority, file by file, with a quorum all the time', async () => {
    const { clusterId } = await keys.make({ peers: 3 });
    for (const id of ids) await start(id, tlsOf(id));
    await allReady();
    await keys.make({ peers: 3, clusterId, directory: keys.at('next') });
    const shownBy = async (id: number): Promise<string> =>
      (await ask(url(id), '/livez', keys.at('keys/ca.pem'))).fingerprint;
    const before = await Promise.all(ids.map(shownBy));
    const old = readFileSync(keys.at('keys/ca.pem'));
    // Whoever is believed is added everywhere before anybody shows it.
    const both = Buffer.concat([old, readFileSync(keys.at('next/ca.pem'))]);
    writeFileSync(keys.at('keys/ca.pem'), both);
    for (const id of ids) await peers.get(id)?.renewKeys();
    for (const id of ids) {
      for (const file of [`peer-${String(id)}.key`, `peer-${String(id)}.pem`]) {
        copyFileSync(keys.at('next', file), keys.at('keys', file));
      }
      await peers.get(id)?.renewKeys();
      assert.notEqual(await shownBy(id), before[id - 1]);
      // It meets the others anew, who show the one or the other.
      await start(id, tlsOf(id));
      await allReady();
    }
    writeFileSync(keys.at('keys/ca.pem'), readFileSync(keys.at('next/ca.pem')));
    for (const id of ids) await peers.get(id)?.renewKeys();
    assert.equal(logs.filter((line) => line.includes('keysRenewed')).length, 9);
    for (const id of ids) {
      await start(id, tlsOf(id));
      await allReady();
      assert.equal(await clusterIdAt(id), clusterId);
    }
  });
});
