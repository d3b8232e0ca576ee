import { Fifo } from '../../base/fifo.ts';
import { OnceSoon } from '../../base/once-soon.ts';
import type { SessionId } from '../../model/ids.ts';
import type { TreeOp, WriteRequest } from '../../model/request.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Pace } from '../../service/budget/pace.ts';
import type { ServerTuning } from '../tuning.ts';

interface LargeWritesParts {
  readonly clock: Clock;
  readonly tuning: ServerTuning;
  readonly pace: Pace;
}

/** A write as its turn depends on it. */
export interface WriteInTurn {
  /** The address that it came from. */
  readonly holder: string;
  /** What it carries, about. */
  readonly bytes: number;
  readonly session: SessionId | undefined;
  /** Lets it in: called at most once. */
  readonly enter: () => void;
}

/** The turn of a write that could not be let in at once, or that others may have to wait for. */
export interface WriteTurn {
  /** It was not let in yet. */
  readonly isHeld: boolean;
  /** It is answered: it leaves its room to others, or will not be let in any more. */
  over(): void;
}

interface Turn extends WriteInTurn {
  isHeld: boolean;
  isOver: boolean;
}

/**
 * Lets in large writes one after the other, a few megabytes at a time, those of each address in turn. Every megabyte is
 * copied, hashed, sent and logged on each peer; what would come in at once of many connections would stop all of them, and
 * heartbeats, barriers and small writes would wait behind it on every stream between peers. While others are served, no
 * more is in flight than is let in within a turn, and when that is answered the next waits for as long as the pace of large
 * work has it.
 *
 * Small writes pass, unless a large one of their session is held: the writes of a session keep their order.
 */
export class LargeWrites {
  readonly #clock: Clock;
  readonly #tuning: ServerTuning;
  readonly #pace: Pace;
  /** Held, by address, in the order of their turns. */
  readonly #queues = new Map<string, Fifo<Turn>>();
  /** Of sessions that have one in `#queues`: what came in them since. */
  readonly #behind = new Map<SessionId, Fifo<Turn>>();
  /** Let in and not answered: in bytes, by address and in all. */
  readonly #inFlight = new Map<string, number>();
  #bytesInFlight = 0;
  /** Let in in this turn. */
  #turnBytes = 0;
  readonly #nextTurn: OnceSoon;
  /** When the first was let in of those in flight, and until when there is to be none. */
  #busySinceMs = 0;
  #restsUntilMs = 0;
  #isResting = false;

