import { serverId } from '../../src/model/ids.ts';
import { isRemoved, memberOf, type Membership, type Voter } from '../../src/model/membership.ts';
import { zxidEquals } from '../../src/model/zxid.ts';
import { leaveOneOut } from './absence.ts';
import { BarrierChecker } from './checkers/barriers.ts';
import { changes } from './checkers/changes.ts';
import { members } from './checkers/members.ts';
import { notifications } from './checkers/notifications.ts';
import { Seats } from './checkers/seats.ts';
import { CoreNode, type CoreFactory, type CoreNodeWorld } from './core-node.ts';
import { lastPosition, seededImage, SimulatedDisk, type DiskHooks } from './disk.ts';
import { Faults, type FaultFigures } from './faults.ts';
import { show, type Ghost } from './ghost.ts';
import { drawSpares, MemberChanges } from './member-changes.ts';
import { SimulatedNetwork } from './network.ts';
import { InvariantViolated } from './node-view.ts';
import { drawOptions, type SimulationOptions } from './options.ts';
import { Oracle } from './oracle.ts';
import { HandOvers } from './hand-overs.ts';
import { Prng } from './prng.ts';
import { Scheduler } from './scheduler.ts';
import { Trace } from './trace.ts';
import { Twins } from './twins.ts';
import { RuleWatch } from './watch.ts';
import { Workload } from './workload.ts';

export interface SimulationFigures extends FaultFigures {
  readonly simulatedMs: number;
  readonly events: number;
  readonly elections: number;
  readonly epochs: number;
  readonly proposals: number;
  readonly commits: number;
  readonly barriers: number;
  readonly snapshotsSent: number;
  readonly truncations: number;
  readonly readmissions: number;
  readonly handOvers: number;
  readonly twins: number;
  readonly changes: number;
  readonly changesRefused: number;
  readonly removed: number;
  /** As they were told; others were not let in by any link. */
  readonly twinsRefused: number;
  /** From healing to everyone being equal. */
  readonly convergedAfterMs: number;
}

export interface SimulationResult {
  readonly ring: 'core';
  readonly seed: number;
  readonly options: SimulationOptions;
  readonly figures: SimulationFigures;
  readonly hash: string;
  /** What went wrong, with the last events before it. */
  readonly failure: { readonly error: Error; readonly lastEvents: readonly string[] } | undefined;
}

/** Long enough for whoever would found without looking at what others began with. */
const restoredAfterMs = 1_500;

export interface SimulationSettings {
  readonly seed: number;
  readonly createZab: CoreFactory;
  /** Instead of what the seed draws. */
  readonly options?: Partial<SimulationOptions> & { readonly spares?: number };
  readonly onLine?: (line: string) => void;
}

/** One run of one seed in the core ring: faults until three quarters are over, then the healed tail. */
export class Simulator {
  readonly #seed: number;
  readonly #options: SimulationOptions;
  /** Peers beside those that found the ensemble; 0 where its membership never changes. */
  readonly #spares: number;
  readonly #scheduler = new Scheduler();
  readonly #trace = new Trace();
  readonly #nodes: CoreNode[] = [];
  readonly #ghost: Ghost;
  readonly #watch: RuleWatch;
  readonly #barriers: BarrierChecker;
  readonly #faults: Faults;
  readonly #twins: Twins;
  readonly #changes: MemberChanges;
  readonly #members: ReturnType<typeof members>;
  readonly #handOvers: HandOvers<CoreNode>;
  readonly #oracle: Oracle;
  readonly #workload: Workload;
  readonly #world: CoreNodeWorld;
  #convergedAfterMs = 0;

