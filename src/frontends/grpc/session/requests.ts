import type {
  SessionRequest__Output,
  SessionResponse,
} from '../../../generated/quoll/v1/session.ts';
import type { ReadQuery } from '../../../model/read.ts';
import type { RequestKind } from '../../../service/pipeline.ts';
import type {
  OtherOperation,
  ReadOperation,
  WaitingOperation,
  WriteOperation,
} from '../operations/operation.ts';
import {
  campaign,
  getLeader,
  pollCampaign,
  proclaim,
  renewCampaign,
  resign,
} from '../operations/elections.ts';
import {
  acquireLock,
  checkLock,
  getLock,
  pollLock,
  releaseLock,
  renewLock,
} from '../operations/locks.ts';
import { closeSession, sync, touchSession } from '../operations/sessions.ts';
import {
  create,
  exists,
  get,
  getAcl,
  listChildren,
  remove,
  set,
  setAcl,
  txn,
} from '../operations/znodes.ts';

// The operations that a `Session` stream carries, each by the name that its request and its answer have there.

type Requests = Omit<SessionRequest__Output, 'id' | 'timeoutMs' | 'leavesWatch' | 'request'>;
type RequestName = keyof Requests;
type RequestOf<Name extends RequestName> = NonNullable<Requests[Name]>;
type ResponseOf<Name extends RequestName> = NonNullable<
  Name extends keyof SessionResponse ? SessionResponse[Name] : never
>;

export type Carried =
  | { readonly form: 'read'; readonly operation: AnyRead; readonly canWatch: boolean }
  | { readonly form: 'write'; readonly operation: AnyWrite }
  | { readonly form: 'other'; readonly operation: AnyOther; readonly kind: RequestKind }
  | { readonly form: 'waiting'; readonly operation: AnyWaiting };

// What a name's request and answer are is checked where the table below is built; who uses it by name knows no more.
type AnyRead = ReadOperation<unknown, ReadQuery, object>;
type AnyWrite = WriteOperation<{ readonly idempotencyKey: string }, object>;
type AnyOther = OtherOperation<unknown, object>;
type AnyWaiting = WaitingOperation<unknown, object>;

function read<Name extends RequestName, Query extends ReadQuery>(
  _name: Name,
  operation: ReadOperation<RequestOf<Name>, Query, ResponseOf<Name>>,
  canWatch = true,
): Carried {
  return { form: 'read', operation: operation as unknown as AnyRead, canWatch };
}

function write<Name extends RequestName>(
  _name: Name,
  operation: RequestOf<Name> extends { readonly idempotencyKey: string }
    ? WriteOperation<RequestOf<Name>, ResponseOf<Name>>
    : never,
): Carried {
  return { form: 'write', operation: operation as unknown as AnyWrite };
}

function other<Name extends RequestName>(
  _name: Name,
  kind: RequestKind,
  operation: OtherOperation<RequestOf<Name>, ResponseOf<Name>>,
): Carried {
  return { form: 'other', operation: operation, kind };
}

function waiting<Name extends RequestName>(
  _name: Name,
  operation: WaitingOperation<RequestOf<Name>, ResponseOf<Name>>,
): Carried {
  return { form: 'waiting', operation: operation };
}

/** All but what begins and ends the stream itself, its watches and its waits. */
const carried = {
  get: read('get', get),
  exists: read('exists', exists),
  listChildren: read('listChildren', listChildren),
  getAcl: read('getAcl', getAcl, false),
  create: write('create', create),
  set: write('set', set),
  delete: write('delete', remove),
  setAcl: write('setAcl', setAcl),
  txn: write('txn', txn),
  // What follows it must not be read before it is done.
  sync: other('sync', 'alone', sync),
  touch: other('touch', 'read', touchSession),
  close: other('close', 'alone', closeSession),
  acquireLock: waiting('acquireLock', acquireLock),
  pollLock: waiting('pollLock', pollLock),
  renewLock: other('renewLock', 'write', renewLock),
  releaseLock: other('releaseLock', 'write', releaseLock),
  checkLock: other('checkLock', 'read', checkLock),
  getLock: other('getLock', 'read', getLock),
  campaign: waiting('campaign', campaign),
  pollCampaign: waiting('pollCampaign', pollCampaign),
  renewCampaign: other('renewCampaign', 'write', renewCampaign),
  proclaim: other('proclaim', 'write', proclaim),
  getLeader: other('getLeader', 'read', getLeader),
  resign: other('resign', 'write', resign),
} satisfies Partial<Record<RequestName, Carried>>;

export type CarriedName = keyof typeof carried;

/** Gives the operation of a request by its name; undefined for what the stream does itself. */
export function carriedBy(name: RequestName): Carried | undefined {
  return Object.hasOwn(carried, name) ? carried[name as CarriedName] : undefined;
}
