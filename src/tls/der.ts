// DER, as far as it takes to look into a certificate that OpenSSL has read before.

/** The tag of a certificate's version: no tag in a certificate has more than one byte. */
const versionTag = 0xa0;

export interface Element {
  readonly tag: number;
  /** With tag and length. */
  readonly whole: Uint8Array;
  readonly body: Uint8Array;
}

/** Gives the fields of a certificate that say which one it is. */
export function fieldsOf(certificate: Uint8Array): {
  readonly serial: Element | undefined;
  readonly issuer: Element | undefined;
  readonly subject: Element | undefined;
} {
  const [whole] = elements(certificate);
  const [signed] = elements(body(whole));
  const fields = elements(body(signed));
  // version?, serialNumber, signature, issuer, validity, subject: the version is left away in version 1.
  if (fields[0]?.tag === versionTag) fields.shift();
  const [serial, , issuer, , subject] = fields;
  return { serial, issuer, subject };
}

/** All of a certificate was looked at by OpenSSL before it comes here. */
export function body(element: Element | undefined): Uint8Array {
  if (element === undefined) throw new Error('the certificate ends too early');
  return element.body;
}

export function elements(bytes: Uint8Array): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at + 1] ?? 0;
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    let length = lengthBytes === 0 ? first : 0;
    for (let index = 0; index < lengthBytes; index++) {
      length = length * 0x100 + (bytes[at + 2 + index] ?? 0);
    }
    const from = at + 2 + lengthBytes;
    const to = from + length;
    if (to > bytes.length) throw new Error('the certificate ends too early');
    const whole = bytes.subarray(at, to);
    found.push({ tag: bytes[at] ?? 0, whole, body: bytes.subarray(from, to) });
    at = to;
  }
  return found;
}
