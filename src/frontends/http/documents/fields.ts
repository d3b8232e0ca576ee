import { z } from 'zod';
import { utf8 } from '../../../base/bytes.ts';
import { parseZxid } from '../../../model/zxid.ts';
import { badRequest, type Problem } from '../exchange/problem.ts';
import { encodings, type Encoding } from './encode.ts';

// Fields that several JSON documents of this door have.

export const zxidField = z
  .string()
  .refine((text) => parseZxid(text) !== undefined, 'must be a zxid: a decimal string');

export const encodingField = z.enum(encodings).optional();

const loneSurrogate = /\p{Surrogate}/u;

export const dataField = z
  .string()
  .refine((text) => !loneSurrogate.test(text), 'holds half a surrogate pair')
  .nullable();

export const dataFields = { data: dataField.optional(), encoding: encodingField };

/** Matches what may be an idempotency key: printable ASCII without spaces. */
export const idempotencyKeyText = /^[\x21-\x7e]+$/;

export interface DataBody {
  readonly data?: string | null | undefined;
  readonly encoding?: Encoding | undefined;
}

/** Gives the bytes of a document's data, or null where it has none. Throws a `Problem` that begins with `where`. */
export function dataFrom(body: DataBody, where: string): Uint8Array | null {
  if (body.data === undefined || body.data === null) return null;
  if (body.encoding !== 'base64') return utf8(body.data);
  const bytes = Buffer.from(body.data, 'base64');
  // Buffer skips what is not base64; encoding it again shows whether anything was skipped.
  if (bytes.toString('base64') !== body.data) {
    throw mistake(`${where}.data`, 'is not base64 (RFC 4648, with padding)');
  }
  return bytes;
}

/** Makes the `Problem` of a field, which it names. */
export function mistake(where: string, complaint: string): Problem {
  return badRequest(`${where}: ${complaint}`);
}
