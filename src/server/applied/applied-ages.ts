import { compareZxid, zeroZxid, type Zxid } from '../../model/zxid.ts';

interface Mark {
  readonly zxid: Zxid;
  readonly atMs: number;
}

/** Marks of the time that something is kept for: so exactly is its age known. */
const marksKept = 1_440;

/**
 * Knows how old what is applied here is at least, by the monotonic clock of this process: it notes now and then how far
 * this peer had come. No clock that anybody sets makes anything old. After a restart all is as young as the process.
 */
export class AppliedAges {
  readonly #keptMs: number;
  readonly #marks: Mark[] = [];
  #agedUpTo = zeroZxid;

  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  /** All up to here was applied here `keptMs` ago. */
  get agedUpTo(): Zxid {
    return this.#agedUpTo;
  }

  /** Every tick. */
  note(applied: Zxid, nowMs: number): void {
    const last = this.#marks.at(-1);
    const isNew = compareZxid(applied, last?.zxid ?? this.#agedUpTo) > 0;
    if (isNew && (last === undefined || nowMs - last.atMs >= this.#keptMs / marksKept)) {
      this.#marks.push({ zxid: applied, atMs: nowMs });
    }
    for (let first = this.#marks[0]; first !== undefined; first = this.#marks[0]) {
      if (nowMs - first.atMs < this.#keptMs) return;
      this.#agedUpTo = first.zxid;
      this.#marks.shift();
    }
  }
}
