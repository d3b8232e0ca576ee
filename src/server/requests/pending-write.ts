import { hasCome, never, stampOf, stampsMsMax, type Stamp } from '../../base/stamp.ts';
import type { ConnectionId } from '../../model/ids.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type { RequestContext, WriteOutcome, WriteRequest } from '../../model/request.ts';
import { zeroZxid, zxidEquals, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PeerNetwork } from '../../ports/peer-network.ts';
import type { Applier } from '../applied/applier.ts';
import type { AppliedWaiter, Fate } from '../applied/waiters.ts';
import { DueAnswer, type Deadlines } from '../deadlines.ts';
import type { Course } from './course.ts';
import type { WriteTurn } from './large-writes.ts';
import type { Verdict } from './leader-decisions.ts';

export type WriteResult = WriteOutcome | Refusal;

/** Waits for what comes of a write. */
export interface WriteResultReceiver {
  /** Is called once. */
  written(result: WriteResult): void;
}

/** A request that has no verdict yet: of one of our clients, or, on the leader, of a learner's. */
export interface PendingWrite {
  readonly request: WriteRequest;
  readonly context: RequestContext;
  /** Of a learner's request; it dies with the connection. */
  readonly origin: ConnectionId | undefined;
  /** Its client was told something already, as of its deadline. */
  readonly isGiven: boolean;
  /** Where it was sent. */
  sentOn: ConnectionId | undefined;
  /** Another request of its session was sent after it: sent again, it would come after that. */
  isFollowed: boolean;
  /** An earlier leader had it: as long as none has looked at it since, nobody knows whether it happened. */
  isUncertain: boolean;
  /** For a leader to send it to. */
  isWaiting: boolean;
  /** When it was decided here, or sent to the leader. */
  sentAt: Stamp;
  /** It may still wait for a leader. */
  mayWait(nowMs: number): boolean;
  judged(verdict: Verdict): void;
}

export interface ClientWrites {
  readonly deadlines: Deadlines;
  readonly applier: Applier;
  readonly clock: Clock;
  readonly course: Course;
  /** One of them is answered. */
  answered(): void;
}

interface AskedWrite {
  readonly request: WriteRequest;
  readonly context: RequestContext;
  readonly receiver: WriteResultReceiver;
}

export const lost =
  'The leader was lost before it answered. Read what you wanted to change before you send it again.';
const undone = 'A fail-over dropped the request before it took effect. Send it again.';

/**
 * A write of a client of ours, in one object from when it comes in until it is answered: it waits for its verdict, for
 * what that rests on to be applied here, and for its deadline.
 */
export class ClientWrite extends DueAnswer<WriteResult> implements PendingWrite, AppliedWaiter {
  readonly request: WriteRequest;
  readonly context: RequestContext;
  readonly #graceUntil: Stamp;
  sentOn: ConnectionId | undefined;
  isFollowed = false;
  isUncertain = false;
  isWaiting = false;
  sentAt = never;
  /** Of one that is not let in as it comes. */
  turn: WriteTurn | undefined;
  readonly #of: ClientWrites;
  readonly #receiver: WriteResultReceiver;
  #verdict: Verdict | undefined;
  #judgedAt = never;
  #isApplied = false;

  constructor(of: ClientWrites, asked: AskedWrite, untilMs: number, graceUntilMs: number) {
    super(of.deadlines, untilMs);
    this.request = asked.request;
    this.context = asked.context;
    this.#graceUntil = stampOf(graceUntilMs);
    this.#of = of;
    this.#receiver = asked.receiver;
  }

  /** As one of our clients. */
  get origin(): undefined {
    return undefined;
  }

