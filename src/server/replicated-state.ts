import type { Identity } from '../model/acl.ts';
import type { Refusal } from '../model/error-code.ts';
import type { SessionId } from '../model/ids.ts';
import type { RequestContext, WriteOutcome, WriteRequest } from '../model/request.ts';
import type { Txn } from '../model/txn.ts';
import type { Zxid } from '../model/zxid.ts';
import type { ReadQuery, ReadResult } from '../model/read.ts';

export type Prepared =
  | { readonly kind: 'txn'; readonly txn: Txn }
  | { readonly kind: 'replay'; readonly basis: Zxid }
  | { readonly kind: 'nothing'; readonly basis: Zxid }
  | (Refusal & { readonly basis: Zxid });

export interface SessionRecord {
  readonly session: SessionId;
  readonly timeoutMs: number;
  readonly secretHash: Uint8Array;
}

export interface ReplicatedState {
  prepare(request: WriteRequest, context: RequestContext, at: { readonly zxid: Zxid; readonly wallMs: number }): Prepared;
  apply(zxid: Zxid, txn: Txn): { readonly outcome: WriteOutcome };
  replayOutcome(key: string): WriteOutcome | undefined;
  abandonPending(): void;
  read(query: ReadQuery, identities: readonly Identity[]): ReadResult | Refusal;
  session(id: SessionId): SessionRecord | undefined;
  sessions(): Iterable<SessionRecord>;
  digest(): string;
  readonly lastApplied: Zxid;
  beginSnapshot(): SnapshotWriter;
}

export interface SnapshotWriter {
  next(bytesMax: number): Uint8Array | undefined;
}

export interface StateRestore {
  feed(chunk: Uint8Array): void;
  finish(): ReplicatedState;
}