  constructor({ seed, createZab, options, onLine }: SimulationSettings) {
    const random = new Prng(seed);
    this.#seed = seed;
    // By the number of the seed: all that is drawn stays as it was.
    const seeded = seed % 20 === 5 ? { seeded: true } : {};
    this.#options = { ...drawOptions(random.fork()), ...seeded, ...options };
    this.#spares = options?.spares ?? drawSpares(new Prng(seed + 11));
    if (this.#spares > 0) {
      const { crashPoints } = this.#options;
      const atChange = new Prng(seed + 14).pick([0, 0.02, 0.1, 0.3]);
      this.#options = { ...this.#options, crashPoints: { ...crashPoints, atChange } };
    }
    if (onLine !== undefined) this.#trace.onLine(onLine);
    const scheduler = this.#scheduler;
    const network = new SimulatedNetwork(scheduler, random.fork(), this.#options.network);
    this.#watch = this.#newWatch();
    this.#ghost = this.#watch.ghost;
    this.#members = members(this.#ghost);
    this.#watch.add(this.#members);
    this.#watch.add(changes(this.#ghost));
    this.#watch.add(notifications(() => this.#scheduler.nowMs));
    this.#barriers = new BarrierChecker(this.#ghost);
    this.#watch.onBarrier = (node, { id, zxid }) => {
      this.#barriers.answer(node, id, zxid);
    };
    this.#world = {
      scheduler,
      network,
      random: random.fork(),
      // Beside the forks: what others draw stays as it was.
      readingOrder: new Prng(seed + 1),
      trace: this.#trace,
      createZab,
      watcher: this.#watch,
      electionMode: 'fast',
      stoppedAsTwin: (node) => {
        this.#twins.checkStopped(node.id);
        this.#faults.stoppedAsTwin(node);
      },
      retired: (node) => {
        this.#changes.retired(node);
        this.#members.retired(node);
      },
    };
    this.#makeNodes(random.fork());
    this.#faults = new Faults({
      scheduler,
      random: random.fork(),
      trace: this.#trace,
      network,
      nodes: this.#nodes,
      ghost: this.#ghost,
      options: this.#options,
      mayLose: ({ id }) => {
        const node = this.#nodes.find((each) => each.id === id);
        return this.#spares === 0 || (node !== undefined && this.#changes.mayLoseDisk(node));
      },
    });
    this.#watch.faults = this.#faults;
    this.#twins = this.#newTwins(seed);
    this.#handOvers = new HandOvers(scheduler, new Prng(seed + 9), this.#nodes, (node, to) => {
      node.turn((zab) => {
        zab.handOver(to);
        zab.settled();
      });
    });
    this.#changes = new MemberChanges({
      scheduler,
      random: new Prng(seed + 12),
      trace: this.#trace,
      nodes: this.#nodes,
      ghost: this.#ghost,
    });
    this.#oracle = new Oracle(scheduler, random.fork(), this.#nodes);
    this.#workload = new Workload(
      { scheduler, random: random.fork(), nodes: this.#nodes },
      this.#barriers,
      this.#options.workload,
    );
  }

  run(): SimulationResult {
    let failure: SimulationResult['failure'];
    try {
      this.#runFaults();
      this.#runTail();
    } catch (error) {
      failure = {
        error: error instanceof Error ? error : new Error(String(error)),
        lastEvents: this.#trace.lastLines(200),
      };
    }
    return {
      ring: 'core',
      seed: this.#seed,
      options: this.#options,
      figures: this.#figures(),
      hash: this.#trace.hash,
      failure,
    };
  }

  #runFaults(): void {
    const { durationMs, oracle } = this.#options;
    if (this.#options.seeded === true) this.#makeOfCopy();
    for (const node of this.#nodes) node.start(this.#world.random.between(0, 200));
    this.#workload.start();
    this.#faults.start();
    if (this.#spares > 0) this.#changes.start();
    else this.#twins.start();
    this.#handOvers.start();
    if (oracle) {
      // The ensemble is founded by the peers themselves; then the oracle takes over, one restart at a time.
      this.#scheduler.run(durationMs, () => this.#watch.figures.epochs > 0);
      this.#world.electionMode = 'forced';
      this.#trace.note(this.#scheduler.nowMs, 0, '!! oracle');
      for (const node of this.#nodes) {
        node.crash();
        node.start(this.#world.random.between(0, 100));
      }
      this.#oracle.start();
    }
    this.#scheduler.run(durationMs * 0.75);
    this.#oracle.stop();
    this.#handOvers.stop();
    this.#changes.heal();
    this.#world.electionMode = 'fast';
    this.#twins.heal();
    if (this.#spares > 0) this.#leaveOneOut();
    this.#faults.heal();
  }

  #leaveOneOut(): void {
    leaveOneOut({
      random: new Prng(this.#seed + 13),
      trace: this.#trace,
      nodes: this.#nodes,
      ghost: this.#ghost,
      nowMs: () => this.#scheduler.nowMs,
      mayLoseDisk: (node) => this.#changes.mayLoseDisk(node),
    });
  }

  /** A majority is empty at first, as when somebody starts peers before he has restored them. */
  #makeOfCopy(): void {
    const { voters } = this.#options;
    this.#ghost.begins = seededImage().base;
    // One alone would found an empty ensemble by right.
    const late = voters === 1 ? 0 : Math.floor(voters / 2) + 1;
    for (const node of this.#nodes.slice(late, voters)) node.wipe(seededImage());
    this.#scheduler.after(restoredAfterMs, () => {
      for (const node of this.#nodes.slice(0, late)) {
        this.#trace.note(this.#scheduler.nowMs, node.id, '!! restored');
        node.crash();
        node.wipe(seededImage());
        node.start(this.#world.random.between(0, 200));
      }
    });
  }

  /** L1, L2, L3, L6: a leader soon, progress, and everyone equal in the end. */
  #runTail(): void {
    const healedAtMs = this.#scheduler.nowMs;
    const { initLimit, syncLimit, notifyMax, inflationPause, inflationWait } = this.#options.timers;
    const { tickMs } = this.#options;
    const leaderWithinMs = 2 * (initLimit + syncLimit + notifyMax) * tickMs + 1_000;
    const committedBefore = this.#ghost.committed.length;
    this.#until(
      healedAtMs + leaderWithinMs,
      'L1: no leader after healing',
      () => this.#leader() !== undefined,
    );
    this.#until(healedAtMs + 2 * leaderWithinMs, 'L2: no progress after healing', () =>
      this.#ghost.committed.slice(committedBefore).some((entry) => entry.kind === 'txn'),
    );
    this.#workload.stop();
    const convergedWithinMs = 2 * leaderWithinMs + (inflationPause + inflationWait) * tickMs * 2;
    this.#until(healedAtMs + convergedWithinMs, 'L3, L6: not everyone is equal after healing', () =>
      this.#hasConverged(),
    );
    this.#convergedAfterMs = this.#scheduler.nowMs - healedAtMs;
    this.#checkDisks();
  }

  #until(deadlineMs: number, what: string, holds: () => boolean): void {
    while (!holds()) {
      if (this.#scheduler.nowMs >= deadlineMs) {
        throw new InvariantViolated(what, this.#describeNodes());
      }
      this.#scheduler.run(this.#scheduler.nowMs + 20);
    }
  }

  #leader(): CoreNode | undefined {
    return this.#nodes.find(
      (node) => node.zab?.status.role === 'leading' && node.zab.status.isServing,
    );
  }

  #hasConverged(): boolean {
    const leader = this.#leader();
    if (leader === undefined) return false;
    const { last, membership } = this.#ghost;
    return this.#nodes.every((node) => {
      if (node.isRetired || this.#isForgotten(node)) return true;
      const status = node.zab?.status;
      if (status?.isServing !== true || status.leader !== leader.id) return false;
      const hasAll = node.applied.chain === last.chain && zxidEquals(status.lastLogged, last.zxid);
      return isSeated(node, membership) && hasAll && !node.disk.hasPendingWrites;
    });
  }

  /**
   * No member any more, and of those it knows nobody is left to say so; or new, and of the voters in its configuration no
   * majority is left that says of which ensemble: its operator does.
   */
  #isForgotten(node: CoreNode): boolean {
    const members = this.#ghost.membership?.members;
    if (members === undefined) return false;
    if (isEmpty(node)) {
      // Who is empty too has no word.
      const asked = this.#nodes.filter(
        (each) =>
          each !== node && node.options.configuredVoters.includes(each.id) && !isEmpty(each),
      );
      return 2 * asked.filter(({ isRetired }) => !isRetired).length <= asked.length;
    }
    if (members.some(({ id }) => id === node.id)) return false;
    return node.options.configuredVoters.every((id) => members.every((member) => member.id !== id));
  }

  #checkDisks(): void {
    for (const node of this.#nodes) {
      if (node.isRetired || this.#isForgotten(node)) continue;
      const end = lastPosition(node.durable);
      if (end.chain !== this.#ghost.last.chain) {
        throw new InvariantViolated(
          'L6',
          `peer ${String(node.id)} ends at ${show(end.zxid)} on disk`,
        );
      }
    }
  }

  #describeNodes(): string {
    const lines = this.#nodes.map((node) => {
      const status = node.zab?.status;
      return (
        `peer ${String(node.id)} ${status?.role ?? 'down'} serving=${String(status?.isServing)} ` +
        `leader=${String(status?.leader)} voter=${String(status?.isVoter)} accepted=${String(node.durable.acceptedEpoch)} ` +
        `current=${String(node.durable.currentEpoch)} last=${show(lastPosition(node.durable).zxid)} ` +
        `applied=${show(node.applied.zxid)}`
      );
    });
    return `C ends at ${show(this.#ghost.last.zxid)}; ${lines.join('; ')}`;
  }

  #newWatch(): RuleWatch {
    const { timers, tickMs } = this.#options;
    const seats = (ghost: Ghost): Seats =>
      new Seats(ghost, {
        nowMs: () => this.#scheduler.nowMs,
        syncLimitMs: timers.syncLimit * tickMs,
      });
    const watch: RuleWatch = new RuleWatch(this.#nodes, [], (ghost) => [
      seats(ghost),
      {
        name: 'twins',
        event: (_node, event) => {
          if (event.event === 'readmitting') this.#twins.readmitting(event.learner);
        },
      },
    ]);
    return watch;
  }

  #newTwins(seed: number): Twins {
    const random = new Prng(seed + 5);
    const { timers, tickMs, disk } = this.#options;
    const world: CoreNodeWorld = {
      ...this.#world,
      random: random.fork(),
      readingOrder: random.fork(),
      stoppedAsTwin: () => undefined,
      retired: () => undefined,
    };
    const hooks: DiskHooks = { beforeDurable: () => undefined, afterDurable: () => undefined };
    return new Twins({
      scheduler: this.#scheduler,
      random,
      trace: this.#trace,
      nodes: this.#nodes,
      ghost: this.#ghost,
      syncLimitMs: timers.syncLimit * tickMs,
      make: (original, watcher) =>
        new CoreNode(
          { ...world, watcher },
          new SimulatedDisk(this.#scheduler, random.fork(), disk, hooks),
          { ...original.options, kind: random.pick(['twin', 'linkedTwin'] as const) },
        ),
    });
  }

  #makeNodes(random: Prng): void {
    const { voters, observers, clockDrift, disk, tickMs, batchChance, snapshotEvery } =
      this.#options;
    const { timers, limits } = this.#options;
    const configuredVoters = Array.from({ length: voters }, (_, index) => serverId(index + 1));
    for (let number = 1; number <= voters + observers + this.#spares; number++) {
      const hooks: DiskHooks = {
        beforeDurable: (work) => {
          this.#watch.beforeDurable(node, work);
        },
        afterDurable: (work) => {
          this.#watch.afterDurable(node, work);
        },
      };
      const node: CoreNode = new CoreNode(
        this.#world,
        new SimulatedDisk(this.#scheduler, random.fork(), disk, hooks),
        {
          id: serverId(number),
          role: number <= voters || number > voters + observers ? 'participant' : 'observer',
          configuredVoters,
          tickMs,
          clockRate: 1 + random.between(-clockDrift, clockDrift),
          batchChance,
          snapshotEvery,
          timers,
          limits,
        },
      );
      this.#nodes.push(node);
    }
  }

  #figures(): SimulationFigures {
    return {
      ...this.#faults.figures,
      ...this.#twins.figures,
      ...this.#changes.figures,
      simulatedMs: this.#scheduler.nowMs,
      events: this.#scheduler.executed,
      ...this.#watch.figures,
      proposals: this.#workload.proposed,
      commits: this.#ghost.committed.length,
      barriers: this.#barriers.answered,
      convergedAfterMs: this.#convergedAfterMs,
    };
  }
}

function isEmpty({ durable }: CoreNode): boolean {
  return lastPosition(durable).zxid.epoch === 0;
}

/** Has the vote that the committed membership wants it to have; and whoever was removed has heard so. */
export function isSeated({ id, nonce }: Voter, membership: Membership | undefined): boolean {
  if (membership === undefined) return false;
  if (isRemoved(membership, { id, nonce })) return false;
  const seat = membership.voters.find((voter) => voter.id === id);
  if (membership.members === undefined) return seat === undefined || seat.nonce === nonce;
  const isParticipant = memberOf(membership, id)?.role === 'participant';
  return isParticipant ? seat?.nonce === nonce : seat === undefined;
}
