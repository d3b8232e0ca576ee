import { assert } from '../../base/assert.ts';
import type { LogPosition } from '../../model/log-entry.ts';
import { formatZxid } from '../../model/zxid.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Applier } from '../applied/applier.ts';
import type { Snapshotting } from './snapshotting.ts';
import type { Staging, Verified } from './staging.ts';

interface SnapshotAdoptionParts {
  readonly staging: Staging;
  readonly snapshotting: Snapshotting;
  readonly applier: Applier;
  readonly logger: Logger;
  /** The state is another one now. */
  replaced(): void;
}

/** Puts a leader's snapshot in the place of our state, once it is durable in the place of our log. */
export class SnapshotAdoption {
  readonly #parts: SnapshotAdoptionParts;
  #adopting: Verified | undefined;

  constructor(parts: SnapshotAdoptionParts) {
    this.#parts = parts;
  }

  /** The core asks for it to be made durable. */
  adopting(at: LogPosition): void {
    const verified = this.#parts.staging.verifiedAt(at);
    assert(verified !== undefined, 'only a verified snapshot is adopted', {
      at: formatZxid(at.zxid),
    });
    this.#adopting = verified;
    this.#parts.snapshotting.adopting();
  }

  /** It is durable: what is delivered from now on comes after it. */
  adopted(at: LogPosition): void {
    const verified = this.#adopting;
    // A later one is on its way to the disk already: that one counts.
    if (verified === undefined || verified.stored.at.chain !== at.chain) return;
    const { applier, snapshotting, logger } = this.#parts;
    this.#adopting = undefined;
    snapshotting.adopted(verified.stored);
    applier.replace(verified.at, () => {
      this.#parts.replaced();
    });
    logger.log('info', 'snapshotAdopted', {
      zxid: formatZxid(at.zxid),
      bytes: verified.stored.bytes,
    });
  }
}
