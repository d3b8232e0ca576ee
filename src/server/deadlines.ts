/** Stands for something that happens at a time unless it is cancelled before. */
export interface Deadline {
  cancel(): void;
}

/**
 * Stands for an answer that is given exactly once: the first that comes or, when none has come in time, what was to be
 * said then.
 */
export interface DueAnswer<Value> {
  readonly isGiven: boolean;
  /** Nothing happens when it is given already. */
  give(value: Value): void;
}

/**
 * Keeps the deadlines of many short-lived waiters, and looks at them once per tick: a timer each would cost more than the
 * request that it guards. Fires up to one step late, never early.
 */
export class Deadlines {
  readonly #stepMs: number;
  readonly #steps = new Map<number, Set<Timed>>();
  #swept: number;

  constructor(stepMs: number, nowMs: number) {
    this.#stepMs = stepMs;
    this.#swept = Math.floor(nowMs / stepMs);
  }

  add(atMs: number, run: () => void): Deadline {
    const due = this.#dueAt(atMs);
    const event = new TimedEvent(due, run);
    due.add(event);
    return event;
  }

  /** Makes an answer that `done` is called with once: with what is given by then, else with what `late` says. */
  answerBy<Value>(
    atMs: number,
    late: () => NoInfer<Value>,
    done: (value: Value) => void,
  ): DueAnswer<Value> {
    const due = this.#dueAt(atMs);
    const answer = new TimedAnswer(due, late, done);
    due.add(answer);
    return answer;
  }

  sweep(nowMs: number): void {
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
      for (const timed of due) timed.timeIsUp();
    }
  }

  #dueAt(atMs: number): Set<Timed> {
    const step = Math.max(Math.ceil(atMs / this.#stepMs), this.#swept + 1);
    let due = this.#steps.get(step);
    if (due === undefined) this.#steps.set(step, (due = new Set()));
    return due;
  }
}

/** Taken out of its set when it is cancelled or answered, so that it costs one object and no more. */
interface Timed {
  timeIsUp(): void;
}

class TimedEvent implements Timed, Deadline {
  readonly timeIsUp: () => void;
  readonly #due: Set<Timed>;

  constructor(due: Set<Timed>, run: () => void) {
    this.#due = due;
    this.timeIsUp = run;
  }

  cancel(): void {
    this.#due.delete(this);
  }
}

class TimedAnswer<Value> implements Timed, DueAnswer<Value> {
  readonly #due: Set<Timed>;
  readonly #late: () => Value;
  readonly #done: (value: Value) => void;
  #isGiven = false;

  constructor(due: Set<Timed>, late: () => Value, done: (value: Value) => void) {
    this.#due = due;
    this.#late = late;
    this.#done = done;
  }

  get isGiven(): boolean {
    return this.#isGiven;
  }

  give(value: Value): void {
    if (this.#isGiven) return;
    this.#isGiven = true;
    this.#due.delete(this);
    this.#done(value);
  }

  timeIsUp(): void {
    this.give(this.#late());
  }
}
