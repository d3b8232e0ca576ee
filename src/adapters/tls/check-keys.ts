import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { KeyFiles, KeyProblem, KeyPurpose } from '../../model/tls-keys.ts';
import type { TransportKeys } from '../../ports/transport-security.ts';
import { plainSerial } from '../../tls/certificate-id.ts';
import { tlsTerms } from '../../tls/terms.ts';
import { viewOf } from './certificate.ts';
import type { Revocations } from './crl.ts';
import { authorityOf, dayOf, renewalHint } from './key-ends.ts';
import type { ReadKeys } from './read-keys.ts';

/** Says what is wrong with keys as a whole, by what each file holds; the errors first, each once. */
export function checkKeys(
  files: KeyFiles,
  read: ReadKeys,
  purpose: KeyPurpose,
  nowMs: number,
): readonly KeyProblem[] {
  const found = new Problems(files, nowMs);
  const { own } = read;
  if (own !== undefined) {
    found.pair(own, read);
    found.times(own, files.certFile, 'the certificate');
    found.purpose(own, purpose);
    found.hosts(own, purpose.hosts);
    found.peer(own, purpose);
    found.authority(own, read);
    found.revocations(own, read);
  }
  if (read.keys !== undefined && found.errors === 0) found.wholly(read.keys);
  const all = [...read.problems, ...found.problems];
  return [
    ...all.filter(({ severity }) => severity === 'error'),
    ...all.filter(({ severity }) => severity === 'warning'),
  ];
}

class Problems {
  readonly problems: KeyProblem[] = [];
  readonly #files: KeyFiles;
  readonly #nowMs: number;

  constructor(files: KeyFiles, nowMs: number) {
    this.#files = files;
    this.#nowMs = nowMs;
  }

  get errors(): number {
    return this.problems.filter(({ severity }) => severity === 'error').length;
  }

