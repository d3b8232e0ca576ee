import type { Nonce, ServerId } from '../../src/model/ids.ts';
import { versionOf, type Membership } from '../../src/model/membership.ts';
import type { ZabMessage } from '../../src/model/peer-message.ts';
import { compareZxid, zxidEquals } from '../../src/model/zxid.ts';
import { membershipIn, type DiskImage, type DiskWork } from './disk.ts';
import type { Ghost } from './ghost.ts';
import type { SimulatedNetwork } from './network.ts';
import type { SimulationOptions } from './options.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

export interface FaultFigures {
  crashes: number;
  directedCrashes: number;
  partitions: number;
  pauses: number;
  diskFailures: number;
  wipes: number;
}

/** What the faults do to a peer, whichever ring it is of. */
export interface FaultyNode {
  readonly id: ServerId;
  readonly nonce: Nonce;
  readonly role: 'participant' | 'observer';
  readonly incarnation: number;
  readonly electionMode: 'fast' | 'forced';
  readonly durable: DiskImage;
  readonly written: DiskImage;
  readonly isUp: boolean;
  readonly isPaused: boolean;
  readonly isLooking: boolean;
  readonly hasPendingWrites: boolean;
  start(afterMs: number): void;
  crash(): void;
  pause(durationMs: number): void;
  wipe(): void;
  /** Damages what its disk holds while it is down, so that it will not start on it and is wiped; false when it can't. */
  damage?(): boolean;
  readonly isDamaged?: boolean;
  /** Multiplies every fsync. */
  slowDisk(factor: number): void;
  /** The next fsync fails, and `onFailure` is called when it does; undefined takes that back. */
  failDisk(onFailure: (() => void) | undefined): void;
}

interface FaultWorld {
  readonly scheduler: Scheduler;
  readonly random: Prng;
  readonly trace: Trace;
  readonly network: SimulatedNetwork;
  readonly nodes: readonly FaultyNode[];
  readonly ghost: Ghost;
  readonly options: SimulationOptions;
  /** Where more stands against losing its disk than what others have; undefined: nothing. */
  readonly mayLose?: (node: FaultyNode) => boolean;
}

/** Breaks the world, at random and at the places where it hurts most, until told to heal it. */
export class Faults {
  readonly #world: FaultWorld;
  readonly figures: FaultFigures = {
    crashes: 0,
    directedCrashes: 0,
    partitions: 0,
    pauses: 0,
    diskFailures: 0,
    wipes: 0,
  };
  #isHealed = false;
  #restUntilMs = 0;
  readonly #hasCommitted = new Set<string>();

  constructor(world: FaultWorld) {
    this.#world = world;
  }

