import type { X509Certificate } from 'node:crypto';
import { utf8Length } from '../base/bytes.ts';
import type { CertificateId, Principal } from '../model/principal.ts';
import type { CertificateNames } from '../ports/transport-security.ts';
import { namesOf } from './certificate-names.ts';
import { subjectOf } from './distinguished-name.ts';

/** Names of one certificate that become identities: each travels with every write. */
const alternativeNamesMax = 16;
/** Of all identities of one certificate: every write carries them. A name that would be beyond is none of them. */
const certificateIdentitiesBytesMax = 4_096;

/**
 * Gives whom a certificate proves, of which it is known that it is believed. With `san` the names that it stands for besides
 * its subject are identities as well, as `DNS:shop.example` or `URI:spiffe://example/shop`. `chain`: what it rests on.
 */
export function principalOf(
  certificate: X509Certificate,
  chain: readonly CertificateId[],
  names: CertificateNames,
): Principal {
  const subject = subjectOf(certificate);
  const others = names === 'san' ? namesOf(certificate).slice(0, alternativeNamesMax) : [];
  const ids = [
    // Which may be empty, and then names nobody.
    ...(subject === '' ? [] : [subject]),
    ...others.map(({ kind, text }) => `${kind}:${text}`),
  ];
  return {
    identities: withinBytes(ids).map((id) => ({ scheme: 'x509', id })),
    validity: { notAfterMs: Date.parse(certificate.validTo), certificates: chain },
  };
}

function withinBytes(ids: readonly string[]): string[] {
  let left = certificateIdentitiesBytesMax;
  return ids.filter((id) => {
    const bytes = utf8Length(id);
    if (bytes > left) return false;
    left -= bytes;
    return true;
  });
}
