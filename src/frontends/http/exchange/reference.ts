import type { IncomingHttpHeaders } from 'node:http';

/** What a proxy adds. Anybody may send it: it decides over a form alone, and both forms lead to the same place. */
const proxyHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-prefix',
  'x-forwarded-proto',
];

/**
 * Gives a reference to `path` of this door for an answer to a request for `rawPath`: the path itself; behind a proxy, which
 * may have put a prefix in front of ours, one that is relative to the URL that was asked for (RFC 3986, section 5.2).
 */
export function referenceFrom(rawPath: string, path: string, headers: IncomingHttpHeaders): string {
  if (!proxyHeaders.some((name) => headers[name] !== undefined)) return path;
  const folders = rawPath.split('/').length - 2;
  return `${folders > 0 ? '../'.repeat(folders) : './'}${path.slice(1)}`;
}
