import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeComplaints, type Complaint } from '../../../src/config/complaint.ts';
import type { PeerConfig } from '../../../src/config/config.ts';
import { loadConfig, loadOptions, type LoadOutcome } from '../../../src/config/load.ts';

describe('TLS in the configuration', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-tls-config-'));
    for (const name of ['peer.pem', 'peer.key', 'ca.pem', 'list.crl', 'password']) {
      writeFileSync(join(folder, name), '', { mode: 0o600 });
    }
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const at = (name: string): string => join(folder, name);
  const load = (flags: Record<string, string>): LoadOutcome =>
    loadConfig({ flags, environment: {} });
  const loaded = (outcome: LoadOutcome): PeerConfig => {
    if (outcome.kind === 'refused') assert.fail(describeComplaints(outcome.complaints));
    return outcome.config;
  };
  const complaints = (outcome: LoadOutcome): readonly Complaint[] => {
    assert.equal(outcome.kind, 'refused');
    return outcome.complaints;
  };
  const problems = (outcome: LoadOutcome): string[] =>
    complaints(outcome).map(({ where, problem }) =>
      `${where}: ${problem}`.replaceAll(`${folder}/`, ''),
    );
  const ensemble = { servers: '1=node01:2888:3888,2=node02:2888:3888', serverId: '1' };
  const files = (): Record<string, string> => ({
    'tls.certFile': at('peer.pem'),
    'tls.keyFile': at('peer.key'),
    'tls.caFile': at('ca.pem'),
  });

  it('is not spoken unless keys are named', () => {
    assert.equal(loaded(load({})).tls, undefined);
  });

  it('is spoken with the files that are named, in whichever way', () => {
    const expected = {
      certFile: at('peer.pem'),
      keyFile: at('peer.key'),
      caFile: at('ca.pem'),
      crlFile: undefined,
      keyPasswordFile: undefined,
      clientAuth: 'none',
      peers: 'on',
    };
    assert.deepEqual(loaded(load(files())).tls, expected);
    const zooCfg = Object.entries(files()).map(([key, file]) => `quoll.${key}=${file}`);
    writeFileSync(at('zoo.cfg'), zooCfg.join('\n'));
    writeFileSync(
      at('quoll.yaml'),
      `tls:\n  certFile: ${at('peer.pem')}\n  keyFile: ${at('peer.key')}\n  caFile: ${at('ca.pem')}`,
    );
    for (const file of ['zoo.cfg', 'quoll.yaml']) {
      assert.deepEqual(loaded(loadConfig({ file: at(file), environment: {} })).tls, expected);
    }
    const environment = {
      QUOLL_TLS_CERT_FILE: at('peer.pem'),
      QUOLL_TLS_KEY_FILE: at('peer.key'),
      QUOLL_TLS_CA_FILE: at('ca.pem'),
    };
    assert.deepEqual(loaded(loadConfig({ environment })).tls, expected);
    const { certFile, keyFile, caFile } = expected;
    const options = { dataDir: folder, tls: { certFile, keyFile, caFile } };
    assert.deepEqual(loaded(loadOptions(options)).tls, expected);
  });

  it('has the key in the file of the certificate where no other is named', () => {
    const { tls } = loaded(load({ 'tls.certFile': at('peer.pem'), 'tls.clientAuth': 'none' }));
    assert.equal(tls?.keyFile, at('peer.pem'));
  });

  it('asks clients for certificates when it is told to', () => {
    assert.equal(loaded(load({ ...files(), 'tls.clientAuth': 'need' })).tls?.clientAuth, 'need');
    assert.deepEqual(problems(load({ ...files(), 'tls.clientAuth': 'yes' })), [
      '--tls-client-auth: --tls-client-auth is "yes"',
    ]);
  });

  it('needs an authority for whoever is believed by one', () => {
    const { 'tls.caFile': authority = '', ...rest } = files();
    assert.deepEqual(problems(load({ ...rest, ...ensemble })), [
      '--tls-cert-file: nothing says whose certificates are believed, of other peers',
    ]);
    assert.match(
      problems(load({ ...rest, 'tls.clientAuth': 'want', 'tls.crlFile': at('list.crl') }))[0] ?? '',
      /of clients and what the CRL is of$/,
    );
    assert.equal(loaded(load({ ...rest, 'tls.caFile': authority, ...ensemble })).serverId, 1);
  });

  it('needs no secret of the peers, and may have one', () => {
    assert.equal(loaded(load({ ...files(), ...ensemble })).peer.secretFile, undefined);
  });

  it('may leave the peers a secret, which is needed then', () => {
    for (const peers of ['accept', 'off']) {
      const flags = { ...files(), ...ensemble, 'tls.peers': peers };
      assert.deepEqual(problems(load(flags)), [
        'peer.secretFile: peers on several machines that meet without TLS need a secret that they share',
      ]);
      writeFileSync(at('secret'), 'ab'.repeat(32), { mode: 0o600 });
      const { tls } = loaded(load({ ...flags, 'peer.secretFile': at('secret') }));
      assert.equal(tls?.peers, peers);
    }
    const here = { servers: '1=[::1]:1:2,2=[::1]:3:4', serverId: '1', 'tls.peers': 'off' };
    const { tls } = loaded(load({ ...here, 'tls.certFile': at('peer.pem') }));
    assert.equal(tls?.caFile, undefined, 'no authority is needed where nobody shows a certificate');
  });

  it('names each file that is missing or open to others, before a peer starts', () => {
    chmodSync(at('peer.key'), 0o644);
    rmSync(at('ca.pem'));
    assert.deepEqual(problems(load(files())), [
      '--tls-key-file: others may read the key peer.key',
      '--tls-ca-file: ca.pem cannot be read (ENOENT)',
    ]);
    assert.deepEqual(problems(load({ 'tls.keyFile': at('peer.pem') })), [
      '--tls-key-file: tls.keyFile is named, and no certificate',
    ]);
  });

  it('is off or has files, and not both', () => {
    assert.deepEqual(problems(load({ ...files(), tls: 'off' })), [
      '--tls: TLS is off, and tls.certFile names a file for it (--tls-cert-file)',
    ]);
    assert.deepEqual(problems(load({ tls: 'on' })), ['--tls: --tls is "on"']);
  });

  describe('off loopback', () => {
    for (const door of ['http', 'zookeeper', 'grpc']) {
      it(`is asked for by the ${door} door, with both ways to go on`, () => {
        const outcome = load({ [`${door}.host`]: '0.0.0.0' });
        const [complaint, ...more] = complaints(outcome);
        assert.deepEqual(more, []);
        assert.equal(complaint?.where, `--${door}-host`);
        assert.match(
          complaint.problem,
          /^plaintext would leave this machine, by the \w+ door at 0\.0\.0\.0$/,
        );
        assert.match(complaint.fix, /quoll tls new keys --hosts NAME --peers 1/);
        assert.match(complaint.fix, /certFile: keys\/peer-1\.pem/);
        assert.match(complaint.fix, /quoll\.tls\.certFile=/);
        assert.match(complaint.fix, /tls: off \(zoo\.cfg: quoll\.tls=off\)/);
        assert.equal(loaded(load({ [`${door}.host`]: '0.0.0.0', tls: 'off' })).tls, undefined);
        assert.ok(loaded(load({ [`${door}.host`]: '0.0.0.0', ...files() })).tls);
        const closed = { [`${door}.host`]: '0.0.0.0', [`${door}.port`]: 'off' };
        assert.equal(loaded(load(closed)).tls, undefined);
      });
    }

    it('is asked for by the links between peers, with their names in the command', () => {
      const [complaint, ...more] = complaints(load({ ...ensemble, 'grpc.host': '10.0.0.1' }));
      assert.deepEqual(more, []);
      assert.match(complaint?.problem ?? '', /the gRPC door at 10\.0\.0\.1, the links between/);
      assert.match(complaint?.fix ?? '', /--hosts node01,node02 --peers 2/);
    });

    it('is not asked for where all peers are on this machine', () => {
      const here = { servers: '1=127.0.0.1:1:2,2=[::1]:3:4', serverId: '1' };
      assert.equal(loaded(load(here)).tls, undefined);
    });
  });

  it('is one of the options, as a word or with files', () => {
    const open = { dataDir: folder, http: { host: '0.0.0.0' } };
    assert.equal(loaded(loadOptions({ ...open, tls: 'off' })).tls, undefined);
    assert.match(problems(loadOptions(open))[0] ?? '', /^options\.http\.host: plaintext would/);
    const wrong = loadOptions({ dataDir: folder, tls: { certificate: 'x' } });
    assert.match(problems(wrong)[0] ?? '', /^options\.tls\.certificate: there is no such option/);
  });
});
