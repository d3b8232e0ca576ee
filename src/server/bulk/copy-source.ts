import { refused, type Refusal } from '../../model/error-code.ts';
import type { LogPosition } from '../../model/log-entry.ts';
import type { Membership } from '../../model/membership.ts';
import { compareZxid, zeroZxid, type Zxid } from '../../model/zxid.ts';
import type { Store, StoredSnapshot } from '../../ports/store.ts';
import type { CopyBegins, CopyPiece } from '../../service/copying.ts';
import type { Applier } from '../applied/applier.ts';
import type { ServerTuning } from '../tuning.ts';
import type { SnapshotSource } from './outbox.ts';

interface CopySourceParts {
  readonly store: Store;
  readonly tuning: ServerTuning;
  readonly applier: Pick<Applier, 'position' | 'membership'>;
  readonly snapshots: SnapshotSource;
  readonly ensemble: () => { readonly clusterId: string; readonly epoch: number };
  readonly logBase: () => Zxid;
}

/** Reads a copy; calls back from a turn of its own. */
export interface CopyReader {
  readonly begins: CopyBegins;
  next(done: (piece: CopyPiece | Refusal | undefined) => void): void;
  close(): void;
}

/**
 * Gives copies of what is applied: the snapshot that is stored, and the log after it up to one zxid, as a learner would
 * get them. While a copy is read its snapshot stays, and with it the log behind.
 */
export class CopySource {
  readonly #parts: CopySourceParts;

  constructor(parts: CopySourceParts) {
    this.#parts = parts;
  }

  /** Of the state. Takes a snapshot first when there is none. */
  ofState(done: (copy: CopyReader | Refusal) => void): void {
    const { snapshots } = this.#parts;
    snapshots.borrow(zeroZxid, (snapshot) => {
      if (snapshot === undefined) done(notNow());
      else {
        const giveBack = (): void => {
          snapshots.giveBack();
        };
        done(this.#reader({ snapshot, after: snapshot.at.zxid }, giveBack));
      }
    });
  }

  /** Of the log alone. */
  ofLog(after: Zxid, done: (copy: CopyReader | Refusal) => void): void {
    const { applier, logBase } = this.#parts;
    if (compareZxid(after, applier.position.zxid) > 0) {
      done(refused('behind', 'This peer has not come so far yet. Try again, or ask another.'));
    } else if (compareZxid(after, logBase()) < 0) done(compacted());
    else done(this.#reader({ snapshot: null, after }, () => undefined));
  }

  #reader(
    from: { readonly snapshot: StoredSnapshot | null; readonly after: Zxid },
    ended: () => void,
  ): CopyReader {
    const { applier, ensemble } = this.#parts;
    return new Reading(this.#parts, {
      ...from,
      upTo: applier.position,
      membership: applier.membership ?? from.snapshot?.membership ?? null,
      ensemble: ensemble(),
      ended,
    });
  }
}

class Reading implements CopyReader {
  readonly begins: CopyBegins;
  readonly #parts: CopySourceParts;
  readonly #snapshot: StoredSnapshot | null;
  readonly #ended: () => void;
  #chunk = 0;
  #after: Zxid;
  #isOver = false;

  constructor(
    parts: CopySourceParts,
    of: {
      readonly snapshot: StoredSnapshot | null;
      readonly after: Zxid;
      readonly upTo: LogPosition;
      readonly membership: Membership | null;
      readonly ensemble: { readonly clusterId: string; readonly epoch: number };
      readonly ended: () => void;
    },
  ) {
    const { snapshot, after, upTo, membership, ensemble } = of;
    this.#parts = parts;
    this.#snapshot = snapshot;
    this.#ended = of.ended;
    this.#after = after;
    this.begins = { ...ensemble, snapshot, after, upTo, membership };
  }

  next(done: (piece: CopyPiece | Refusal | undefined) => void): void {
    const { store, tuning } = this.#parts;
    const snapshot = this.#snapshot;
    if (this.#isOver) return;
    if (snapshot !== null && this.#chunk < snapshot.chunks) {
      store.readSnapshotChunk(snapshot.at, this.#chunk++, (bytes) => {
        done(bytes === undefined ? replaced() : { piece: 'chunk', bytes });
      });
      return;
    }
    const upTo = this.begins.upTo.zxid;
    if (compareZxid(this.#after, upTo) >= 0) {
      done(undefined);
      return;
    }
    const range = { after: this.#after, upTo, bytesMax: tuning.logPieceBytes };
    store.readLog(range, (entries) => {
      const last = entries?.at(-1);
      if (entries === undefined || last === undefined) {
        done(compacted());
        return;
      }
      this.#after = last.zxid;
      done({ piece: 'entries', entries });
    });
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#ended();
  }
}

function notNow(): Refusal {
  const detail =
    'This peer can give no copy of its state now: it is taking one over, or compares it with the others. Ask another.';
  return refused('behind', detail);
}

function replaced(): Refusal {
  const detail = 'The state of this peer was replaced while it was copied. Begin again.';
  return refused('behind', detail);
}

function compacted(): Refusal {
  const detail = 'The log of this peer does not reach back so far any more: begin with a new base.';
  return refused('compacted', detail);
}
