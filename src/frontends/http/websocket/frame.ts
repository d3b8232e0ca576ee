import { z } from 'zod';
import { nearest } from '../../../base/nearest.ts';
import { timeoutMsMax } from '../exchange/decode.ts';
import { checkedBy, parseJson } from '../exchange/json-body.ts';
import { badRequest } from '../exchange/problem.ts';
import { excerpt } from '../exchange/query.ts';

/** A client's message: what all requests have, and the rest. */
export interface ClientFrame {
  readonly id: number;
  readonly op: string;
  readonly timeoutMs: number | undefined;
  readonly rest: Readonly<Record<string, unknown>>;
}

const frameSchema = z.looseObject({
  id: z.int().min(0),
  op: z.string(),
  timeoutMs: z.int().min(1).max(timeoutMsMax).optional(),
});

/** Decodes a message; throws a `Problem` for what is no request at all: there is no id to answer to. */
export function decodeFrame(bytes: Uint8Array): ClientFrame {
  const document = parseJson(bytes);
  if (bytes.length === 0) throw badRequest('an empty message');
  const { id, op, timeoutMs, ...rest } = checkedBy(frameSchema, document);
  return { id, op, timeoutMs, rest };
}

/** Makes the problem of an `op` that there is not. */
export function unknownOp(op: string, known: readonly string[]): Error {
  const hint = nearest(op, known);
  const advice = hint === undefined ? '' : `did you mean "${hint}"? `;
  return badRequest(`unknown op "${excerpt(op)}": ${advice}known are ${known.join(', ')}`);
}
