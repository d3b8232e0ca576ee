import { never, stampOf } from '../../base/stamp.ts';
import { opCode } from '../../wire/jute/protocol.ts';

/**
 * The clock is looked at when so much was done since: a request costs 1, and more for its bytes, those of its answer, and
 * where a small one may make much work.
 */
const lookAtTimeAfter = 16;
const bytesPerCost = 256;

/** Small requests that may make much work. */
const workMakers: ReadonlySet<number> = new Set([
  opCode.getAllChildrenNumber,
  opCode.getEphemerals,
]);

/** What a connection takes in of one chunk. */
export class Taking {
  /** What is answered meanwhile is sent in the end. */
  isUnderWay = false;
  atMs = 0;
  /** The same, for what is taken in. */
  at = never;
  untilMs = 0;
  frames = 0;
  /** One of them showed that the session is alive. */
  isAlive = false;
  /** There was no time or no room for more. */
  hasStopped = false;
  /** Of requests since the clock was looked at. */
  #cost = 0;

  begin(atMs: number, untilMs: number): void {
    this.isUnderWay = true;
    this.atMs = atMs;
    this.at = stampOf(atMs);
    this.untilMs = untilMs;
    this.frames = 0;
    this.isAlive = false;
    this.hasStopped = false;
  }

  /** A request is taken in. */
  begins(code: number): void {
    if (workMakers.has(code)) this.#cost += lookAtTimeAfter;
  }

  /** A request and what was answered took so many bytes together. True when it is time to look at the clock. */
  tookBytes(bytes: number): boolean {
    this.#cost += 1 + bytes / bytesPerCost;
    if (this.#cost < lookAtTimeAfter) return false;
    this.#cost = 0;
    return true;
  }
}
