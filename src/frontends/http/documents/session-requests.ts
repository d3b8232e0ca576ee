import { z } from 'zod';
import { defaults } from '../../../model/defaults.ts';
import type { SessionId } from '../../../model/ids.ts';
import type { Random } from '../../../ports/random.ts';
import { sessionIdFrom } from '../exchange/caller.ts';
import { badRequest } from '../exchange/problem.ts';

export const newSessionSchema = z.strictObject({
  timeoutMs: z.int().min(1).max(2_147_483_647).optional(),
  id: z.string().optional(),
  secret: z.string().optional(),
});

const secretBytes = 16;

/** Holds what differs between the ways to ask for a session. */
export interface NewSessionParts {
  readonly random: Random;
  /** Where the field `id` stands. */
  readonly idAt: string;
  /** Reads the secret that a client brings; throws a `Problem`. */
  readonly secretFrom: (text: string) => Uint8Array;
}

/**
 * Gives the session that a client wants to have opened, with a secret of ours when it brings none. Throws a `Problem`.
 */
export function newSessionFrom(
  asked: z.output<typeof newSessionSchema>,
  { random, idAt, secretFrom }: NewSessionParts,
): { readonly timeoutMs: number; readonly secret: Uint8Array; readonly session?: SessionId } {
  if (asked.id !== undefined && asked.secret === undefined) {
    throw badRequest(
      `${idAt}: choose the secret too, or a retry could not prove that the session is its own`,
    );
  }
  const secret = asked.secret === undefined ? random.bytes(secretBytes) : secretFrom(asked.secret);
  const { timeoutMs = defaults.sessionTimeoutMs, id } = asked;
  return id === undefined
    ? { timeoutMs, secret }
    : { timeoutMs, secret, session: sessionIdFrom(id, idAt) };
}
