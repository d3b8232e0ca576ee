import type { X509Certificate } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { CertificateView } from '../../model/tls-keys.ts';
import { namesOf, peerNameOf } from '../../tls/certificate-names.ts';

const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';
const anyPurpose = '2.5.29.37.0';

export function viewOf(certificate: X509Certificate): CertificateView {
  const names = namesOf(certificate);
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    hosts: names.filter(({ kind }) => kind !== 'URI').map(({ text }) => plainHost(text)),
    peer: peerNameOf(certificate),
    isAuthority: certificate.ca,
    purposes: purposesOf(certificate),
    notBeforeMs: Date.parse(certificate.validFrom),
    notAfterMs: Date.parse(certificate.validTo),
    fingerprint: certificate.fingerprint256,
    serial: certificate.serialNumber,
  };
}

export function urisOf(certificate: X509Certificate): string[] {
  return namesOf(certificate)
    .filter(({ kind }) => kind === 'URI')
    .map(({ text }) => text);
}

/** Gives the one form of a host that has several: an IPv6 address is shortened, without brackets. */
export function plainHost(host: string): string {
  return isIPv6(host) ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host;
}

function purposesOf({ keyUsage }: X509Certificate): CertificateView['purposes'] {
  // As Node has it, this is the extended usage; its types know it as never missing.
  const usages = keyUsage as readonly string[] | undefined;
  if (usages === undefined || usages.includes(anyPurpose)) return ['server', 'client'];
  return [
    ...(usages.includes(serverAuth) ? (['server'] as const) : []),
    ...(usages.includes(clientAuth) ? (['client'] as const) : []),
  ];
}

/** Node gives one part a line; undefined for an empty name. */
function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ');
}
