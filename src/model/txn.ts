import type { Acl } from './acl.ts';
import type { SessionId } from './ids.ts';
import type { ZnodePath } from './path.ts';
import type { Stat } from './stat.ts';
import type { Zxid } from './zxid.ts';

// What the leader made of a request: absolute results, nothing left to decide. Applying a txn is a pure function of the
// tree and the txn, the same on every peer. A txn also carries all that a watcher needs, and the ACLs that say whether it
// may know: the events of a txn are a function of the txn alone, whether it is applied now or read from the log later.

export type OwnedKind =
  | { readonly kind: 'persistent' }
  | { readonly kind: 'ephemeral'; readonly owner: SessionId }
  | { readonly kind: 'container' }
  | { readonly kind: 'ttl'; readonly ttlMs: number };

/** The op of the request whose answer this change is part of; its last change gives the result. */
interface AnswersOp {
  /** Index into the ops of the branch that ran, or -1 for a change that answers none (a parent made on the way). */
  readonly answers: number;
}

export interface CreateZnode extends AnswersOp {
  readonly change: 'create';
  readonly path: ZnodePath;
  readonly data: Uint8Array | null;
  readonly acl: Acl;
  readonly owned: OwnedKind;
  /** The parent's count of child creates after this one: where the next sequence number comes from. */
  readonly parentCreates: number;
  /** For watchers of the parent. */
  readonly parentAcl: Acl;
}

export interface SetZnode extends AnswersOp {
  readonly change: 'set';
  readonly path: ZnodePath;
  readonly data: Uint8Array | null;
  /** After the change. */
  readonly stat: Stat;
  /** In force: for watchers. */
  readonly acl: Acl;
}

export interface DeleteZnode extends AnswersOp {
  readonly change: 'delete';
  readonly path: ZnodePath;
  /** As they were just before. */
  readonly stat: Stat;
  readonly acl: Acl;
  /** For watchers of the parent. */
  readonly parentAcl: Acl;
}

export interface SetZnodeAcl extends AnswersOp {
  readonly change: 'setAcl';
  readonly path: ZnodePath;
  readonly acl: Acl;
  /** After the change. */
  readonly aversion: number;
}

/** A change that holds the place of a check's result, and changes nothing. */
export interface CheckedZnode extends AnswersOp {
  readonly change: 'check';
  readonly path: ZnodePath;
}

export interface CreateSession {
  readonly change: 'createSession';
  readonly session: SessionId;
  readonly timeoutMs: number;
  readonly secretHash: Uint8Array;
}

export interface MoveSession {
  readonly change: 'moveSession';
  readonly session: SessionId;
  readonly owner: string;
}

/** The end of a session: comes after the `delete` changes of the session's ephemerals, in the same txn. */
export interface CloseSession {
  readonly change: 'closeSession';
  readonly session: SessionId;
  readonly reason: 'closed' | 'expired';
}

export type TreeChange = CreateZnode | SetZnode | DeleteZnode | SetZnodeAcl | CheckedZnode;
export type Change = TreeChange | CreateSession | MoveSession | CloseSession;

/** A key that a request came under. */
export interface IdempotentUse {
  readonly key: string;
  readonly fingerprint: Uint8Array;
  /** Whose share of the remembered keys it takes, as a short name without a meaning; absent in logs of format 2. */
  readonly owner?: string;
}

/**
 * How far the time of the last txn may be ahead of the ensemble's time and still be gone on from: times do not run back
 * for a clock that is slewed, and do for one that was wrong. The same on every peer, which is why nobody can set it.
 */
export const timeAheadMsMax = 10_000;

export interface Txn {
  /**
   * The ensemble's time as its leader knows it. Unix milliseconds. Not below that of an earlier txn, unless that was ahead
   * by more than `timeAheadMsMax`.
   */
  readonly timeMs: number;
  readonly session?: SessionId;
  readonly changes: readonly Change[];
  readonly branch: 'ops' | 'orElse';
  /** From a log of format 1, which lacks what watchers need: it is applied, but no stream resumes across it. */
  readonly isBare?: true;
  /** Recorded with the write, in the replicated state: the key, and a hash of the request that first used it. */
  readonly idempotency?: IdempotentUse;
  /** What was recorded under keys up to this zxid is forgotten, before anything else: it is as old as keys are kept. */
  readonly forgetUpTo?: Zxid;
  /** From a log of format 3 or before: keys are forgotten by how far its time is from theirs. */
  readonly forgetsByTime?: true;
}
