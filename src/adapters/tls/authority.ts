import { createPrivateKey, randomBytes, webcrypto, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import type { ServerId } from '../../model/ids.ts';
import { authorityUri, peerUri } from '../../model/peer-name.ts';
import { plainHost } from './certificate.ts';
import { loadX509 } from './x509.ts';

const dayMs = 86_400_000;
const authorityDays = 3_652;

/** Before now, so that a machine whose clock is a little behind takes the certificate at once. */
const clockSlackMs = 3_600_000;

const curve = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const keyUses = ['sign', 'verify'] as const;
const organization = 'Quoll';

/** A certificate and its key, both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate is to say. */
export interface Subject {
  readonly name: string;
  /** Undefined: a client's. */
  readonly peer: { readonly id: ServerId; readonly hosts: readonly string[] } | undefined;
}

/** Makes an authority of its own for an ensemble. */
export async function makeAuthority(clusterId: string, nowMs: number): Promise<KeyPair> {
  const x509 = await loadX509();
  const keys = await newKeyPair();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: nameOf(`Quoll CA ${clusterId}`),
    ...validity(nowMs, authorityDays),
    signingAlgorithm: { ...curve, hash: 'SHA-256' },
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.SubjectAlternativeNameExtension([{ type: 'url', value: authorityUri(clusterId) }]),
    ],
  });
  return { cert: `${certificate.toString('pem')}\n`, key: await pemOf(keys.privateKey) };
}

/** Makes certificates in the name of an authority. */
export class Issuer {
  readonly #authority: KeyPair;
  readonly #clusterId: string;

  constructor(authority: KeyPair, clusterId: string) {
    this.#authority = authority;
    this.#clusterId = clusterId;
  }

  async issue(subject: Subject, days: number, nowMs: number): Promise<KeyPair> {
    const x509 = await loadX509();
    const keys = await newKeyPair();
    const authority = new x509.X509Certificate(this.#authority.cert);
    const { key, algorithm } = await signingKey(createPrivateKey(this.#authority.key));
    const { peer } = subject;
    const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: newSerial(),
      subject: nameOf(subject.name),
      issuer: authority.subjectName,
      ...validity(nowMs, days),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: key,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(
          peer === undefined ? [clientAuth] : [serverAuth, clientAuth],
        ),
        ...(peer === undefined ? [] : [await this.#namesOf(peer)]),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
      ],
    });
    return { cert: `${certificate.toString('pem')}\n`, key: await pemOf(keys.privateKey) };
  }

  async #namesOf({
    id,
    hosts,
  }: NonNullable<Subject['peer']>): Promise<InstanceType<X509['SubjectAlternativeNameExtension']>> {
    const { SubjectAlternativeNameExtension } = await loadX509();
    const all = new Set([...hosts.map(plainHost), 'localhost', '127.0.0.1', '::1']);
    return new SubjectAlternativeNameExtension([
      ...Array.from(all, (host) =>
        isIP(host) === 0
          ? { type: 'dns' as const, value: host }
          : { type: 'ip' as const, value: host },
      ),
      { type: 'url', value: peerUri({ clusterId: this.#clusterId, id }) },
    ]);
  }
}

/** Writes down, in PEM, the serial numbers (hex) of certificates that an authority believes no more. */
export async function revocationList(
  authority: KeyPair,
  serials: readonly string[],
  holds: { readonly fromMs: number; readonly untilMs: number },
): Promise<string> {
  const x509 = await loadX509();
  const { key, algorithm } = await signingKey(createPrivateKey(authority.key));
  const list = await x509.X509CrlGenerator.create({
    issuer: new x509.X509Certificate(authority.cert).subjectName,
    thisUpdate: new Date(holds.fromMs),
    nextUpdate: new Date(holds.untilMs),
    entries: serials.map((serialNumber) => ({ serialNumber })),
    signingAlgorithm: algorithm,
    signingKey: key,
  });
  // The library's own PEM has a label that OpenSSL does not know.
  return pemOfDer('X509 CRL', list.rawData);
}

type X509 = Awaited<ReturnType<typeof loadX509>>;

/** Says whether `signingKey` can be had of it. */
export function canSign(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'rsa' || curveOf(key) !== undefined;
}

async function signingKey(
  key: KeyObject,
): Promise<{ readonly key: webcrypto.CryptoKey; readonly algorithm: EcOrRsa }> {
  const namedCurve = curveOf(key);
  const algorithm: EcOrRsa =
    namedCurve === undefined
      ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
      : { name: 'ECDSA', hash: 'SHA-256', namedCurve };
  const der = key.export({ type: 'pkcs8', format: 'der' });
  return {
    key: await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']),
    algorithm,
  };
}

interface EcOrRsa {
  readonly name: string;
  readonly hash: string;
  readonly namedCurve?: string;
}

function curveOf({ asymmetricKeyDetails }: KeyObject): string | undefined {
  switch (asymmetricKeyDetails?.namedCurve) {
    case 'prime256v1':
      return 'P-256';
    case 'secp384r1':
      return 'P-384';
    default:
      return undefined;
  }
}

async function newKeyPair(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(curve, true, keyUses);
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return pemOfDer('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', key));
}

function pemOfDer(label: string, der: ArrayBuffer): string {
  const base64 = Buffer.from(der).toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

/** A positive number of 127 random bits, whose first byte is never 0: DER has one form for it. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes.toString('hex');
}

function nameOf(commonName: string): { CN?: string[]; O?: string[] }[] {
  return [{ O: [organization] }, { CN: [commonName] }];
}

function validity(
  nowMs: number,
  days: number,
): { readonly notBefore: Date; readonly notAfter: Date } {
  return {
    notBefore: new Date(nowMs - clockSlackMs),
    notAfter: new Date(nowMs + days * dayMs),
  };
}
