// What is wrong with a certificate or a handshake, in words.

const aboutCertificate: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  CERT_REVOKED: 'it was revoked',
  CERT_REJECTED: 'it is rejected',
  CERT_UNTRUSTED: 'its CA is not believed for this',
  CERT_SIGNATURE_FAILURE: 'its signature is wrong',
  CERT_CHAIN_TOO_LONG: 'the chain to its CA is too long',
  INVALID_CA: 'what signed it is no CA',
  INVALID_PURPOSE: 'it is not made for this purpose',
  PATH_LENGTH_EXCEEDED: 'the chain to its CA is longer than the CA allows',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its CA is not one that is believed here',
  UNABLE_TO_GET_ISSUER_CERT: 'its CA is not one that is believed here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its CA is not one that is believed here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its CA is not one that is believed here',
  UNABLE_TO_GET_CRL: 'there is no list of revoked certificates of its CA',
  CRL_HAS_EXPIRED: 'the list of revoked certificates is out of date',
  CRL_NOT_YET_VALID: 'the list of revoked certificates is not valid yet',
  CRL_SIGNATURE_FAILURE: 'the list of revoked certificates has a wrong signature',
};

/** Says why a certificate is not believed: `code` as OpenSSL names it. */
export function whyNotBelieved(code: string): string {
  return aboutCertificate[code] ?? `it is not believed (${code})`;
}

/** What became of a handshake with somebody who speaks plaintext. */
export const speaksNoTls = 'it speaks no TLS';

const aboutHandshake: readonly (readonly [RegExp, string])[] = [
  [/ALERT_(?:UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN)/, 'it does not believe our CA'],
  [/ALERT_CERTIFICATE_EXPIRED/, 'to it our certificate has expired'],
  [/ALERT_CERTIFICATE_REVOKED/, 'to it our certificate is revoked'],
  [/ALERT_UNSUPPORTED_CERTIFICATE/, 'to it our certificate is made for another purpose'],
  [/UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION|VERSION_TOO_LOW/, 'it speaks no TLS 1.2 or newer'],
  [/NO_SHARED_CIPHER|NO_SUITABLE_(?:SIGNATURE|KEY)/, 'it takes none of our ciphers'],
  [/NO_APPLICATION_PROTOCOL/, 'it wants to speak another protocol here'],
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG/, speaksNoTls],
  [/ECONNRESET|EPIPE/, 'it closed the connection'],
];

/** Says what became of a handshake that failed. */
export function whyHandshakeFailed({ code, message }: NodeJS.ErrnoException): string {
  const said = code ?? message;
  return aboutHandshake.find(([pattern]) => pattern.test(said))?.[1] ?? said;
}
