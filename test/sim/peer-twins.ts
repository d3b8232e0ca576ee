import { TwinRefused } from '../../src/server/reports/twin-refused.ts';
import type { EnsembleServer } from '../../src/server/ensemble-server.ts';
import type { AttachedKind } from './network.ts';
import { InvariantViolated } from './node-view.ts';
import { PeerNode, type PeerNodeWorld } from './peer-node.ts';
import type { Prng } from './prng.ts';
import { blind } from './twins.ts';

interface PeerTwinsWorld {
  /** Nobody else draws from it: seeds without twins stay what they were. */
  readonly random: Prng;
  readonly nodes: readonly PeerNode[];
  readonly peers: PeerNodeWorld;
}

const seedsWithTwins = 0.25;

/**
 * Starts a second process under the server id of a living peer once all is calm, on an empty disk or on a copy of that
 * peer's. V4: the twin is told so and stops, and the living one notices nothing. In a storm the core ring does this, on
 * empty disks: a copy that takes part in an election is a voter that lies, and nothing is promised then.
 */
export class PeerTwins {
  readonly figures = { peerTwins: 0 };
  readonly #world: PeerTwinsWorld;
  #living:
    | { readonly node: PeerNode; readonly server: EnsembleServer; readonly epoch: number }
    | undefined;
  #isRefused = false;

  constructor(world: PeerTwinsWorld) {
    this.#world = world;
  }

  start(): void {
    const { random, nodes, peers } = this.#world;
    const node = random.pick(nodes);
    const { server, zab } = node;
    if (!random.chance(seedsWithTwins) || nodes.length < 3) return;
    if (server === undefined || zab === undefined) return;
    this.figures.peerTwins++;
    this.#living = { node, server, epoch: zab.status.epoch };
    // Who only knocks is refused the links that others have with the leader; a learner's twin may have had links before.
    const kinds: readonly AttachedKind[] =
      zab.status.role === 'leading' ? ['twin'] : ['twin', 'linkedTwin'];
    const twin: PeerNode = new PeerNode(
      {
        ...peers,
        random: random.fork(),
        damages: random.fork(),
        watcher: blind,
        starts: () => undefined,
        lends: () => undefined,
        stopped: (_twin, cause) => {
          if (!(cause instanceof TwinRefused)) peers.fail(cause);
          this.#isRefused = true;
          twin.crash();
        },
      },
      { ...node.options, attachedAs: random.pick(kinds) },
    );
    if (random.chance(0.5)) twin.copyDiskOf(node);
    twin.start(0);
  }

  /** The twin has stopped, if there is one. */
  get isOver(): boolean {
    const living = this.#living;
    if (living === undefined) return true;
    const { node, server, epoch } = living;
    const { zab } = node;
    if (node.server !== server || zab?.status.isServing !== true || zab.status.epoch !== epoch) {
      throw new InvariantViolated('V4', `peer ${String(node.id)} lost its place to a twin`);
    }
    return this.#isRefused;
  }
}
