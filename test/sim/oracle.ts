import type { CoreNode } from './core-node.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';

/**
 * Elects instead of the election: tells LOOKING peers to follow an arbitrary leader. Safety must not depend on whom the
 * election chooses (brief A5), so this chooses badly: any voter, also one that is behind or knows nothing of it.
 */
export class Oracle {
  readonly #scheduler: Scheduler;
  readonly #random: Prng;
  readonly #nodes: readonly CoreNode[];
  #isStopped = false;

  constructor(scheduler: Scheduler, random: Prng, nodes: readonly CoreNode[]) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#nodes = nodes;
  }

  start(): void {
    this.#scheduler.after(this.#random.between(20, 200), () => {
      if (this.#isStopped) return;
      this.#elect();
      this.start();
    });
  }

  stop(): void {
    this.#isStopped = true;
  }

  #elect(): void {
    const lookers = this.#nodes.filter(
      (node) => node.zab?.status.role === 'looking' && node.electionMode === 'forced',
    );
    if (lookers.length === 0) return;
    const leaders = this.#nodes.filter((node) => node.zab?.status.role === 'leading');
    const isJoining = leaders.length > 0 && this.#random.chance(0.6);
    const candidates = isJoining
      ? leaders
      : lookers.filter((node) => node.zab?.status.isVoter === true);
    if (candidates.length === 0) return;
    const leader = this.#random.pick(candidates);
    for (const node of lookers) {
      if (this.#random.chance(0.1)) continue;
      this.#scheduler.after(this.#random.between(0, 15), () => {
        this.#tell(node, leader);
      });
    }
  }

  #tell(node: CoreNode, leader: CoreNode): void {
    node.turn((zab) => {
      if (zab.status.role !== 'looking' || this.#isStopped) return;
      // A peer without a vote never leads; it may join who leads.
      if (node === leader && !zab.status.isVoter) return;
      zab.forceVote(leader.id);
    });
  }
}
