import { Problem } from './problem.ts';

/**
 * Throws a `Problem` for a body that is compressed or otherwise coded (RFC 9110, sections 8.4 and 15.5.16): kept as it came,
 * it would be given to readers at other doors who are told nothing of it, and decoded, a few bytes could become any number.
 */
export function refuseCoding(contentEncoding: string | undefined): void {
  if (contentEncoding === undefined) return;
  const codings = contentEncoding.split(',').map((coding) => coding.trim().toLowerCase());
  if (codings.every((coding) => coding === '' || coding === 'identity')) return;
  throw new Problem('codedContent', 'the body comes with a Content-Encoding: send it as it is', {
    headers: { 'Accept-Encoding': 'identity' },
  });
}
