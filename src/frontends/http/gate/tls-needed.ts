import { Problem } from '../exchange/problem.ts';

/** The beginning of a request, of any method: nobody else is told anything that speaks no TLS. */
export function looksLikeHttp(first: Buffer): boolean {
  return /^[A-Z]{2,}[ A-Z]/.test(first.subarray(0, 16).toString('latin1'));
}

/** Says why a request that came in plaintext is not answered. */
export function tlsNeeded(): Problem {
  return new Problem(
    'malformedHttp',
    'TLS is spoken on this port, and nothing was carried out: write https:// in place of http://',
    { closes: true },
  );
}
