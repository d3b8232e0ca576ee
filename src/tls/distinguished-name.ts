import type { X509Certificate } from 'node:crypto';
import { body, elements, fieldsOf, type Element } from './der.ts';

/** Tags of DER. What a certificate is made of has no tag of more than one byte. */
const tag = {
  utf8: 0x0c,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  bmp: 0x1e,
} as const;

/** Those that RFC 2253 has names for; others are written by their numbers. */
const keywords: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
};

/**
 * Gives the subject of a certificate as ZooKeeper has it in its ids of the scheme x509: `X500Principal.getName` of Java, which is
 * RFC 2253 (the last part first). Read from the certificate itself: Node's own text of it can't be told apart in all cases.
 */
export function subjectOf({ raw }: Pick<X509Certificate, 'raw'>): string {
  return elements(body(fieldsOf(raw).subject))
    .map(partOf)
    .reverse()
    .join(',');
}

/** One part, which may have several attributes. */
function partOf(part: Element): string {
  return elements(part.body)
    .map((attribute) => {
      const [type, value] = elements(attribute.body);
      const id = objectId(body(type));
      const keyword = keywords[id];
      const text = value && textOf(value);
      if (keyword !== undefined && text !== undefined) return `${keyword}=${escaped(text)}`;
      const encoded = Buffer.from(value?.whole ?? []).toString('hex');
      return `${keyword ?? id}=#${encoded}`;
    })
    .join('+');
}

function objectId(bytes: Uint8Array): string {
  const numbers: number[] = [];
  let number = 0;
  for (const byte of bytes) {
    number = number * 0x80 + (byte & 0x7f);
    if (byte < 0x80) {
      numbers.push(number);
      number = 0;
    }
  }
  const [first = 0, ...rest] = numbers;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - 40 * top, ...rest].join('.');
}

/** Undefined for what is no text. */
function textOf({ tag: kind, body: bytes }: Element): string | undefined {
  const buffer = Buffer.from(bytes);
  switch (kind) {
    case tag.utf8:
      return buffer.toString('utf8');
    case tag.printable:
    case tag.ia5:
    case tag.teletex:
      return buffer.toString('latin1');
    case tag.bmp:
      return buffer.length % 2 === 0 ? buffer.swap16().toString('utf16le') : undefined;
    default:
      return undefined;
  }
}

function escaped(text: string): string {
  return text
    .replace(/[,+"\\<>;]/g, '\\$&')
    .replaceAll('\0', '\\00')
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ');
}
