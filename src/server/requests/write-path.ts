import { stampOf } from '../../base/stamp.ts';
import { TransientMap } from '../../base/transient-map.ts';
import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import { addressOf, type Identity } from '../../model/acl.ts';
import type { ConnectionId, SessionId } from '../../model/ids.ts';
import { handOverProtocol } from '../../model/level.ts';
import type { ServiceMessage } from '../../model/peer-message.ts';
import type { RequestContext, WriteRequest } from '../../model/request.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PeerNetwork } from '../../ports/peer-network.ts';
import type { ZabCore } from '../../zab/ready.ts';
import type { Pace } from '../../service/budget/pace.ts';
import type { Applier } from '../applied/applier.ts';
import type { Deadlines } from '../deadlines.ts';
import { inSlices } from '../in-slices.ts';
import type { Course } from './course.ts';
import { LargeWrites, bytesCarriedBy } from './large-writes.ts';
import { refusedUnseen, type LeaderDecisions, type Verdict } from './leader-decisions.ts';
import { Lingering, lingeringMax } from './lingering.ts';
import {
  ClientWrite,
  LearnersWrite,
  lost,
  noLeader,
  restsOn,
  resultOf,
  saysHowThingsStand,
  type ClientWrites,
  type PendingWrite,
  type WriteResult,
  type WriteResultReceiver,
} from './pending-write.ts';
import type { ReadPath } from './read-path.ts';
import type { ServerTuning } from '../tuning.ts';

export type { WriteResult, WriteResultReceiver } from './pending-write.ts';

interface WritePathParts {
  readonly zab: ZabCore;
  readonly leader: LeaderDecisions;
  readonly applier: Applier;
  readonly reads: Pick<ReadPath, 'confirm'>;
  readonly network: PeerNetwork;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly tuning: ServerTuning;
  readonly pace: Pace;
  readonly course: Course;
  /** A request was decided here, as leader. */
  decided(context: RequestContext): void;
  /** Something may have been proposed or sent. */
  wake(): void;
}

const unconfirmed =
  'No quorum confirmed the leader that judged the request. Nothing was changed: send it again.';

/** The longest that a leader holds back an answer for a quorum to confirm it. */
const confirmTimeoutMs = 10_000;

/**
 * Brings writes to the leader, wherever it is, and its verdicts back. A request that was not sent yet waits for a leader;
 * one that was sent is never sent again by itself, unless it carries an idempotency key (brief A14) and no other of its
 * session was sent after it. A verdict is released only once this peer has applied what it rests on (A13), and one without
 * a txn only once a quorum has confirmed the leader that gave it.
 */
export class WritePath {
  readonly #parts: WritePathParts;
  /** In the order they came: what waits for a leader. */
  #waiting: PendingWrite[] = [];
  readonly #sent = new TransientMap<number, PendingWrite>();
  /** Of each session, what was sent last, as long as it has no verdict. */
  readonly #lastSent = new TransientMap<SessionId, PendingWrite>();
  readonly #large: LargeWrites;
  readonly #clients: ClientWrites;
  readonly #lingering: Lingering;
  #nextId = 1;
  #unanswered = 0;
  #leaderConnection: ConnectionId | undefined;
  #pumping = false;
  #confirming = 0;

