import type { Asking } from './auth.ts';
import type { AnswerMeta } from './call.ts';

/** The level of the ensemble, as this peer has applied it. */
export interface LevelView {
  readonly level: number;
  /** The newest that this peer knows. */
  readonly newestLevel: number;
}

export interface LevelWanted {
  /** Undefined for the newest that this peer knows. */
  readonly level?: number | undefined;
  /** Nothing is done; it is only refused as it would be. */
  readonly isTrial: boolean;
}

/** Ends an upgrade by hand. For administrators; while grants are off, for whoever may switch them on. */
export interface LevelService {
  /**
   * From then on what the level brings may be written, and no version can be gone back to that does not know it. Refused with
   * `cannotRaiseLevel` when not every peer that is known is there and knows it, when no version of this peer's does, and when
   * the ensemble is at a higher one.
   */
  raise(wanted: LevelWanted, asking: Asking): Promise<LevelView & { readonly meta: AnswerMeta }>;
}
