import { assert } from '../base/assert.ts';
import { isSuper, permission, type Acl, type Identity } from '../model/acl.ts';
import { keptRoot, reservedRoot } from '../model/auth.ts';
import type { Refusal } from '../model/error-code.ts';
import type { SessionId } from '../model/ids.ts';
import type { Limits } from '../model/limits.ts';
import { compareText, parentOf, type ZnodePath } from '../model/path.ts';
import type { ReadQuery, ReadResult, ResultOf } from '../model/read.ts';
import type { RequestContext, WriteOutcome, StateRequest } from '../model/request.ts';
import type { Stat } from '../model/stat.ts';
import type { Txn } from '../model/txn.ts';
import type { WatchEvent } from '../model/watch-event.ts';
import { compareZxid, zxidHigh, zxidLow, type Zxid } from '../model/zxid.ts';
import { isAllowed } from './access/access.ts';
import type { Grants } from './access/grants.ts';
import { answerRead } from './reads/answer-read.ts';
import type { LockQueue } from './replicated/lock-queues.ts';
import { TxnApplier } from './apply.ts';
import { RunningDigest } from './digest/digest.ts';
import { findOverdue, type OverdueSearch, type ReapTime } from './tree/overdue.ts';
import { PendingTxns } from './prepare/pending-txns.ts';
import { Preparer, type PrepareAt, type Prepared } from './prepare/prepare.ts';
import { readSubtree, type SubtreeQuery } from './reads/read-subtree.ts';
import { ReplicatedState } from './replicated/replicated-state.ts';
import { SnapshotRestore } from './snapshot/restore.ts';
import type { Session } from './replicated/sessions.ts';
import { SnapshotWriter } from './snapshot/snapshot.ts';

export { idempotencyLimits } from './replicated/idempotency.ts';
export type { OverdueSearch, ReapTime } from './tree/overdue.ts';
export type { Prepared, PrepareAt } from './prepare/prepare.ts';
export type { Contender, LockQueue } from './replicated/lock-queues.ts';
export type { Session } from './replicated/sessions.ts';
export type { SnapshotRestore } from './snapshot/restore.ts';
export type { SnapshotWriter } from './snapshot/snapshot.ts';

export interface StateMachineOptions {
  readonly limits: Limits;
  /** Pure; for the fingerprints of requests under an idempotency key. */
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
  /** Refuse what would go above a quota's hard limits; false if not said. What is counted is the same. */
  readonly enforceQuota?: boolean;
}

export interface StateCounts {
  readonly znodes: number;
  readonly ephemerals: number;
  readonly sessions: number;
  readonly idempotencyKeys: number;
  /** Of data alone. */
  readonly dataBytes: number;
  /** Of all of it in memory, about: what `limits.stateBytesMax` bounds. */
  readonly stateBytes: number;
  /** Prepared and not yet applied. */
  readonly pending: number;
}

/**
 * The replicated state machine: znodes, sessions and idempotency keys. Pure and synchronous. The leader prepares
 * requests into txns; every peer applies the committed ones, in order, and answers reads from what it has applied.
 */
export class StateMachine {
  readonly #options: StateMachineOptions;
  readonly #pending = new PendingTxns();
  #state = new ReplicatedState();
  #applier: TxnApplier;
  #preparer: Preparer;

  /** The initial tree, at zxid 0. */
  constructor(options: StateMachineOptions) {
    this.#options = options;
    this.#state.tree.addInitialZnodes();
    this.#applier = new TxnApplier(this.#state);
    this.#preparer = new Preparer({ state: this.#state, pending: this.#pending }, options);
  }

  /** The zxid of the last txn applied, or of the last entry passed by `advance`. */
  get lastApplied(): Zxid {
    return this.#state.lastApplied;
  }

  get counts(): StateCounts {
    const { tree, sessions, writes } = this.#state;
    return {
      znodes: tree.count,
      ephemerals: tree.ephemerals,
      sessions: sessions.size,
      idempotencyKeys: writes.size,
      dataBytes: tree.dataBytes,
      stateBytes: this.#state.bytes,
      pending: this.#pending.size,
    };
  }

