import type { JSONWebKeySet } from 'jose';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { JwtSettings } from '../../model/jwt-settings.ts';

/** An answer of an issuer is waited for so long, and is at most so large. */
const answerWithinMs = 5_000;
const answerBytesMax = 1_048_576;

const keysShape = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });
const discoveryShape = z.looseObject({ issuer: z.string(), jwks_uri: z.string() });

/** Gives the keys as they are now. Rejects with an `Error` that says, for an operator, why there are none. */
export type KeySource = () => Promise<JSONWebKeySet>;

/** Says where the keys of an issuer come from. */
export function keySourceOf({ issuer, jwksUrl, jwksFile }: JwtSettings): KeySource {
  if (jwksFile !== undefined) return async () => parseKeys(await readFile(jwksFile, 'utf8'));
  return async () => parseKeys(await get(jwksUrl ?? (await discover(issuer))));
}

/** Throws when the text holds no key set. */
export function parseKeys(text: string): JSONWebKeySet {
  return keysShape.parse(JSON.parse(text));
}

/** OpenID Connect Discovery 1.0, section 4: what is found there must name the same issuer. */
async function discover(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const found = discoveryShape.parse(JSON.parse(await get(url)));
  if (found.issuer !== issuer) {
    throw new Error(`${url} is of another issuer: ${found.issuer.slice(0, 200)}`);
  }
  return found.jwks_uri;
}

async function get(url: string): Promise<string> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(answerWithinMs),
  });
  if (!response.ok) throw new Error(`${url} answers ${String(response.status)}`);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const body = response.body as AsyncIterable<Uint8Array> | null;
  for await (const part of body ?? []) {
    bytes += part.length;
    if (bytes > answerBytesMax) throw new Error(`${url} answers with more than a megabyte`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
