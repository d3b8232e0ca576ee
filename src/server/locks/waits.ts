import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import type { SessionId } from '../../model/ids.ts';
import { parseContenderName, queueOf } from '../../model/lock.ts';
import { nameOf, type ZnodePath } from '../../model/path.ts';
import type { Txn } from '../../model/txn.ts';
import { zxidEquals, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Contender } from '../../state/state-machine.ts';
import type { Applier } from '../applied/applier.ts';
import type { Deadline, Deadlines } from '../deadlines.ts';
import { lockLost, lockMixed, standingOf, type Standing } from './standing.ts';
import type { ReadPath } from '../requests/read-path.ts';
import type { ServerTuning } from '../tuning.ts';
import type { SessionLiveness } from '../sessions/liveness.ts';

export interface LockWaitsParts {
  readonly applier: Applier;
  readonly reads: ReadPath;
  readonly sessions: Pick<SessionLiveness, 'heard' | 'heartbeat' | 'expiresInMs'>;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly metrics: Metrics;
  readonly tuning: ServerTuning;
}

/** Says who waits for what. */
export interface LockWaitRequest {
  readonly queue: ZnodePath;
  readonly key: string;
  /** Of the contender, when it is known: one of the same key that came later is another. */
  readonly czxid?: Zxid | undefined;
  readonly waitMs: number;
  /** For each round with the leader. */
  readonly timeoutMs: number;
  /** The leader has just said that it is in the queue, and this peer has applied that. */
  readonly isPlaceKnown: boolean;
  /** Begins with a round with the leader, also when it does not hold: a sign of life that is confirmed. */
  readonly asksFirst: boolean;
  /** Who is granted it here is counted. */
  readonly isCounted: boolean;
}

/** Says what came of a wait: how it stands in the state applied here, at the moment of the call. */
export type LockWaitResult =
  { readonly state: 'granted' | 'queued'; readonly standing: Standing } | Refusal;

export interface LockWait {
  /** Waits no longer: tells how it stands. */
  end(): void;
  /** How long its turn was waited for, of all its time; 0 while it waits. */
  readonly restedMs: number;
}

interface OpenWait extends LockWaitRequest {
  readonly untilMs: number;
  /** `idle`: told when the queue moves. `asking`: a round with the leader is under way. `pausing`: one failed. */
  phase: 'idle' | 'asking' | 'pausing';
  /** Counts the rounds: an answer to an earlier one means nothing. */
  round: number;
  isPlaceKnown: boolean;
  isOver: boolean;
  /** The last that was found: whom to keep alive. */
  session: SessionId | undefined;
  timer: Deadline | undefined;
  /** It stands in the queue and is not its turn since then. */
  restsSinceMs: number | undefined;
  restedMs: number;
  readonly done: (result: LockWaitResult) => void;
}

/** After a round that found no leader. */
const againMs = 100;
/** Sessions that wait are alive; they need hardly be said to be more often than the shortest timeout asks for. */
const heardEveryMs = 500;

/**
 * Keeps those who wait on this peer for their turn in a queue. A grant is told only after a round with the leader, begun
 * once the grant was seen here: a quorum barrier, and a touch of the session that the leader confirms behind a barrier of
 * its own. Then it must still hold in what is applied. So no two are told at a time, whatever this peer had missed.
 */
export class LockWaits {
  readonly #parts: LockWaitsParts;
  readonly #waits = new Map<ZnodePath, Map<string, Set<OpenWait>>>();
  #count = 0;
  /** For those who are about to wait. */
  #reserved = 0;
  #heardAtMs = 0;

  constructor(parts: LockWaitsParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#count;
  }

