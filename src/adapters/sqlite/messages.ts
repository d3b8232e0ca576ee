// What the two threads say to each other. One message per turn of the main thread carries all its calls, and one buffer,
// handed over and not copied, carries their bytes; a turn that does nothing but append a little needs none (`mailbox.ts`).
// What is heard most often back is a number: a message that is an object takes much longer to be read.

import type { ServerId } from '../../model/ids.ts';
import type { LogPosition } from '../../model/log-entry.ts';
import type { Membership } from '../../model/membership.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { LogRange, StoredSnapshot, StoredState, StoreFailure } from '../../ports/store.ts';

export interface ThreadOptions {
  readonly directory: string;
  readonly serverId: ServerId;
  readonly reserveBytes: number;
  readonly walBytes: number;
}

export interface ThreadData extends ThreadOptions {
  readonly mailbox: SharedArrayBuffer;
}

/** A piece of the message's buffer. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

/** A `LogChange` with its entries encoded. */
export type PackedChange =
  | { readonly kind: 'found'; readonly membership: Membership }
  | { readonly kind: 'acceptEpoch'; readonly epoch: number }
  | { readonly kind: 'append'; readonly entries: Piece; readonly commit: Zxid }
  | {
      readonly kind: 'adopt';
      readonly epoch: number;
      readonly snapshot: LogPosition | null;
      readonly truncateTo: LogPosition | null;
      readonly entries: Piece;
      readonly commit: Zxid;
    };

export type Expected = Omit<StoredSnapshot, 'membership'>;

export type Call =
  | { readonly call: 'load' }
  | { readonly call: 'write'; readonly changes: readonly PackedChange[] }
  | { readonly call: 'readLog'; readonly range: LogRange }
  | {
      readonly call: 'beginSnapshot';
      readonly at: LogPosition;
      readonly membership: Membership | null;
    }
  | { readonly call: 'writeSnapshotChunk'; readonly chunk: Piece }
  | { readonly call: 'finishSnapshot'; readonly sha256: Uint8Array }
  | { readonly call: 'abandonSnapshot' }
  | {
      readonly call: 'beginStaging';
      readonly at: LogPosition;
      readonly membership: Membership | null;
    }
  | { readonly call: 'stageChunk'; readonly sequence: number; readonly chunk: Piece }
  | { readonly call: 'verifyStaging'; readonly expected: Expected }
  | { readonly call: 'readSnapshotChunk'; readonly at: LogPosition; readonly sequence: number }
  | { readonly call: 'compact'; readonly upTo: Zxid }
  | { readonly call: 'freeBytes' }
  | { readonly call: 'close' };

/** What a call is answered with; calls that are not named are not answered, but for writes: see `ThreadMessage`. */
export interface Answers {
  load: StoredState;
  /** Entries, encoded. */
  readLog: Uint8Array | undefined;
  writeSnapshotChunk: undefined;
  finishSnapshot: StoredSnapshot;
  stageChunk: undefined;
  verifyStaging: boolean;
  readSnapshotChunk: Uint8Array | undefined;
  compact: LogPosition;
  freeBytes: { readonly free: number; readonly total: number };
  close: undefined;
}

export type AnsweredCall = keyof Answers;

export interface CallsMessage {
  readonly calls: readonly { readonly id: number; readonly call: Call }[];
  readonly bytes: Uint8Array;
}

export interface ThreadAnswer {
  readonly id: number;
  readonly value: Answers[AnsweredCall];
}

export type ThreadMessage =
  /** All writes up to the one with this id are durable. */
  | number
  /** A run of entries of the log, at load; of the payloads of txns only how long they are. */
  | { readonly kind: 'index'; readonly run: Uint8Array }
  /** Each write that was asked for before a call is durable when that is answered; so are all up to `written`. */
  | {
      readonly kind: 'answers';
      readonly answers: readonly ThreadAnswer[];
      readonly written: number;
    }
  | { readonly kind: 'failure'; readonly failure: StoreFailure };
