import { createHash } from 'node:crypto';
import { refuseUsedDirectory } from '../adapters/sqlite/seed-directory.ts';
import { DamagedFile } from '../adapters/zookeeper-data/damaged-file.ts';
import {
  readZooKeeperData,
  UnusableDirectory,
  type ZooKeeperData,
} from '../adapters/zookeeper-data/directory.ts';
import { takeOver } from '../adapters/zookeeper-data/take-over.ts';
import {
  ImportRefused,
  type ImportedZooKeeper,
  type ImportProgress,
  type ZooKeeperImport,
} from '../config/zookeeper-import.ts';
import { serverId } from '../model/ids.ts';
import { epochMax, formatZxid } from '../model/zxid.ts';
import { StoreFailed } from '../ports/store.ts';
import { emptyState } from './copies/copied-state.ts';
import { SeedRefused, seedDirectory } from './copies/seed.ts';
import { snapshotOf } from './zookeeper-chunks.ts';

const znodesPerStep = 100_000;

/**
 * Reads what a ZooKeeper has on disk and makes the data directory of one peer of it. The same data gives the same
 * directory but for the server id, so the peers of a new ensemble found it together.
 */
export async function importZooKeeper(
  request: ZooKeeperImport,
  progress: ImportProgress,
): Promise<ImportedZooKeeper> {
  const { from, to, keepEphemerals } = request;
  try {
    if (to !== undefined) refuseUsedDirectory(to.dataDir);
    const data = await readZooKeeperData(from, progress);
    const taken = takeOver(data.tree, { keepEphemerals });
    // One is left out between the old and the new: seeding begins its history in it.
    const epoch = data.zxidMax.epoch + 2;
    if (epoch >= epochMax) {
      throw new ImportRefused(
        `its zxids are near the end of all zxids, at ${formatZxid(data.zxidMax)}`,
        'Copy the znodes to a new ensemble: quoll copy zookeeper://HOST:PORT/ http://HOST:PORT/',
      );
    }
    const made = to === undefined ? null : seedOf(data, { ...to, epoch }, progress);
    return {
      zxid: formatZxid(data.zxid),
      snapshot: data.snapshot?.file ?? null,
      logs: data.logs,
      txns: data.txns,
      znodes: data.tree.count,
      dataBytes: taken.dataBytes,
      containers: taken.containers,
      ttls: taken.ttls,
      ephemerals: taken.ephemerals,
      quotas: taken.quotas,
      warnings: [...data.warnings, ...taken.warnings],
      epoch,
      made,
    };
  } catch (error) {
    throw inWords(error);
  }
}

function seedOf(
  { tree, zxid }: ZooKeeperData,
  to: { readonly dataDir: string; readonly serverId: number; readonly epoch: number },
  progress: ImportProgress,
): NonNullable<ImportedZooKeeper['made']> {
  const state = emptyState();
  const restore = state.beginImport();
  const content = createHash('sha256');
  for (const chunk of snapshotOf(tree, zxid)) {
    content.update(chunk);
    restore.feed(chunk);
  }
  for (let checked = 0; !restore.finish(znodesPerStep); checked += znodesPerStep) {
    progress(to.dataDir, checked);
  }
  const { clusterId } = seedDirectory({
    directory: to.dataDir,
    serverId: serverId(to.serverId),
    state,
    origin: `zookeeper ${content.digest('hex')}`,
    epoch: to.epoch,
  });
  return { dataDir: to.dataDir, clusterId };
}

function inWords(error: unknown): unknown {
  if (error instanceof DamagedFile) {
    return new ImportRefused(
      error.message,
      'Nothing was made. Take the directory of another server of that ensemble, or an earlier copy of this one.',
    );
  }
  if (error instanceof UnusableDirectory) return new ImportRefused(error.message, error.hint);
  if (error instanceof StoreFailed || error instanceof SeedRefused) {
    return new ImportRefused(error.message, '');
  }
  return error;
}
