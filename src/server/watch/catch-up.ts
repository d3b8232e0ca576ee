import type { TxnEvents } from '../../model/watch-event.ts';
import { compareZxid, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Deliveries } from './deliveries.ts';
import type { EventLog, HeldPiece } from './event-log.ts';
import type { WatchTuning } from '../tuning.ts';

interface CatchUpParts {
  readonly clock: Clock;
  readonly tuning: WatchTuning & { readonly sliceMs: number };
  readonly log: Pick<EventLog, 'read'>;
  readonly deliveries: Pick<Deliveries, 'add'>;
  applied(): Zxid;
  /** Somebody waits for what the snapshot hides. */
  isWanted(): boolean;
  /** False: as much waits to be published as may. */
  hasRoom(): boolean;
  publish(txn: TxnEvents): void;
  /** Stands where this peer does, as of this turn; `reached` false when it gave up. */
  ended(reached: boolean): void;
}

/**
 * Publishes a run of the log that a leader's snapshot has hidden from live watches: it is read, mostly from another peer,
 * and goes to them all at once, in order, while what is applied meanwhile waits.
 */
export class CatchUp {
  readonly #parts: CatchUpParts;
  readonly #untilMs: number;
  #position: Zxid;
  #isOver = false;

  constructor(parts: CatchUpParts, position: Zxid) {
    this.#parts = parts;
    this.#position = position;
    this.#untilMs = parts.clock.now() + parts.tuning.catchUpMs;
    this.#soon();
  }

  /** Nobody waits for it any more. */
  cancel(): void {
    this.#isOver = true;
  }

  #soon(): void {
    this.#parts.clock.soon(() => {
      this.#next();
    });
  }

  #next(): void {
    if (this.#isOver) return;
    if (!this.#parts.isWanted() || compareZxid(this.#position, this.#parts.applied()) >= 0) {
      this.#end(true);
      return;
    }
    const { log, clock, tuning } = this.#parts;
    log.read(this.#position, (found) => {
      if (found.kind === 'piece') {
        this.#inTurn(found, 0);
      } else if (found.kind === 'gone' || clock.now() >= this.#untilMs) {
        this.#end(false);
      } else {
        clock.after(tuning.replayRetryMs, () => {
          this.#next();
        });
      }
    });
  }

  /**
   * Among the outlets: it comes again once each of those that have something to take has been served, and is given as much
   * as one of them. So it is not faster than readers that can keep up take it, and no replay of others holds it up.
   */
  #inTurn(piece: HeldPiece, first: number): void {
    this.#parts.deliveries.add({
      serve: (txnsMax) => {
        this.#publish(piece, first, txnsMax);
      },
    });
  }

  #publish(piece: HeldPiece, first: number, txnsMax: number): void {
    if (this.#isOver) {
      piece.release();
      return;
    }
    const { clock, tuning } = this.#parts;
    const until = clock.now() + tuning.sliceMs;
    let next = first;
    while (
      next < piece.txns.length &&
      next - first < txnsMax &&
      this.#parts.hasRoom() &&
      clock.now() <= until
    ) {
      const txn = piece.txns[next++];
      if (txn !== undefined) this.#parts.publish(txn);
    }
    if (next < piece.txns.length) {
      this.#inTurn(piece, next);
      return;
    }
    this.#position = piece.upTo;
    piece.release();
    this.#soon();
  }

  #end(reached: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#parts.ended(reached);
  }
}
