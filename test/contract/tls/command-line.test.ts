// `quoll` as the client of a peer that speaks TLS: what works, and what it says when it does not.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../../src/cli/run-cli.ts';
import { RecordingTerminal } from '../../support/cli/recording-terminal.ts';
import { Authority, TestSecurity, type Issued } from '../../support/tls/authority.ts';
import { DoorPeer } from '../../support/tls/door-peer.ts';
import { until } from '../../support/until.ts';

describe('the command line over TLS', () => {
  let authority: Authority;
  let folder: string;
  let peer: DoorPeer;

  const at = (name: string) => join(folder, name);

  function keep(name: string, { cert, key }: Issued): readonly string[] {
    writeFileSync(at(`${name}.pem`), cert);
    writeFileSync(at(`${name}.key`), key, { mode: 0o600 });
    return ['--cert', at(`${name}.pem`), '--key', at(`${name}.key`)];
  }

  async function quoll(...args: readonly string[]) {
    const terminal = new RecordingTerminal();
    const unused = {
      startPeer: () => Promise.reject(new Error('not here')),
      inspect: () => Promise.resolve(),
    } as unknown as Parameters<typeof runCommand>[1];
    const code = await runCommand(['node', 'quoll', ...args], unused, terminal);
    return Object.assign(terminal, { code });
  }

  const url = (host = '127.0.0.1', scheme = 'https') => [
    '--url',
    `${scheme}://${host}:${String(peer.ports.http)}`,
  ];
  const trusting = () => [...url(), '--cacert', at('ca.pem')];

  async function open(
    issue: Parameters<Authority['keys']>[0] = {},
    clients: TestSecurity['clientCertificates'] = 'none',
  ): Promise<void> {
    peer = await DoorPeer.open(new TestSecurity(await authority.keys(issue), clients));
  }

  before(async () => {
    authority = await Authority.make();
    folder = mkdtempSync(join(tmpdir(), 'quoll-cli-tls-'));
    writeFileSync(at('ca.pem'), authority.ca);
    writeFileSync(at('other-ca.pem'), (await Authority.make('another')).ca);
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(() => peer.close());

  it('writes, reads and watches, told the CA by flag or variable', async () => {
    await open();
    const created = await quoll('create', '/a', 'one', ...trusting());
    assert.equal(created.code, 0, created.errors);
    const ahead = await quoll('--cacert', at('ca.pem'), 'get', '/a', ...url());
    assert.equal(ahead.output, 'one', ahead.errors);
    const watching = quoll('watch', '/a', '--initial', '--count', '1', ...trusting());
    await until('a change to be seen', async () => {
      await quoll('set', '/a', 'two', ...trusting());
      return Promise.race([watching, Promise.resolve(undefined)]);
    });
    assert.match((await watching).output, /\/a/);
    process.env['QUOLL_CACERT'] = at('ca.pem');
    try {
      assert.equal((await quoll('get', '/a', ...url('localhost'))).code, 0);
    } finally {
      delete process.env['QUOLL_CACERT'];
    }
  });

  it('shows a certificate where one is needed', async () => {
    await open({}, 'need');
    const shown = keep('good', await authority.issue({ purposes: ['client'] }));
    const status = await quoll('status', ...trusting(), ...shown);
    assert.equal(status.code, 0, status.errors);
    const without = await quoll('get', '/', ...trusting());
    assert.equal(without.code, 1);
    assert.match(without.errors, /certificate has to be shown/);
    assert.match(without.errors, /--cert/);
    const expired = keep('expired', await authority.issue({ from: -3, to: -1 }));
    assert.match((await quoll('get', '/', ...trusting(), ...expired)).errors, /has expired/);
  });

  it('says what to do when the CA is not known, or another', async () => {
    await open();
    const unknown = await quoll('get', '/', ...url());
    assert.equal(unknown.code, 5);
    assert.match(unknown.errors, /CA is not one that is believed/);
    assert.match(unknown.errors, /--cacert/);
    const other = await quoll('get', '/', ...url(), '--cacert', at('other-ca.pem'));
    assert.equal(other.code, 5);
    assert.match(other.errors, /other-ca\.pem/);
  });

  it('says what to do when the name is another, or the certificate is out of date', async () => {
    await open({ dns: ['node1.example'], ip: [] });
    const name = await quoll('get', '/', ...trusting());
    assert.equal(name.code, 5);
    assert.match(name.errors, /not for 127\.0\.0\.1/);
    assert.match(name.errors, /node1\.example/);
    await peer.close();
    await open({ from: -3, to: -1 });
    const expired = await quoll('get', '/', ...trusting());
    assert.match(expired.errors, /has expired/);
    assert.match(expired.errors, /--renew/);
  });

  it('says what to write when TLS meets plaintext, either way', async () => {
    await open();
    const plain = await quoll('get', '/', ...url('127.0.0.1', 'http'));
    assert.equal(plain.code, 1);
    assert.match(plain.errors, /https:\/\//);
    await peer.close();
    peer = await DoorPeer.open(undefined);
    const tls = await quoll('get', '/', ...trusting());
    assert.equal(tls.code, 5);
    assert.match(tls.errors, /no TLS\n.*http:\/\//);
  });

  it('copies by the door for clients of ZooKeeper, and says at once what TLS has against it', async () => {
    await open({}, 'need');
    const shown = keep('copier', await authority.issue({ purposes: ['client'] }));
    for (const path of ['/from', '/from/a']) {
      await quoll('create', path, path, ...trusting(), ...shown);
    }
    const place = (scheme: string, port: 'http' | 'zookeeper', path: string) =>
      `${scheme}://127.0.0.1:${String(peer.ports[port])}${path}`;
    const secure = place('zookeeper+tls', 'zookeeper', '/to');
    const known = ['--cacert', at('ca.pem')];
    const copy = (...args: readonly string[]) => quoll('copy', ...args);
    const there = await copy(
      place('https', 'http', '/from'),
      secure,
      '--verify',
      ...known,
      ...shown,
    );
    assert.equal(there.code, 0, there.errors);
    assert.match(there.output, /^2 znodes: 2 created/);
    const back = await copy(
      secure,
      place('https', 'http', '/again'),
      '--verify',
      ...known,
      ...shown,
    );
    assert.equal(back.code, 0, back.errors);
    assert.equal((await quoll('get', '/again/a', ...trusting(), ...shown)).output, '/from/a');

    for (const [args, why] of [
      [[...known], /before a word\n.*--cert FILE/],
      [[...shown], /CA is not one that is believed .*\n.*--cacert/],
      [[...shown, '--cacert', at('other-ca.pem')], /other-ca\.pem/],
    ] as const) {
      const { code, errors } = await copy(secure, place('https', 'http', '/x'), ...args);
      assert.equal(code, 5, errors);
      assert.match(errors, why);
    }
    await peer.close();
    peer = await DoorPeer.open(undefined);
    const plain = place('zookeeper+tls', 'zookeeper', '/');
    const refused = await copy(plain, place('http', 'http', '/x'), ...known);
    assert.equal(refused.code, 5);
    assert.match(refused.errors, /\n.*speaks plaintext, write zookeeper:\/\//);
  });

  it('refuses files that are of no use, before anything is asked', async () => {
    await open();
    const [, cert = '', , key = ''] = keep('one', await authority.issue());
    const [, , , otherKey = ''] = keep('two', await authority.issue());
    writeFileSync(at('nothing.pem'), 'nothing');
    const tries: readonly (readonly [readonly string[], RegExp])[] = [
      [['--cacert', at('none.pem')], /none\.pem.*ENOENT/],
      [['--cacert', at('nothing.pem')], /nothing\.pem.*no certificate/],
      [['--cert', cert], /--key/],
      [['--key', key], /--cert/],
      [['--cert', cert, '--key', otherKey], /two\.key.*not the key/],
      [['--cert', key, '--key', key], /one\.key.*no certificate/],
      [['--cert', cert, '--key', cert], /one\.pem.*no key/],
    ];
    for (const [args, why] of tries) {
      const { code, errors } = await quoll('get', '/', ...trusting(), ...args);
      assert.equal(code, 2, errors);
      assert.match(errors, why);
      assert.doesNotMatch(errors, /PRIVATE KEY/);
    }
  });
});
