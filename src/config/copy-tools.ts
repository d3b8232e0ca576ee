/** What is in a copy, for people and programs; zxids in hex. */
export interface CopyReport {
  /** `state`: all there is at `zxid`. `log`: what was written after `after`, up to `zxid`. */
  readonly kind: 'state' | 'log';
  readonly program: string;
  readonly takenAtMs: number;
  /** The peer that it was taken from. */
  readonly serverId: number;
  readonly clusterId: string;
  readonly epoch: number;
  readonly after: string;
  readonly zxid: string;
  readonly chain: string;
  readonly bytes: number;
  readonly chunks: number;
  readonly entries: number;
  readonly voters: readonly number[];
}

/** What restoring it gives. */
export interface CopiedTree {
  readonly znodes: number;
  readonly ephemerals: number;
  readonly sessions: number;
  /** As peers compare it. */
  readonly digest: string;
}

/** Where a restored state is to stand: the last txn not above it counts. */
export type RestorePoint =
  { readonly by: 'zxid'; readonly zxid: string } | { readonly by: 'time'; readonly timeMs: number };

export interface RestoreRequest {
  /** A copy, or the directory of one that is followed. */
  readonly from: string;
  readonly dataDir: string;
  readonly serverId: number;
  readonly generation: number;
  readonly at: RestorePoint | undefined;
  readonly withoutAuth: boolean;
}

export interface RestoreReport extends CopiedTree {
  /** Of the copy: what the restored state stands at. */
  readonly zxid: string;
  /** ISO 8601, of the last txn in it. */
  readonly time: string;
  readonly clusterId: string;
  readonly seed: string;
  /** Where the new ensemble begins. */
  readonly epoch: number;
  readonly sessionsEnded: number;
  readonly ephemeralsRemoved: number;
}

export interface RecoverRequest {
  readonly dataDir: string;
  /** Undefined: that of the directory. */
  readonly serverId: number | undefined;
  /** Undefined: in place of the directory, which is kept aside. */
  readonly to: string | undefined;
  readonly generation: number;
}

/** What is known of a directory before anything is made of it. */
export interface SurvivorReport {
  readonly serverId: number;
  readonly clusterId: string;
  readonly voters: readonly number[];
  readonly acceptedEpoch: number;
  readonly currentEpoch: number;
  /** The end of its log, all of which is kept. */
  readonly lastZxid: string;
  /** What of it is known to be committed. */
  readonly committedZxid: string;
  readonly lastTime: string;
}

export interface RecoverReport extends RestoreReport {
  readonly dataDir: string;
  /** Where the former directory is now. */
  readonly keptAside: string | undefined;
}

/** Takes a copy in, piece by piece, under another name until it is whole and checked. */
export interface CopyReceiver {
  readonly bytes: number;
  /** Of what is announced; undefined before that is known. */
  readonly bytesExpected: number | undefined;
  write(bytes: Uint8Array): void;
  /** Durable under its name, when it returns. Throws when it is not whole. Undefined: there was nothing new in it. */
  finish(): CopyReport | undefined;
  abandon(): void;
}

/** The directory of a copy that is followed. */
export interface FollowedCopy {
  /** How far it reaches, as a decimal number for `after`; undefined when it has no base yet. */
  readonly after: string | undefined;
  receive(kind: 'state' | 'log'): CopyReceiver;
}

/** Tells how far it is with what it reads or makes, now and then. */
export type CopyProgress = (at: {
  readonly what: string;
  readonly bytes: number;
  /** Undefined where that is not known. */
  readonly bytesExpected?: number;
}) => void;

/** What the commands for copies have from the composition root. All of it is synchronous, and throws in words. */
export interface CopyTools {
  receive(file: string): CopyReceiver;
  verify(file: string, progress: CopyProgress): CopyReport & Partial<CopiedTree>;
  follow(directory: string): FollowedCopy;
  restore(request: RestoreRequest, progress: CopyProgress): RestoreReport;
  survivor(dataDir: string): SurvivorReport;
  recover(request: RecoverRequest, progress: CopyProgress): RecoverReport;
}
