import { statSync } from 'node:fs';
import { refuseUsedDirectory } from '../../adapters/sqlite/seed-directory.ts';
import type {
  CopyProgress,
  RestorePoint,
  RestoreReport,
  RestoreRequest,
} from '../../config/copy-tools.ts';
import { serverId } from '../../model/ids.ts';
import type { LogEntry } from '../../model/log-entry.ts';
import {
  compareZxid,
  formatZxid,
  zxidEquals,
  zxidFromBigint,
  type Zxid,
} from '../../model/zxid.ts';
import { CopiedState, treeOf } from './copied-state.ts';
import { CopyFailed, headerOf, ofFile, readCopy, type CopyFile } from './copy-file.ts';
import { filesIn } from './followed.ts';
import { epochOfGeneration, seedDirectory } from './seed.ts';

/** A state with what is known of the ensemble that it was copied from. */
export interface Origin {
  readonly copied: CopiedState;
  readonly clusterId: string;
  readonly highestEpoch: number;
}

/** Makes the data directory of a peer of a new ensemble out of a copy. */
export function restoreCopy(request: RestoreRequest, progress: CopyProgress): RestoreReport {
  refuseUsedDirectory(request.dataDir);
  const isDirectory = ofFile(request.from, () => statSync(request.from).isDirectory());
  const files = isDirectory
    ? filesIn(request.from)
    : [{ file: request.from, header: headerOf(request.from) }];
  const origin = stateAt(files, request, progress);
  return seedFrom(origin, request, progress);
}

/** Ends with the directory made. */
export function seedFrom(
  { copied, clusterId, highestEpoch }: Origin,
  to: Pick<RestoreRequest, 'dataDir' | 'serverId' | 'generation' | 'withoutAuth'>,
  progress: CopyProgress,
): RestoreReport {
  const { state, position } = copied;
  const epoch = epochOfGeneration(Math.max(highestEpoch, position.zxid.epoch), to.generation);
  const tree = treeOf(state);
  const time = new Date(state.lastTimeMs).toISOString();
  const seeded = seedDirectory({
    directory: to.dataDir,
    serverId: serverId(to.serverId),
    state,
    origin: `copy of ${clusterId} at ${formatZxid(position.zxid)} ${position.chain}, generation ${String(to.generation)}`,
    epoch,
    withoutAuth: to.withoutAuth,
    progress,
  });
  return {
    ...tree,
    zxid: formatZxid(position.zxid),
    time,
    clusterId: seeded.clusterId,
    seed: seeded.hash,
    epoch,
    sessionsEnded: seeded.sessionsEnded,
    ephemeralsRemoved: seeded.ephemeralsRemoved,
    znodes: seeded.znodes,
  };
}

function stateAt(
  files: readonly CopyFile[],
  { from, at }: RestoreRequest,
  progress: CopyProgress,
): Origin {
  const target = at === undefined ? undefined : targetOf(at);
  const states = files.filter(({ header }) => header.snapshot !== null);
  if (states.length === 0) throw new CopyFailed(`There is no copy of a state in ${from}.`);
  // The latest that may be before the target; the time of a copy is a peer's, so an earlier one may have to do.
  const candidates = states.filter(
    ({ header }) => target === undefined || target.mayBeAfter(header.snapshot?.at.zxid),
  );
  for (const base of candidates.reverse()) {
    const origin = build(base, { files, target, progress });
    if (origin === undefined) continue;
    if (target !== undefined) checkReached(origin.copied, target, from);
    return origin;
  }
  throw new CopyFailed(
    `${from} begins at ${formatZxid(states[0]?.header.snapshot?.at.zxid ?? { epoch: 0, counter: 0 })}, which is after ${target?.text ?? ''}.`,
  );
}

/** Undefined when the state is above the target already. */
function build(
  base: CopyFile,
  more: {
    readonly files: readonly CopyFile[];
    readonly target: Target | undefined;
    readonly progress: CopyProgress;
  },
): Origin | undefined {
  const { files, target, progress } = more;
  const { clusterId } = base.header;
  let highestEpoch = base.header.epoch;
  const copied = new CopiedState();
  const isWanted = (entry: LogEntry, timeMs: number | undefined): boolean =>
    target === undefined || target.includes(entry.zxid, timeMs);
  const take = ({ file }: CopyFile): void => {
    ofFile(file, () => {
      for (const item of readCopy(file, progress)) copied.take(item, isWanted);
    });
  };
  take(base);
  if (target !== undefined && target.isBefore(copied.state.lastTimeMs)) return undefined;
  for (const piece of files) {
    if (copied.goesOn) break;
    const { header } = piece;
    if (header.snapshot !== null || header.clusterId !== clusterId) continue;
    if (!zxidEquals(header.after, copied.position.zxid)) continue;
    take(piece);
    highestEpoch = Math.max(highestEpoch, header.epoch);
  }
  return { copied, clusterId, highestEpoch };
}

/** A copy that ends, or has a gap, before the target says so. */
function checkReached(copied: CopiedState, target: Target, from: string): void {
  if (copied.goesOn || target.isReachedBy(copied.position.zxid)) return;
  throw new CopyFailed(
    `${from} reaches to ${formatZxid(copied.position.zxid)} (${new Date(copied.state.lastTimeMs).toISOString()}) from there, and not to ${target.text}: ` +
      'what comes after is missing, or begins with a later state. Choose a place up to there, or in what comes after.',
  );
}

interface Target {
  readonly text: string;
  /** A state that stands at this zxid may come before it. */
  mayBeAfter(zxid: Zxid | undefined): boolean;
  includes(zxid: Zxid, timeMs: number | undefined): boolean;
  isBefore(timeMs: number): boolean;
  isReachedBy(zxid: Zxid): boolean;
}

function targetOf(at: RestorePoint): Target {
  if (at.by === 'time') {
    return {
      text: new Date(at.timeMs).toISOString(),
      mayBeAfter: () => true,
      includes: (_zxid, timeMs) => timeMs === undefined || timeMs <= at.timeMs,
      isBefore: (timeMs) => timeMs > at.timeMs,
      isReachedBy: () => false,
    };
  }
  const wanted = zxidFromBigint(BigInt(at.zxid));
  return {
    text: formatZxid(wanted),
    mayBeAfter: (zxid) => zxid !== undefined && compareZxid(zxid, wanted) <= 0,
    includes: (zxid) => compareZxid(zxid, wanted) <= 0,
    isBefore: () => false,
    isReachedBy: (zxid) => zxidEquals(zxid, wanted),
  };
}
