// TLS as other people's programs speak it, unchanged: curl, kazoo, zkCli, gRPC for Python and Go, Chromium; and what a scan
// by OpenSSL finds on every port. What is missing is named by scripts/test-peers.mjs before this runs.

import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { PeerProcess, TestEnsemble } from '../support/ensemble.ts';
import type { TestKeys } from '../support/tls/keys.ts';
import { startSecureEnsemble } from '../support/tls/secure-ensemble.ts';
import { passes, Programs, run, type Finished } from './zookeeper/programs.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

describe('TLS, as other programs speak it', function () {
  this.timeout(180_000);
  let keys: TestKeys;
  let folder: string;
  let ensemble: TestEnsemble;
  let peer: PeerProcess;

  const key = (name: string) => keys.at('keys', name);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-tls-'));
    ({ keys, ensemble } = await startSecureEnsemble([
      'quoll.tls.clientAuth=want',
      '4lw.commands.whitelist=*',
      'quoll.http.allowedOrigins=https://127.0.0.1:*',
    ]));
    peer = ensemble.peer(1);
  });

  after(async () => {
    await ensemble.stop();
    keys.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const curl = (...args: readonly string[]): Promise<Finished> =>
    run({ program: 'curl', args: ['-sS', '--max-time', '20', ...args] });

  describe('curl', () => {
    it('writes and reads, with a certificate and without', async () => {
      const at = `${peer.http}/v1/nodes/curl`;
      const own = ['--cert', key('admin.pem'), '--key', key('admin.key')];
      const written = await curl(
        '--cacert',
        key('ca.pem'),
        ...own,
        '-X',
        'PUT',
        '-d',
        'x',
        `${at}?create`,
      );
      assert.equal(written.status, 0, written.output);
      const read = await curl('--cacert', key('ca.pem'), '-i', at);
      assert.match(read.stdout, /^HTTP\/1\.1 200 OK\r\n/);
      assert.match(read.stdout, /^strict-transport-security: max-age=31536000\r$/im);
      assert.match(read.stdout, /\r\n\r\nx$/);
    });

    it('believes no peer whose CA it was not told of, and is told when it speaks plaintext', async () => {
      assert.equal((await curl(`${peer.http}/livez`)).status, 60);
      const plain = await curl('-i', `${peer.http.replace('https', 'http')}/livez`);
      assert.match(plain.stdout, /^HTTP\/1\.1 400 /);
      assert.match(plain.stdout, /write https:\/\//);
    });

    it('speaks no older TLS here', async () => {
      const old = ['--tlsv1.0', '--tls-max', '1.1', '--ciphers', 'DEFAULT@SECLEVEL=0'];
      const { status, stderr } = await curl(
        '--cacert',
        key('ca.pem'),
        ...old,
        `${peer.http}/livez`,
      );
      assert.equal(status, 35, stderr);
    });

    it('follows a stream of changes, and a redirect to the leader', async () => {
      const leader = await ensemble.leader();
      const follower = ensemble.peers.find((each) => each !== leader) ?? assert.fail();
      const body = ['-X', 'PUT', '-d', 'y', '-L'];
      const at = `${follower.http}/v1/nodes/redirected?create&redirect`;
      const written = await curl('--cacert', key('ca.pem'), ...body, at);
      assert.match(written.stdout, /"path":"\/redirected"/);
      const watch = `${follower.http}/v1/watch?path=/redirected&initial`;
      const seen = await curl('--cacert', key('ca.pem'), '-N', '--max-time', '3', watch);
      assert.match(seen.stdout, /\/redirected/);
    });
  });

  it('kazoo writes, watches and locks with a certificate', async () => {
    const hosts = ensemble.peers.map(({ zookeeper }) => zookeeper).join(',');
    const files = [key('ca.pem'), key('admin.pem'), key('admin.key')];
    await passes(new Programs(folder).kazoo('kazoo_tls', hosts, ...files));
  });

  it('zkCli writes and reads by ssl.*, with a certificate', async () => {
    const own = join(folder, 'own.pem');
    const parts = ['admin.pem', 'admin.key'].map((name) => readFileSync(key(name), 'utf8'));
    writeFileSync(own, parts.join(''));
    const command = Programs.zkCliOverTls(peer.zookeeper, { ca: key('ca.pem'), own });
    const { output } = await run(command, 'create /zkcli hello\nget /zkcli\nls /\nquit\n');
    assert.match(output, /^Created \/zkcli$/m);
    assert.match(output, /^hello$/m);
  });

  describe('gRPC', () => {
    const targets = () => ensemble.peers.map((each) => each.grpc).join(',');
    const settings = () => [
      `QUOLL_CACERT=${key('ca.pem')}`,
      `QUOLL_CERT=${key('admin.pem')}`,
      `QUOLL_KEY=${key('admin.key')}`,
    ];

    it('for Python creates, watches and holds a lock with mTLS', async () => {
      const example = join(root, 'clients/python/example.py');
      const args = [...settings(), '/usr/bin/python3', example, targets(), '5'];
      const { status, output } = await run({ program: 'env', args });
      assert.equal(status, 0, output);
      assert.match(output, /^released; the watch saw every change once, in order$/m);
    });

    it('for Go does the same', async function () {
      // Without a cache the library is compiled too.
      this.timeout(300_000);
      const program = join(folder, 'example');
      const cache = process.env['GOCACHE'] ?? join(folder, 'cache');
      const go = [`GOPATH=${root}clients/go:/usr/share/gocode`, `GOCACHE=${cache}`];
      const build = ['go', 'build', '-o', program, 'example'];
      const built = await run({ program: 'env', args: ['GO111MODULE=off', ...go, ...build] });
      assert.equal(built.status, 0, built.output);
      const { status, output } = await run({
        program: 'env',
        args: [...settings(), program, targets(), '5'],
      });
      assert.equal(status, 0, output);
      assert.match(output, /^released; the watch saw every change once, in order$/m);
    });
  });

  it('Chromium shows the console, live, over wss, and at another peer when its own dies', async () => {
    // It believes these keys as if a CA that it knows had vouched for them, and no others.
    const pins = [1, 2, 3].map((id) => {
      const { publicKey } = new X509Certificate(readFileSync(key(`peer-${String(id)}.pem`)));
      return createHash('sha256')
        .update(publicKey.export({ type: 'spki', format: 'der' }))
        .digest('base64');
    });
    const browser = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath: '/usr/bin/chromium',
      headless: true,
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
        `--ignore-certificate-errors-spki-list=${pins.join(',')}`,
      ],
    });
    try {
      const page = await browser.newPage();
      const sockets: string[] = [];
      const complaints: string[] = [];
      page.on('websocket', (socket) => sockets.push(socket.url()));
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(`${peer.http}/`);
      await page.getByText('Live', { exact: true }).waitFor();
      assert.match(sockets[0] ?? '', /^wss:/);
      assert.deepEqual(complaints, []);
      const isSecure = await page.evaluate('isSecureContext');
      assert.equal(isSecure, true);
      await page.getByText(/^Peer 1, /).waitFor();
      await peer.end('SIGKILL');
      await page.getByText(/^Live at 127\.0\.0\.1:/).waitFor();
      await page.locator('#peer', { hasText: /^Peer [23], / }).waitFor();
      peer.start();
      await ensemble.ready();
    } finally {
      await browser.close();
    }
  });

  describe('a scan by OpenSSL', () => {
    /** Every port of a peer, those for other peers too. */
    const ports = (): Readonly<Record<string, string>> => {
      const [, quorum = '', election = ''] =
        /^server\.1=127\.0\.0\.1:(\d+):(\d+)/m.exec(peer.configText) ?? [];
      return {
        http: new URL(peer.http).host,
        grpc: peer.grpc,
        zookeeper: peer.zookeeper,
        quorum: `127.0.0.1:${quorum}`,
        election: `127.0.0.1:${election}`,
      };
    };
    const connect = (at: string, ...args: readonly string[]): Promise<Finished> =>
      run({
        program: 'openssl',
        args: ['s_client', '-connect', at, '-CAfile', key('ca.pem'), ...args],
      });
    const all = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';

    it('finds TLS 1.2 and 1.3 on every port, and nothing older', async () => {
      for (const [port, at] of Object.entries(ports())) {
        for (const version of ['-tls1', '-tls1_1']) {
          const { output } = await connect(at, version, '-cipher', all);
          assert.match(output, /alert protocol version/, `${port} ${version}`);
        }
        for (const version of ['-tls1_2', '-tls1_3']) {
          const { output } = await connect(at, version);
          assert.match(output, /Verification: OK/, `${port} ${version}`);
          assert.match(output, /Compression: NONE/, `${port} ${version}`);
        }
      }
    });

    it('finds authenticated ciphers with keys for one connection alone', async () => {
      const listed = await run({ program: 'openssl', args: ['ciphers', '-tls1_2', '-s', all] });
      const ciphers = listed.stdout.trim().split(':');
      assert.ok(ciphers.length > 60, listed.stdout);
      const { http = '', quorum = '' } = ports();
      for (const at of [http, quorum]) {
        const taken: string[] = [];
        for (const cipher of ciphers) {
          const { stdout } = await connect(at, '-tls1_2', '-cipher', `${cipher}:@SECLEVEL=0`);
          if (/Cipher is (?!\(NONE\))/.test(stdout)) taken.push(cipher);
        }
        assert.deepEqual(taken.toSorted(), [
          'ECDHE-ECDSA-AES128-GCM-SHA256',
          'ECDHE-ECDSA-AES256-GCM-SHA384',
          'ECDHE-ECDSA-CHACHA20-POLY1305',
        ]);
      }
    });

    it('finds no renegotiation', async () => {
      const { http = '' } = ports();
      const args = ['s_client', '-connect', http, '-tls1_2', '-CAfile', key('ca.pem')];
      const { output } = await run({ program: 'openssl', args }, 'R\n');
      assert.match(output, /no renegotiation/);
    });

    it('finds the right protocol on each port', async () => {
      const { http = '', grpc = '' } = ports();
      assert.match(
        (await connect(http, '-alpn', 'h2,http/1.1')).output,
        /ALPN protocol: http\/1\.1/,
      );
      assert.match((await connect(grpc, '-alpn', 'h2,http/1.1')).output, /ALPN protocol: h2/);
      assert.match((await connect(grpc, '-alpn', 'http/1.1')).output, /no application protocol/);
    });
  });
});
