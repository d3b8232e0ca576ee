import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  compareZxid,
  formatZxid,
  maxZxid,
  zeroZxid,
  zxidFromWords,
  zxidHigh,
  zxidLow,
  type Zxid,
} from '../../model/zxid.ts';
import { DamagedFile } from './damaged-file.ts';
import { DataTree } from './data-tree.ts';
import { addInitialZnodes } from './initial-znodes.ts';
import { recountQuotas } from './quota-counts.ts';
import { readSnapshot } from './snapshot-file.ts';
import { readTxnLog } from './txn-log-file.ts';
import { pathOf, znodesFrom } from './znode.ts';

/** Where a ZooKeeper keeps its files, below both of its directories. */
const filesFolder = 'version-2';

/** Says that a directory can't be read as a ZooKeeper's, and what to do. */
export class UnusableDirectory extends Error {
  readonly hint: string;

  constructor(what: string, hint: string) {
    super(what);
    this.name = 'UnusableDirectory';
    this.hint = hint;
  }
}

export interface Places {
  readonly dataDir: string;
  /** Where the txn logs are, when not there (`dataLogDir`). */
  readonly logDir?: string | undefined;
}

export interface ZooKeeperData {
  readonly tree: DataTree;
  /** Of the last txn that is in the tree. */
  readonly zxid: Zxid;
  /** No zxid that this ensemble ever gave is above, nor will be in the epoch that it is in. */
  readonly zxidMax: Zxid;
  /** Undefined when the tree comes from the logs alone. */
  readonly snapshot: { readonly file: string; readonly zxid: Zxid } | undefined;
  readonly logs: readonly string[];
  /** Applied on top of the snapshot. */
  readonly txns: number;
  /** What somebody should know who relies on it. */
  readonly warnings: readonly string[];
}

/** `what` is being read; `count` of its items so far. */
export type Progress = (what: string, count: number) => void;

interface NamedFile {
  readonly file: string;
  readonly zxid: Zxid;
}

/**
 * Reads what a ZooKeeper would begin with on this directory: the newest snapshot that is whole, and all txns logged after
 * it. Nothing is changed. Throws `UnusableDirectory` or `DamagedFile`.
 */
export async function readZooKeeperData(
  places: Places,
  progress: Progress = () => undefined,
): Promise<ZooKeeperData> {
  const dataFolder = filesIn(places.dataDir);
  const logFolder = places.logDir === undefined ? dataFolder : filesIn(places.logDir);
  const warnings: string[] = [];
  const snapshots = named(dataFolder, /^snapshot\.([0-9a-f]{1,16})(?:\.gz|\.snappy)?$/).reverse();
  const logs = named(logFolder, /^log\.([0-9a-f]{1,16})$/);
  const begun = await beginning({ snapshots, logs, dataFolder }, warnings, progress);
  const replayed = replay(begun, logs, warnings, progress);
  checkAcls(begun.tree);
  recountQuotas(begun.tree);
  const epochs = ['acceptedEpoch', 'currentEpoch'].map((name) => epochIn(join(dataFolder, name)));
  const endOfEpoch = zxidFromWords(Math.max(...epochs, zxidHigh(replayed.zxid)), 0xffff_ffff);
  return {
    tree: begun.tree,
    zxid: replayed.zxid,
    zxidMax: endOfEpoch,
    snapshot: begun.snapshot,
    logs: replayed.files,
    txns: replayed.txns,
    warnings,
  };
}

interface Beginning {
  readonly tree: DataTree;
  readonly snapshot: NamedFile | undefined;
}

