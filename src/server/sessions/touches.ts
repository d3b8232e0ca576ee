import { refused, type Refusal } from '../../model/error-code.ts';
import type { SessionId } from '../../model/ids.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Deadlines, DueAnswer } from '../deadlines.ts';
import { inSlices } from '../in-slices.ts';
import type { ServerTuning } from '../tuning.ts';

interface SessionTouchesParts {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly tuning: ServerTuning;
  /**
   * Tells the leader, wherever it is; it answers by `onTouched` with the same id. False when there is no leader to tell.
   */
  tellLeader(id: number, sessions: readonly SessionId[]): boolean;
  /** Something is to be told at the end of this turn. */
  wake(): void;
}

interface Heartbeat {
  readonly session: SessionId;
  readonly answer: DueAnswer<Refusal | undefined>;
}

interface Told {
  readonly sessions: readonly SessionId[];
  readonly heartbeats: readonly Heartbeat[];
  readonly atMs: number;
  isRepeated: boolean;
}

/** A leader that is not ready to answer says nothing: it is told again after this. */
const unansweredMs = 500;
const forgottenMs = 10_000;

/**
 * Brings what this peer hears of sessions to the leader: signs of life in batches, heartbeats that want an answer at
 * once. Remembers when the leader last confirmed each: that alone is what a client is told it can count on.
 */
export class SessionTouches {
  readonly #parts: SessionTouchesParts;
  #heard = new Set<SessionId>();
  #heartbeats: Heartbeat[] = [];
  readonly #told = new Map<number, Told>();
  readonly #confirmedAtMs = new Map<SessionId, number>();
  #nextId = 1;
  #lastFlushMs = 0;

  constructor(parts: SessionTouchesParts) {
    this.#parts = parts;
  }

  /** A sign of life that nobody waits for. */
  heard(session: SessionId): void {
    this.#heard.add(session);
  }

  /** Answers once the leader has confirmed it, or said that the session is gone. */
  heartbeat(
    session: SessionId,
    timeoutMs: number,
    done: (refusal: Refusal | undefined) => void,
  ): void {
    if (this.#heartbeats.length >= this.#parts.tuning.readsWaitingMax) {
      done(
        refused(
          'throttled',
          'Too many heartbeats wait on this peer. Send it again a little later.',
        ),
      );
      return;
    }
    const { clock, deadlines } = this.#parts;
    const answer = deadlines.answerBy(clock.now() + timeoutMs, unconfirmed, done);
    this.#heartbeats.push({ session, answer });
    if (this.#heartbeats.length === 1) this.#parts.wake();
  }

  /** At the end of a turn, and every tick. */
  flush(): void {
    const now = this.#parts.clock.now();
    if (this.#told.size > 0) this.#repeatUnanswered(now);
    const isDue =
      this.#heard.size > 0 && now - this.#lastFlushMs >= this.#parts.tuning.touchEveryMs;
    if (!isDue && this.#heartbeats.length === 0) return;
    const heartbeats = this.#heartbeats.filter(({ answer }) => !answer.isGiven);
    const inBatch = this.#batch(heartbeats);
    const batch = [...inBatch];
    const id = this.#nextId++;
    const asking = heartbeats.filter((heartbeat) => inBatch.has(heartbeat.session));
    this.#heartbeats = heartbeats;
    if (batch.length === 0) return;
    // Before telling: a leader that is this very peer may answer at once.
    this.#told.set(id, { sessions: batch, heartbeats: asking, atMs: now, isRepeated: false });
    this.#heartbeats = heartbeats.filter((heartbeat) => !inBatch.has(heartbeat.session));
    if (this.#parts.tellLeader(id, batch)) {
      for (const session of batch) this.#heard.delete(session);
      this.#lastFlushMs = now;
    } else {
      this.#told.delete(id);
      this.#heartbeats = heartbeats;
    }
  }

  /** First those that somebody waits for. The rest has its turn with the next: one costs no more for all that wait. */
  #batch(heartbeats: readonly Heartbeat[]): ReadonlySet<SessionId> {
    const { touchSessionsMax } = this.#parts.tuning;
    const batch = new Set<SessionId>();
    for (const { session } of heartbeats) {
      if (batch.size >= touchSessionsMax) return batch;
      batch.add(session);
    }
    for (const session of this.#heard) {
      if (batch.size >= touchSessionsMax) return batch;
      batch.add(session);
    }
    return batch;
  }

  onTouched(id: number, gone: readonly SessionId[]): void {
    const told = this.#told.get(id);
    if (told === undefined) return;
    this.#told.delete(id);
    const dead = new Set(gone);
    for (const session of told.sessions) {
      if (dead.has(session)) this.#confirmedAtMs.delete(session);
      else this.confirmed(session, told.atMs);
    }
    inSlices(this.#parts, told.heartbeats, ({ session, answer }) => {
      answer.give(dead.has(session) ? sessionGone() : undefined);
    });
  }

  /** Whatever the old leader was told, the new one has not heard. */
  leaderLost(): void {
    for (const told of this.#told.values()) if (!told.isRepeated) this.#hearAgain(told);
    this.#told.clear();
  }

  /** A late answer still counts, so the first telling is remembered beside its repetition. */
  #repeatUnanswered(now: number): void {
    for (const [id, told] of this.#told) {
      if (now - told.atMs < unansweredMs) break;
      if (!told.isRepeated) this.#hearAgain(told);
      told.isRepeated = true;
      if (now - told.atMs >= forgottenMs) this.#told.delete(id);
    }
  }

  #hearAgain({ sessions, heartbeats }: Told): void {
    for (const session of sessions) this.#heard.add(session);
    for (const heartbeat of heartbeats) {
      if (!heartbeat.answer.isGiven) this.#heartbeats.push(heartbeat);
    }
  }

  confirmed(session: SessionId, atMs: number): void {
    const before = this.#confirmedAtMs.get(session);
    if (before === undefined || before < atMs) this.#confirmedAtMs.set(session, atMs);
  }

  /** The end of the session was applied. */
  closed(session: SessionId): void {
    this.#confirmedAtMs.delete(session);
    this.#heard.delete(session);
  }

  /** The state was replaced: forgets the sessions that are not in it. */
  retain(isAlive: (session: SessionId) => boolean): void {
    for (const session of this.#confirmedAtMs.keys()) if (!isAlive(session)) this.closed(session);
  }

  /** On this peer's clock, from the last touch that a leader confirmed. */
  expiresInMs(session: SessionId, timeoutMs: number): number {
    const confirmedAtMs = this.#confirmedAtMs.get(session);
    if (confirmedAtMs === undefined) return 0;
    return Math.max(0, confirmedAtMs + timeoutMs - this.#parts.clock.now());
  }
}

function unconfirmed(): Refusal {
  return refused(
    'noQuorum',
    'No leader has confirmed the heartbeat. The session may be alive; try another peer.',
  );
}

/** Refuses for a session that is gone, and in the same words for a wrong secret: who guesses learns nothing. */
export function sessionGone(): Refusal {
  return refused(
    'sessionExpired',
    'The session is closed or expired, or its secret is another. Open a new one; its ephemeral znodes are gone.',
  );
}