  /** Room for one that will be opened soon; undefined when there is none. Called once, the answer gives the room back. */
  reserve(): (() => void) | undefined {
    if (this.#isFull) return undefined;
    this.#reserved++;
    return () => {
      this.#reserved--;
    };
  }

  /** `done` is called exactly once, perhaps before this returns. */
  open(request: LockWaitRequest, done: (result: LockWaitResult) => void): LockWait {
    if (this.#isFull) {
      done(tooManyWaits());
      return { end: () => undefined, restedMs: 0 };
    }
    const untilMs = this.#parts.clock.now() + request.waitMs;
    const wait: OpenWait = {
      untilMs,
      phase: 'idle',
      round: 0,
      isOver: false,
      session: undefined,
      timer: undefined,
      restsSinceMs: undefined,
      restedMs: 0,
      done,
      // Behind its own fields: V8 gives a copy with more fields behind it a hidden class of its own.
      ...request,
    };
    this.#enter(wait);
    wait.timer = this.#parts.deadlines.add(untilMs, () => {
      // A round under way is seen through: it may bring the grant.
      if (wait.phase !== 'asking') this.#conclude(wait);
    });
    if (request.asksFirst) this.#ask(wait);
    else this.#consider(wait);
    return {
      end: () => {
        this.#conclude(wait);
      },
      get restedMs() {
        return wait.restedMs;
      },
    };
  }

  applied(txn: Txn): void {
    if (this.#count === 0) return;
    const moved = new Set<ZnodePath>();
    for (const change of txn.changes) {
      if (change.change !== 'create' && change.change !== 'delete') continue;
      const queue = queueOf(change.path);
      const waits = queue === undefined ? undefined : this.#waits.get(queue);
      if (queue === undefined || waits === undefined) continue;
      moved.add(queue);
      const key =
        change.change === 'delete' ? parseContenderName(nameOf(change.path))?.key : undefined;
      if (key !== undefined) for (const wait of [...(waits.get(key) ?? [])]) this.#reconsider(wait);
    }
    for (const queue of moved) this.#tellHolders(queue);
  }

  /** The state is another one now: everything may have happened. */
  replaced(): void {
    for (const wait of this.#all()) this.#reconsider(wait);
  }

  tick(): void {
    const now = this.#parts.clock.now();
    if (this.#count === 0 || now - this.#heardAtMs < heardEveryMs) return;
    this.#heardAtMs = now;
    for (const wait of this.#all()) {
      if (wait.session !== undefined) this.#parts.sessions.heard(wait.session);
    }
  }

  /** This peer stops: all are told how they stand, and may ask another peer. */
  endAll(): void {
    for (const wait of this.#all()) this.#conclude(wait);
  }

  /** Wakes those who newly hold, and nobody else: one for a release of an exclusive lock. */
  #tellHolders(path: ZnodePath): void {
    const queue = this.#parts.applier.state.lockQueue(path);
    const waits = this.#waits.get(path);
    if (queue === undefined || waits === undefined) return;
    if (queue.isMixed) {
      for (const wait of [...waits.values()].flatMap((same) => [...same])) this.#reconsider(wait);
      return;
    }
    for (const { key } of queue.contenders.slice(0, queue.holders)) {
      const woken = [...((key === undefined ? undefined : waits.get(key)) ?? [])].filter(
        ({ phase }) => phase === 'idle',
      );
      if (woken.length > 0) this.#parts.metrics.count('locks_woken');
      for (const wait of woken) this.#consider(wait);
    }
  }

  #reconsider(wait: OpenWait): void {
    if (wait.phase === 'idle' && !wait.isOver) this.#consider(wait);
  }

  /** By what is applied here, which is at least as new as what was known of the place. */
  #consider(wait: OpenWait): void {
    const standing = this.#find(wait);
    if (standing === undefined) this.#finish(wait, lockLost(wait.queue));
    else if (standing.queue.isMixed) this.#finish(wait, lockMixed(wait.queue));
    else if (standing.queue.isHolder(standing.contender)) this.#ask(wait);
    else this.#rest(wait, standing);
  }

  #rest(wait: OpenWait, standing: Standing): void {
    wait.phase = 'idle';
    wait.restsSinceMs ??= this.#parts.clock.now();
    if (this.#isTimeUp(wait)) this.#finish(wait, { state: 'queued', standing });
  }

  /** Its turn has come, or it waits no longer. */
  #hasRested(wait: OpenWait): void {
    if (wait.restsSinceMs === undefined) return;
    wait.restedMs += this.#parts.clock.now() - wait.restsSinceMs;
    wait.restsSinceMs = undefined;
  }

  /** One round with the leader. */
  #ask(wait: OpenWait): void {
    this.#hasRested(wait);
    const round = ++wait.round;
    wait.phase = 'asking';
    const { reads, sessions } = this.#parts;
    const before = this.#find(wait);
    const seen = before?.contender;
    const held = before?.queue.isHolder(before.contender) === true ? seen : undefined;
    // The session is known with the contender: without it there is only the barrier, which may bring it.
    let missing = seen === undefined ? 1 : 2;
    const answered = (refusal: Refusal | undefined): void => {
      if (wait.isOver || wait.round !== round || wait.phase !== 'asking') return;
      if (refusal === undefined) {
        missing--;
        if (missing === 0) this.#confirmed(wait, held);
      } else if (refusal.code === 'sessionExpired') {
        this.#finish(wait, lockLost(wait.queue));
      } else {
        this.#failed(wait, refusal);
      }
    };
    reads.confirm('barrier', wait.timeoutMs, (confirmed) => {
      answered(isRefusal(confirmed) ? confirmed : undefined);
    });
    if (seen !== undefined) sessions.heartbeat(seen.owner, wait.timeoutMs, answered);
  }

  /** `held`: the contender, if it was seen to hold when the round began. */
  #confirmed(wait: OpenWait, held: Contender | undefined): void {
    wait.isPlaceKnown = true;
    const standing = this.#find(wait);
    if (standing === undefined) {
      this.#finish(wait, lockLost(wait.queue));
      return;
    }
    const { queue, contender } = standing;
    if (queue.isMixed) this.#finish(wait, lockMixed(wait.queue));
    else if (!queue.isHolder(contender)) this.#rest(wait, standing);
    else if (held !== undefined && zxidEquals(held.czxid, contender.czxid) && this.#isAlive(held)) {
      this.#finish(wait, { state: 'granted', standing });
    } else this.#ask(wait);
  }

  /** This process may have stood still since the leader confirmed the touch: for longer than the session lives by it. */
  #isAlive({ owner }: Contender): boolean {
    const { applier, sessions } = this.#parts;
    const session = applier.state.session(owner);
    return session !== undefined && sessions.expiresInMs(owner, session.timeoutMs) > 0;
  }

  #failed(wait: OpenWait, refusal: Refusal): void {
    if (this.#isTimeUp(wait)) {
      const standing = this.#find(wait);
      // Nothing that it was told has been taken back: as far as anybody knows, the place is kept.
      const isKept = wait.isPlaceKnown && standing !== undefined;
      this.#finish(wait, isKept ? { state: 'queued', standing } : refusal);
      return;
    }
    wait.phase = 'pausing';
    this.#parts.deadlines.add(this.#parts.clock.now() + againMs, () => {
      if (!wait.isOver && wait.phase === 'pausing') this.#ask(wait);
    });
  }

  #conclude(wait: OpenWait): void {
    if (wait.isOver) return;
    const standing = this.#find(wait);
    if (standing !== undefined) {
      const isKept = wait.isPlaceKnown;
      this.#finish(wait, isKept ? { state: 'queued', standing } : unconfirmed());
    } else this.#finish(wait, wait.isPlaceKnown ? lockLost(wait.queue) : unconfirmed());
  }

  get #isFull(): boolean {
    return this.#count + this.#reserved >= this.#parts.tuning.lockWaitsMax;
  }

  #isTimeUp({ untilMs }: OpenWait): boolean {
    return this.#parts.clock.now() >= untilMs;
  }

  #find(wait: OpenWait): Standing | undefined {
    const standing = standingOf(this.#parts.applier.state, wait);
    if (standing !== undefined) wait.session = standing.contender.owner;
    return standing;
  }

  #enter(wait: OpenWait): void {
    const { queue, key } = wait;
    const waits = this.#waits.get(queue) ?? new Map<string, Set<OpenWait>>();
    this.#waits.set(queue, waits);
    const same = waits.get(key) ?? new Set<OpenWait>();
    waits.set(key, same.add(wait));
    this.#count++;
  }

  #finish(wait: OpenWait, result: LockWaitResult): void {
    if (wait.isOver) return;
    wait.isOver = true;
    this.#hasRested(wait);
    wait.timer?.cancel();
    const { queue, key } = wait;
    const waits = this.#waits.get(queue);
    const same = waits?.get(key);
    same?.delete(wait);
    if (same?.size === 0) waits?.delete(key);
    if (waits?.size === 0) this.#waits.delete(queue);
    this.#count--;
    if (wait.isCounted && 'state' in result && result.state === 'granted') {
      this.#parts.metrics.count('locks_granted');
    }
    wait.done(result);
  }

  #all(): OpenWait[] {
    return [...this.#waits.values()].flatMap((waits) =>
      [...waits.values()].flatMap((same) => [...same]),
    );
  }
}

export function tooManyWaits(): Refusal {
  return refused('throttled', 'Too many wait for locks on this peer: ask another one, or later.');
}

function unconfirmed(): Refusal {
  return refused(
    'noQuorum',
    'No leader has said how the queue stands. Ask again, or ask another peer; the place, if there was one, is kept.',
  );
}
