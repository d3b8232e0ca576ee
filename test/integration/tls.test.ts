import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { TLSSocket } from 'node:tls';
import { startPeer, type EmbeddedPeer, type PeerOptions } from '../../src/index.ts';
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
