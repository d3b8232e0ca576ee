import { Chain, Linked, unlink } from '../base/chain.ts';
import { Fifo } from '../base/fifo.ts';

/** Stands for something that happens at a time unless it is cancelled before. */
export interface Deadline {
  cancel(): void;
}

/**
 * Keeps the deadlines of many short-lived waiters, and looks at them once per tick: a timer each would cost more than the
 * request that it guards. Fires up to one step late, never early; where more is due than there is time for, the rest later.
 */
export class Deadlines {
  readonly #stepMs: number;
  readonly #steps = new Map<number, Chain<Timed>>();
  /** Of steps that were reached. */
  readonly #overdue = new Fifo<Chain<Timed>>();
  #swept: number;

  constructor(stepMs: number, nowMs: number) {
    this.#stepMs = stepMs;
    this.#swept = Math.floor(nowMs / stepMs);
  }

  add(atMs: number, run: () => void): Deadline {
    const event = new TimedEvent(run);
    this.watch(atMs, event);
    return event;
  }

  /** Makes an answer that `done` is called with: with what is given by then, else with what `late` says. */
  answerBy<Value>(
    atMs: number,
    late: () => NoInfer<Value>,
    done: (value: Value) => void,
  ): DueAnswer<Value> {
    return new CalledAnswer(this, atMs, { late, done });
  }

  /** Has `timed` told when its time is up, unless it is unlinked before. */
  watch(atMs: number, timed: Timed): void {
    this.#dueAt(atMs).add(timed);
  }

  /** Tells those whose time is up, as long as there is time; false when some are left for the next sweep. */
  sweep(nowMs: number, hasTime = (): boolean => true): boolean {
    this.#reach(nowMs);
    for (let due = this.#overdue.first; due !== undefined; due = this.#overdue.first) {
      for (let timed = due.first; timed !== undefined; timed = due.first) {
        if (!hasTime()) return false;
        due.delete(timed);
        timed.timeIsUp();
      }
      this.#overdue.shift();
    }
    return true;
  }

  #reach(nowMs: number): void {
    const reached = Math.floor(nowMs / this.#stepMs);
    // After a long stall it is cheaper to look at the steps there are than at all that went by.
    const steps =
      reached - this.#swept > this.#steps.size
        ? [...this.#steps.keys()]
            .filter((step) => step <= reached)
            .sort((left, right) => left - right)
        : Array.from({ length: reached - this.#swept }, (_, index) => this.#swept + 1 + index);
    this.#swept = Math.max(reached, this.#swept);
    for (const step of steps) {
      const due = this.#steps.get(step);
      if (due === undefined) continue;
      this.#steps.delete(step);
      this.#overdue.push(due);
    }
  }

  #dueAt(atMs: number): Chain<Timed> {
    const step = Math.max(Math.ceil(atMs / this.#stepMs), this.#swept + 1);
    let due = this.#steps.get(step);
    if (due === undefined) this.#steps.set(step, (due = new Chain()));
    return due;
  }
}

/** Taken out of its chain when it is cancelled or answered, so that it costs one object and no more. */
export abstract class Timed extends Linked {
  abstract timeIsUp(): void;
}

class TimedEvent extends Timed implements Deadline {
  readonly #run: () => void;

  constructor(run: () => void) {
    super();
    this.#run = run;
  }

  timeIsUp(): void {
    this.#run();
  }

  cancel(): void {
    unlink(this);
  }
}

/**
 * An answer that is given exactly once: the first that comes or, when none has come in time, what was to be said then. To
 * be extended by whatever waits for one, so that a request in flight is one object.
 */
export abstract class DueAnswer<Value> extends Timed {
  constructor(deadlines: Deadlines, atMs: number) {
    super();
    deadlines.watch(atMs, this);
  }

  /** It waits for its time no more. */
  get isGiven(): boolean {
    return this.chain === undefined;
  }

  /** Nothing happens when it is given already. */
  give(value: Value): void {
    if (unlink(this)) this.given(value);
  }

  timeIsUp(): void {
    this.given(this.late());
  }

  /** Says what is given when nothing has come in time. */
  protected abstract late(): Value;
  /** Is called once. */
  protected abstract given(value: Value): void;
}

class CalledAnswer<Value> extends DueAnswer<Value> {
  readonly #calls: { readonly late: () => Value; readonly done: (value: Value) => void };

  constructor(
    deadlines: Deadlines,
    atMs: number,
    calls: { readonly late: () => Value; readonly done: (value: Value) => void },
  ) {
    super(deadlines, atMs);
    this.#calls = calls;
  }

  protected late(): Value {
    return this.#calls.late();
  }

  protected given(value: Value): void {
    this.#calls.done(value);
  }
}
