/**
 * Where in a peer an event was seen, and what its number means: of `read` and `write` the local port of a socket, of
 * `sent request`, `got request` and their like nothing, of all others the counter of a zxid.
 */
export type Place =
  | 'read'
  | 'write'
  | `sent ${string}`
  | `got ${string}`
  | 'store called'
  | 'store answered'
  | 'disk begun'
  | 'commit begun'
  | 'commit done'
  | 'applied';

/** Place, instant in µs on the clock that all processes of the machine share, number. */
export type TraceEvent = readonly [place: Place, atMicros: number, number: number];

export function nowMicros(): number {
  return Number(process.hrtime.bigint()) / 1_000;
}

/** What one thread of one peer has seen, in order. */
export class Trace {
  readonly #events: TraceEvent[];

  constructor(events: TraceEvent[] = []) {
    this.#events = events;
  }

  get events(): readonly TraceEvent[] {
    return this.#events;
  }

  add(place: Place, number: number): void {
    this.#events.push([place, nowMicros(), number]);
  }

  /** The first of its kind within a time. */
  first(place: Place, number: number, within: Span): number | undefined {
    for (let index = this.#indexAt(within.from); index < this.#events.length; index++) {
      const event = this.#events[index];
      if (event === undefined || event[1] > within.to) return undefined;
      if (event[0] === place && event[2] === number) return event[1];
    }
    return undefined;
  }

  /** The last of its kind before an instant and within a time. */
  lastBefore(place: Place, number: number, within: Span): number | undefined {
    for (let index = this.#indexAt(within.to) - 1; index >= 0; index--) {
      const event = this.#events[index];
      if (event === undefined || event[1] < within.from) return undefined;
      if (event[0] === place && event[2] === number) return event[1];
    }
    return undefined;
  }

  /** All of their kind within a time. */
  numbers(place: Place, within: Span): number[] {
    const found: number[] = [];
    for (let index = this.#indexAt(within.from); index < this.#events.length; index++) {
      const event = this.#events[index];
      if (event === undefined || event[1] > within.to) break;
      if (event[0] === place) found.push(event[2]);
    }
    return found;
  }

  /** Of the first event that is not before the instant. */
  #indexAt(atMicros: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.[1] ?? 0) < atMicros) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export interface Span {
  readonly from: number;
  readonly to: number;
}
