import type { X509Certificate } from 'node:crypto';
import type { CertificateId, Principal } from '../model/principal.ts';
import type { CertificateNames } from '../ports/transport-security.ts';
import { namesOf } from './certificate-names.ts';
import { subjectOf } from './distinguished-name.ts';

/** Names of one certificate that become identities: each travels with every write. */
const alternativeNamesMax = 16;

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
    identities: ids.map((id) => ({ scheme: 'x509', id })),
    validity: { notAfterMs: Date.parse(certificate.validTo), certificates: chain },
  };
}
