export interface Scheduled {
  cancel(): void;
}

interface Event {
  readonly timeMs: number;
  /** Breaks ties: what was asked for first runs first. */
  readonly sequence: number;
  run: (() => void) | undefined;
}

/** Virtual time. Runs what was scheduled in order of (time, sequence); nothing else ever makes time pass. */
export class Scheduler {
  readonly #heap: Event[] = [];
  #nowMs = 0;
  #sequence = 0;
  #executed = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** Events run so far. */
  get executed(): number {
    return this.#executed;
  }

  at(timeMs: number, run: () => void): Scheduled {
    const event: Event = { timeMs: Math.max(timeMs, this.#nowMs), sequence: this.#sequence++, run };
    this.#push(event);
    return {
      cancel: () => {
        event.run = undefined;
      },
    };
  }

  after(delayMs: number, run: () => void): Scheduled {
    return this.at(this.#nowMs + delayMs, run);
  }

  /** Runs until `untilMs`, or until `isDone` says so after an event; then the clock stands at the later of the two. */
  run(untilMs: number, isDone: () => boolean = () => false): void {
    while (this.step(untilMs)) if (isDone()) return;
  }

  /** Runs the next event, unless it is later than `untilMs`: then the clock stands at `untilMs`. */
  step(untilMs: number): boolean {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.timeMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, untilMs);
        return false;
      }
      this.#pop();
      if (next.run === undefined) continue;
      this.#nowMs = next.timeMs;
      this.#executed++;
      next.run();
      return true;
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || isBefore(parent, event)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = heap[childIndex];
      if (child === undefined) break;
      const right = heap[childIndex + 1];
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex++;
      }
      if (isBefore(last, child)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}

function isBefore(left: Event, right: Event): boolean {
  return (
    left.timeMs < right.timeMs || (left.timeMs === right.timeMs && left.sequence < right.sequence)
  );
}
