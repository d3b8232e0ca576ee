import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { runCommand } from '../../../../src/cli/run-cli.ts';
import { keyTools } from '../../../../src/compose/key-tools.ts';
import { RecordingTerminal } from '../../../support/cli/recording-terminal.ts';
import { TestKeys } from '../../../support/tls/keys.ts';

interface Ran {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

describe('quoll tls', () => {
  let keys: TestKeys;
  beforeEach(() => {
    keys = new TestKeys();
  });
  afterEach(() => {
    keys.remove();
  });

  /** What was typed, with `K/` for the folder. */
  const quoll = async (...words: string[]): Promise<Ran> => {
    const terminal = new RecordingTerminal();
    const parts = {
      startPeer: () => Promise.reject(new Error('not here')),
      inspect: () => Promise.resolve(),
      keyTools: () => Promise.resolve(keyTools),
      copyTools: () => Promise.reject(new Error('not here')),
      importZooKeeper: () => Promise.reject(new Error('not here')),
    };
    const typed = words.map((word) => word.replace(/^K\//, `${keys.folder}/`));
    const code = await runCommand(['node', 'quoll', 'tls', ...typed], parts, terminal);
    const plain = (text: string): string => text.replaceAll(`${keys.folder}/`, 'K/');
    return { code, output: plain(terminal.output), errors: plain(terminal.errors) };
  };

  const made = ['--hosts', 'node01.example,10.0.0.1', '--peers', '2'];

  describe('new', () => {
    it('makes keys and says what to write into the configuration', async () => {
      const { code, output } = await quoll('new', 'K/keys', ...made);
      assert.equal(code, 0);
      for (const name of ['ca', 'peer-1', 'peer-2', 'admin']) {
        assert.ok(existsSync(keys.at('keys', `${name}.pem`)), name);
        assert.ok(existsSync(keys.at('keys', `${name}.key`)), name);
      }
      assert.match(
        output,
        /tls: \{ certFile: K\/keys\/peer-1\.pem, keyFile: K\/keys\/peer-1\.key, caFile: K\/keys\/ca\.pem \}/,
      );
      assert.match(output, /^ {2}quoll\.tls\.certFile=K\/keys\/peer-1\.pem$/m);
      assert.match(output, /quoll tls new K\/keys --renew/);
    });

    it('tells programs as JSON, whatever comes first', async () => {
      const { output } = await quoll('new', 'K/keys', '-o', 'json', ...made);
      const { kind, caFile, certFiles } = JSON.parse(output) as Record<string, unknown>;
      assert.deepEqual(
        { kind, caFile, certFiles },
        {
          kind: 'made',
          caFile: 'K/keys/ca.pem',
          certFiles: ['K/keys/peer-1.pem', 'K/keys/peer-2.pem', 'K/keys/admin.pem'],
        },
      );
    });

    it('overwrites nothing, and renews when it is told to', async () => {
      await quoll('new', 'K/keys', ...made);
      const again = await quoll('new', 'K/keys', ...made);
      assert.equal(again.code, 1);
      assert.match(again.errors, /^quoll: all of these keys are there already\n {2}Say --renew/);
      const renewed = await quoll('new', 'K/keys', '--renew', '--days', '7');
      assert.equal(renewed.code, 0);
      assert.match(renewed.output, /taken over within seconds/);
      assert.doesNotMatch(renewed.output, /tls: \{/);
      assert.match((await quoll('show', 'K/keys/peer-2.pem')).output, /\(6 days left\)/);
    });

    for (const [words, expected] of [
      [[], /How many peers are there/],
      [['--peers', '2'], /by which names the peers are reached/],
      [['--peers', '256', '--hosts', 'a'], /255 peers at most/],
      [['--peers', '1', '--hosts', 'a:1'], /"a:1" is not a host name/],
      [['--peers', '1', '--hosts', 'a', '--cluster-id', 'x'], /is not the id of an ensemble/],
      [['--peers', '1', '--hosts', 'a', '--days', '9999'], /3650 days at most/],
      [['--clients', '../x'], /"\.\.\/x" is not a name/],
      [['--clients', 'peer-9'], /"peer-9" is not a name/],
    ] as const) {
      it(`refuses ${words.join(' ') || 'to guess'}`, async () => {
        const { code, errors } = await quoll('new', 'K/keys', ...words);
        assert.notEqual(code, 0);
        assert.match(errors, expected);
        assert.equal(existsSync(keys.at('keys')), false);
      });
    }
  });

  describe('revoke', () => {
    beforeEach(() => quoll('new', 'K/keys', ...made));

    it('writes the list, and says what to do with it', async () => {
      const { code, output } = await quoll('revoke', 'K/keys', 'peer-2');
      assert.equal(code, 0);
      assert.match(output, /^K\/keys\/ca\.crl lists O=Quoll, CN=peer-2; 1 in all\.$/m);
      assert.match(output, /quoll\.tls\.crlFile=K\/keys\/ca\.crl/);
      const crl = ['--cacert', 'K/keys/ca.pem', '--crl', 'K/keys/ca.crl'];
      const pair = ['--cert', 'K/keys/peer-2.pem', '--key', 'K/keys/peer-2.key'];
      const checked = await quoll('check', ...pair, ...crl);
      assert.match(checked.errors, /peer-2\.pem: the certificate is revoked, by K\/keys\/ca\.crl/);
    });

    it('refuses to guess', async () => {
      const { code, errors } = await quoll('revoke', 'K/keys', 'peer-7');
      assert.equal(code, 1);
      assert.match(errors, /peer-7\.pem holds no certificate\n {2}Name it/);
    });
  });

  describe('show', () => {
    beforeEach(() => quoll('new', 'K/keys', '--cluster-id', '00112233445566aa', ...made));

    it('says in words whom a certificate names, what for and for how long', async () => {
      const { code, output } = await quoll('show', 'K/keys/peer-2.pem', 'K/keys/ca.pem');
      assert.equal(code, 0);
      for (const line of [
        /^K\/keys\/peer-2\.pem$/m,
        /^ {2}subject {6}O=Quoll, CN=peer-2$/m,
        /^ {2}peer {9}2 of 00112233445566aa$/m,
        /^ {2}hosts {8}node01\.example, 10\.0\.0\.1, localhost, 127\.0\.0\.1, ::1$/m,
        /^ {2}for {10}server and client$/m,
        /^ {2}holds {8}\d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d \(364 days left\)$/m,
        /^ {2}issuer {7}O=Quoll, CN=Quoll CA 00112233445566aa$/m,
        /^ {2}fingerprint {2}SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/m,
        /^ {2}for {10}signing certificates$/m,
        /^ {2}issuer {7}itself$/m,
      ]) {
        assert.match(output, line);
      }
    });

    it('never shows a key, and says what it found in place of a certificate', async () => {
      const { code, output, errors } = await quoll('show', 'K/keys/peer-1.key');
      assert.equal(code, 1);
      assert.match(errors, /peer-1\.key: holds no certificate in PEM/);
      assert.doesNotMatch(output + errors, /PRIVATE KEY/);
    });

    it('gives programs all of it', async () => {
      const { output } = await quoll('show', '-o', 'json', 'K/keys/peer-1.pem');
      const [shown] = JSON.parse(output) as { certificates: { peer: unknown }[] }[];
      assert.deepEqual(shown?.certificates[0]?.peer, { clusterId: '00112233445566aa', id: 1 });
    });
  });

  describe('check', () => {
    const peer = ['--cert', 'K/keys/peer-1.pem', '--key', 'K/keys/peer-1.key'];
    beforeEach(() => quoll('new', 'K/keys', ...made));

    it('says that all is well, and until when', async () => {
      const { code, output } = await quoll('check', ...peer, '--cacert', 'K/keys/ca.pem');
      assert.equal(code, 0);
      assert.match(output, /^K\/keys\/peer-1\.pem: all well, .*\(364 days left\)\n$/);
    });

    it('ends with 1 and says what to do', async () => {
      const wrong = ['--cert', 'K/keys/peer-1.pem', '--key', 'K/keys/peer-2.key'];
      const { code, errors } = await quoll('check', ...wrong);
      assert.equal(code, 1);
      assert.match(errors, /^quoll: error: K\/keys\/peer-2\.key: is not the key of .*\n {2}Name/);
      const named = await quoll('check', ...peer, '--host', 'node02.example');
      assert.equal(named.code, 1);
      assert.match(named.errors, /quoll: warning: .* does not name node02\.example/);
    });

    it('warns of an end that is near', async () => {
      await quoll('new', 'K/keys', '--renew', '--days', '20');
      const { code, errors } = await quoll('check', ...peer);
      assert.equal(code, 1);
      assert.match(errors, /quoll: warning: .*CN=peer-1 ends in 19 days.*\n {2}.*--renew/);
    });

    it('knows whether it is for a client', async () => {
      const admin = ['--cert', 'K/keys/admin.pem', '--key', 'K/keys/admin.key'];
      assert.equal((await quoll('check', ...admin, '--for', 'client')).code, 0);
      assert.match((await quoll('check', ...admin)).errors, /is not for a server/);
    });

    it('tells programs as JSON', async () => {
      writeFileSync(keys.at('keys/peer-1.key'), 'x', { mode: 0o600 });
      const { code, output } = await quoll('check', ...peer, '-o', 'json');
      const { problems } = JSON.parse(output) as { problems: { file: string }[] };
      assert.deepEqual([code, problems[0]?.file], [1, 'K/keys/peer-1.key']);
    });

    it('looks at the keys of a configuration as its peer would', async () => {
      const config = keys.at('zoo.cfg');
      const lines = [
        `quoll.tls.certFile=${keys.at('keys/peer-1.pem')}`,
        `quoll.tls.keyFile=${keys.at('keys/peer-1.key')}`,
        `quoll.tls.caFile=${keys.at('keys/ca.pem')}`,
        'server.1=node01.example:2888:3888',
        'server.2=node02.example:2888:3888',
      ];
      writeFileSync(config, [...lines, 'quoll.serverId=1', 'quoll.advertise=10.0.0.1'].join('\n'));
      const { code, output } = await quoll('check', '--config', config);
      assert.deepEqual([code, output.slice(0, 27)], [0, 'K/keys/peer-1.pem: all well']);
      writeFileSync(config, [...lines, 'quoll.serverId=2', 'quoll.advertise=node02'].join('\n'));
      const other = await quoll('check', '--config', config);
      assert.equal(other.code, 1);
      assert.match(other.errors, /error: .* is that of peer 1, and this is 2/);
      assert.match(other.errors, /warning: .* does not name node02,/);
      writeFileSync(config, 'quoll.tls.keyFile=/nowhere');
      assert.equal((await quoll('check', '--config', config)).code, 2);
      writeFileSync(config, '');
      const none = await quoll('check', '--config', config);
      assert.deepEqual([none.code, /speaks no TLS/.test(none.errors)], [1, true]);
    });

    it('asks for something to check', async () => {
      const { code, errors } = await quoll('check');
      assert.equal(code, 2);
      assert.match(errors, /What is to be checked/);
    });
  });
});
