import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  X509CrlGenerator,
  type JsonGeneralName,
  type X509Certificate,
} from '@peculiar/x509';
import { webcrypto } from 'node:crypto';
import { readCrl } from '../../../src/adapters/tls/crl.ts';
import { pemBlocks } from '../../../src/base/pem.ts';
import { serverId } from '../../../src/model/ids.ts';
import { peerUri } from '../../../src/model/peer-name.ts';
import type { CertificateId } from '../../../src/model/principal.ts';
import type {
  CertificateNames,
  ClientCertificates,
  TransportKeys,
  TransportSecurity,
} from '../../../src/ports/transport-security.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const hourMs = 3_600_000;

/** What is said of a certificate. By default one of a peer or client on this machine, valid since an hour ago. */
export interface Issue {
  readonly name?: string;
  /** In place of the name: all of the subject, as in `O=Quoll,CN=ops`. */
  readonly subject?: string;
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
  readonly uris?: readonly string[];
  readonly purposes?: readonly ('server' | 'client')[];
  /** In hours from now. */
  readonly from?: number;
  readonly to?: number;
}

/** A certificate with its key, in PEM. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
  readonly serial: string;
}

type Keys = webcrypto.CryptoKeyPair;

/** A certificate authority of a test's, which signs whatever it is asked for, right or wrong. */
export class Authority {
  readonly #certificate: X509Certificate;
  readonly #keys: Keys;
  #serial = 0;

  private constructor(certificate: X509Certificate, keys: Keys) {
    this.#certificate = certificate;
    this.#keys = keys;
  }

  static async make(name = 'Quoll test CA'): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: '01',
      name: `CN=${name}`,
      keys,
      signingAlgorithm: algorithm,
      ...span({ from: -2, to: 48 }),
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    return new Authority(certificate, keys);
  }

  get ca(): string {
    return this.#certificate.toString('pem');
  }

  async issue(issue: Issue = {}): Promise<Issued> {
    const keys = await newKeys();
    this.#serial++;
    const serialNumber = `10${String(this.#serial).padStart(6, '0')}`;
    const certificate = await X509CertificateGenerator.create({
      serialNumber,
      issuer: this.#certificate.subject,
      subject: issue.subject ?? `CN=${issue.name ?? 'a test'}`,
      publicKey: keys.publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: algorithm,
      ...span(issue),
      extensions: extensionsOf(issue),
    });
    return { cert: certificate.toString('pem'), key: await pemOf(keys), serial: serialNumber };
  }

  /** Signed by itself: of no authority at all. */
  static async selfSigned(issue: Issue = {}): Promise<Issued> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: '77',
      name: `CN=${issue.name ?? 'of nobody'}`,
      keys,
      signingAlgorithm: algorithm,
      ...span(issue),
      extensions: extensionsOf(issue),
    });
    return { cert: certificate.toString('pem'), key: await pemOf(keys), serial: '77' };
  }

  /** The list of those that are revoked. */
  async crl(revoked: readonly Issued[]): Promise<string> {
    const { from, to } = { from: -1, to: 24 };
    const list = await X509CrlGenerator.create({
      issuer: this.#certificate.subject,
      thisUpdate: new Date(Date.now() + from * hourMs),
      nextUpdate: new Date(Date.now() + to * hourMs),
      signingKey: this.#keys.privateKey,
      signingAlgorithm: algorithm,
      entries: revoked.map(({ serial }) => ({ serialNumber: serial, revocationDate: new Date() })),
    });
    return PemConverter.encode(list.rawData, 'X509 CRL');
  }

  /** The keys of a peer that believes this authority alone. */
  async keys(issue: Issue = {}): Promise<TransportKeys> {
    const { cert, key } = await this.issue(issue);
    return { cert, key, ca: this.ca, crl: undefined };
  }
}

/** The ensemble of tests that do not say another. */
export const testClusterId = '0123456789abcdef';

/** Gives each of these peers keys that name it. */
export async function peerSecurities(
  authority: Authority,
  ids: readonly number[],
): Promise<Map<number, TestSecurity>> {
  const made = ids.map(async (id) => {
    const uri = peerUri({ clusterId: testClusterId, id: serverId(id) });
    return [id, new TestSecurity(await authority.keys({ uris: [uri] }))] as const;
  });
  return new Map(await Promise.all(made));
}

function newKeys(): Promise<Keys> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

function span({ from = -1, to = 24 }: Pick<Issue, 'from' | 'to'>): {
  readonly notBefore: Date;
  readonly notAfter: Date;
} {
  const now = Date.now();
  return { notBefore: new Date(now + from * hourMs), notAfter: new Date(now + to * hourMs) };
}

function extensionsOf(issue: Issue) {
  const { dns = ['localhost'], ip = ['127.0.0.1', '::1'], uris = [] } = issue;
  const { purposes = ['server', 'client'] } = issue;
  const names: JsonGeneralName[] = [
    ...dns.map((value) => ({ type: 'dns', value }) as const),
    ...ip.map((value) => ({ type: 'ip', value }) as const),
    ...uris.map((value) => ({ type: 'url', value }) as const),
  ];
  const usages = purposes.map((purpose) =>
    purpose === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth,
  );
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension(usages),
    ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
  ];
}

async function pemOf({ privateKey }: Keys): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', privateKey);
  return PemConverter.encode(bytes, 'PRIVATE KEY');
}

/** Keys that a test renews when it likes. */
export class TestSecurity implements TransportSecurity {
  readonly clientCertificates: ClientCertificates;
  readonly certificateNames: CertificateNames;
  readonly #takers = new Set<(keys: TransportKeys) => void>();
  #keys: TransportKeys;

  constructor(
    keys: TransportKeys,
    clientCertificates: ClientCertificates = 'none',
    certificateNames: CertificateNames = 'dn',
  ) {
    this.#keys = keys;
    this.clientCertificates = clientCertificates;
    this.certificateNames = certificateNames;
  }

  get keys(): TransportKeys {
    return this.#keys;
  }

  get takers(): number {
    return this.#takers.size;
  }

  readonly isRevoked = ({ issuer, serial }: CertificateId): boolean =>
    pemBlocks(this.#keys.crl ?? '', 'X509 CRL')
      .map((list) => readCrl(Buffer.from(PemConverter.decodeFirst(list))))
      .some((list) => list.issuerId === issuer && [...list.serials()].includes(serial));

  onRenewed(take: (keys: TransportKeys) => void): () => void {
    this.#takers.add(take);
    return () => this.#takers.delete(take);
  }

  renew(keys: TransportKeys): void {
    this.#keys = keys;
    for (const take of [...this.#takers]) take(keys);
  }
}
