import type { IncomingHttpHeaders } from 'node:http';
import { maxZxid, type Zxid } from '../../../model/zxid.ts';
import type { ReadOptions, WriteOptions } from '../../../service/call.ts';
import { idempotencyKeyText } from '../documents/fields.ts';
import { decodeTimeout, zxidFrom } from '../exchange/decode.ts';
import { badRequest } from '../exchange/problem.ts';
import type { Query } from '../exchange/query.ts';

/** Lists the query parameters that every read takes. */
export const readParameters = ['consistency', 'minZxid', 'timeout'] as const;
/** Lists the query parameters that every write takes. */
export const writeParameters = ['timeout', 'redirect'] as const;

/** Decodes how fresh a read must be and how long it may take. Throws a `Problem`. */
export function decodeReadOptions(
  query: Query,
  headers: IncomingHttpHeaders,
  defaultTimeoutMs: number,
): ReadOptions {
  const consistency =
    query.oneOf('consistency', ['linearizable', 'session', 'local']) ?? 'linearizable';
  const timeoutMs = decodeTimeout(query, defaultTimeoutMs);
  const minZxid = decodeMinZxid(query, headers);
  return minZxid === undefined ? { consistency, timeoutMs } : { consistency, timeoutMs, minZxid };
}

function decodeMinZxid(query: Query, headers: IncomingHttpHeaders): Zxid | undefined {
  const header = headers['x-min-zxid'];
  if (header === undefined && query.text('minZxid') === undefined) return undefined;
  const asked = [query.text('minZxid'), typeof header === 'string' ? header : undefined];
  return asked
    .filter((text) => text !== undefined)
    .map((text) => zxidFrom(text, 'minZxid'))
    .reduce<Zxid | undefined>(
      (most, each) => (most === undefined ? each : maxZxid(most, each)),
      undefined,
    );
}

/** Decodes how long a write may take, and its idempotency key. Throws a `Problem`. */
export function decodeWriteOptions(
  query: Query,
  headers: IncomingHttpHeaders,
  defaultTimeoutMs: number,
): WriteOptions {
  const timeoutMs = decodeTimeout(query, defaultTimeoutMs);
  const idempotencyKey = decodeIdempotencyKey(headers);
  return idempotencyKey === undefined ? { timeoutMs } : { timeoutMs, idempotencyKey };
}

/**
 * Gives the key of `Idempotency-Key`, with or without the quotes that the draft of the header asks for: both name the
 * same key. Throws a `Problem`.
 */
export function decodeIdempotencyKey(headers: IncomingHttpHeaders): string | undefined {
  const header = headers['idempotency-key'];
  if (typeof header !== 'string') return undefined;
  const key = /^"[^"]*"$/.test(header) ? header.slice(1, -1) : header;
  if (!idempotencyKeyText.test(key)) {
    throw badRequest(
      'Idempotency-Key must be printable ASCII without spaces: a fresh random UUID does',
    );
  }
  return key;
}
