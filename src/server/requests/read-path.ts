import { never, stampOf } from '../../base/stamp.ts';
import { TransientMap } from '../../base/transient-map.ts';
import type { Identity } from '../../model/acl.ts';
import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import { compareZxid, maxZxid, zeroZxid, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ReadQuery, ReadResult } from '../../model/read.ts';
import type { Pace } from '../../service/budget/pace.ts';
import type { ReadOptions } from '../../service/call.ts';
import type { BarrierAnswer, ZabCore } from '../../zab/ready.ts';
import type { Applier } from '../applied/applier.ts';
import type { Deadlines, DueAnswer } from '../deadlines.ts';
import { inSlices } from '../in-slices.ts';
import type { ServerTuning } from '../tuning.ts';
import type { Course } from './course.ts';

interface ReadPathParts {
  readonly zab: ZabCore;
  readonly applier: Applier;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly deadlines: Deadlines;
  readonly tuning: ServerTuning;
  readonly pace: Pace;
  readonly course: Course;
  /** A barrier wants to be asked for at the end of this turn. */
  wake(): void;
}

type BarrierMode = 'barrier' | 'sync';

/** One who waits for a quorum to confirm the leader, and then for this peer to have applied what that covers. */
interface Confirming {
  readonly mode: BarrierMode;
  /** Without a leader until then: no use in waiting any longer. */
  readonly graceUntilMs: number;
  readonly answer: DueAnswer<Zxid | Refusal>;
}

/**
 * Answers reads by the consistency asked for (brief A11). All that ask for a barrier while one is under way share the
 * next; a barrier that fails because the leader was lost is asked for again, since nothing was said yet.
 */
export class ReadPath {
  readonly #parts: ReadPathParts;
  #gathering: Confirming[] = [];
  readonly #asked = new TransientMap<number, Confirming[]>();
  #nextId = 1;
  #waiting = 0;
  /** What is said when time is up. */
  readonly #unconfirmed = (): Refusal =>
    this.#parts.zab.status.isServing ? tooSlow() : noQuorum();

  constructor(parts: ReadPathParts) {
    this.#parts = parts;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** `done` is called exactly once; before this returns when nothing has to be waited for. */
  read(
    query: ReadQuery,
    identities: readonly Identity[],
    options: ReadOptions,
    done: (result: ReadResult | Refusal) => void,
  ): void {
    const { applier } = this.#parts;
    const least = options.minZxid ?? zeroZxid;
    // Without a place to start from there is no telling what a session saw on another peer: the barrier covers it.
    const local =
      options.consistency === 'local' ||
      (options.consistency === 'session' && options.minZxid !== undefined);
    if (local && compareZxid(applier.applied, least) >= 0) {
      if (options.consistency === 'local' || this.#parts.zab.status.isServing) {
        done(this.#read(query, identities));
        return;
      }
    }
    this.#readLater(query, identities, options, done);
  }

  #readLater(
    query: ReadQuery,
    identities: readonly Identity[],
    options: ReadOptions,
    done: (result: ReadResult | Refusal) => void,
  ): void {
    const { clock, course } = this.#parts;
    const untilMs = clock.recent() + options.timeoutMs;
    const least = options.minZxid ?? zeroZxid;
    let confirmedAt = never;
    const answer = (refusal: Refusal | undefined): void => {
      course.kind = 'read';
      course.confirmedAt = confirmedAt;
      course.appliedAt = refusal === undefined ? stampOf(clock.recent()) : never;
      done(refusal ?? this.#read(query, identities));
      course.clear();
    };
    if (options.consistency === 'local') {
      // Nobody has to be confirmed.
      confirmedAt = stampOf(clock.recent());
      this.#reach(least, options.timeoutMs, answer);
    } else {
      this.confirm('barrier', options.timeoutMs, (zxid) => {
        if (isRefusal(zxid)) answer(zxid);
        else {
          const now = clock.recent();
          confirmedAt = stampOf(now);
          this.#reach(maxZxid(zxid, least), untilMs - now, answer);
        }
      });
    }
  }

  #read(query: ReadQuery, identities: readonly Identity[]): ReadResult | Refusal {
    const { applier, pace, tuning } = this.#parts;
    const result = applier.state.read(query, identities);
    if (isRefusal(result) || isSmall(result, tuning.largeWriteBytesMin)) pace.served();
    return result;
  }

  /**
   * Calls back with a zxid once a quorum has confirmed, after this call, that the leader still leads, and this peer has
   * applied all that was committed by then (`barrier`) or proposed (`sync`).
   */
  confirm(mode: BarrierMode, timeoutMs: number, done: (zxid: Zxid | Refusal) => void): void {
    if (this.#waiting >= this.#parts.tuning.readsWaitingMax) {
      done(refused('throttled', 'Too many reads wait on this peer. Send it again a little later.'));
      return;
    }
    this.#waiting++;
    const now = this.#parts.clock.recent();
    const graceUntilMs = now + Math.min(timeoutMs, this.#parts.tuning.leaderGraceMs);
    const answer = this.#parts.deadlines.answerBy<Zxid | Refusal>(
      now + timeoutMs,
      this.#unconfirmed,
      (zxid) => {
        this.#waiting--;
        done(zxid);
      },
    );
    this.#gathering.push({ mode, graceUntilMs, answer });
    if (this.#gathering.length === 1) this.#parts.wake();
  }

  /** At the end of a turn: one barrier for all that gathered. Also every tick, for those that wait for a leader. */
  flush(): void {
    if (this.#gathering.length === 0 || this.#asked.size > 0) return;
    const gathered = this.#gathering.filter(({ answer }) => !answer.isGiven);
    this.#gathering = [];
    if (this.#parts.zab.status.isServing) {
      this.#ask('barrier', gathered);
      this.#ask('sync', gathered);
    } else {
      this.#keep(gathered);
    }
  }

  barrierAnswered(answer: BarrierAnswer): void {
    const asked = this.#asked.get(answer.id);
    if (asked === undefined) return;
    this.#asked.delete(answer.id);
    if (this.#gathering.length > 0) this.#parts.wake();
    const { zxid } = answer;
    if (zxid === undefined) {
      this.#keep(asked);
      return;
    }
    this.#parts.applier.whenApplied(zxid, {
      applied: () => {
        // Thousands may have shared one barrier, and each of them reads, or goes on to something larger.
        inSlices(this.#parts, asked, ({ answer }) => {
          answer.give(zxid);
        });
      },
    });
  }

  #ask(mode: BarrierMode, gathered: readonly Confirming[]): void {
    const asking = gathered.filter((confirming) => confirming.mode === mode);
    if (asking.length === 0) return;
    const id = this.#nextId++;
    this.#asked.set(id, asking);
    this.#parts.metrics.count('barrier_rounds');
    this.#parts.zab.readBarrier(id, mode);
  }

