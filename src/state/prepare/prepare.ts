import { assert, unreachable } from '../../base/assert.ts';
import { bytesEqual, utf8Length } from '../../base/bytes.ts';
import { aclEntryOverheadBytes, type Acl } from '../../model/acl.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import { scopeBytesOf } from '../../model/idempotency-key.ts';
import type { Limits } from '../../model/limits.ts';
import type {
  CloseSessionRequest,
  CreateSessionRequest,
  MoveSessionRequest,
  MultiRequest,
  OpResult,
  ReapRequest,
  RequestContext,
  TreeOp,
  StateRequest,
} from '../../model/request.ts';
import { timeAheadMsMax, type Change, type TreeChange, type Txn } from '../../model/txn.ts';
import { compareZxid, zeroZxid, type Zxid } from '../../model/zxid.ts';
import { aclBytes } from '../access/access.ts';
import {
  decided,
  deleteEphemerals,
  gone,
  Preparation,
  sessionRefusal,
  txnOf,
  type DecidedTxn,
  type Decision,
} from './decision.ts';
import { SpeculativeView, type Draft } from './draft.ts';
import { requestBytes } from './fingerprint.ts';
import { KeyOwners } from './key-owners.ts';
import { recordedBytesMost } from '../replicated/recorded-write.ts';
import { dueInMs, type ReapTime } from '../tree/overdue.ts';
import type { PendingTxns } from './pending-txns.ts';
import { decideAcquireLock, decideReleaseLock } from './prepare-locks.ts';
import { tooManySessions } from './prepare-growth.ts';
import { unfitGrants } from './prepare-auth.ts';
import { refusalOfTokens } from '../access/tokens.ts';
import { prepareOp, tooManyChanges, unexpected } from './prepare-ops.ts';
import { Quotas } from '../replicated/quotas.ts';
import { sessionBytes } from '../replicated/sessions.ts';
import type { ReplicatedState } from '../replicated/replicated-state.ts';

/** Well below what a message between peers holds. */
const deletionBytesMax = 24 * 1_048_576;
/** Stat, tags and lengths, rounded up. */
const deletionOverheadBytes = 150;

/** Of the share of an owner, what locks may take: their keys are a convenience. */
const lockKeysPart = 1 / 4;

/** What becomes of a request. Only `txn` is proposed; the others are answered once `basis` is applied. */
export type Prepared =
  | { readonly kind: 'txn'; readonly txn: Txn; readonly passedOver?: Refusal }
  /** `basis`: the newest proposal in flight that the refusal rests on; `zeroZxid` for none (brief A13). */
  | (Refusal & { readonly basis: Zxid })
  /** Done before: under this idempotency key, or a session that exists with this very secret. */
  | { readonly kind: 'replay'; readonly basis: Zxid }
  /** Checks alone, and all of them held: there is nothing to propose. */
  | {
      readonly kind: 'nothing';
      readonly basis: Zxid;
      readonly branch: 'ops' | 'orElse';
      readonly results: readonly OpResult[];
      readonly passedOver?: Refusal;
    };

export interface PrepareAt {
  /** The zxid that the txn will be proposed under. */
  readonly zxid: Zxid;
  /** The ensemble's time. */
  readonly wallMs: number;
  /** What was recorded under keys up to here is as old as keys are kept; nothing is, if not said. */
  readonly agedUpTo?: Zxid | undefined;
  /** For the leader's own `reap`, which is refused without. */
  readonly reapTime?: ReapTime | undefined;
}

/** Turns requests into txns, on the leader alone: against the committed state and the proposals in flight. */
export class Preparer {
  readonly #state: ReplicatedState;
  readonly #pending: PendingTxns;
  readonly #limits: Limits;
  readonly #sha256: (bytes: Uint8Array) => Uint8Array;
  readonly #keyOwners: KeyOwners;
  /** Of the request that is being prepared. */
  readonly #preparation: Preparation;

  constructor(
    parts: { readonly state: ReplicatedState; readonly pending: PendingTxns },
    options: {
      readonly limits: Limits;
      readonly sha256: (bytes: Uint8Array) => Uint8Array;
      readonly enforceQuota?: boolean;
    },
  ) {
    this.#state = parts.state;
    this.#pending = parts.pending;
    this.#limits = options.limits;
    this.#sha256 = options.sha256;
    this.#keyOwners = new KeyOwners(options.sha256);
    const quotas = options.enforceQuota === true ? new Quotas(parts.state.tree) : undefined;
    const view = new SpeculativeView(parts.state, parts.pending, quotas);
    this.#preparation = new Preparation(view, options.limits);
  }

