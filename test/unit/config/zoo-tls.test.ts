import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeComplaints, type Complaint } from '../../../src/config/complaint.ts';
import { loadConfig, type LoadOutcome } from '../../../src/config/load.ts';
import type { PeerConfig } from '../../../src/config/config.ts';

describe('TLS in a zoo.cfg', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-zoo-tls-'));
    for (const name of ['peer.pem', 'other.pem', 'ca.pem', 'password']) {
      writeFileSync(join(folder, name), '', { mode: 0o600 });
    }
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const at = (name: string): string => join(folder, name);
  /** `K/` stands for the folder. */
  const load = (...lines: readonly string[]): LoadOutcome => {
    writeFileSync(at('zoo.cfg'), lines.join('\n').replaceAll('K/', `${folder}/`));
    return loadConfig({ file: at('zoo.cfg'), environment: {} });
  };
  const plain = (text: string): string => text.replaceAll(`${folder}/`, '');
  const loaded = (outcome: LoadOutcome): PeerConfig => {
    if (outcome.kind === 'refused') assert.fail(describeComplaints(outcome.complaints));
    return outcome.config;
  };
  const complaint = (outcome: LoadOutcome): Complaint => {
    assert.equal(outcome.kind, 'refused');
    const [first, ...more] = outcome.complaints;
    assert.deepEqual(more, []);
    assert.ok(first !== undefined);
    const { where, problem, fix } = first;
    return { where: plain(where), problem: plain(problem), fix: plain(fix) };
  };
  const notices = (outcome: LoadOutcome): string[] =>
    outcome.notices.map(({ level, where, text }) => plain(`${level} ${where}: ${text}`));

  const stores = ['ssl.keyStore.location=K/peer.pem', 'ssl.trustStore.location=K/ca.pem'];

  it('is what ZooKeeper would speak, at its secure port', () => {
    const outcome = load(
      'secureClientPort=2281',
      'secureClientPortAddress=0.0.0.0',
      'sslQuorum=true',
      'ssl.clientAuth=want',
      ...stores,
      'ssl.quorum.keyStore.location=K/peer.pem',
      'ssl.quorum.trustStore.location=K/ca.pem',
      'serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory',
    );
    const { zookeeper, tls } = loaded(outcome);
    assert.deepEqual(zookeeper, { host: '0.0.0.0', port: 2_281 });
    assert.deepEqual(tls, {
      certFile: at('peer.pem'),
      keyFile: at('peer.pem'),
      caFile: at('ca.pem'),
      crlFile: undefined,
      keyPasswordFile: undefined,
      clientAuth: 'want',
      peers: 'on',
    });
    assert.deepEqual(
      notices(outcome).filter((text) => text.startsWith('warn')),
      [],
    );
  });

  it('asks every client for a certificate where ZooKeeper would, and says so', () => {
    const outcome = load('secureClientPort=2281', ...stores);
    assert.equal(loaded(outcome).tls?.clientAuth, 'need');
    assert.match(notices(outcome)[0] ?? '', /^warn zoo\.cfg:2: every client shows a certificate/);
    const said = load('secureClientPort=2281', ...stores, 'quoll.tls.clientAuth=none');
    assert.equal(loaded(said).tls?.clientAuth, 'none');
  });

  it('has no plaintext port beside it: both lines are shown', () => {
    const { where, problem, fix } = complaint(
      load('clientPort=2181', 'secureClientPort=2281', ...stores),
    );
    assert.equal(where, 'zoo.cfg:2');
    assert.match(problem, /^secureClientPort=2281 stands here, and clientPort=2181 in zoo\.cfg:1,/);
    assert.match(fix, /take the other one out/);
    const inLine = load(
      'quoll.serverId=1',
      'server.1=127.0.0.1:1:2;2181',
      'secureClientPort=2281',
      ...stores,
    );
    assert.match(complaint(inLine).problem, /server\.1=127\.0\.0\.1:1:2;2181 in zoo\.cfg:2/);
    assert.equal(complaint(load('clientPort=2181', ...stores)).where, 'zoo.cfg:1');
    assert.match(
      complaint(load('clientPort=2181', ...stores)).problem,
      /^ZooKeeper would speak plaintext at clientPort=2181/,
    );
    assert.ok(loaded(load('clientPort=0', 'secureClientPort=2281', ...stores)).tls);
  });

  it('is spoken at clientPort where our own keys are named', () => {
    const { zookeeper, tls } = loaded(
      load('clientPort=2191', 'quoll.tls.certFile=K/peer.pem', 'quoll.tls.caFile=K/ca.pem'),
    );
    assert.equal(zookeeper?.port, 2_191);
    assert.equal(tls?.clientAuth, 'none');
  });

  it('is refused where nothing names the keys', () => {
    for (const line of ['secureClientPort=2281', 'sslQuorum=true']) {
      const { problem, fix } = complaint(load(line));
      assert.match(problem, /asks for TLS, and nothing names keys for it/);
      assert.match(fix, /quoll tls new/);
      assert.match(complaint(load(line, 'quoll.tls=off')).problem, /^TLS is off, and \w+ asks/);
    }
    assert.equal(loaded(load('sslQuorum=false')).tls, undefined);
  });

  it('takes one pair of stores for clients and peers', () => {
    const { where, problem } = complaint(
      load('secureClientPort=1', ...stores, 'ssl.quorum.keyStore.location=K/other.pem'),
    );
    assert.equal(where, 'zoo.cfg:4');
    assert.match(
      problem,
      /is other\.pem, and ssl\.keyStore\.location \(zoo\.cfg:2\) is peer\.pem$/,
    );
    const ofPeers = load(
      'sslQuorum=true',
      'ssl.quorum.keyStore.location=K/peer.pem',
      'ssl.quorum.trustStore.location=K/ca.pem',
    );
    assert.equal(loaded(ofPeers).tls?.certFile, at('peer.pem'));
  });

  for (const [what, lines, command] of [
    [
      'JKS',
      ['ssl.keyStore.location=K/peer.jks', 'ssl.keyStore.type=JKS'],
      /keytool -importkeystore -srckeystore peer\.jks -destkeystore NEW\.p12 -deststoretype PKCS12 && openssl pkcs12 -in NEW\.p12 -nodes -out NEW\.pem/,
    ],
    [
      'PKCS12',
      ['ssl.keyStore.location=K/peer.p12'],
      /^Convert it: openssl pkcs12 -in peer\.p12 -nodes -out NEW\.pem/,
    ],
    ['JKS', ['ssl.keyStore.location=K/keystore'], /keytool/],
    ['BCFKS', ['ssl.keyStore.location=K/peer.bcfks'], /keytool/],
  ] as const) {
    it(`refuses ${lines.join(' and ')} with the command that converts it`, () => {
      const { where, problem, fix } = complaint(load(...lines));
      assert.equal(where, 'zoo.cfg:1');
      assert.match(problem, new RegExp(`is a store of type ${what}, and PEM files are read alone`));
      assert.match(fix, command);
    });
  }

  it('converts a trust store without its keys, and takes PEM of any ending', () => {
    assert.match(complaint(load('ssl.trustStore.location=K/ca.jks')).fix, /-nokeys -out NEW\.pem/);
    writeFileSync(at('peer.crt'), '', { mode: 0o600 });
    const pem = ['ssl.keyStore.location=K/peer.crt', 'ssl.keyStore.type=pem', stores[1] ?? ''];
    assert.equal(loaded(load('secureClientPort=1', ...pem)).tls?.certFile, at('peer.crt'));
  });

  it('leaves stores of Java alone where our own keys are named', () => {
    const outcome = load(
      ...['quoll.tls.certFile=K/peer.pem', 'quoll.tls.caFile=K/ca.pem'],
      ...['ssl.keyStore.location=K/peer.jks', 'ssl.trustStore.location=K/ca.jks'],
      'secureClientPort=2281',
    );
    assert.equal(loaded(outcome).tls?.certFile, at('peer.pem'));
    assert.match(notices(outcome)[0] ?? '', /^debug zoo\.cfg:3: .* has no effect: quoll\.tls/);
  });

  it('has the password of a key in a file of its own, and never shows one', () => {
    const ofFile = load(
      'secureClientPort=2281',
      ...stores,
      'ssl.keyStore.passwordPath=K/password',
      'ssl.clientAuth=none',
    );
    assert.equal(loaded(ofFile).tls?.keyPasswordFile, at('password'));
    const withPassword = ['secureClientPort=2281', ...stores, 'ssl.keyStore.password=hunter2'];
    assert.ok(loaded(load(...withPassword)).tls, 'of a key that is not encrypted it is nothing');
    writeFileSync(at('peer.pem'), '-----BEGIN ENCRYPTED PRIVATE KEY-----', { mode: 0o600 });
    const outcome = load(...withPassword);
    assert.match(complaint(outcome).problem, /the password of a key stands here/);
    assert.match(complaint(outcome).fix, /passwordPath/);
    assert.doesNotMatch(JSON.stringify(outcome), /hunter2/);
  });

  it('says what else of ZooKeeper has no effect', () => {
    const outcome = load(
      ...['secureClientPort=2281', ...stores, 'ssl.clientAuth=none'],
      ...['portUnification=true', 'ssl.ciphersuites=X', 'ssl.quorum.clientAuth=none'],
      ...['ssl.hostnameVerification=false', 'ssl.crl=false'],
      'zookeeper.ssl.protocol=TLSv1.3',
    );
    assert.deepEqual(
      notices(outcome).map((text) => text.replace(/:(?!\d).*/, '')),
      [
        'warn zoo.cfg:10',
        'warn zoo.cfg:5',
        'warn zoo.cfg:6',
        'debug zoo.cfg:8',
        'debug zoo.cfg:9',
        'warn zoo.cfg:10',
        'warn zoo.cfg:7',
      ],
    );
  });
});
