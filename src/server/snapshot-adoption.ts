import { assert } from '../base/assert.ts';
import type { LogPosition } from '../model/log-entry.ts';
import { formatZxid } from '../model/zxid.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store, StoredSnapshot } from '../ports/store.ts';
import type { Applier } from './applier.ts';
import { restoreState } from './recovery.ts';
import type { StateSource } from './state-source.ts';
import type { Snapshotting } from './snapshotting.ts';
import type { Staging } from './staging.ts';

interface SnapshotAdoptionParts {
  readonly staging: Staging;
  readonly snapshotting: Snapshotting;
  readonly applier: Applier;
  readonly store: Store;
  readonly states: StateSource;
  readonly logger: Logger;
  /** The state is another one now. */
  replaced(): void;
}

/** Puts a leader's snapshot in the place of our state, once it is durable in the place of our log. */
export class SnapshotAdoption {
  readonly #parts: SnapshotAdoptionParts;
  #adopting: StoredSnapshot | undefined;

  constructor(parts: SnapshotAdoptionParts) {
    this.#parts = parts;
  }

  /** The core asks for it to be made durable. */
  adopting(at: LogPosition): void {
    const snapshot = this.#parts.staging.verifiedAt(at);
    assert(snapshot !== undefined, 'only a verified snapshot is adopted', {
      at: formatZxid(at.zxid),
    });
    this.#adopting = snapshot;
    this.#parts.snapshotting.adopting();
  }

  /** It is durable. What is delivered from now on comes after it, and waits until the state is restored. */
  adopted(at: LogPosition): void {
    const snapshot = this.#adopting;
    // A later one is on its way to the disk already: that one will be restored.
    if (snapshot === undefined || snapshot.at.chain !== at.chain) return;
    const { applier, logger } = this.#parts;
    applier.suspend();
    logger.log('info', 'restoringSnapshot', { zxid: formatZxid(at.zxid), bytes: snapshot.bytes });
    restoreState(this.#parts, snapshot, (restored) => {
      if (this.#adopting !== snapshot) return;
      assert(restored !== undefined, 'an adopted snapshot can be read');
      this.#adopting = undefined;
      this.#parts.snapshotting.adopted(snapshot);
      applier.resume(restored);
      this.#parts.replaced();
      logger.log('info', 'snapshotRestored', { zxid: formatZxid(at.zxid) });
    });
  }
}