  constructor({ clock, tuning, pace }: LargeWritesParts) {
    this.#clock = clock;
    this.#tuning = tuning;
    this.#pace = pace;
    this.#nextTurn = new OnceSoon(clock, () => {
      this.#turnBytes = 0;
      this.#letIn();
    });
  }

  /** Says whether the write may come in without a turn of its own, as nearly all do. */
  passes(bytes: number, session: SessionId | undefined): boolean {
    if (bytes >= this.#tuning.largeWriteBytesMin) return false;
    return this.#behind.size === 0 || session === undefined || !this.#behind.has(session);
  }

  /** Lets a write in that does not pass, in a turn that is still to come. */
  take(write: WriteInTurn): WriteTurn {
    const turn = { ...write, isHeld: true, isOver: false };
    const { session } = write;
    const behind = session === undefined ? undefined : this.#behind.get(session);
    if (behind !== undefined) behind.push(turn);
    else this.#queue(turn);
    // Not in this turn, which has it to thank for its length: a large one was read and checked in it.
    this.#nextTurn.schedule();
    return {
      get isHeld() {
        return turn.isHeld;
      },
      over: () => {
        this.#over(turn);
      },
    };
  }

  #queue(turn: Turn): void {
    const { holder, session } = turn;
    const queue = this.#queues.get(holder);
    if (queue === undefined) this.#queues.set(holder, new Fifo([turn]));
    else queue.push(turn);
    if (session !== undefined && !this.#behind.has(session)) {
      this.#behind.set(session, new Fifo());
    }
  }

  #over(turn: Turn): void {
    if (turn.isOver) return;
    turn.isOver = true;
    if (turn.isHeld || !this.#isLarge(turn)) return;
    const { holder, bytes } = turn;
    const left = (this.#inFlight.get(holder) ?? 0) - bytes;
    if (left > 0) this.#inFlight.set(holder, left);
    else this.#inFlight.delete(holder);
    this.#bytesInFlight -= bytes;
    if (this.#bytesInFlight === 0) this.#rest();
    if (this.#queues.size > 0) this.#nextTurn.schedule();
  }

  /** All are answered: what they cost is paid with time for others. */
  #rest(): void {
    const now = this.#clock.now();
    const restMs = this.#pace.restAfter(now - this.#busySinceMs);
    if (restMs > 0) this.#restsUntilMs = now + restMs;
  }

  /** Says whether none may come in now; they do when that is over. */
  #rests(): boolean {
    if (this.#isResting) return true;
    const restMs = this.#restsUntilMs - this.#clock.now();
    if (restMs <= 0) return false;
    this.#isResting = true;
    this.#clock.after(restMs, () => {
      this.#isResting = false;
      this.#letIn();
    });
    return true;
  }

  get #bytesAll(): number {
    const { largeWriteBytesPerTurn, largeWritesBytesAll } = this.#tuning;
    return this.#pace.servesOthers() ? largeWriteBytesPerTurn : largeWritesBytesAll;
  }

  #letIn(): void {
    if (this.#queues.size === 0 || this.#rests()) return;
    const { largeWriteBytesPerTurn } = this.#tuning;
    const bytesAll = this.#bytesAll;
    // Who is let in goes to the end, and is looked at again as long as there is room.
    for (const [holder, queue] of this.#queues) {
      if (this.#bytesInFlight >= bytesAll) return;
      if (this.#turnBytes >= largeWriteBytesPerTurn) {
        this.#nextTurn.schedule();
        return;
      }
      const first = queue.first;
      if (first?.isOver === false && !this.#hasRoom(first, bytesAll)) continue;
      queue.shift();
      this.#queues.delete(holder);
      if (queue.length > 0) this.#queues.set(holder, queue);
      if (first !== undefined) this.#enter(first);
    }
  }

  #hasRoom({ holder, bytes }: Turn, bytesAll: number): boolean {
    const { largeWritesBytesEach } = this.#tuning;
    const mine = this.#inFlight.get(holder) ?? 0;
    // One that is larger than all that may be is let in alone.
    return (
      (mine === 0 || mine + bytes <= largeWritesBytesEach) &&
      (this.#bytesInFlight === 0 || this.#bytesInFlight + bytes <= bytesAll)
    );
  }

  #enter(turn: Turn): void {
    this.#run(turn);
    const { session } = turn;
    if (session === undefined) return;
    const behind = this.#behind.get(session);
    for (let next = behind?.shift(); next !== undefined; next = behind?.shift()) {
      if (this.#isLarge(next)) {
        this.#queue(next);
        return;
      }
      this.#run(next);
    }
    this.#behind.delete(session);
  }

  #run(turn: Turn): void {
    turn.isHeld = false;
    if (turn.isOver) return;
    if (this.#isLarge(turn)) {
      const { holder, bytes } = turn;
      if (this.#bytesInFlight === 0) this.#busySinceMs = this.#clock.now();
      this.#inFlight.set(holder, (this.#inFlight.get(holder) ?? 0) + bytes);
      this.#bytesInFlight += bytes;
      this.#turnBytes += bytes;
      this.#nextTurn.schedule();
    }
    turn.enter();
  }

  #isLarge({ bytes }: Turn): boolean {
    return bytes >= this.#tuning.largeWriteBytesMin;
  }
}

/** Says what a request carries, about: names count by their characters. */
export function bytesCarriedBy(request: WriteRequest): number {
  if (request.kind === 'acquireLock') return request.data.length;
  if (request.kind !== 'multi') return 0;
  let bytes = 0;
  for (const op of request.ops) bytes += bytesOf(op);
  if (request.orElse !== undefined) for (const op of request.orElse) bytes += bytesOf(op);
  return bytes;
}

function bytesOf(op: TreeOp): number {
  return op.path.length + ('data' in op && op.data !== null ? op.data.length : 0);
}
