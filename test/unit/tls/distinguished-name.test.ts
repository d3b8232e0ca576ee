import 'reflect-metadata';
import { Name, X509CertificateGenerator, type JsonName } from '@peculiar/x509';
import assert from 'node:assert/strict';
import { webcrypto, X509Certificate } from 'node:crypto';
import { subjectOf } from '../../../src/tls/distinguished-name.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

describe('the subject of a certificate', () => {
  let keys: webcrypto.CryptoKeyPair;

  before(async () => {
    keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  });

  async function subject(name: JsonName): Promise<string> {
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: new Name(name),
      keys,
      signingAlgorithm: algorithm,
    });
    return subjectOf(new X509Certificate(Buffer.from(certificate.rawData)));
  }

  // What Java's X500Principal.getName gives for the same.
  const cases: readonly (readonly [string, JsonName, string])[] = [
    [
      'the last part first',
      [{ C: ['AT'] }, { O: ['Quoll'] }, { CN: ['ops'] }],
      'CN=ops,O=Quoll,C=AT',
    ],
    ['several attributes of one part', [{ CN: ['ops'], OU: ['team'] }], 'CN=ops+OU=team'],
    ['what has a meaning', [{ CN: ['a,b+c"d\\\\e<f>g;h'] }], 'CN=a\\,b\\+c\\"d\\\\e\\<f\\>g\\;h'],
    [
      'spaces at either end, and a number sign',
      [{ O: [' a b '] }, { CN: ['\\#1'] }],
      'CN=\\#1,O=\\ a b\\ ',
    ],
    ['letters of any script', [{ CN: ['Zoë Ωmega 🐾'] }], 'CN=Zoë Ωmega 🐾'],
    ['an equals sign as it is', [{ CN: ['a=b'] }], 'CN=a=b'],
    [
      'DC and UID',
      [{ DC: ['example'] }, { '0.9.2342.19200300.100.1.1': ['u1'] }],
      'UID=u1,DC=example',
    ],
    [
      'what has no name, by its number and encoded',
      [{ E: ['a@b.c'] }, { CN: ['x'] }],
      'CN=x,1.2.840.113549.1.9.1=#16056140622e63',
    ],
    ['nobody', [], ''],
  ];
  for (const [what, name, expected] of cases) {
    it(`is written as ZooKeeper has it: ${what}`, async () => {
      assert.equal(await subject(name), expected);
    });
  }
});
