import { z } from 'zod';
import { utf8 } from '../../../base/bytes.ts';
import { semaphorePermitsMax } from '../../../model/lock.ts';
import type { Caller } from '../../../service/call.ts';
import type { LockAcquire } from '../../../service/locking.ts';
import { dataFields, dataFrom } from '../documents/decode-txn.ts';
import { queuePath, type QueueName } from '../documents/queue-path.ts';
import { callerOf, credentialFor, sessionIdFrom } from '../exchange/caller.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { decodeJson } from '../exchange/json-body.ts';
import type { Query } from '../exchange/query.ts';

const commonFields = {
  lockId: z.string().optional(),
  session: z.string().optional(),
  ttlMs: z.int().min(1).optional(),
};
const lockSchema = z.strictObject({
  ...commonFields,
  mode: z.enum(['exclusive', 'read', 'write', 'semaphore']).optional(),
  permits: z.int().min(1).max(semaphorePermitsMax).optional(),
});
const campaignSchema = z.strictObject({ ...commonFields, ...dataFields });

export const enterParameters = ['wait', 'try', 'dialect', 'abandonOnDisconnect', 'timeout'];

/** What a client asks for that wants in. */
export function decodeEnter(
  exchange: Exchange,
  queue: QueueName,
  given: { readonly query: Query; readonly body: Uint8Array },
): { readonly request: LockAcquire; readonly caller: Caller } {
  const { query, body } = given;
  const asked =
    queue.kind === 'locks' ? decodeLock(body) : decodeCampaign(decodeJson(body, campaignSchema));
  const { lockId, session, ttlMs, ...rest } = asked;
  const dialect = query.oneOf('dialect', ['curator', 'kazoo']);
  const request: LockAcquire = {
    queue: queuePath(queue.kind, queue.name),
    tryOnly: query.flag('try'),
    ...rest,
    ...(lockId === undefined ? {} : { lockId }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(dialect === undefined ? {} : { dialect }),
  };
  return {
    request,
    caller: session === undefined ? exchange.caller() : actingIn(exchange, session),
  };
}

function decodeLock(
  body: Uint8Array,
): Omit<z.output<typeof lockSchema>, 'mode' | 'permits'> & Pick<LockAcquire, 'mode' | 'permits'> {
  const { mode = 'exclusive', permits, ...asked } = decodeJson(body, lockSchema);
  return {
    ...asked,
    mode: mode === 'write' ? 'exclusive' : mode,
    ...(permits === undefined ? {} : { permits }),
  };
}

function decodeCampaign({
  data,
  encoding,
  ...asked
}: z.output<typeof campaignSchema>): Omit<typeof asked, never> &
  Pick<LockAcquire, 'mode' | 'data'> {
  return { ...asked, mode: 'exclusive', data: dataFrom({ data, encoding }, 'body') ?? utf8('') };
}

/** The session of the body; the headers hold its secret, and may name it once more. */
function actingIn({ headers, request }: Exchange, text: string): Caller {
  const credential = credentialFor(sessionIdFrom(text, 'session'), headers);
  const others = { ...headers };
  delete others['x-session-id'];
  delete others['x-session-secret'];
  const { identities } = callerOf(others, request.socket.remoteAddress);
  return { identities, credential };
}
