import { verify, type X509Certificate } from 'node:crypto';
import { plainSerial } from '../../tls/certificate-id.ts';

// Lists of revoked certificates (RFC 5280, section 5), as far as it takes to look into one. OpenSSL judges by them what
// others show; here it is said beforehand whether it can. Large ones have a hundred thousand entries, of which each is
// looked at where it lies.

/** A list of certificates that are believed no more. */
export interface Revocations {
  /** As `CN=…, O=…`. */
  readonly issuer: string;
  /** The same, as `CertificateId` has it. */
  readonly issuerId: string;
  readonly nextUpdateMs: number | undefined;
  /** Hex, in lower case, without zeros before it. */
  serials(): Iterable<string>;
  isSignedBy(authority: X509Certificate): boolean;
}

const tags = {
  integer: 0x02,
  bitString: 0x03,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Where a value lies: its header begins at `from`, its content at `start`. */
interface Element {
  readonly tag: number;
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

/** Reads one list, DER. Throws a `RangeError` when it is none. */
export function readCrl(der: Buffer): Revocations {
  const whole = elementAt(der, 0, der.length, tags.sequence);
  const [toBeSigned, algorithm, signature] = childrenOf(der, whole);
  if (toBeSigned?.tag !== tags.sequence || signature?.tag !== tags.bitString) throw notDer();
  const parts = childrenOf(der, toBeSigned);
  if (parts[0]?.tag === tags.integer) parts.shift();
  const [, issuer, thisUpdate, ...rest] = parts;
  if (issuer?.tag !== tags.sequence || algorithm === undefined || !isTime(thisUpdate)) {
    throw notDer();
  }
  const nextUpdate = isTime(rest[0]) ? rest.shift() : undefined;
  const entries = rest[0]?.tag === tags.sequence ? rest[0] : undefined;
  checkEntries(der, entries);
  const hash = hashes.get(oidOf(der, algorithm));
  return {
    issuer: nameOf(der, issuer),
    issuerId: der.toString('hex', issuer.from, issuer.end),
    nextUpdateMs: nextUpdate === undefined ? undefined : timeOf(der, nextUpdate),
    serials: () => serialsIn(der, entries),
    isSignedBy: (authority) => {
      const isOfName = authority.raw.includes(der.subarray(issuer.from, issuer.end));
      if (!isOfName || hash === undefined) return isOfName;
      const signed = der.subarray(toBeSigned.from, toBeSigned.end);
      // The first byte of a bit string says how many bits at its end are none.
      const proof = der.subarray(signature.start + 1, signature.end);
      return verify(hash === '' ? null : hash, signed, authority.publicKey, proof);
    },
  };
}

/** By the kind of signature; empty where the kind says it all. Of others OpenSSL alone can tell. */
const hashes: ReadonlyMap<string, string> = new Map([
  ['2a864886f70d01010b', 'sha256'],
  ['2a864886f70d01010c', 'sha384'],
  ['2a864886f70d01010d', 'sha512'],
  ['2a8648ce3d040302', 'sha256'],
  ['2a8648ce3d040303', 'sha384'],
  ['2a8648ce3d040304', 'sha512'],
  ['2b6570', ''],
]);

const nameParts: ReadonlyMap<string, string> = new Map([
  ['550403', 'CN'],
  ['550406', 'C'],
  ['55040a', 'O'],
  ['55040b', 'OU'],
]);

/** Throws for one that is broken, before somebody looks for another behind it. */
function checkEntries(der: Buffer, entries: Element | undefined): void {
  let at = entries?.start ?? 0;
  while (entries !== undefined && at < entries.end) {
    const entry = elementAt(der, at, entries.end, tags.sequence);
    elementAt(der, entry.start, entry.end, tags.integer);
    at = entry.end;
  }
}

function* serialsIn(der: Buffer, entries: Element | undefined): Generator<string> {
  if (entries === undefined) return;
  for (let at = entries.start; at < entries.end;) {
    const entry = elementAt(der, at, entries.end, tags.sequence);
    const serial = elementAt(der, entry.start, entry.end, tags.integer);
    yield plainSerial(der.toString('hex', serial.start, serial.end));
    at = entry.end;
  }
}

function elementAt(der: Buffer, from: number, limit: number, tag?: number): Element {
  const found = der[from];
  let start = from + 2;
  let length = der[from + 1];
  if (found === undefined || length === undefined || start > limit) throw notDer();
  if (length >= 0x80) {
    const digits = length & 0x7f;
    if (digits === 0 || digits > 4 || start + digits > limit) throw notDer();
    length = der.readUIntBE(start, digits);
    start += digits;
  }
  const end = start + length;
  if (end > limit || (tag !== undefined && found !== tag)) throw notDer();
  return { tag: found, from, start, end };
}

function childrenOf(der: Buffer, parent: Element): Element[] {
  const children: Element[] = [];
  for (let at = parent.start; at < parent.end;) {
    const child = elementAt(der, at, parent.end);
    children.push(child);
    at = child.end;
  }
  return children;
}

function oidOf(der: Buffer, algorithm: Element): string {
  const oid = elementAt(der, algorithm.start, algorithm.end, tags.oid);
  return der.toString('hex', oid.start, oid.end);
}

/** The parts that people look at. */
function nameOf(der: Buffer, name: Element): string {
  const parts = childrenOf(der, name).flatMap((set) => childrenOf(der, set));
  return parts
    .flatMap((part) => {
      const [, value] = childrenOf(der, part);
      const label = nameParts.get(oidOf(der, part));
      if (value === undefined || label === undefined) return [];
      return [`${label}=${der.toString('utf8', value.start, value.end)}`];
    })
    .join(', ');
}

function isTime(element: Element | undefined): element is Element {
  return element?.tag === tags.utcTime || element?.tag === tags.generalizedTime;
}

function timeOf(der: Buffer, { tag, start, end }: Element): number {
  const text = der.toString('latin1', start, end);
  // Two digits of a year are of 1950 to 2049.
  const year =
    tag === tags.utcTime ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(year) ?? [];
  const ms = Date.parse(`${y ?? ''}-${mo ?? ''}-${d ?? ''}T${h ?? ''}:${mi ?? ''}:${s ?? ''}Z`);
  if (Number.isNaN(ms)) throw notDer();
  return ms;
}

function notDer(): RangeError {
  return new RangeError('this is not a list of revoked certificates');
}
