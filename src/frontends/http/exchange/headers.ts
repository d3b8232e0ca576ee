import { zxidToDecimal } from '../../../model/zxid.ts';
import type { AnswerMeta } from '../../../service/call.ts';

/** A list of headers as Node takes it: name, value, name, value. */
export type HeaderList = string[];

/** Go with every answer. Answers are data, never pages: nothing in them may run, be framed, sniffed or kept. */
export const securityHeaders: readonly string[] = [
  'X-Content-Type-Options',
  'nosniff',
  'Content-Security-Policy',
  "default-src 'none'; frame-ancestors 'none'; sandbox",
  'Cross-Origin-Resource-Policy',
  'same-origin',
  'Referrer-Policy',
  'no-referrer',
];

/**
 * Gives headers as the lines of a head, each with its end. Nobody looks through lines any more: they are for words of ours
 * and numbers. What a client or the configuration has a part in stays a list, which Node looks through.
 */
export function linesOf(headers: readonly string[]): string {
  let lines = '';
  for (let index = 0; index < headers.length; index += 2) {
    lines += `${headers[index] ?? ''}: ${headers[index + 1] ?? ''}\r\n`;
  }
  return lines;
}

const securityLines = linesOf(securityHeaders);

/**
 * Gives the security headers, for a page with a Content-Security-Policy of its own: no window that another page has opened
 * or opens has a hold on it.
 */
export function securityLinesOf(policy: string | undefined): string {
  if (policy === undefined) return securityLines;
  const headers = [...securityHeaders, 'Cross-Origin-Opener-Policy', 'same-origin'];
  headers[headers.indexOf('Content-Security-Policy') + 1] = policy;
  return linesOf(headers);
}

const oneYear = ['Strict-Transport-Security', 'max-age=31536000'] as const;
const never = ['Strict-Transport-Security', 'max-age=0'] as const;

/**
 * Has browsers come to this host by TLS alone from now on, whatever the port; where TLS is spoken. A browser knows one
 * `localhost`, which is not this peer's.
 */
export function strictTransport(host: string | undefined): readonly string[] {
  return host !== undefined && /^(?:.*\.)?localhost(?::|$)/i.test(host) ? never : oneYear;
}

/**
 * Let a client keep an answer, and ask each time whether it still holds. Nobody in between may compress it: an ETag would
 * become a weak one, which no change can be made by, and a stream would be held back.
 */
export const noCacheLines = linesOf([
  'Cache-Control',
  'private, no-cache, no-transform',
  'Vary',
  'Accept, Authorization, Origin',
]);
/** Forbid to keep an answer, for what holds a secret or is gone with the moment. */
export const noStore: readonly string[] = ['Cache-Control', 'no-store, no-transform'];

/** Lists the headers that a page of an allowed origin may read. */
export const exposedHeaders =
  'Accept-Encoding, Allow, ETag, Link, Location, Retry-After, Idempotency-Replayed, X-Zxid, X-Role, X-Leader-Contact-Ms, X-Cluster-Id, ' +
  'X-Served-By, X-Session-Expires-In, X-Deleted, X-Zk-Czxid, X-Zk-Mzxid, X-Zk-Pzxid, X-Zk-Ctime, X-Zk-Mtime, ' +
  'X-Zk-Version, X-Zk-Cversion, X-Zk-Aversion, X-Zk-Ephemeral-Owner, X-Zk-Num-Children';

/** As `push` with all of them, which would take a list apart for it. */
export function pushAll(headers: HeaderList, more: readonly string[]): void {
  for (const word of more) headers.push(word);
}

/** Gives the headers by which every answer says how the peer stands that gave it. */
export function metaLines({ zxid, role, leaderContactMs }: AnswerMeta): string {
  const lines = `X-Zxid: ${zxidToDecimal(zxid)}\r\nX-Role: ${role}\r\n`;
  if (leaderContactMs === undefined) return lines;
  return `${lines}X-Leader-Contact-Ms: ${String(Math.round(leaderContactMs))}\r\n`;
}