  prepare(request: StateRequest, context: RequestContext, at: PrepareAt): Prepared {
    const preparation = this.#preparation;
    const { view } = preparation;
    view.begin();
    const lastTimeMs = this.#pending.lastTimeMs ?? this.#state.lastTimeMs;
    const timeMs =
      lastTimeMs - at.wallMs > timeAheadMsMax ? at.wallMs : Math.max(lastTimeMs, at.wallMs);
    const forgetUpTo = this.#forgetUpTo(at.agedUpTo);
    const key = context.idempotencyKey;
    preparation.idempotency = undefined;
    // Before the session is looked at: a repetition may come when its session is gone already, and to be told
    // "sessionExpired, not applied" of a write that was applied would be a lie.
    if (key !== undefined) {
      const fingerprint = this.#sha256(requestBytes(request, context.session));
      const known = this.#knownKey(view, key, { fingerprint, forgetUpTo });
      if (known !== undefined) return known;
      preparation.idempotency = { key, fingerprint, owner: this.#keyOwners.of(context) };
    }
    preparation.context = context;
    preparation.zxid = at.zxid;
    preparation.timeMs = timeMs;
    preparation.reapTime = at.reapTime;
    preparation.forgetUpTo = forgetUpTo;
    const decision =
      refusalOfTokens(view.state.grants.tokens, context.identities) ?? decide(preparation, request);
    switch (decision.kind) {
      case 'refused':
      case 'nothing':
        return { ...decision, basis: view.basis };
      case 'replay':
        return decision;
      case 'txn': {
        const crowded = this.#noRoomForKey(request, decision.txn);
        if (crowded === undefined) return this.#speculate(decision);
        if (request.kind !== 'acquireLock') return { ...crowded, basis: view.basis };
        // Without its key: a place that is there is found by its name, and one that was by its session.
        preparation.idempotency = undefined;
        const { branch, session, changes } = decision.txn;
        const txn = txnOf(preparation, branch, session, changes);
        return this.#speculate({ ...decision, txn });
      }
      default:
        return unreachable(decision);
    }
  }

  #speculate(decision: DecidedTxn): DecidedTxn {
    assert(
      compareZxid(decision.zxid, this.#state.lastApplied) > 0,
      'a proposal is newer than what is applied',
    );
    this.#pending.add(decision);
    return decision;
  }

  /** What the next txn has to forget; undefined when there is nothing, or a proposal in flight does. */
  #forgetUpTo(aged: Zxid | undefined): Zxid | undefined {
    if (aged === undefined) return undefined;
    const oldest = this.#state.writes.oldest(aged);
    if (oldest === undefined || compareZxid(oldest, this.#pending.forgetUpTo) <= 0) {
      return undefined;
    }
    return oldest;
  }

  /** What is recorded under keys is kept for a while, whatever comes: what there is no room for is refused. */
  #noRoomForKey(request: StateRequest, { idempotency, timeMs, changes }: Txn): Refusal | undefined {
    if (idempotency === undefined) return undefined;
    const { key, owner = '' } = idempotency;
    // Locks leave most of the share to writes, which have nothing but their key.
    const part = request.kind === 'acquireLock' ? lockKeysPart : 1;
    return this.#state.writes.whyNoRoom(
      { owner, bytes: recordedBytesMost(key, changes), timeMs },
      { inFlight: this.#pending.keys, part },
    );
  }

  #knownKey(
    view: SpeculativeView,
    key: string,
    now: { readonly fingerprint: Uint8Array; readonly forgetUpTo: Zxid | undefined },
  ): Prepared | undefined {
    const limit = this.#limits.idempotencyKeyBytesMax;
    const actual = utf8Length(key) - scopeBytesOf(key);
    if (actual === 0 || actual > limit) {
      const detail = `An idempotency key has 1 to ${String(limit)} bytes.`;
      const code = actual === 0 ? 'badArguments' : 'tooLarge';
      return { ...refused(code, detail, { limit, actual }), basis: zeroZxid };
    }
    const use = view.keyUse(key);
    // This txn, or one in flight, will have forgotten it.
    const forgetUpTo = now.forgetUpTo ?? this.#pending.forgetUpTo;
    if (use === undefined || compareZxid(use.zxid, forgetUpTo) <= 0) return undefined;
    if (bytesEqual(use.fingerprint, now.fingerprint)) return { kind: 'replay', basis: use.zxid };
    const detail = 'This idempotency key was used for another request: choose a new one at random.';
    return { ...refused('keyReused', detail), basis: view.basis };
  }
}