  pair(own: X509Certificate, { key, chain }: ReadKeys): void {
    if (key === undefined || own.checkPrivateKey(key)) return;
    const { certFile, keyFile } = this.#files;
    const another = chain.findIndex((certificate) => certificate.checkPrivateKey(key));
    if (another === -1) {
      this.#error(
        keyFile,
        `is not the key of ${certFile}`,
        'Name the two that were made together.',
      );
    } else {
      this.#error(
        certFile,
        `the own certificate is number ${String(another + 1)} in it`,
        'Write it first, and after it those that vouch for it.',
      );
    }
  }

  times(certificate: X509Certificate, file: string, what: string): void {
    const { notBeforeMs, notAfterMs } = viewOf(certificate);
    if (this.#nowMs < notBeforeMs) {
      const problem = `${what} holds only from ${dayOf(notBeforeMs)}`;
      this.#error(file, problem, 'Set the clock right, or make a new one.');
    } else if (this.#nowMs >= notAfterMs) {
      this.#error(file, `${what} has ended on ${dayOf(notAfterMs)}`, renewalHint);
    }
  }

  purpose(own: X509Certificate, { roles }: KeyPurpose): void {
    const { purposes } = viewOf(own);
    const missing = roles.filter((role) => !purposes.includes(role));
    for (const role of missing) {
      this.#error(
        this.#files.certFile,
        `the certificate is not for a ${role}`,
        `Make one with ${role === 'server' ? 'serverAuth' : 'clientAuth'} among its extended key ` +
          'usages, as quoll tls new does for a peer.',
      );
    }
  }

  hosts(own: X509Certificate, hosts: readonly string[]): void {
    const unnamed = hosts.filter(
      (host) => (isIP(host) === 0 ? own.checkHost(host) : own.checkIP(host)) === undefined,
    );
    if (unnamed.length === 0) return;
    this.#warn(
      this.#files.certFile,
      `the certificate does not name ${unnamed.join(', ')}, and clients that go there will refuse it`,
      `Make one that does: quoll tls new DIR --renew --hosts ${[...new Set([...viewOf(own).hosts, ...unnamed])].join(',')}`,
    );
  }

  peer(own: X509Certificate, { peer: id, clusterId }: KeyPurpose): void {
    if (id === undefined) return;
    const { peer } = viewOf(own);
    const file = this.#files.certFile;
    const fix = `Give this peer peer-${String(id)}.pem, as quoll tls new makes it.`;
    if (peer === undefined) {
      this.#error(file, 'the certificate names no peer, and others would not let it in', fix);
    } else if (peer.id !== id) {
      const problem = `the certificate is that of peer ${String(peer.id)}, and this is ${String(id)}`;
      this.#error(file, problem, fix);
    } else if (clusterId !== undefined && peer.clusterId !== clusterId) {
      const problem = `the certificate is of the ensemble ${peer.clusterId}, and this is ${clusterId}`;
      this.#error(file, problem, `${fix} For this one: --cluster-id ${clusterId}`);
    }
  }

  authority(own: X509Certificate, read: ReadKeys): void {
    const { caFile, certFile } = this.#files;
    if (caFile === undefined || read.authorities.length === 0) return;
    const authority = authorityOf(own, read);
    if (authority === undefined) {
      this.#error(
        certFile,
        `nobody in ${caFile} vouches for the certificate, which is of ${viewOf(own).issuer}`,
        'Name the file of the authority that made it, or write those between the two into the ' +
          "certificate's file, after it.",
      );
      return;
    }
    if (!authority.ca) {
      this.#error(caFile, 'the certificate in it is not that of an authority', 'Name its ca.pem.');
    }
    this.times(authority, caFile, "the authority's certificate");
  }

  revocations(own: X509Certificate, read: ReadKeys): void {
    const { crlFile, certFile } = this.#files;
    if (crlFile === undefined) return;
    if (read.authorities.length === 0) {
      this.#error(crlFile, 'a CRL is of no use without tls.caFile', 'Name the authority there.');
    }
    const authority = authorityOf(own, read);
    if (authority !== undefined && read.revocations.length > 0) {
      if (!read.revocations.some((list) => list.isSignedBy(authority))) {
        const problem = `holds no CRL of ${viewOf(authority).subject}, and nobody of it would be believed`;
        this.#error(
          crlFile,
          problem,
          'Write the CRLs of all authorities into it, one after the other.',
        );
      }
    }
    for (const list of read.revocations) {
      const isOfOwn = authority !== undefined && list.isSignedBy(authority);
      if (isOfOwn && isIn(list, own)) {
        this.#error(certFile, `the certificate is revoked, by ${crlFile}`, 'Make a new one.');
      }
      const isSigned = read.authorities.some((each) => list.isSignedBy(each));
      if (read.authorities.length > 0 && !isSigned) {
        const problem = `the CRL of ${list.issuer} is not signed by any authority in ${String(this.#files.caFile)}`;
        this.#error(crlFile, problem, 'Fetch the one of that authority.');
      } else if (list.nextUpdateMs !== undefined && list.nextUpdateMs <= this.#nowMs) {
        // OpenSSL believes nobody then.
        const problem = `the CRL has ended on ${dayOf(list.nextUpdateMs)}, and no certificate would be believed`;
        this.#error(crlFile, problem, 'Fetch a new one, or take tls.crlFile out.');
      }
    }
  }

  /** What OpenSSL finds beyond that: keys that are too short, hashes that nobody believes any more. */
  wholly(keys: TransportKeys): void {
    try {
      createSecureContext(tlsTerms(keys));
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      const words = code
        .replace(/^ERR_(SSL|OSSL)_/, '')
        .toLowerCase()
        .replaceAll('_', ' ');
      this.#error(this.#files.certFile, `OpenSSL refuses it (${words})`, 'Make a new one.');
    }
  }

  #error(file: string, problem: string, fix: string): void {
    this.problems.push({ severity: 'error', file, problem, fix });
  }

  #warn(file: string, problem: string, fix: string): void {
    this.problems.push({ severity: 'warning', file, problem, fix });
  }
}

function isIn(list: Revocations, { serialNumber }: X509Certificate): boolean {
  const own = plainSerial(serialNumber);
  for (const serial of list.serials()) if (serial === own) return true;
  return false;
}
