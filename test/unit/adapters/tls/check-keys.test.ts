import assert from 'node:assert/strict';
import { generateKeyPairSync, KeyObject, webcrypto } from 'node:crypto';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { checkKeys } from '../../../../src/adapters/tls/check-keys.ts';
import { readKeys } from '../../../../src/adapters/tls/read-keys.ts';
import { loadX509 } from '../../../../src/adapters/tls/x509.ts';
import { serverId } from '../../../../src/model/ids.ts';
import type { KeyFiles, KeyProblem, KeyPurpose } from '../../../../src/model/tls-keys.ts';
import { TestKeys } from '../../../support/tls/keys.ts';
import { writeCrl } from '../../../support/tls/revoke.ts';

const dayMs = 86_400_000;

describe('the check of keys', () => {
  let keys: TestKeys;
  beforeEach(async () => {
    keys = new TestKeys();
    await keys.make({ peers: 2 });
  });
  afterEach(() => {
    keys.remove();
  });

  const asPeer: KeyPurpose = { peer: serverId(1), hosts: [], roles: ['server', 'client'] };
  const found = async (
    more: Partial<KeyFiles> = {},
    purpose: Partial<KeyPurpose> = {},
    nowMs = Date.now(),
  ): Promise<KeyProblem[]> => {
    const files = { ...keys.files(), ...more };
    const problems = checkKeys(files, await readKeys(files), { ...asPeer, ...purpose }, nowMs);
    for (const { fix } of problems) assert.notEqual(fix, '');
    return [...problems];
  };
  /** `file: problem`, the folder left out. */
  const problems = async (...how: Parameters<typeof found>): Promise<string[]> =>
    (await found(...how)).map(({ file, problem }) =>
      `${file}: ${problem}`.replaceAll(`${keys.folder}/keys/`, ''),
    );

  it('finds nothing where all fits', async () => {
    assert.deepEqual(await problems({}, { hosts: ['localhost', '127.0.0.1', '::1'] }), []);
  });

  it('names a key of another certificate', async () => {
    assert.deepEqual(await problems({ keyFile: keys.at('keys/peer-2.key') }), [
      'peer-2.key: is not the key of ' + keys.at('keys/peer-1.pem').replace(/.*\/keys\//, ''),
    ]);
  });

  it('names the certificate that is behind others', async () => {
    const wrong = keys.at('keys/wrong.pem');
    const parts = ['ca.pem', 'peer-1.pem'].map((name) => readFileSync(keys.at('keys', name)));
    writeFileSync(wrong, Buffer.concat(parts));
    assert.match((await problems({ certFile: wrong }))[0] ?? '', /own certificate is number 2/);
  });

  for (const [what, daysFromNow, expected] of [
    ['has ended', 366, /^peer-1\.pem: the certificate has ended on \d{4}-\d\d-\d\d$/],
    ['is of the future', -1, /^peer-1\.pem: the certificate holds only from/],
  ] as const) {
    it(`says when one ${what}`, async () => {
      const [first] = await problems({}, {}, Date.now() + daysFromNow * dayMs);
      assert.match(first ?? '', expected);
    });
  }

  it('says when the authority has ended', async () => {
    await keys.make({ days: 8_000, isRenewal: true });
    assert.deepEqual(
      (await problems({}, {}, Date.now() + 4_000 * dayMs)).map((text) => text.slice(0, 45)),
      ["ca.pem: the authority's certificate has ended"],
    );
  });

  it('asks that a certificate is for what it is used', async () => {
    assert.deepEqual(
      await problems(keys.files('admin'), { peer: undefined, roles: ['client'] }),
      [],
    );
    assert.deepEqual(await problems(keys.files('admin'), { peer: undefined }), [
      'admin.pem: the certificate is not for a server',
    ]);
  });

  it("holds the peer's number against it", async () => {
    assert.deepEqual(await problems({}, { peer: serverId(2) }), [
      'peer-1.pem: the certificate is that of peer 1, and this is 2',
    ]);
    assert.deepEqual(await problems(keys.files('admin'), { roles: [] }), [
      'admin.pem: the certificate names no peer, and others would not let it in',
    ]);
  });

  it('warns of a name that clients use and the certificate lacks', async () => {
    const [problem] = await found({}, { hosts: ['localhost', 'node01.example', '10.0.0.1'] });
    assert.equal(problem?.severity, 'warning');
    assert.match(problem.problem, /does not name node01\.example, 10\.0\.0\.1,/);
    assert.match(problem.fix, /--hosts localhost,.*node01\.example,10\.0\.0\.1$/);
  });

  it('asks for an authority that vouches for it', async () => {
    await keys.make({ directory: keys.at('other') });
    const [first] = await problems({ caFile: keys.at('other/ca.pem') });
    assert.match(
      first ?? '',
      /peer-1\.pem: nobody in .*other\/ca\.pem vouches for the certificate/,
    );
  });

  it('goes up a chain, and through a file of several authorities', async () => {
    await keys.make({ directory: keys.at('other') });
    const both = keys.at('keys/both.pem');
    const texts = ['other/ca.pem', 'keys/ca.pem'].map((name) => readFileSync(keys.at(name)));
    writeFileSync(both, Buffer.concat(texts));
    assert.deepEqual(await problems({ caFile: both }), []);
  });

  it('knows what was revoked, by whom, and until when the list holds', async () => {
    const crlFile = keys.at('keys/list.crl');
    const authority = { certFile: keys.at('keys/ca.pem'), keyFile: keys.at('keys/ca.key') };
    const revoke = async (name: string, nextUpdateMs = Date.now() + dayMs): Promise<void> => {
      await writeCrl(crlFile, authority, { certFiles: [keys.at('keys', name)], nextUpdateMs });
    };
    await revoke('peer-2.pem');
    assert.deepEqual(await problems({ crlFile }), []);
    await revoke('peer-1.pem');
    assert.deepEqual(await problems({ crlFile }), [
      'peer-1.pem: the certificate is revoked, by list.crl',
    ]);
    await revoke('peer-2.pem', Date.now() - dayMs);
    assert.match((await problems({ crlFile }))[0] ?? '', /^list\.crl: the CRL has ended on/);
    await keys.make({ directory: keys.at('other') });
    const others = { certFile: keys.at('other/ca.pem'), keyFile: keys.at('other/ca.key') };
    await writeCrl(crlFile, others, { certFiles: [], nextUpdateMs: Date.now() + dayMs });
    const ofOthers = (await problems({ crlFile })).join('\n');
    assert.match(ofOthers, /list\.crl: holds no CRL of O=Quoll, CN=Quoll CA .*nobody of it/);
    assert.match(ofOthers, /list\.crl: the CRL of .* is not signed by any authority/);
    assert.match(
      (await problems({ crlFile, caFile: undefined }))[0] ?? '',
      /of no use without tls\.caFile/,
    );
  });

  it('passes on what OpenSSL has against it: a key that is too short', async () => {
    const x509 = await loadX509();
    const short = {
      name: 'RSASSA-PKCS1-v1_5',
      hash: 'SHA-256',
      modulusLength: 512,
      publicExponent: new Uint8Array([1, 0, 1]),
    };
    const pair = await webcrypto.subtle.generateKey(short, true, ['sign', 'verify']);
    const own = await x509.X509CertificateGenerator.createSelfSigned({
      name: 'CN=short',
      keys: pair,
      signingAlgorithm: short,
    });
    const certFile = keys.at('keys/short.pem');
    writeFileSync(certFile, own.toString('pem'));
    const keyFile = keys.at('keys/short.key');
    const key = KeyObject.from(pair.privateKey).export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(keyFile, key, { mode: 0o600 });
    assert.deepEqual(
      await problems({ certFile, keyFile, caFile: undefined }, { peer: undefined }),
      ['short.pem: OpenSSL refuses it (ee key too small)'],
    );
  });

  describe('names a file that', () => {
    for (const [what, spoil, expected] of [
      [
        'is missing',
        (file: string) => {
          rmSync(file);
        },
        /cannot be read \(ENOENT\)/,
      ],
      [
        'is empty',
        (file: string) => {
          writeFileSync(file, '');
        },
        /holds no .* in PEM/,
      ],
      [
        'is broken',
        (file: string) => {
          writeFileSync(file, readFileSync(file, 'latin1').replaceAll(/^MI.{20}/gm, 'AAAA'));
        },
        /is broken/,
      ],
      [
        'is far too large',
        (file: string) => {
          writeFileSync(file, Buffer.alloc(5 * 1_048_576, 65));
        },
        /has 5242880 bytes/,
      ],
    ] as const) {
      it(what, async () => {
        for (const file of ['peer-1.pem', 'peer-1.key', 'ca.pem']) {
          const path = keys.at('keys', file);
          const before = readFileSync(path);
          spoil(path);
          const [first = ''] = await problems();
          assert.match(first, new RegExp(`^${file}: `));
          assert.match(first, expected);
          writeFileSync(path, before, { mode: 0o600 });
        }
      });
    }

    it('is a .p12 file, with the command that converts it', async () => {
      for (const file of ['peer-1.pem', 'peer-1.key']) {
        writeFileSync(keys.at('keys', file), Buffer.from('308209d1020103308209970609', 'hex'));
      }
      const fixes = (await found()).map(({ fix }) => fix);
      assert.equal(fixes.length, 2);
      for (const fix of fixes) assert.match(fix, /openssl pkcs12 -in FILE\.p12/);
    });

    it('lets others read the key', async () => {
      chmodSync(keys.at('keys/peer-1.key'), 0o644);
      assert.deepEqual(await problems(), ['peer-1.key: others may read the key']);
    });
  });

  describe('of an encrypted key', () => {
    const password = 'a password: with % signs';
    beforeEach(() => {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      writeFileSync(
        keys.at('keys/locked.key'),
        privateKey.export({
          type: 'pkcs8',
          format: 'pem',
          cipher: 'aes-256-cbc',
          passphrase: password,
        }),
        { mode: 0o600 },
      );
      writeFileSync(keys.at('keys/password'), `${password}\n`, { mode: 0o600 });
    });

    const locked = (): Partial<KeyFiles> => ({ keyFile: keys.at('keys/locked.key') });

    it('opens it with the password out of a file', async () => {
      const more = { ...locked(), keyPasswordFile: keys.at('keys/password') };
      assert.match((await problems(more))[0] ?? '', /^locked\.key: is not the key of/);
    });

    it('says so when there is none, or another, or one for all to read', async () => {
      assert.match((await problems(locked()))[0] ?? '', /the key is encrypted, and nothing says/);
      const keyPasswordFile = keys.at('keys/password');
      chmodSync(keyPasswordFile, 0o644);
      assert.deepEqual(
        (await problems({ ...locked(), keyPasswordFile }))[0],
        'password: others may read the key',
      );
      writeFileSync(keyPasswordFile, 'another');
      const told = await found({ ...locked(), keyPasswordFile });
      assert.ok(told.some(({ problem }) => problem === 'the password does not open the key'));
      assert.doesNotMatch(JSON.stringify(told), /another/);
    });
  });
});
