import type { LogEntry, LogPosition } from './log-entry.ts';
import type { Membership } from './membership.ts';
import type { Zxid } from './zxid.ts';

/**
 * A durable change of the protocol's state. History and epochs live in one transaction domain, so that `adopt` can be
 * atomic (brief A4, A18 D1).
 */
export type LogChange =
  /** First start is over: these are the voters (until the log holds a membership entry). */
  | { readonly kind: 'found'; readonly membership: Membership }
  /** A promise not to follow a lower epoch. Never falls. */
  | { readonly kind: 'acceptEpoch'; readonly epoch: number }
  /**
   * Strictly after all that the log holds. `commit` is a hint: known to be committed when this was written; without
   * entries, it alone is noted down.
   */
  | { readonly kind: 'append'; readonly entries: readonly LogEntry[]; readonly commit: Zxid }
  /**
   * A leader's initial history is taken over, all at once: install the staged snapshot (which replaces the whole log),
   * or cut the log after `truncateTo`; then append `entries`; and `currentEpoch` becomes `epoch`. Of a long one, parts come
   * first, the snapshot with the first of them, under the current epoch, which stays: who holds a part votes as it did
   * before.
   */
  | {
      readonly kind: 'adopt';
      readonly epoch: number;
      readonly snapshot: LogPosition | null;
      readonly truncateTo: LogPosition | null;
      readonly entries: readonly LogEntry[];
      readonly commit: Zxid;
    };
