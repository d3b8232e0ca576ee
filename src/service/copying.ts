import type { LogEntry, LogPosition } from '../model/log-entry.ts';
import type { Membership } from '../model/membership.ts';
import type { Zxid } from '../model/zxid.ts';
import type { Asking } from './auth.ts';

/** A snapshot, as the store has it. */
export interface CopiedSnapshot {
  readonly at: LogPosition;
  readonly chunks: number;
  readonly bytes: number;
  readonly sha256: Uint8Array;
}

/** Says, ahead of all else, what is in a copy. */
export interface CopyBegins {
  readonly clusterId: string;
  /** The highest one that this peer knows of. */
  readonly epoch: number;
  /** Null in a copy of the log alone. */
  readonly snapshot: CopiedSnapshot | null;
  /** The log in it begins after this, and ends with `upTo`: there the copied state stands. */
  readonly after: Zxid;
  readonly upTo: LogPosition;
  /** In force at `upTo`. */
  readonly membership: Membership | null;
}

/** A piece of a copy: of its snapshot, or of the log after it. */
export type CopyPiece =
  | { readonly piece: 'chunk'; readonly bytes: Uint8Array }
  | { readonly piece: 'entries'; readonly entries: readonly LogEntry[] };

/** A copy that is read piece by piece, at the pace of whoever takes it. */
export interface Copy {
  readonly begins: CopyBegins;
  /** The next piece; undefined after the last. Rejects with a `ServiceError` when it can't be gone on with. */
  next(): Promise<CopyPiece | undefined>;
  /** Is to be called once, however it ends. */
  close(): void;
}

/** Copies of all that this peer has applied, for administrators. */
export interface CopyService {
  /**
   * Opens a copy of the state as it stands; or with `after` of the log alone, from there on. Refused as `compacted` when
   * the log does not reach back so far, as `behind` when this peer has not come so far.
   */
  open(asking: Asking, after?: Zxid): Promise<Copy>;
}