function decide(preparation: Preparation, request: StateRequest): Decision {
  switch (request.kind) {
    case 'multi':
      return decideMulti(preparation, request);
    case 'createSession':
      return decideCreateSession(preparation, request);
    case 'closeSession':
      return decideCloseSession(preparation, request);
    case 'moveSession':
      return decideMoveSession(preparation, request);
    case 'reap':
      return decideReap(preparation, request);
    case 'acquireLock':
      return decideAcquireLock(preparation, request);
    case 'releaseLock':
      return decideReleaseLock(preparation, request);
    default:
      return unreachable(request);
  }
}

function decideMulti(preparation: Preparation, request: MultiRequest): Decision {
  const { context, view, limits } = preparation;
  const { session, owner } = context;
  const unwelcome = session === undefined ? undefined : sessionRefusal(view, session, owner);
  const refusal = unwelcome ?? tooManyOps(request, limits);
  if (refusal !== undefined) return refusal;
  const first = draftBranch(preparation, request.ops, request.single);
  if (first === undefined) return concludeMulti(preparation, request, 'ops');
  if (request.orElse === undefined) return first;
  const second = draftBranch(preparation, request.orElse, false);
  if (second !== undefined) return second;
  return { ...concludeMulti(preparation, request, 'orElse'), passedOver: first };
}

/** Makes the branch, which the preparation then has; says why not when one of its ops is refused. */
function draftBranch(
  preparation: Preparation,
  ops: readonly TreeOp[],
  isSingle: boolean,
): Refusal | undefined {
  preparation.beginBranch();
  const { draft, limits } = preparation;
  for (const op of ops) {
    const refusal = prepareOp(preparation, op) ?? tooManyChanges(draft, 0, limits);
    if (refusal !== undefined) {
      return isSingle ? refusal : { ...refusal, failedIndex: preparation.answers };
    }
    preparation.answers++;
  }
  const unfit = preparation.touchesKept ? unfitGrants(draft) : undefined;
  return unfit ?? tooMuchGone(draft);
}

/** What goes is named in the txn with its ACL: a small request may take more along than a message between peers holds. */
function tooMuchGone({ changes }: Draft): Refusal | undefined {
  let bytes = 0;
  // Most have the ACL of the one before.
  let last: Acl | undefined;
  let lastOfParent: Acl | undefined;
  let lastBytes = 0;
  let lastBytesOfParent = 0;
  for (const change of changes) {
    if (change.change !== 'delete') continue;
    const { path, acl, parentAcl } = change;
    bytes += deletionOverheadBytes + utf8Length(path);
    if (acl !== last) lastBytes = aclEntryOverheadBytes * acl.length + aclBytes(acl);
    if (parentAcl !== lastOfParent) {
      lastBytesOfParent = aclEntryOverheadBytes * parentAcl.length + aclBytes(parentAcl);
    }
    last = acl;
    lastOfParent = parentAcl;
    bytes += lastBytes + lastBytesOfParent;
  }
  if (bytes <= deletionBytesMax) return undefined;
  const limit = String(deletionBytesMax);
  const detail = `Paths and ACLs of the znodes that would go take more than ${limit} bytes: delete fewer at once.`;
  return refused('tooLarge', detail, { limit: deletionBytesMax, actual: bytes });
}

function concludeMulti(
  preparation: Preparation,
  request: MultiRequest,
  branch: 'ops' | 'orElse',
): Extract<Decision, { kind: 'nothing' | 'txn' }> {
  const { draft, session, idempotency } = preparation;
  // With a key the choice of the branch is recorded even so: a repetition must not take the other one.
  if (changesNothing(draft.changes) && (request.single || idempotency === undefined)) {
    const results = draft.changes.map(({ path }) => ({ op: 'check', path }) as const);
    return { kind: 'nothing', branch, results };
  }
  const txn = txnOf(preparation, branch, session, draft.changes);
  return decided(preparation, txn, draft);
}

