import { OnceSoon } from '../../base/once-soon.ts';
import type { Refusal } from '../../model/error-code.ts';
import { refused } from '../../model/error-code.ts';
import type { StreamPosition, TxnEvents } from '../../model/watch-event.ts';
import { compareZxid, zxid, zxidEquals, type Zxid } from '../../model/zxid.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PlacedEvent } from '../../service/watching.ts';
import type { EventLog, HeldPiece } from './event-log.ts';
import { SharedBatch, withoutValue } from './event-batch.ts';
import type { Hearing } from './hearing.ts';
import type { WatchTuning } from '../tuning.ts';
import type { Lasting } from './watch-outlet.ts';
import { concerns } from './watching.ts';

interface ReplaysParts {
  readonly clock: Clock;
  readonly tuning: WatchTuning & { readonly sliceMs: number };
  readonly log: Pick<EventLog, 'read'>;
  applied(): Zxid;
  readonly hearing: Hearing;
  /** Has all up to what is applied here, as of this turn. */
  caughtUp(watching: Lasting): void;
  /** No log reaches back to where it stands. */
  gone(watching: Lasting): void;
  refuse(watching: Lasting, refusal: Refusal): void;
}

interface Replay {
  readonly watching: Lasting;
  /** No log can be reached: asked again until then. */
  readonly untilMs: number;
  /** Given up to here. */
  position: Zxid;
  /** Where in the first txn it was left off. */
  readonly from: StreamPosition;
  piece: HeldPiece | undefined;
  /** Txns of the piece that are used up. */
  used: number;
}

/** What is looked at between two looks at the clock: so many txns, or fewer of many events. */
const costPerStep = 64;

/**
 * Gives watches that come back what they missed, out of the log, no faster than their readers take it, until in one turn
 * they stand where this peer does. All of them share the thread in slices.
 */
export class Replays {
  readonly #parts: ReplaysParts;
  readonly #runnable = new Set<Replay>();
  readonly #slice: OnceSoon;

  constructor(parts: ReplaysParts) {
    this.#parts = parts;
    this.#slice = new OnceSoon(parts.clock, () => {
      this.#run();
    });
  }

  /** `from` is not above what is applied here. */
  start(watching: Lasting, from: StreamPosition, timeoutMs: number): void {
    this.#ready({
      watching,
      from,
      piece: undefined,
      used: 0,
      untilMs: this.#parts.clock.now() + timeoutMs,
      position: placeBefore(from),
    });
  }

  #ready(replay: Replay): void {
    this.#runnable.add(replay);
    this.#slice.schedule();
  }

  #run(): void {
    const { clock, tuning } = this.#parts;
    const until = clock.now() + tuning.sliceMs;
    let left = tuning.outletsPerSlice;
    for (const replay of this.#runnable) {
      this.#runnable.delete(replay);
      this.#step(replay);
      left--;
      if (left === 0 || clock.now() >= until) break;
    }
    if (this.#runnable.size > 0) this.#slice.schedule();
  }

  /** A bounded piece of work; whatever has to be waited for makes it ready again. */
  #step(replay: Replay): void {
    const { watching } = replay;
    if (!watching.isOpen) {
      replay.piece?.release();
      return;
    }
    if (!watching.outlet.hasRoom) {
      this.#pause(replay);
    } else if (replay.piece !== undefined) {
      this.#useUp(replay, replay.piece);
      this.#ready(replay);
    } else if (compareZxid(replay.position, this.#parts.applied()) >= 0) {
      this.#parts.caughtUp(watching);
    } else {
      this.#read(replay);
    }
  }

  /** A slow reader holds no piece of the log: it is read again when there is room. */
  #pause(replay: Replay): void {
    replay.piece?.release();
    replay.piece = undefined;
    replay.watching.outlet.whenRoom(() => {
      this.#ready(replay);
    });
  }

  #read(replay: Replay): void {
    const { log, clock, tuning } = this.#parts;
    log.read(replay.position, (found) => {
      const { watching } = replay;
      if (found.kind === 'piece') {
        replay.piece = found;
        replay.used = 0;
        this.#ready(replay);
      } else if (!watching.isOpen) {
        return;
      } else if (found.kind === 'gone') {
        this.#parts.gone(watching);
      } else if (clock.now() >= replay.untilMs) {
        this.#parts.refuse(watching, unreachable());
      } else {
        clock.after(tuning.replayRetryMs, () => {
          this.#ready(replay);
        });
      }
    });
  }

  #useUp(replay: Replay, piece: HeldPiece): void {
    const { outlet } = replay.watching;
    for (let left = costPerStep; left > 0 && outlet.hasRoom;) {
      const txn = piece.txns[replay.used];
      if (txn === undefined) {
        replay.position = piece.upTo;
        replay.piece = undefined;
        piece.release();
        return;
      }
      replay.used++;
      replay.position = txn.zxid;
      left -= Math.max(1, txn.events.length);
      this.#give(replay, txn);
    }
  }

  #give({ watching, from }: Replay, txn: TxnEvents): void {
    const { zxid: at } = txn;
    const first = from.index !== undefined && zxidEquals(from.zxid, at) ? from.index : 0;
    const { identities } = watching.outlet;
    const placed: PlacedEvent[] = [];
    for (const [index, event] of txn.events.entries()) {
      if (index < first || !concerns(watching, event)) continue;
      // Who was shut out since then is not told by the log what a read would not tell.
      if (!this.#parts.hearing.mayHearLater(event, identities)) continue;
      placed.push({ index, event: watching.withData ? event : withoutValue(event) });
    }
    if (placed.length === 0) return;
    watching.toldUpTo = at;
    watching.toldAtMs = this.#parts.clock.now();
    watching.outlet.replayed(watching, new SharedBatch(at, placed));
  }
}

/** The zxid after which the log is read; there is no txn of counter 0 to be in the middle of. */
function placeBefore({ zxid: at, index }: StreamPosition): Zxid {
  return index === undefined || at.counter === 0 ? at : zxid(at.epoch, at.counter - 1);
}

function unreachable(): Refusal {
  return refused(
    'noQuorum',
    'The log of this peer does not reach back so far, and no other peer could be asked. Ask again, or ask another peer.',
  );
}
