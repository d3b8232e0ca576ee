import type { Acl, Identity } from './acl.ts';
import type { ServerId, SessionId } from './ids.ts';
import type { LockMode } from './lock.ts';
import type { Member, MemberRole } from './membership.ts';
import type { ZnodePath } from './path.ts';
import type { Stat } from './stat.ts';
import type { Zxid } from './zxid.ts';

/** ZooKeeper's create flags 0..6, as two orthogonal facts. */
export type ZnodeKind = 'persistent' | 'ephemeral' | 'container' | 'ttl';

/** A znode's identity and version as a precondition. -1 and undefined mean any. */
export interface Expected {
  /** int32; -1 = any. */
  readonly version: number;
  /** Closes the ABA hole of a znode that was deleted and made again. */
  readonly czxid?: Zxid;
}

export const anyVersion: Expected = Object.freeze({ version: -1 });

/** ZooKeeper's bound for a TTL: 40 bits. */
export const ttlMsMax = 2 ** 40 - 1;

export interface CreateOp {
  readonly op: 'create';
  /** With `sequential`, a prefix that the leader completes with `%010d`. */
  readonly path: ZnodePath;
  /** null and empty are different, as on ZooKeeper's wire. */
  readonly data: Uint8Array | null;
  readonly acl: Acl;
  readonly kind: ZnodeKind;
  readonly sequential: boolean;
  /** Of a `ttl` znode; 1 to `ttlMsMax`. Absent for the other kinds. */
  readonly ttlMs?: number;
  /** Makes missing parents, persistent, with the same ACL. */
  readonly parents: boolean;
}

export interface SetOp {
  readonly op: 'set';
  readonly path: ZnodePath;
  readonly data: Uint8Array | null;
  readonly expected: Expected;
  /** Upsert: creates a persistent znode with this ACL when there is none (and its parents when told so). */
  readonly orCreate?: { readonly acl: Acl; readonly parents: boolean };
}

export interface DeleteOp {
  readonly op: 'delete';
  readonly path: ZnodePath;
  readonly expected: Expected;
  /** The znode and everything below it, at most `limits.recursiveDeleteMax` znodes, all or nothing. */
  readonly recursive: boolean;
}

export interface SetAclOp {
  readonly op: 'setAcl';
  readonly path: ZnodePath;
  readonly acl: Acl;
  /** Compared with `aversion`; -1 = any. */
  readonly aversion: number;
}

/** A check: changes nothing, and fails unless the znode exists (or, with `absent`, unless it does not). */
export interface CheckOp {
  readonly op: 'check';
  readonly path: ZnodePath;
  readonly expected: Expected;
  readonly absent: boolean;
}

/**
 * A guard: the znode with this czxid must be a current holder of the queue at `path`, else `fenced`. Changes nothing.
 */
export interface CheckLockOp {
  readonly op: 'checkLock';
  /** The queue's directory: `/locks/<name>` or `/elections/<name>`. */
  readonly path: ZnodePath;
  readonly token: Zxid;
}

/** A guard: the session must be alive, else `sessionExpired`. Changes nothing. */
export interface CheckSessionOp {
  readonly op: 'checkSession';
  /** The root: it is about no znode. */
  readonly path: ZnodePath;
  readonly session: SessionId;
}

export type TreeOp =
  CreateOp | SetOp | DeleteOp | SetAclOp | CheckOp | CheckLockOp | CheckSessionOp;

/**
 * A transaction: all of `ops` or, when one of them fails and there is an `orElse`, all of that. Later ops see earlier
 * ones. A single operation is a multi of one with `single`: the same path through the leader, another shape of error.
 */
export interface MultiRequest {
  readonly kind: 'multi';
  readonly single: boolean;
  readonly ops: readonly TreeOp[];
  readonly orElse?: readonly TreeOp[];
}

export interface CreateSessionRequest {
  readonly kind: 'createSession';
  /** Chosen by the receiving peer from its random source, or by the client. */
  readonly session: SessionId;
  /** Already clamped to the limits. */
  readonly timeoutMs: number;
  /** SHA-256 of the secret, and marks of who may keep it; the secret itself is never replicated. */
  readonly secretHash: Uint8Array;
  /** The carrier that it begins with. */
  readonly owner?: string;
}

export interface CloseSessionRequest {
  readonly kind: 'closeSession';
  readonly session: SessionId;
  readonly reason: 'closed' | 'expired';
}

/** A carrier (a connection that owns the session's order) takes the session over. */
export interface MoveSessionRequest {
  readonly kind: 'moveSession';
  readonly session: SessionId;
  /** Names the carrier: unique in the ensemble. */
  readonly owner: string;
}

/**
 * Enters a lock's or election's queue, once per contender: who is in it already is answered as a replay. With
 * `ownSession` the session is opened in the same txn and lives for this lock; otherwise the contender belongs to the
 * context's session. The outcome's first result is the contender's `create`.
 */