  #keep(waiting: readonly Confirming[]): void {
    const now = this.#parts.clock.now();
    const givenUp: Confirming[] = [];
    for (const confirming of waiting) {
      if (confirming.answer.isGiven) continue;
      if (now < confirming.graceUntilMs) this.#gathering.push(confirming);
      else givenUp.push(confirming);
    }
    inSlices(this.#parts, givenUp, ({ answer }) => {
      answer.give(noQuorum());
    });
  }

  /** Waits until this peer has applied `zxid`. */
  #reach(zxid: Zxid, timeoutMs: number, done: (refusal: Refusal | undefined) => void): void {
    const { applier, clock, deadlines } = this.#parts;
    if (compareZxid(applier.applied, zxid) >= 0) {
      done(undefined);
      return;
    }
    if (this.#waiting >= this.#parts.tuning.readsWaitingMax) {
      done(refused('throttled', 'Too many reads wait on this peer. Send it again a little later.'));
      return;
    }
    this.#waiting++;
    const finish = (refusal: Refusal | undefined): void => {
      this.#waiting--;
      if (waiting !== undefined) applier.leave(waiting);
      done(refusal);
    };
    const answer = deadlines.answerBy(clock.recent() + timeoutMs, behind, finish);
    const waiting = applier.waitFor(zxid, {
      applied: () => {
        answer.give(undefined);
      },
    });
  }
}

function behind(): Refusal {
  return refused(
    'behind',
    'This peer has not yet seen what you have seen. Ask again, or ask another peer.',
  );
}

function noQuorum(): Refusal {
  return refused(
    'noQuorum',
    'No quorum confirms a leader now. Check that a majority of the peers runs, or read with consistency=local.',
  );
}

function tooSlow(): Refusal {
  return refused('timeout', 'The quorum did not confirm the leader in time. Ask again.', {
    applied: 'no',
    retryable: true,
  });
}

/** Lists are not, and neither is data that was left away: what asks for it again makes room for it first. */
function isSmall(result: ReadResult, bytesMin: number): boolean {
  if (result.read === 'data') {
    const { data, stat } = result;
    return stat.dataLength < bytesMin && (data !== null || stat.dataLength === 0);
  }
  return result.read === 'stat' || result.read === 'acl';
}
