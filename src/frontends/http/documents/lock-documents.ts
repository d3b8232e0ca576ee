import { z } from 'zod';
import { utf8 } from '../../../base/bytes.ts';
import { sessionIdToDecimal } from '../../../model/ids.ts';
import { semaphorePermitsMax } from '../../../model/lock.ts';
import { nameOf, type ZnodePath } from '../../../model/path.ts';
import { zxidToDecimal } from '../../../model/zxid.ts';
import type { Caller } from '../../../service/call.ts';
import type {
  ContenderView,
  LeadershipView,
  LockAcquire,
  LockStatus,
  QueueView,
} from '../../../service/locking.ts';
import { callerOf, credentialFor, sessionIdFrom } from '../exchange/caller.ts';
import { dataFields, dataFrom } from './decode-txn.ts';
import { encodeData } from './encode.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { decodeJson } from '../exchange/json-body.ts';
import { queuePath, type QueueKind } from './queue-path.ts';
import type { Query } from '../exchange/query.ts';

// Locks and elections as JSON.

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
  queue: { readonly kind: QueueKind; readonly name: string },
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

/** The token is told with the grant and not before: what waits has nothing to fence with. */
export function encodeStatus(status: LockStatus): object {
  const { state, lockId, session, path, mode, token, ahead, expiresInMs } = status;
  return {
    state,
    lockId,
    session: sessionIdToDecimal(session),
    ...(state === 'granted' ? { fencingToken: zxidToDecimal(token) } : { ahead }),
    expiresInMs: Math.round(expiresInMs),
    path,
    mode,
  };
}

export function encodeQueue({ queue, dialect, contenders, meta }: QueueView): object {
  return {
    name: nameOf(queue),
    path: queue,
    dialect: dialect ?? null,
    contenders: contenders.map(encodeContender),
    zxid: zxidToDecimal(meta.zxid),
  };
}

export function encodeLeadership(queue: ZnodePath, { zxid, leader }: LeadershipView): object {
  return {
    name: nameOf(queue),
    zxid: zxidToDecimal(zxid),
    leader:
      leader === undefined
        ? null
        : {
            path: leader.path,
            session: sessionIdToDecimal(leader.session),
            fencingToken: zxidToDecimal(leader.token),
            ...encodeData(leader.data, undefined),
          },
  };
}

function encodeContender({ path, session, mode, token, holds }: ContenderView): object {
  return {
    path,
    session: sessionIdToDecimal(session),
    mode,
    fencingToken: zxidToDecimal(token),
    holds,
  };
}