export interface AcquireLockRequest {
  readonly kind: 'acquireLock';
  readonly queue: ZnodePath;
  /** 32 hex digits derived from the lockId, which they do not reveal: they stand in the znode's name. */
  readonly contender: string;
  readonly mode: LockMode;
  /** Of a semaphore; 1 to `semaphorePermitsMax`. */
  readonly permits?: number;
  /** Absent: what the directory speaks, or `curator`. */
  readonly dialect?: 'curator' | 'kazoo';
  /** Of the contender znode: an election's proposal. */
  readonly data: Uint8Array;
  readonly ownSession?: {
    readonly session: SessionId;
    readonly timeoutMs: number;
    readonly secretHash: Uint8Array;
  };
  /** Refused as `lockHeld` unless it would hold at once. */
  readonly tryOnly: boolean;
}

/** Leaves the queue: deletes the contender, and ends the session that was opened for it. */
export interface ReleaseLockRequest {
  readonly kind: 'releaseLock';
  readonly queue: ZnodePath;
  readonly contender: string;
  /** The session that would have been opened for it: closed too when it owns the contender. */
  readonly ownSession: SessionId;
  /** The contender's czxid; another is `fenced`. */
  readonly token?: Zxid;
}

/**
 * A request of the leader's own: removes a container or TTL znode, if it is still due when it is decided. No ACL is
 * asked.
 */
export interface ReapRequest {
  readonly kind: 'reap';
  readonly path: ZnodePath;
  readonly expected: Expected;
}

/** One step of a change of who belongs to the ensemble. */
export type MemberStep =
  /** Whoever has its id and its address already is only given the role. */
  | { readonly step: 'add'; readonly member: Member }
  /** In the place of whoever has its id. */
  | { readonly step: 'put'; readonly member: Member }
  | { readonly step: 'remove'; readonly id: ServerId }
  | { readonly step: 'role'; readonly id: ServerId; readonly role: MemberRole };

/**
 * Changes who belongs to the ensemble and who votes: the steps in their order, all or nothing. No matter of the state: the
 * leader's protocol core judges it. Who asks was judged by the peer that was asked.
 */
export interface ReconfigureRequest {
  readonly kind: 'reconfigure';
  readonly steps: readonly MemberStep[];
  /** Whoever is not named goes: the steps say all that there is. */
  readonly isWhole: boolean;
  /** The version that it is to follow; undefined: whichever it is. */
  readonly fromVersion?: Zxid;
  /** Also when no quorum of the new voters is there. */
  readonly force: boolean;
}

/** What the state machine judges. */
export type StateRequest =
  | MultiRequest
  | CreateSessionRequest
  | CloseSessionRequest
  | MoveSessionRequest
  | AcquireLockRequest
  | ReleaseLockRequest
  | ReapRequest;

/**
 * Raises the level of the ensemble: from then on more may be written than earlier versions read. Judged by the leader's
 * protocol core, as changes of the membership are.
 */
export interface RaiseLevelRequest {
  readonly kind: 'raiseLevel';
  readonly level: number;
  /** Only says whether it could be done. */
  readonly isTrial: boolean;
}

export type WriteRequest = StateRequest | ReconfigureRequest | RaiseLevelRequest;

/** On whose behalf: made by the peer that received the request, carried to the leader with it. */
export interface RequestContext {
  /** The session that the request acts in: owner of the ephemerals it creates. Must be alive. */
  readonly session?: SessionId;
  /** The carrier that sent it, when the session has one; a mismatch is `sessionMoved`. */
  readonly owner?: string;
  readonly identities: readonly Identity[];
  /** Replays the first answer instead of doing it again. Scoped to nothing: choose it at random. */
  readonly idempotencyKey?: string;
  /** The ensemble itself asks, at its leader: what it alone may write. No message between peers has it. */
  readonly isEnsembles?: boolean;
}

/** What one op gave. `op` repeats the op's own name; an upsert says which of the two it did. */
export type OpResult =
  | { readonly op: 'create'; readonly path: ZnodePath; readonly stat: Stat }
  | { readonly op: 'set'; readonly path: ZnodePath; readonly stat: Stat }
  | { readonly op: 'delete'; readonly path: ZnodePath; readonly deleted: number }
  | { readonly op: 'setAcl'; readonly path: ZnodePath; readonly stat: Stat }
  | { readonly op: 'check'; readonly path: ZnodePath };

/** What a committed request gave, worked out by every peer alike when it applied the txn. */
export interface WriteOutcome {
  readonly zxid: Zxid;
  /** One per op of the branch that ran; empty for session requests. */
  readonly results: readonly OpResult[];
  /** Which branch of a multi ran. */
  readonly branch: 'ops' | 'orElse';
  /** True when an idempotency key found an earlier request. */
  readonly replayed: boolean;
}