  start(): void {
    const { faults } = this.#world.options;
    this.#every(faults.crashMs, () => {
      this.#crash(this.#anyNode());
    });
    this.#every(faults.powerLossMs, () => {
      this.#powerLoss();
    });
    this.#every(faults.partitionMs, () => {
      this.#partition();
    });
    this.#every(faults.slowLinkMs, () => {
      this.#slowLink();
    });
    this.#every(faults.slowDiskMs, () => {
      this.#slowDisk();
    });
    this.#every(faults.diskFailureMs, () => {
      this.#failDisk();
    });
    this.#every(faults.pauseMs, () => {
      this.#pause();
    });
    this.#every(faults.wipeMs, () => {
      this.#wipe();
    });
  }

  /** Everything works from now on, and everyone is up. */
  heal(): void {
    this.#isHealed = true;
    const { nodes, network } = this.#world;
    this.#note(undefined, 'heal');
    for (const from of nodes) {
      for (const to of nodes) {
        network.unblock(from.id, to.id);
        network.slow(from.id, to.id, 1);
      }
      from.slowDisk(1);
      from.failDisk(undefined);
    }
    network.options = { ...network.options, notificationLoss: 0 };
    for (const node of nodes) {
      if (node.isLooking) this.looking(node);
      if (!node.isUp) node.start(this.#world.random.between(0, 100));
    }
  }

  /** A peer that an oracle led may keep its leader after healing; once it looks for another, it comes back to vote. */
  looking(node: FaultyNode): void {
    if (!this.#isHealed || node.electionMode !== 'forced') return;
    node.crash();
    node.start(this.#world.random.between(0, 100));
  }

  /** Its operator starts it again. */
  stoppedAsTwin(node: FaultyNode): void {
    this.#note(node, 'stopped as a twin');
    this.#restart(node, this.#world.random.between(1, this.#world.options.faults.downMsMax));
  }

  /** A message left this node. */
  sent(node: FaultyNode, message: ZabMessage): void {
    const { afterPromise, afterLeaderWord, afterProposal } = this.#world.options.crashPoints;
    switch (message.kind) {
      case 'ackEpoch':
        this.#directed(node, afterPromise, message.kind);
        break;
      case 'ack':
        this.#directed(
          node,
          message.zxid.counter === 0 ? afterPromise : afterPromise / 10,
          message.kind,
        );
        break;
      case 'leaderInfo':
      case 'newLeader':
      case 'upToDate':
        this.#directed(node, afterLeaderWord, message.kind);
        break;
      case 'farewell':
        this.atChange(node, message.kind);
        break;
      case 'proposal':
        // To one learner, and not yet to the others.
        if (message.entries.some(({ kind }) => kind === 'membership')) {
          this.atChange(node, 'proposed');
        }
        this.#directed(
          node,
          node.hasPendingWrites ? afterProposal : afterProposal / 5,
          message.kind,
        );
        break;
      case 'commit':
        // Most of all while the own write is still on its way.
        this.#directed(
          node,
          node.hasPendingWrites ? afterProposal : afterProposal / 5,
          message.kind,
        );
        break;
      default:
        break;
    }
  }

  beforeDurable(node: FaultyNode, work: readonly DiskWork[]): void {
    this.#directed(
      node,
      weight(work) * this.#world.options.crashPoints.beforeDurable,
      'beforeDurable',
    );
  }

  /** The membership changes, and this is a place where that can go wrong. */
  atChange(node: FaultyNode, where: string): void {
    this.#directed(node, this.#world.options.crashPoints.atChange ?? 0, `change: ${where}`);
  }

  afterDurable(node: FaultyNode, work: readonly DiskWork[]): void {
    if (work.some(isOfChange)) this.atChange(node, 'durable');
    this.#directed(
      node,
      weight(work) * this.#world.options.crashPoints.afterDurable,
      'afterDurable',
    );
  }

  established(node: FaultyNode): void {
    this.#directed(node, this.#world.options.crashPoints.atEstablishment, 'established');
  }

  committed(node: FaultyNode, epoch: number): void {
    const key = `${String(node.id)}#${String(node.incarnation)}.${String(epoch)}`;
    if (this.#hasCommitted.has(key)) return;
    this.#hasCommitted.add(key);
    this.#directed(node, this.#world.options.crashPoints.atFirstCommit, 'first commit');
  }

  #directed(node: FaultyNode, probability: number, where: string): void {
    const { scheduler, random, options } = this.#world;
    if (this.#isHealed || probability === 0 || !node.isUp || scheduler.nowMs < this.#restUntilMs) {
      return;
    }
    if (!random.chance(probability)) return;
    this.#restUntilMs = scheduler.nowMs + options.crashPoints.restMs;
    this.figures.directedCrashes++;
    this.#note(node, `directed: ${where}`);
    if (random.chance(options.crashPoints.isolateInstead)) this.#isolate(node);
    else if (random.chance(options.crashPoints.powerLossInstead)) this.#powerLoss();
    else this.#crash(node);
  }

  #crash(node: FaultyNode): void {
    if (!node.isUp) return;
    const { random, options } = this.#world;
    this.figures.crashes++;
    this.#note(node, 'crash');
    node.crash();
    this.#restart(node, random.between(1, options.faults.downMsMax));
  }

  #restart(node: FaultyNode, afterMs: number): void {
    this.#world.scheduler.after(afterMs, () => {
      if (node.isUp) return;
      this.#note(node, 'start');
      node.start(this.#world.random.between(0, 20));
    });
  }

  #powerLoss(): void {
    for (const node of this.#world.nodes) this.#crash(node);
  }

  #isolate(node: FaultyNode): void {
    const others = this.#world.nodes.filter((other) => other !== node);
    this.#cut(
      others.flatMap((other) => [[node.id, other.id] as const, [other.id, node.id] as const]),
    );
  }

  /** Splits, one-way cuts, bridges, rings and single links, for a while. */
  #partition(): void {
    const { random, nodes } = this.#world;
    const order = random.shuffled(nodes);
    const index = new Map(order.map((node, position) => [node.id, position]));
    const shape = random.pick([
      'split',
      'isolate',
      'outbound',
      'inbound',
      'bridge',
      'ring',
      'link',
      'flap',
    ]);
    const half = 1 + random.below(Math.max(1, nodes.length - 1));
    const pairs = nodes.flatMap((from) =>
      nodes.filter((to) => to !== from).map((to) => [from.id, to.id] as const),
    );
    const isCut = ([from, to]: readonly [ServerId, ServerId]): boolean => {
      const a = index.get(from) ?? 0;
      const b = index.get(to) ?? 0;
      switch (shape) {
        case 'split':
          return a < half !== b < half;
        case 'isolate':
          return a === 0 || b === 0;
        case 'outbound':
          return a === 0;
        case 'inbound':
          return b === 0;
        case 'bridge':
          return a !== 0 && b !== 0 && a <= half !== b <= half;
        case 'ring':
          return Math.abs(a - b) > 1 && Math.abs(a - b) < nodes.length - 1;
        default:
          return (a === 0 && b === 1) || (a === 1 && b === 0);
      }
    };
    if (shape === 'flap') this.#flap(pairs.filter(isCut), random.below(12));
    else this.#cut(pairs.filter(isCut));
  }

  #flap(pairs: readonly (readonly [ServerId, ServerId])[], times: number): void {
    if (times === 0 || this.#isHealed) return;
    this.#cut(pairs, this.#world.random.between(100, 400));
    this.#world.scheduler.after(this.#world.random.between(500, 800), () => {
      this.#flap(pairs, times - 1);
    });
  }

  #cut(pairs: readonly (readonly [ServerId, ServerId])[], forMs?: number): void {
    const { random, network, scheduler, options } = this.#world;
    if (pairs.length === 0) return;
    this.figures.partitions++;
    const durationMs = forMs ?? random.between(20, options.faults.partitionMsMax);
    const resets = random.chance(0.3);
    this.#note(
      undefined,
      'cut',
      pairs.map(([from, to]) => `${String(from)}>${String(to)}`).join(' '),
    );
    for (const [from, to] of pairs) {
      network.block(from, to);
      if (resets) network.breakStreams(from, to);
    }
    scheduler.after(durationMs, () => {
      if (this.#isHealed) return;
      this.#note(undefined, 'mend');
      for (const [from, to] of random.shuffled(pairs)) network.unblock(from, to);
    });
  }

  #slowLink(): void {
    const { random, network, nodes, scheduler } = this.#world;
    const from = random.pick(nodes).id;
    const to = random.pick(nodes).id;
    network.slow(from, to, random.between(5, 100));
    scheduler.after(random.between(100, 2_000), () => {
      network.slow(from, to, 1);
    });
  }

  #slowDisk(): void {
    const node = this.#anyNode();
    node.slowDisk(this.#world.random.between(3, 60));
    this.#world.scheduler.after(this.#world.random.between(100, 2_000), () => {
      node.slowDisk(1);
    });
  }

  #failDisk(): void {
    const node = this.#anyNode();
    if (!node.isUp) return;
    node.failDisk(() => {
      this.figures.diskFailures++;
      this.#note(node, 'disk failure');
      this.#crash(node);
    });
  }

  #pause(): void {
    const node = this.#anyNode();
    if (!node.isUp || node.isPaused) return;
    this.figures.pauses++;
    const durationMs = this.#world.random.between(10, this.#world.options.faults.pauseMsMax);
    this.#note(node, 'pause', durationMs);
    node.pause(durationMs);
  }

  /**
   * Whether a quorum is left, without this one's disk, of peers that lost none and know on disk who votes: what a
   * readmission has changed and only memory knows to be committed is lost with the second disk, and an operator's case.
   */
  canSpare(node: FaultyNode): boolean {
    const { ghost, nodes } = this.#world;
    const membership = ghost.membership;
    if (membership === undefined || !this.#isAtRest(membership)) return false;
    if (this.#world.mayLose?.(node) === false) return false;
    const sound = membership.voters.filter((voter) => {
      const other = nodes.find(({ id }) => id === voter.id);
      return (
        other !== undefined &&
        other !== node &&
        other.isDamaged !== true &&
        other.nonce === voter.nonce &&
        isSettled(other)
      );
    }).length;
    // Who is configured as an observer may have a vote by now.
    const votes = membership.voters.some(({ id }) => id === node.id);
    return (node.role === 'observer' && !votes) || 2 * sound > membership.voters.length;
  }

  /** No change of the membership is under way anywhere, and the last one is known for good. */
  #isAtRest(membership: Membership): boolean {
    if (membership.members === undefined) return true;
    const { ghost, nodes } = this.#world;
    const version = versionOf(membership);
    const isMarked = zxidEquals(versionOf(ghost.memberships.at(-2) ?? null), version);
    const isPending = nodes.some(({ written }) => {
      const last = written.log.findLast(({ kind }) => kind !== 'txn');
      return last !== undefined && compareZxid(versionOf(membershipIn(last)), version) > 0;
    });
    return isMarked && !isPending;
  }

  /** Loses a disk that can be spared. */
  #wipe(): void {
    const { ghost } = this.#world;
    if (ghost.membership === undefined) return;
    const node = this.#anyNode();
    if (!this.canSpare(node) || node.isDamaged === true) return;
    this.figures.wipes++;
    this.#note(node, 'wipe');
    ghost.wiped.set(node.nonce, { ...node.durable, log: [...node.durable.log] });
    this.#crash(node);
    if (node.damage?.() !== true) node.wipe();
  }

  #every(meanMs: number, run: () => void): void {
    if (!Number.isFinite(meanMs)) return;
    this.#world.scheduler.after(this.#world.random.exponential(meanMs), () => {
      if (this.#isHealed) return;
      run();
      this.#every(meanMs, run);
    });
  }

  #anyNode(): FaultyNode {
    return this.#world.random.pick(this.#world.nodes);
  }

  #note(node: FaultyNode | undefined, what: string, detail?: unknown): void {
    this.#world.trace.note(this.#world.scheduler.nowMs, node?.id ?? 0, `!! ${what}`, detail);
  }
}

/** Epochs and histories first: a crash there is worth many at a plain append. */
function weight(work: readonly DiskWork[]): number {
  const isSolemn = work.some(
    ({ kind }) => kind === 'adopt' || kind === 'acceptEpoch' || kind === 'found',
  );
  return isSolemn ? 1 : 0.05;
}

function isOfChange(work: DiskWork): boolean {
  return work.kind === 'append' && work.entries.some(({ kind }) => kind === 'membership');
}

/** Its disk says that it votes, and that this is committed. */
function isSettled({ durable, nonce }: FaultyNode): boolean {
  const last = durable.log.findLast(({ kind }) => kind !== 'txn');
  const membership = (last && membershipIn(last)) ?? durable.baseMembership ?? durable.founded;
  const isCommitted = last?.kind !== 'membership' || compareZxid(last.zxid, durable.commit) <= 0;
  return isCommitted && membership?.voters.some((voter) => voter.nonce === nonce) === true;
}
