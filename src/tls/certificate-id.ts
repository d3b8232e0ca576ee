import type { TLSSocket } from 'node:tls';
import type { CertificateId } from '../model/principal.ts';
import { body, fieldsOf } from './der.ts';

/** Certificates of a chain that are looked at: OpenSSL takes no longer one. */
const chainMax = 100;

/** Gives what lists of revoked certificates know it by. */
export function certificateId(raw: Uint8Array): CertificateId {
  const { issuer, serial } = fieldsOf(raw);
  return {
    issuer: hexOf(issuer?.whole ?? new Uint8Array()),
    serial: plainSerial(hexOf(body(serial))),
  };
}

/** Gives a serial number the form that it has in `CertificateId`. */
export function plainSerial(hex: string): string {
  return hex.toLowerCase().replace(/^0+(?=.)/, '');
}

/**
 * Gives the certificate that the other side showed, and those that vouch for it, up to the authority; none when it showed none.
 */
export function shownChain(socket: TLSSocket): CertificateId[] {
  const chain: CertificateId[] = [];
  interface Shown {
    readonly raw?: Buffer;
    readonly issuerCertificate?: Shown;
  }
  let at: Shown | undefined = socket.getPeerCertificate(true);
  // What signed itself names itself as its issuer.
  for (let before: Shown | undefined; at?.raw !== undefined && at !== before;) {
    if (chain.length === chainMax) break;
    chain.push(certificateId(at.raw));
    before = at;
    at = at.issuerCertificate;
  }
  return chain;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
