import { isQuorumLeft } from '../support/model/quorum-left.ts';
import type { CoreNode } from './core-node.ts';
import type { Ghost } from './ghost.ts';
import type { Prng } from './prng.ts';
import type { Trace } from './trace.ts';

interface AbsenceWorld {
  /** Nobody else draws from it. */
  readonly random: Prng;
  readonly trace: Trace;
  readonly nodes: readonly CoreNode[];
  readonly ghost: Ghost;
  readonly nowMs: () => number;
  readonly mayLoseDisk: (node: CoreNode) => boolean;
}

/** So many of the seeds with changes are healed without one peer. */
const seedsWithAbsence = 0.6;
const withoutDisk = 0.3;

/**
 * Healing leaves one peer down for good, the leader most often, or starts it without its disk. It is one whom the others
 * can do without, as far as their disks know: of the newest membership that one of them knows to be committed, and of each
 * later one in their logs, a majority is left.
 */
export function leaveOneOut(world: AbsenceWorld): void {
  const { random, nodes, ghost, trace } = world;
  if (!random.chance(seedsWithAbsence)) return;
  const leaders = nodes.filter(({ zab }) => zab?.status.role === 'leading');
  const among = leaders.length > 0 && random.chance(0.7) ? leaders : nodes;
  const absent = random.pick(among);
  if (absent.isRetired || !isSpared(absent, nodes)) return;
  const losesDisk = random.chance(withoutDisk) && world.mayLoseDisk(absent);
  trace.note(world.nowMs(), absent.id, losesDisk ? '!! loses its disk' : '!! is gone for good', {});
  absent.crash();
  if (!losesDisk) {
    absent.isRetired = true;
    return;
  }
  ghost.wiped.set(absent.nonce, { ...absent.durable, log: [...absent.durable.log] });
  absent.wipe();
}

function isSpared(absent: CoreNode, nodes: readonly CoreNode[]): boolean {
  return isQuorumLeft(nodes.filter((node) => node !== absent && !node.isRetired));
}