async function beginning(
  found: {
    readonly snapshots: readonly NamedFile[];
    readonly logs: readonly NamedFile[];
    readonly dataFolder: string;
  },
  warnings: string[],
  progress: Progress,
): Promise<Beginning> {
  for (const snapshot of found.snapshots) {
    try {
      const { tree } = await readSnapshot(snapshot.file, (znodes) => {
        progress(snapshot.file, znodes);
      });
      addInitialZnodes(tree);
      return { tree, snapshot };
    } catch (error) {
      if (!(error instanceof DamagedFile)) throw error;
      warnings.push(`${error.message}; the snapshot before it is taken, as ZooKeeper does`);
    }
  }
  const [first] = found.logs;
  if (found.snapshots.length === 0 && first !== undefined && zxidLow(first.zxid) === 1) {
    warnings.push('there is no snapshot: the tree is what the logs make of an empty one');
    const tree = new DataTree();
    addInitialZnodes(tree);
    return { tree, snapshot: undefined };
  }
  throw new UnusableDirectory(
    found.snapshots.length === 0
      ? `${found.dataFolder} holds no snapshot of a ZooKeeper`
      : [`no snapshot in ${found.dataFolder} is whole`, ...warnings].join('\n'),
    'Name the dataDir of its zoo.cfg, and its dataLogDir with --log-dir if it has one.',
  );
}

/** Applies what was logged after the snapshot. */
function replay(
  { tree, snapshot }: Beginning,
  logs: readonly NamedFile[],
  warnings: string[],
  progress: Progress,
): { readonly zxid: Zxid; readonly txns: number; readonly files: readonly string[] } {
  const from = snapshot?.zxid ?? zeroZxid;
  const firstBehind = logs.findIndex(({ zxid }) => compareZxid(zxid, from) > 0);
  const start = Math.max(0, (firstBehind === -1 ? logs.length : firstBehind) - 1);
  let last = from;
  let txns = 0;
  const files = logs.slice(start).map(({ file }) => file);
  for (const file of files) {
    const cut = readTxnLog(file, ({ header, txn }) => {
      if (compareZxid(header.zxid, from) <= 0) return;
      const gap = gapBetween(last, header.zxid);
      if (gap !== undefined) warnings.push(`${file}: ${gap}`);
      tree.process(header, txn);
      last = maxZxid(last, header.zxid);
      if (++txns % 50_000 === 0) progress(file, txns);
    });
    if (cut !== undefined) warnings.push(cut);
  }
  return { zxid: last, txns, files };
}

/** A ZooKeeper logs all zxids of an epoch, one after the other. */
function gapBetween(last: Zxid, next: Zxid): string | undefined {
  if (compareZxid(next, last) <= 0) {
    return `${formatZxid(next)} stands behind ${formatZxid(last)}: it is applied again, as ZooKeeper does`;
  }
  const sameEpoch = zxidHigh(next) === zxidHigh(last);
  if (zxidLow(next) === (sameEpoch ? zxidLow(last) + 1 : 1)) return undefined;
  return `between ${formatZxid(last)} and ${formatZxid(next)} txns are missing: is a log not there?`;
}

/** Some file must have told the ACL of each. */
function checkAcls({ root }: DataTree): void {
  for (const znode of znodesFrom(root)) {
    if (znode.acl !== undefined) continue;
    throw new UnusableDirectory(
      `the ACL of ${pathOf(znode)} is in none of these files`,
      'The snapshot is damaged, or logs are missing: take the directory of another server.',
    );
  }
}

function filesIn(directory: string): string {
  const below = join(directory, filesFolder);
  if (existsSync(below)) return below;
  if (existsSync(directory)) return directory;
  throw new UnusableDirectory(
    `${directory} does not exist`,
    'Name the dataDir of its zoo.cfg, in which version-2 is.',
  );
}

/** The files of a kind, by the zxid in their names. */
function named(folder: string, pattern: RegExp): NamedFile[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const hex = pattern.exec(name)?.[1];
      if (hex === undefined) return [];
      const padded = hex.padStart(16, '0');
      const [high, low] = [padded.slice(0, 8), padded.slice(8)].map((word) => parseInt(word, 16));
      return [{ file: join(folder, name), zxid: zxidFromWords(high ?? 0, low ?? 0) }];
    })
    .sort((left, right) => compareZxid(left.zxid, right.zxid) || (left.file < right.file ? -1 : 1));
}

/** 0 where there is none. */
function epochIn(file: string): number {
  if (!existsSync(file)) return 0;
  const text = readFileSync(file, 'latin1').trim();
  return /^\d{1,10}$/.test(text) ? Number(text) : 0;
}