  constructor(parts: WritePathParts) {
    this.#parts = parts;
    this.#large = new LargeWrites(parts);
    this.#lingering = new Lingering(parts, () => {
      this.pump();
    });
    this.#clients = {
      deadlines: parts.deadlines,
      applier: parts.applier,
      clock: parts.clock,
      course: parts.course,
      answered: () => {
        this.#unanswered--;
      },
    };
  }

  /** Sent to the leader and without a verdict. */
  get sent(): number {
    return this.#sent.size;
  }

  /** Decided as leader, and not told before a quorum has confirmed it. */
  get confirming(): number {
    return this.#confirming;
  }

  /** `done` is called exactly once, perhaps before this returns. */
  submit(
    request: WriteRequest,
    context: RequestContext,
    timeoutMs: number,
    done: (result: WriteResult) => void,
  ): void {
    this.submitFor(request, context, this.#parts.clock.now() + timeoutMs, { written: done });
  }

  /** As `submit`, until a time; `receiver` is told. */
  submitFor(
    request: WriteRequest,
    context: RequestContext,
    untilMs: number,
    receiver: WriteResultReceiver,
  ): void {
    const { requestsInFlightMax } = this.#parts.tuning;
    if (this.#unanswered >= requestsInFlightMax || this.#sent.size >= requestsInFlightMax) {
      receiver.written(
        refused('throttled', 'Too many requests wait on this peer. Send it again a little later.'),
      );
      return;
    }
    const now = this.#parts.clock.recent();
    this.#unanswered++;
    const graceUntilMs = Math.min(untilMs, now + this.#parts.tuning.leaderGraceMs);
    const asked = { request, context, receiver };
    const pending = new ClientWrite(this.#clients, asked, untilMs, graceUntilMs);
    const bytes = bytesCarriedBy(request);
    const session = sessionOf(request, context);
    if (this.#large.passes(bytes, session)) this.#enter(pending);
    else {
      const holder = addressOf(context.identities);
      const enter = this.#enter.bind(this, pending);
      const turn = (pending.turn = this.#large.take({ holder, bytes, session, enter }));
      // Refused at once, before there was a turn to end.
      if (pending.isGiven) turn.over();
    }
  }

  /** On the leader: a learner's client wants something. */
  onRequest(from: ConnectionId, message: Extract<ServiceMessage, { kind: 'request' }>): void {
    const { clock, network, tuning } = this.#parts;
    const graceUntilMs = clock.now() + tuning.leaderGraceMs;
    this.#enter(
      new LearnersWrite(network, { connection: from, id: message.id, graceUntilMs }, message),
    );
  }

  /** On a learner: the leader's verdict. */
  onVerdict(message: Extract<ServiceMessage, { kind: Verdict['kind'] }>): void {
    const pending = this.#sent.get(message.id);
    if (pending === undefined) return;
    this.#sent.delete(message.id);
    this.#isSentNoLonger(pending);
    // Also when the leader could not decide: others of the same session were sent after it, and may have been decided.
    pending.judged(message);
  }

  /**
   * A request that this peer makes as leader, of no session: decided here and now, or not at all. It never waits, and is
   * never passed on: the next leader has its own.
   */
  decideHere(
    request: WriteRequest,
    done: (result: WriteResult) => void,
    identities: readonly Identity[] = [],
  ): void {
    if (!this.#parts.leader.canDecide) {
      done(noLeader());
      return;
    }
    const context = { identities, isEnsembles: true };
    const verdict = this.#parts.leader.decide(request, context);
    this.#parts.wake();
    const { applier } = this.#parts;
    applier.whenApplied(restsOn(verdict), {
      applied: (fate, outcome) => {
        done(resultOf(applier, { write: { request, context }, verdict, fate, outcome }));
      },
    });
  }

  /**
   * After every change of role or connection, every tick, and when the applier has caught up. For a slice: thousands may
   * have waited for a leader, and it is they who would cost it its place.
   */
  pump(): void {
    this.#lookForLeader();
    if (this.#waiting.length === 0 || this.#lingering.isOn) return;
    this.#pumping = true;
    const { clock, tuning } = this.#parts;
    const now = clock.now();
    const until = now + tuning.sliceMs;
    let isOver = false;
    const kept: PendingWrite[] = [];
    // Whatever comes in meanwhile is appended, and looked at in its turn.
    for (const pending of this.#waiting) {
      if (pending.isGiven) continue;
      const isSent = !isOver && kept.length === 0 && this.#canSend;
      if (!isSent && (isOver || pending.mayWait(now))) {
        kept.push(pending);
        continue;
      }
      if (isSent) this.#dispatch(pending);
      else pending.judged(refusedUnseen(noLeader()));
      isOver = clock.now() > until;
    }
    this.#waiting = kept;
    this.#pumping = false;
    if (isOver) this.#parts.wake();
  }

  /**
   * The leader gives way, and this is its last word: what has no verdict it has not looked at. That waits for the next one,
   * in order and ahead of what came later, as if it had never been sent.
   */
  handedBack(by: ConnectionId): void {
    const unseen = this.#takeBack((connection) => connection === by).filter(
      ({ isGiven }) => !isGiven,
    );
    for (const pending of unseen) {
      pending.sentOn = undefined;
      pending.isFollowed = false;
      pending.isWaiting = true;
    }
    this.#waiting = [...unseen, ...this.#waiting];
  }

  /** A learner's connection is gone, and its requests with it. */
  drop(connection: ConnectionId): void {
    this.#waiting = this.#waiting.filter((pending) => pending.origin !== connection);
  }

  /** What was sent to a leader that is lost is dealt with before anything goes to the next. */
  #lookForLeader(): void {
    const { status } = this.#parts.zab;
    const connection = status.isServing ? status.leaderConnection : undefined;
    if (connection === this.#leaderConnection) return;
    this.#leaderConnection = connection;
    this.#leaderLost(connection);
  }

  #enter(pending: PendingWrite): void {
    if (!this.#pumping) this.#lookForLeader();
    const lingers = this.#lingering.isFor(pending.request);
    // Never past those that wait: requests of one session keep their order.
    if (this.#lingering.isOn) {
      this.#standBehind(pending);
      if (!lingers || this.#waiting.length >= lingeringMax) this.#lingering.end();
      return;
    }
    if (this.#waiting.length === 0 && !this.#pumping && this.#canSend) {
      if (lingers) {
        this.#standBehind(pending);
        this.#lingering.begin();
      } else this.#dispatch(pending);
    } else this.#wait(pending);
  }

  #standBehind(pending: PendingWrite): void {
    this.#waiting.push(pending);
  }

  #wait(pending: PendingWrite): void {
    if (this.#waiting.length >= this.#parts.tuning.requestsWaitingMax) {
      pending.judged(
        refusedUnseen(
          refused('throttled', 'Too many requests wait for a leader. Send it again later.'),
        ),
      );
    } else if (!pending.mayWait(this.#parts.clock.now())) {
      pending.judged(refusedUnseen(noLeader()));
    } else {
      pending.isWaiting = true;
      this.#standBehind(pending);
    }
  }

  get #canSend(): boolean {
    return this.#leaderConnection !== undefined || this.#parts.leader.canDecide;
  }

  #dispatch(pending: PendingWrite): void {
    const { leader, network, clock } = this.#parts;
    pending.isWaiting = false;
    pending.sentAt = stampOf(clock.recent());
    if (leader.canDecide) {
      const verdict = leader.decide(pending.request, pending.context);
      this.#parts.decided(pending.context);
      this.#parts.wake();
      if (saysHowThingsStand(verdict)) this.#confirm(verdict, pending);
      else pending.judged(verdict);
      return;
    }
    const connection = this.#leaderConnection;
    if (connection === undefined || pending.origin !== undefined) return;
    if (isUnknownTo(this.#parts.zab.status.leaderProtocol, pending.request)) {
      pending.judged(refusedUnseen(ofLeaderBefore()));
      return;
    }
    const id = this.#nextId++;
    pending.sentOn = connection;
    this.#sent.set(id, pending);
    const { session } = pending.context;
    if (session !== undefined) {
      const before = this.#lastSent.get(session);
      if (before !== undefined) before.isFollowed = true;
      this.#lastSent.set(session, pending);
    }
    network.send(connection, {
      kind: 'request',
      id,
      request: pending.request,
      context: pending.context,
    });
  }

  /**
   * Nothing was proposed that a quorum would accept or not: the verdict is a read, and a deposed leader that does not know
   * it yet would tell of the past. So it is held until a quorum has confirmed that this peer still led when it judged.
   */
  #confirm(verdict: Verdict, pending: PendingWrite): void {
    const { reads, zab } = this.#parts;
    const { epoch } = zab.status;
    this.#confirming++;
    reads.confirm('barrier', confirmTimeoutMs, (confirmed) => {
      this.#confirming--;
      const { role, isServing } = zab.status;
      const leads = role === 'leading' && isServing && zab.status.epoch === epoch;
      const isConfirmed = !isRefusal(confirmed) && leads;
      pending.judged(
        isConfirmed
          ? verdict
          : refusedUnseen(
              refused('connectionLoss', unconfirmed, { applied: 'no', retryable: true }),
            ),
      );
    });
  }

  #leaderLost(current: ConnectionId | undefined): void {
    const unanswered = this.#takeBack((connection) => connection !== current);
    // What followed a request may be done, and this one refused: done now, it would come after what it was sent before.
    const again = unanswered.filter(
      ({ context, isFollowed }) => context.idempotencyKey !== undefined && !isFollowed,
    );
    for (const pending of again) {
      pending.isUncertain = true;
      pending.isWaiting = true;
    }
    // Before anybody is told: who sends the next request on hearing of the last finds these ahead of it.
    this.#waiting = [...again, ...this.#waiting];
    const over = unanswered.filter(({ isWaiting }) => !isWaiting);
    inSlices(this.#parts, over, (pending) => {
      pending.judged(refusedUnseen(refused('connectionLoss', lost)));
    });
  }

  /** What was sent on such a connection and has no verdict is sent no longer; gives it in the order in which it was. */
  #takeBack(isSuch: (sentOn: ConnectionId | undefined) => boolean): PendingWrite[] {
    const taken: PendingWrite[] = [];
    for (const [id, pending] of this.#sent) {
      if (!isSuch(pending.sentOn)) continue;
      this.#sent.delete(id);
      this.#isSentNoLonger(pending);
      taken.push(pending);
    }
    return taken;
  }

  #isSentNoLonger(pending: PendingWrite): void {
    const { session } = pending.context;
    if (session !== undefined && this.#lastSent.get(session) === pending) {
      this.#lastSent.delete(session);
    }
  }
}

/** A leader of an earlier version would take it for damage, and close the stream. */
function isUnknownTo(protocol: number, { kind }: WriteRequest): boolean {
  return (kind === 'reconfigure' || kind === 'raiseLevel') && protocol < handOverProtocol;
}

function ofLeaderBefore(): Refusal {
  return refused(
    'levelTooLow',
    'The leader is of an earlier version, which does not know this request. Upgrade every server first.',
  );
}

/** The session whose order a request belongs to. */
function sessionOf(request: WriteRequest, { session }: RequestContext): SessionId | undefined {
  if (session !== undefined) return session;
  return request.kind === 'closeSession' || request.kind === 'moveSession'
    ? request.session
    : undefined;
}
