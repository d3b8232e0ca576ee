import type { X509Certificate } from 'node:crypto';
import type { KeyFiles, KeyProblem } from '../../model/tls-keys.ts';
import { viewOf } from './certificate.ts';
import type { ReadKeys } from './read-keys.ts';

const dayMs = 86_400_000;

/** Before keys end, this is how long it is said. */
const warnBeforeMs = 30 * dayMs;

export const renewalHint =
  'Make a new one: quoll tls new DIR --renew, where DIR holds the authority and this one; a peer ' +
  'that runs takes it over by itself.';

/** Until when what a file holds is of use. */
export interface End {
  readonly role: 'certificate' | 'ca' | 'crl';
  readonly file: string;
  readonly subject: string;
  readonly endsMs: number;
}

/** Of a file with many authorities only the one that vouches for the own certificate counts. */
export function endsOf(files: KeyFiles, read: ReadKeys): End[] {
  const { own } = read;
  if (own === undefined) return [];
  const ends: End[] = [ofCertificate('certificate', files.certFile, own)];
  const authority = authorityOf(own, read);
  if (files.caFile !== undefined && authority !== undefined) {
    ends.push(ofCertificate('ca', files.caFile, authority));
  }
  const { crlFile } = files;
  const lists = read.revocations.flatMap(({ issuer, nextUpdateMs }): End[] =>
    nextUpdateMs === undefined || crlFile === undefined
      ? []
      : [{ role: 'crl', file: crlFile, subject: issuer, endsMs: nextUpdateMs }],
  );
  return [...ends, ...lists.sort((left, right) => left.endsMs - right.endsMs).slice(0, 1)];
}

/** Says whether it is time to speak of it. A CRL is renewed by its authority, some of them every week. */
export function isNear({ role, endsMs }: End, nowMs: number): boolean {
  return endsMs - nowMs < (role === 'crl' ? dayMs : warnBeforeMs);
}

export function daysLeft({ endsMs }: End, nowMs: number): number {
  return Math.floor((endsMs - nowMs) / dayMs);
}

/** Gives what still holds and soon will not. */
export function endingSoon(files: KeyFiles, read: ReadKeys, nowMs: number): KeyProblem[] {
  return endsOf(files, read)
    .filter((end) => isNear(end, nowMs) && end.endsMs > nowMs)
    .map((end) => {
      const left = daysLeft(end, nowMs);
      return {
        severity: 'warning',
        file: end.file,
        problem: `${end.subject} ends in ${String(left)} ${left === 1 ? 'day' : 'days'}, on ${dayOf(end.endsMs)}`,
        fix: end.role === 'crl' ? 'Fetch a new CRL.' : renewalHint,
      };
    });
}

/** Gives the certificate by which `own` is believed, going up through the chain; undefined when there is none. */
export function authorityOf(
  own: X509Certificate,
  { chain, authorities }: Pick<ReadKeys, 'chain' | 'authorities'>,
): X509Certificate | undefined {
  let at = own;
  for (let depth = 0; depth <= chain.length; depth++) {
    const below = at;
    const believed = authorities.find((candidate) => isIssuedBy(below, candidate));
    if (believed !== undefined) return believed;
    const above = chain.find((candidate) => candidate !== below && isIssuedBy(below, candidate));
    if (above === undefined) return undefined;
    at = above;
  }
  return undefined;
}

export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    // A kind of key that OpenSSL does not know.
    return false;
  }
}

function ofCertificate(role: End['role'], file: string, certificate: X509Certificate): End {
  const { subject, notAfterMs } = viewOf(certificate);
  return { role, file, subject, endsMs: notAfterMs };
}
