import type { SessionId } from '../model/ids.ts';
import type { LockDialect, LockMode } from '../model/lock.ts';
import type { Refusal } from '../model/error-code.ts';
import type { ZnodePath } from '../model/path.ts';
import type { Zxid } from '../model/zxid.ts';
import type { AnswerMeta, Caller } from './call.ts';

export interface LockAcquire {
  /** `/locks/<name>` or `/elections/<name>`. */
  readonly queue: ZnodePath;
  /** The capability to poll, renew and release. Chosen by the client, acquiring is idempotent. See `lockIdRule`. */
  readonly lockId?: string;
  readonly mode: LockMode;
  readonly permits?: number;
  readonly dialect?: 'curator' | 'kazoo';
  /** Of a session of the lock's own; without it and without a session in the caller, a default. Up to 24 h. */
  readonly ttlMs?: number;
  /** An election's proposal. */
  readonly data?: Uint8Array;
  /** Refused as `lockHeld` unless it is granted at once. */
  readonly tryOnly: boolean;
}

/** Says where a contender stands. Granted: only after a leader barrier that began after the grant was seen. */
export interface LockStatus {
  readonly state: 'granted' | 'queued';
  readonly lockId: string;
  readonly session: SessionId;
  readonly path: ZnodePath;
  readonly mode: LockMode;
  /** The contender's czxid. A fencing token once granted. */
  readonly token: Zxid;
  /** Contenders ahead that it waits for; 0 when granted. */
  readonly ahead: number;
  /** From the last touch that the leader confirmed. */
  readonly expiresInMs: number;
  readonly meta: AnswerMeta;
}

/** What of a contender its owner is shown, and who may ADMIN its znode: absent for anybody else. */
export interface PlaceOwnerView {
  readonly session?: SessionId;
  readonly token?: Zxid;
}

/** Shows a contender as whoever may READ the queue's directory sees it. */
export interface ContenderView extends PlaceOwnerView {
  readonly path: ZnodePath;
  readonly mode: LockMode;
  readonly holds: boolean;
}

export interface QueueView {
  readonly queue: ZnodePath;
  readonly dialect: LockDialect | undefined;
  /** In the order of the queue. */
  readonly contenders: readonly ContenderView[];
  readonly meta: AnswerMeta;
}

/** Shows an election as its observers see it: who leads and what it proclaims. */
export interface LeadershipView {
  readonly zxid: Zxid;
  /** Undefined while nobody leads. */
  readonly leader:
    (PlaceOwnerView & { readonly path: ZnodePath; readonly data: Uint8Array }) | undefined;
}

/** Is told who leads. */
export interface LeadershipSink {
  /** False: it takes no more until `drained`. */
  send(view: LeadershipView): boolean;
  /** Once, at the beginning or later: it may not READ the election's directory, and is told no more. */
  refused(refusal: Refusal): void;
}

/** Stands for a request that may wait long. */
export interface Waiting<Value> {
  readonly result: Promise<Value>;
  /** The client is gone, or waits no longer: its place is kept, unless `abandon`. Also settles `result`. */
  cancel(abandon: boolean): void;
}

export interface LockWaitOptions {
  /** How long to wait for the grant before answering `queued`. */
  readonly waitMs: number;
  /** For each round with the leader. */
  readonly timeoutMs: number;
}

/**
 * Gives locks and elections (product.md, Locks): decided in the log, waited for here, granted behind a barrier. To enter
 * asks for CREATE of the queue's directory, to look for READ; whoever has the lockId of a place may poll, renew, release
 * and proclaim, whoever that is. While grants are on, all of these need the verb `lock` on the queue besides, and a look
 * `read`; of `caller` nothing else is looked at where there is a lockId.
 */
export interface LockService {
  acquire(request: LockAcquire, caller: Caller, options: LockWaitOptions): Waiting<LockStatus>;
  /** Waits on for the grant; `lockLost` when the contender is gone. Counts as a sign of life of the session. */
  poll(
    queue: ZnodePath,
    lockId: string,
    caller: Caller,
    options: LockWaitOptions,
  ): Waiting<LockStatus>;
  /** Gives a sign of life that the leader confirms. */
  renew(queue: ZnodePath, lockId: string, caller: Caller, timeoutMs: number): Promise<LockStatus>;
  /** Leaves the queue; `lockLost` when it is gone already, `fenced` when the token is another. */
  release(
    queue: ZnodePath,
    lockId: string,
    caller: Caller,
    options: { readonly token?: Zxid; readonly timeoutMs: number },
  ): Promise<AnswerMeta>;
  /** Resolves when the token is that of a current holder, linearizably; else `fenced`, or `noAuth` without READ. */
  check(queue: ZnodePath, token: Zxid, caller: Caller, timeoutMs: number): Promise<AnswerMeta>;
  /** Linearizable; `noAuth` without READ. */
  view(queue: ZnodePath, caller: Caller, timeoutMs: number): Promise<QueueView>;
  /** Lets the leader of an election say something new; `fenced` when it does not lead (any more). */
  proclaim(
    queue: ZnodePath,
    lockId: string,
    caller: Caller,
    options: { readonly data: Uint8Array; readonly timeoutMs: number },
  ): Promise<LockStatus>;
  /** Linearizable; `noAuth` without READ. */
  leadership(
    queue: ZnodePath,
    caller: Caller,
    timeoutMs: number,
  ): Promise<LeadershipView & { readonly meta: AnswerMeta }>;
  /**
   * Tells who leads, now and at each change, in order. An observer that takes no more (`send` gave false) is told the
   * newest once it calls `drained`. Who leads is told as this peer has applied it. The sink may be called before this
   * returns.
   */
  observe(
    queue: ZnodePath,
    caller: Caller,
    sink: LeadershipSink,
  ): { drained(): void; close(): void };
}
