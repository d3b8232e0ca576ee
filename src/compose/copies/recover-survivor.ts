import { existsSync, renameSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { databaseName, syncDirectory } from '../../adapters/sqlite/directory.ts';
import { inspect, type Inspection } from '../../adapters/sqlite/inspect.ts';
import { connect } from '../../adapters/sqlite/pragmas.ts';
import { refuseUsedDirectory } from '../../adapters/sqlite/seed-directory.ts';
import type {
  CopyProgress,
  RecoverReport,
  RecoverRequest,
  SurvivorReport,
} from '../../config/copy-tools.ts';
import { decodeMembership, type Membership } from '../../model/membership.ts';
import { formatZxid } from '../../model/zxid.ts';
import { CopiedState } from './copied-state.ts';
import { CopyFailed, ofFile } from './copy-file.ts';
import { seedFrom } from './restore-copy.ts';

interface Survivor {
  readonly report: SurvivorReport;
  readonly copied: CopiedState;
}

/** Tells what a directory holds, and changes nothing. Throws when its peer runs. */
export function describeSurvivor(dataDir: string): SurvivorReport {
  return readSurvivor(dataDir).report;
}

/** Makes a directory to begin a new ensemble with out of the last one that is left. */
export function recoverSurvivor(request: RecoverRequest, progress: CopyProgress): RecoverReport {
  const { dataDir, to, generation } = request;
  if (to !== undefined) refuseUsedDirectory(to);
  const { report, copied } = readSurvivor(dataDir);
  const { clusterId, acceptedEpoch } = report;
  const target = to ?? `${resolve(dataDir)}.recovered`;
  refuseUsedDirectory(target);
  const seeded = seedFrom(
    { copied, clusterId, highestEpoch: acceptedEpoch },
    {
      dataDir: target,
      serverId: request.serverId ?? report.serverId,
      generation,
      withoutAuth: false,
    },
    progress,
  );
  if (to !== undefined) return { ...seeded, dataDir: to, keptAside: undefined };
  const keptAside = asidePlace(resolve(dataDir));
  ofFile(dataDir, () => {
    renameSync(resolve(dataDir), keptAside);
    renameSync(target, resolve(dataDir));
    syncDirectory(dirname(resolve(dataDir)));
  });
  return { ...seeded, dataDir, keptAside };
}

function asidePlace(dataDir: string): string {
  for (let count = 1; ; count++) {
    const place = `${dataDir}.before-recovery${count === 1 ? '' : `-${String(count)}`}`;
    if (!existsSync(place)) return place;
  }
}

function readSurvivor(dataDir: string): Survivor {
  refuseRunning(dataDir);
  const inspection = inspect(dataDir);
  try {
    const [problem] = inspection.problems;
    if (problem !== undefined) {
      throw new CopyFailed(
        `${problem} Nothing was made of it. Take another peer's directory, or a copy (quoll restore).`,
      );
    }
    return stateOf(inspection, dataDir);
  } finally {
    inspection.close();
  }
}

/** Takes the lock that a peer holds as long as it runs. */
function refuseRunning(dataDir: string): void {
  const path = join(dataDir, databaseName);
  if (!existsSync(path)) throw new CopyFailed(`There is no data of a peer in ${dataDir}.`);
  connect(path, dataDir).close();
}

function stateOf(inspection: Inspection, dataDir: string): Survivor {
  const { state: stored, log } = inspection;
  const copied = new CopiedState();
  let membership: Membership | null = stored.baseMembership ?? stored.founded;
  if (stored.snapshot !== null) {
    for (const chunk of inspection.snapshotChunks()) copied.chunk(chunk);
    copied.restored(stored.snapshot.at);
  }
  // All of it: what this peer alone knows of may have been acknowledged, too.
  for (const entry of inspection.entries()) {
    copied.apply(entry, () => true);
    if (entry.kind !== 'txn') membership = decodeMembership(entry.payload);
  }
  if (membership === null) {
    throw new CopyFailed(
      `${dataDir} belongs to no ensemble yet: there is nothing in it to recover. Start its peer as it is.`,
    );
  }
  const report = {
    serverId: stored.serverId,
    clusterId: membership.clusterId,
    voters: membership.voters.map(({ id }) => id),
    acceptedEpoch: stored.acceptedEpoch,
    currentEpoch: stored.currentEpoch,
    lastZxid: formatZxid(log.last.zxid),
    committedZxid: formatZxid(stored.commit),
    lastTime: new Date(copied.state.lastTimeMs).toISOString(),
  };
  return { report, copied };
}