function changesNothing(changes: readonly TreeChange[]): boolean {
  for (const { change } of changes) if (change !== 'check') return false;
  return true;
}

function tooManyOps(request: MultiRequest, limits: Limits): Refusal | undefined {
  const { ops, orElse, single } = request;
  if (single && (ops.length !== 1 || orElse !== undefined)) {
    return refused('badArguments', 'A single operation is one operation.');
  }
  const limit = limits.opsPerMultiMax;
  const actual = Math.max(ops.length, orElse?.length ?? 0);
  if (actual <= limit) return undefined;
  const detail = `A transaction may have at most ${String(limit)} operations in each branch.`;
  return refused('tooLarge', detail, { limit, actual });
}

function decideCreateSession(
  preparation: Preparation,
  { session, timeoutMs, secretHash, owner }: CreateSessionRequest,
): Decision {
  const { view, limits, draft } = preparation;
  if (view.isClosing(session)) return gone(view, session);
  const existing = view.session(session);
  if (existing !== undefined) {
    if (bytesEqual(existing.secretHash, secretHash)) return { kind: 'replay', basis: view.basis };
    return refused('authFailed', 'The session exists with another secret: choose another id.');
  }
  const tooMany = tooManySessions(view, limits);
  if (tooMany !== undefined) return tooMany;
  const created = { change: 'createSession', session, timeoutMs, secretHash } as const;
  const changes: Change[] = [created];
  if (owner !== undefined) changes.push({ change: 'moveSession', session, owner });
  preparation.beginBranch();
  const after = { session, timeoutMs, secretHash, owner: owner ?? '' };
  return decided(preparation, txnOf(preparation, 'ops', session, changes), draft, {
    session: { id: session, after },
    bytes: sessionBytes,
    sessions: 1,
  });
}

function decideMoveSession(
  preparation: Preparation,
  { session, owner }: MoveSessionRequest,
): Decision {
  const { view, draft } = preparation;
  const before = view.session(session);
  if (before === undefined) return gone(view, session);
  preparation.beginBranch();
  const moved = { change: 'moveSession', session, owner } as const;
  return decided(preparation, txnOf(preparation, 'ops', session, [moved]), draft, {
    session: { id: session, after: { ...before, owner } },
    bytes: 0,
    sessions: 0,
  });
}

/** Lists what goes with the session, proposals in flight included, so that apply decides nothing (ZK-3145, brief A12). */
function decideCloseSession(
  preparation: Preparation,
  { session, reason }: CloseSessionRequest,
): Decision {
  const { view, context, draft } = preparation;
  // An expiry is the leader's own word; a client's close comes from where the session lives.
  const owner = reason === 'closed' ? context.owner : undefined;
  const refusal = sessionRefusal(view, session, owner);
  if (refusal !== undefined) return refusal;
  preparation.beginBranch();
  deleteEphemerals(view, draft, session);
  const closed = { change: 'closeSession', session, reason } as const;
  const txn = txnOf(preparation, 'ops', session, [...draft.changes, closed]);
  return decided(preparation, txn, draft, {
    session: { id: session, after: undefined },
    bytes: -sessionBytes,
    sessions: -1,
  });
}

/** ZooKeeper's deleteContainer, and whether it is due by what is in flight too. Nobody's permission is asked. */
function decideReap(preparation: Preparation, { path, expected }: ReapRequest): Decision {
  const { draft, reapTime } = preparation;
  preparation.beginBranch();
  const znode = draft.find(path);
  if (znode === undefined) return refused('noNode', `"${path}" does not exist.`, { path });
  const refusal = unexpected(path, znode, expected);
  if (refusal !== undefined) return refusal;
  const { owned, creates, stat } = znode;
  const { numChildren, mtime } = stat;
  if (numChildren > 0) return refused('notEmpty', `"${path}" has children.`, { path });
  if (reapTime === undefined || dueInMs({ owned, creates, numChildren, mtime }, reapTime) > 0) {
    return refused('badArguments', `"${path}" is not due to be removed.`, { path });
  }
  draft.delete(path, znode, 0);
  return decided(preparation, txnOf(preparation, 'ops', undefined, draft.changes), draft);
}
