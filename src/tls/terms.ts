import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import { pemBlocks } from '../base/pem.ts';
import type { TransportKeys } from '../ports/transport-security.ts';

/** What all ports speak, and the clients that Quoll has itself. */
export const tlsVersionMin = 'TLSv1.2';

/** Authenticated encryption with a key for this connection alone. Of TLS 1.3 all are so; what stands in front is preferred. */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** A connection that begins so speaks TLS: with a record of a handshake. */
export function beginsHandshake(first: Uint8Array): boolean {
  return first[0] === 0x16;
}

/** Gives what every connection is spoken on, whoever begins it. */
export function tlsTerms({ cert, key, ca, crl }: TransportKeys): SecureContextOptions {
  return {
    cert,
    key,
    // Without one Node would believe all authorities of the web: nobody is asked then.
    ...(ca !== undefined && { ca }),
    ...(crl !== undefined && { crl: listsIn(crl) }),
    minVersion: tlsVersionMin,
    ciphers,
    // A client that asks for a handshake anew has us sign as often as it likes.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}

/** Of one text Node would read the first list alone, and of none would ask nothing. */
function listsIn(crl: string): string[] {
  const lists = pemBlocks(crl, 'X509 CRL');
  if (lists.length === 0) {
    throw new Error('there is no list of revoked certificates in what should hold it');
  }
  return lists;
}