  /**
   * Leader only. A `txn` must be proposed under `at.zxid`, or all be abandoned: later requests are judged as if it were
   * applied. Anything else leaves no trace.
   */
  prepare(request: StateRequest, context: RequestContext, at: PrepareAt): Prepared {
    return this.#preparer.prepare(request, context, at);
  }

  /** Gives the txn of this zxid, when it was prepared here, not abandoned since, and is the next of those. */
  prepared(zxid: Zxid): Txn | undefined {
    return this.#pending.next(zxid);
  }

  /**
   * Forgets what was prepared, when leadership is lost: what was prepared may never be applied. What is committed all
   * the same comes by `apply`.
   */
  abandonPending(): void {
    this.#pending.clear();
  }

  /** Applies a committed txn: every one, in order. Gives what whoever asked for it is told. */
  apply(zxid: Zxid, txn: Txn): WriteOutcome {
    this.#pending.settle(zxid);
    const results = this.#applier.apply(zxid, txn);
    return { zxid, results, branch: txn.branch, replayed: false };
  }

  /** Passes a committed entry that is no txn: the start of an epoch, a change of the voters. */
  advance(zxid: Zxid): void {
    const { lastApplied } = this.#state;
    assert(compareZxid(zxid, lastApplied) > 0, 'entries are applied in order', {
      zxid,
      lastApplied,
    });
    this.#state.lastApplied = zxid;
  }

  /** Gives what the first request with this key gave; undefined when none was applied, or it is forgotten by now. */
  replayOutcome(key: string): WriteOutcome | undefined {
    return this.#state.writes.replay(key);
  }

  read<Query extends ReadQuery>(
    query: Query,
    identities: readonly Identity[],
  ): ResultOf<Query> | Refusal {
    const { limits } = this.#options;
    const { tree, grants } = this.#state;
    const result: ReadResult | Refusal =
      query.read === 'ephemerals'
        ? this.#ephemerals(query, identities)
        : (grants.refusal('read', query.path, identities) ??
          answerRead(tree, query, {
            identities,
            limits,
            closed: 'limit' in query ? this.#closedTo(identities) : 0,
          }));
    // The result has the query's own `read`; the compiler can't follow that through the switch.
    return result as ResultOf<Query> | Refusal;
  }

  /**
   * Says whether the ACL of now gives one of these a right to a znode. Of one that is not there the nearest above it that
   * is decides. No grant is looked at.
   */
  allows(path: ZnodePath, wanted: 'read' | 'admin', identities: readonly Identity[]): boolean {
    return isAllowed(this.aclNow(path), permission[wanted], identities);
  }

  /** Who was granted what, as it is applied here. Look, don't touch. */
  get grants(): Omit<Grants, 'changed'> {
    return this.#state.grants;
  }

  /** Gives the stat of a znode for our own use: nobody's right is asked. */
  stat(path: ZnodePath): Stat | undefined {
    const { tree } = this.#state;
    const id = tree.find(path);
    return id === 0 ? undefined : tree.stat(id);
  }