  mayWait(nowMs: number): boolean {
    return !hasCome(this.#graceUntil, nowMs);
  }

  judged(verdict: Verdict): void {
    if (this.isUncertain && wasNotLookedAt(verdict)) {
      this.give(refused('connectionLoss', lost));
      return;
    }
    this.#verdict = verdict;
    this.#judgedAt = stampOf(this.#of.clock.now());
    this.#of.applier.whenApplied(restsOn(verdict), this);
  }

  applied(fate: Fate, outcome: WriteOutcome | undefined): void {
    if (this.#verdict === undefined) return;
    this.#isApplied = true;
    this.give(resultOf(this.#of.applier, { write: this, verdict: this.#verdict, fate, outcome }));
  }

  /** What still waits to be sent has been seen by no leader: that much is known. */
  protected late(): Refusal {
    if (this.turn?.isHeld === true) return noTurn();
    return this.isWaiting && !this.isUncertain ? noLeader() : tooLate();
  }

  protected given(result: WriteResult): void {
    this.#of.answered();
    this.turn?.over();
    const { course } = this.#of;
    course.kind = 'write';
    course.sentAt = this.sentAt;
    course.isForwarded = this.sentOn !== undefined;
    course.judgedAt = this.#judgedAt;
    if (this.#isApplied) tellApplied(course, this.#of);
    else course.committedAt = course.appliedAt = never;
    this.#receiver.written(result);
    course.clear();
  }
}

function tellApplied(
  course: Course,
  { applier, clock }: Pick<ClientWrites, 'applier' | 'clock'>,
): void {
  const now = clock.now();
  // Of what rests on something of long ago there was nothing to commit.
  const isOld = now - applier.committedAtMs > stampsMsMax;
  course.committedAt = isOld ? course.judgedAt : stampOf(applier.committedAtMs);
  course.appliedAt = stampOf(now);
}

/** On the leader: a write of a learner's client. The learner answers that; what it is sent is the verdict. */
export class LearnersWrite implements PendingWrite {
  readonly request: WriteRequest;
  readonly context: RequestContext;
  readonly origin: ConnectionId;
  readonly isGiven = false;
  sentOn: ConnectionId | undefined;
  isFollowed = false;
  isUncertain = false;
  isWaiting = false;
  sentAt = never;
  readonly #graceUntilMs: number;
  readonly #id: number;
  readonly #network: PeerNetwork;

  constructor(
    network: PeerNetwork,
    from: { readonly connection: ConnectionId; readonly id: number; readonly graceUntilMs: number },
    asked: { readonly request: WriteRequest; readonly context: RequestContext },
  ) {
    this.request = asked.request;
    this.context = asked.context;
    this.#graceUntilMs = from.graceUntilMs;
    this.origin = from.connection;
    this.#id = from.id;
    this.#network = network;
  }

  mayWait(nowMs: number): boolean {
    return nowMs < this.#graceUntilMs;
  }

  /** Sent in the turn of `propose`, so always ahead of the proposal itself: the learner waits for it before it comes. */
  judged(verdict: Verdict): void {
    this.#network.send(this.origin, { id: this.#id, ...verdict });
  }
}

/** Says what has to be applied before the verdict is told. */
export function restsOn(verdict: Verdict): Zxid {
  return verdict.kind === 'proposed' ? verdict.zxid : verdict.basis;
}

/** Gives what a client is told of its write, once what the verdict rests on is applied here, or can't be any more. */
export function resultOf(
  applier: Applier,
  {
    write,
    verdict,
    fate,
    outcome,
  }: {
    readonly write: { readonly request: WriteRequest; readonly context: RequestContext };
    readonly verdict: Verdict;
    readonly fate: Fate;
    readonly outcome: WriteOutcome | undefined;
  },
): WriteResult {
  if (fate === 'vanished' || (fate === 'unknown' && verdict.kind !== 'proposed')) {
    // Of a repetition, the first may well have been done.
    const isOpen = fate === 'unknown' && verdict.kind === 'replay';
    return isOpen
      ? refused('connectionLoss', lost)
      : refused('connectionLoss', undone, { applied: 'no', retryable: true });
  }
  switch (verdict.kind) {
    case 'proposed':
      // No txn: that its entry is applied is all that there is to know.
      if (hasNoTxn(write.request) && fate === 'applied') {
        return { zxid: verdict.zxid, results: [], branch: 'ops', replayed: false };
      }
      return outcome ?? refused('connectionLoss', lost);
    case 'replay':
      return replayed(applier, write, verdict.basis);
    case 'nothing':
      return unchanged(write.request, verdict.basis, verdict.branch);
    case 'refusal':
      return verdict.refusal;
  }
}

function hasNoTxn({ kind }: WriteRequest): boolean {
  return kind === 'reconfigure' || kind === 'raiseLevel';
}

function replayed(
  { state }: Applier,
  { request, context }: { readonly request: WriteRequest; readonly context: RequestContext },
  basis: Zxid,
): WriteResult {
  // A session that exists already with this very secret: the request was answered before, and lost.
  if (request.kind === 'createSession') {
    return { zxid: basis, results: [], branch: 'ops', replayed: true };
  }
  const key = context.idempotencyKey;
  const outcome = key === undefined ? undefined : state.replayOutcome(key);
  // In the queue since before its key was forgotten.
  if (outcome === undefined && request.kind === 'acquireLock') {
    return { zxid: basis, results: [], branch: 'ops', replayed: true };
  }
  return (
    outcome ?? refused('internal', 'The answer kept under this idempotency key is gone already.')
  );
}

/** Refused before anything was read. */
function wasNotLookedAt(verdict: Verdict): boolean {
  return verdict.kind === 'refusal' && zxidEquals(verdict.basis, zeroZxid);
}

/** Says whether it tells the client of the state, and no txn answers for it. */
export function saysHowThingsStand(verdict: Verdict): boolean {
  return verdict.kind === 'nothing' || (verdict.kind === 'refusal' && !wasNotLookedAt(verdict));
}

function tooLate(): Refusal {
  return refused('timeout', 'No answer in time: the change may have happened or may yet happen.');
}

function noTurn(): Refusal {
  return refused(
    'timeout',
    'Large writes are let in a few megabytes at a time, and the turn of this one did not come. Send fewer at once.',
    { applied: 'no', retryable: true },
  );
}

/** Says why a write that no leader has seen is not done. */
export function noLeader(): Refusal {
  return refused(
    'noQuorum',
    'The ensemble has no leader now. Check that a majority of its peers runs and can talk.',
  );
}

/** The outcome of a request that had nothing to change: its checks held. */
function unchanged(request: WriteRequest, basis: Zxid, branch: 'ops' | 'orElse'): WriteOutcome {
  const ops =
    request.kind === 'multi' ? (branch === 'ops' ? request.ops : (request.orElse ?? [])) : [];
  return {
    zxid: basis,
    results: ops.flatMap((op) =>
      op.op === 'check' || op.op === 'checkLock' || op.op === 'checkSession'
        ? [{ op: 'check', path: op.path } as const]
        : [],
    ),
    branch,
    replayed: false,
  };
}
