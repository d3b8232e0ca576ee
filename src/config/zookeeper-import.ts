/** What to take over of a ZooKeeper's files: asked by the command line, answered by `compose/`. */
export interface ZooKeeperImport {
  readonly from: { readonly dataDir: string; readonly logDir?: string | undefined };
  /** Undefined: only look. */
  readonly to: { readonly dataDir: string; readonly serverId: number } | undefined;
  /** Ephemeral znodes become persistent ones; else they are left out, as at the end of their sessions. */
  readonly keepEphemerals: boolean;
}

/** What was found, and what was made of it. Zxids in hex. */
export interface ImportedZooKeeper {
  /** Of the last txn that is taken over. */
  readonly zxid: string;
  readonly snapshot: string | null;
  readonly logs: readonly string[];
  /** Applied on top of the snapshot. */
  readonly txns: number;
  readonly znodes: number;
  readonly dataBytes: number;
  readonly containers: number;
  readonly ttls: number;
  readonly ephemerals: number;
  readonly quotas: number;
  readonly warnings: readonly string[];
  /** The first that the new ensemble can be in: all its zxids are above all of the old one. */
  readonly epoch: number;
  /** Null when nothing was made. */
  readonly made: { readonly dataDir: string; readonly clusterId: string } | null;
}

/** Tells how far it is. */
export type ImportProgress = (what: string, count: number) => void;

export type ImportZooKeeper = (
  request: ZooKeeperImport,
  progress: ImportProgress,
) => Promise<ImportedZooKeeper>;

/** Thrown in words for whoever typed the command: nothing was made. */
export class ImportRefused extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'ImportRefused';
    this.hint = hint;
  }
}