  /** The znode that lists of all below leave out, with all below it; 0 for none. */
  #closedTo(identities: readonly Identity[]): number {
    const { tree, grants } = this.#state;
    if (!grants.isOn) return isSuper(identities) ? 0 : tree.find(keptRoot);
    return grants.rightsOf(identities).isAdmin ? 0 : tree.find(reservedRoot);
  }

  /** Gives the ACL of a znode; of one that is not there, that of the nearest above it that is. */
  aclNow(path: ZnodePath): Acl {
    const { tree } = this.#state;
    let at = path;
    let id = tree.find(at);
    // The root is always there.
    while (id === 0) id = tree.find((at = parentOf(at)));
    return tree.acl(id);
  }

  #ephemerals(
    { prefix, session }: Extract<ReadQuery, { read: 'ephemerals' }>,
    identities: readonly Identity[],
  ): ReadResult {
    const { grants } = this.#state;
    const paths = this.ephemeralsOf(session).filter(
      (path) => path.startsWith(prefix) && grants.may('read', path, identities),
    );
    return { read: 'ephemerals', paths };
  }

  /** Gives who contends, in order; undefined while nobody does. Look, don't touch. */
  lockQueue(queue: ZnodePath): Omit<LockQueue, 'add' | 'remove'> | undefined {
    return this.#state.lockQueues.get(queue);
  }

  /** Gives what a watch begins with that wants what is there first. */
  readSubtree(
    query: SubtreeQuery,
    identities: readonly Identity[],
  ): readonly WatchEvent[] | Refusal {
    const { tree, grants } = this.#state;
    return (
      grants.refusal('watch', query.path, identities) ??
      grants.refusal('read', query.path, identities) ??
      readSubtree(tree, query, { identities, closed: this.#closedTo(identities) })
    );
  }

  session(id: SessionId): Session | undefined {
    return this.#state.sessions.get(id);
  }

  /** Gives all sessions, in no order. */
  sessions(): IterableIterator<Session> {
    return this.#state.sessions.values();
  }

  /** Gives the paths that go with the session, in code point order. */
  ephemeralsOf(session: SessionId): ZnodePath[] {
    const { tree, sessions } = this.#state;
    return [...sessions.ephemerals(session)].map((id) => tree.path(id)).sort(compareText);
  }

  /**
   * Finds the container and TTL znodes that are due, looked for in `znodesMax` places from `from` on (0 at first). For
   * the leader, which removes each by a `reap` of its own, with the czxid and version given here as what it expects.
   */
  findOverdue(from: number, znodesMax: number, time: ReapTime): OverdueSearch {
    return findOverdue(this.#state.tree, { from, znodesMax, time });
  }

  /** As the leaders stamped it; 0 before the first txn. */
  get lastTimeMs(): number {
    return this.#state.lastTimeMs;
  }

  /**
   * Gives sixteen hex digits that are equal on peers that have applied the same, however they came to it; differs, but
   * for chance, when any fact does.
   */
  digest(): string {
    return digestText(this.#state, this.#state.digest);
  }

  /** Works the digest out from scratch: slow, for tests and `inspect`. */
  recomputeDigest(): string {
    const digest = new RunningDigest();
    this.#state.tree.addTo(digest);
    this.#state.sessions.addTo(digest);
    this.#state.writes.addTo(digest);
    return digestText(this.#state, digest);
  }

  /**
   * Begins a snapshot of the state as it stands now, to be written chunk by chunk while txns go on being applied. One
   * at a time: until it is read to its end or abandoned, every change costs a copy of what it changes.
   */
  beginSnapshot(): SnapshotWriter {
    return new SnapshotWriter(this.#state, this.digest());
  }

  /** Takes a snapshot in, beside the state in use, which it replaces when all of it was checked. */
  beginRestore(): SnapshotRestore {
    return new SnapshotRestore(
      (state) => {
        this.#install(state);
      },
      (state) => digestText(state, state.digest),
    );
  }

  /** Takes in what was never a state of ours, as a snapshot with the digest `''`: nobody knows which it would have. */
  beginImport(): SnapshotRestore {
    return new SnapshotRestore(
      (state) => {
        this.#install(state);
      },
      () => '',
    );
  }

  #install(state: ReplicatedState): void {
    this.#pending.clear();
    this.#state = state;
    this.#applier = new TxnApplier(state);
    this.#preparer = new Preparer({ state, pending: this.#pending }, this.#options);
  }
}

function digestText(
  { tree, lastApplied, lastTimeMs }: ReplicatedState,
  digest: RunningDigest,
): string {
  tree.settleDigest();
  return digest.text([
    zxidHigh(lastApplied),
    zxidLow(lastApplied),
    Math.floor(lastTimeMs / 0x1_0000_0000),
    lastTimeMs,
  ]);
}
