import { serverId } from '../../src/model/ids.ts';
import { zxidEquals } from '../../src/model/zxid.ts';
import { TwinRefused } from '../../src/server/reports/twin-refused.ts';
import { defaultServerTuning, type ServerTuning } from '../../src/server/tuning.ts';
import { decodePeerMessage, encodePeerMessage } from '../../src/wire/peer-codec.ts';
import { afterClose } from './checkers/after-close.ts';
import { changes } from './checkers/changes.ts';
import { committedTxns } from './checkers/committed-txns.ts';
import { members } from './checkers/members.ts';
import { NeedlessEnds } from './checkers/needless-ends.ts';
import { notifications } from './checkers/notifications.ts';
import type { TurnFigures } from './checkers/turn-bound.ts';
import { checkFinalState, DigestChecker } from './checkers/final-state.ts';
import { LockRule } from './checkers/locks.ts';
import { isAllReaped, Reaping } from './checkers/reaping.ts';
import { SeenInC, sessionOrder } from './checkers/seen.ts';
import { WatchStreams } from './checkers/watch-streams.ts';
import { Stamps } from './checkers/stamps.ts';
import { SessionBound } from './checkers/session-bound.ts';
import { CachingClients } from './caching-clients.ts';
import { Clients } from './clients.ts';
import { drawCosts, noCosts, slowApplier, type Costs } from './costs.ts';
import { ClockFaults } from './clock-faults.ts';
import { CrowdClients } from './crowd-clients.ts';
import { lastPosition } from './disk.ts';
import { lockTtlMs, LockClients } from './lock-clients.ts';
import { Faults } from './faults.ts';
import { show, type Ghost } from './ghost.ts';
import { ReapClients } from './reap-clients.ts';
import { SessionClients } from './session-clients.ts';
import { SimulatedNetwork } from './network.ts';
import { InvariantViolated } from './node-view.ts';
import { Divergence } from './divergence.ts';
import { drawOptions, type SimulationOptions } from './options.ts';
import type { PeerFigures, PeerResult } from './peer-figures.ts';
import { drawPeerSpares, lineOf, PeerChanges } from './peer-changes.ts';
import { PeerNode, type PeerNodeWorld } from './peer-node.ts';
import { PeerTwins } from './peer-twins.ts';
import { HandOvers } from './hand-overs.ts';
import { Prng } from './prng.ts';
import { Scheduler } from './scheduler.ts';
import { Trace } from './trace.ts';
import { isSeated } from './simulator.ts';
import { RuleWatch } from './watch.ts';
import { Watchers } from './watchers.ts';

/** A session that nobody touches is gone this long after healing, with room for an election. */
const sessionsEndWithinMs = 20_000;
const lookEveryMs = 50;

/**
 * One run of one seed in the whole-peer ring: real shells, state machines and codecs under the faults of the core ring,
 * with clients. Slower than the core ring, and judged by what clients see as well.
 */
export class PeerSimulator {
  readonly #seed: number;
  readonly #options: SimulationOptions;
  readonly #scheduler = new Scheduler();
  readonly #trace = new Trace();
  readonly #nodes: PeerNode[] = [];
  readonly #sessionBound = new SessionBound(() => this.#scheduler.nowMs);
  readonly #lockRule = new LockRule();
  readonly #seen = new SeenInC();
  readonly #reaping: Reaping;
  readonly #needlessEnds: NeedlessEnds;
  readonly #turns: TurnFigures = { turnsAboveSlice: 0 };
  readonly #watch: RuleWatch;
  readonly #digests = new DigestChecker();
  readonly #faults: Faults;
  readonly #handOvers: HandOvers<PeerNode>;
  readonly #clients: Clients;
  readonly #lockClients: LockClients;
  readonly #sessionClients: SessionClients;
  readonly #reapClients: ReapClients;
  readonly #watchers: Watchers;
  readonly #cachingClients: CachingClients;
  readonly #crowd: CrowdClients;
  readonly #clockFaults: ClockFaults;
  readonly #divergence: Divergence;
  readonly #twins: PeerTwins;
  /** Peers beside those that found the ensemble; 0 where its membership never changes. */
  readonly #spares: number;
  readonly #changes: PeerChanges;
  readonly #random: Prng;
  #failure: unknown;
  #convergedAfterMs = 0;

  constructor(seed: number, onLine?: (line: string) => void) {
    const random = new Prng(seed);
    this.#seed = seed;
    // Forced elections belong to the core ring: the shell has no door for an oracle.
    this.#options = { ...drawOptions(random.fork()), oracle: false };
    this.#spares = drawPeerSpares(new Prng(seed + 15));
    if (this.#spares > 0) {
      // Whom operators leave a quorum must keep its disks.
      const { faults } = this.#options;
      this.#options = { ...this.#options, observers: 0, faults: { ...faults, wipeMs: Infinity } };
    }
    const { clockDrift } = this.#options;
    this.#reaping = new Reaping({ nowMs: () => this.#scheduler.nowMs, clockDrift });
    this.#needlessEnds = new NeedlessEnds({ nowMs: () => this.#scheduler.nowMs, clockDrift });
    const told = [
      this.#needlessEnds,
      this.#sessionBound,
      this.#lockRule,
      this.#seen,
      this.#reaping,
      new Stamps({ nowMs: () => this.#scheduler.nowMs, nodes: this.#nodes }),
    ];
    const rules = [afterClose(), sessionOrder(), ...told];
    this.#watch = new RuleWatch(this.#nodes, [committedTxns(rules)]);
    if (onLine !== undefined) this.#trace.onLine(onLine);
    const scheduler = this.#scheduler;
    const network = new SimulatedNetwork(scheduler, random.fork(), {
      ...this.#options.network,
      carry: (message) => {
        const bytes = encodePeerMessage(message);
        return { message: decodePeerMessage(bytes), bytes: bytes.length };
      },
      arrived: (at, message, isUnread) => {
        this.#needlessEnds.arrived(at, message, isUnread);
      },
    });
    this.#random = random.fork();
    const world: PeerNodeWorld = {
      scheduler,
      network,
      random: random.fork(),
      readingOrder: new Prng(seed + 1),
      trace: this.#trace,
      watcher: this.#watch,
      fail: (cause) => {
        this.#failure ??= cause;
      },
      electionMode: 'fast',
      starts: (node) => {
        this.#divergence.starts(node);
      },
      lends: (node) => {
        this.#divergence.lends(node);
      },
      stopped: (node, cause) => {
        this.#stopped(node, cause);
      },
      retired: (node) => {
        this.#changes.retired(node);
      },
      damages: new Prng(seed + 6),
      needlessEnds: this.#needlessEnds,
      turnFigures: this.#turns,
      counted: (node, name) => {
        if (name === 'locks_woken') this.#lockRule.woken(node.id);
        this.#watchers.counted(name);
      },
    };
    this.#makeNodes(world);
    const { ghost } = this.#watch;
    const options = this.#options;
    this.#faults = new Faults({
      scheduler,
      random: random.fork(),
      trace: this.#trace,
      network,
      nodes: this.#nodes,
      ghost,
      options,
    });
    this.#watch.faults = this.#faults;
    this.#handOvers = new HandOvers(scheduler, new Prng(seed + 9), this.#nodes, (node, to) => {
      node.turn((server) => {
        server.peer?.handOvers.ask(to, 1_000, () => undefined);
      });
    });
    this.#clients = new Clients(
      { scheduler, random: random.fork(), nodes: this.#nodes },
      options.workload.proposalMs * 2,
    );
    this.#lockClients = new LockClients({ scheduler, random: random.fork(), nodes: this.#nodes });
    const clientWorld = { scheduler, nodes: this.#nodes, fail: world.fail, reaping: this.#reaping };
    this.#sessionClients = new SessionClients({ ...clientWorld, random: random.fork() });
    this.#reapClients = new ReapClients({ ...clientWorld, random: random.fork() });
    this.#watchers = new Watchers({
      scheduler,
      random: random.fork(),
      nodes: this.#nodes,
      streams: new WatchStreams(ghost),
      fail: world.fail,
    });
    this.#cachingClients = new CachingClients({
      scheduler,
      random: random.fork(),
      nodes: this.#nodes,
      fail: world.fail,
    });
    this.#crowd = new CrowdClients({
      scheduler,
      random: new Prng(seed + 3),
      nodes: this.#nodes,
      touches: this.#clients.history.touches,
    });
    this.#clockFaults = new ClockFaults({
      scheduler,
      random: new Prng(seed + 5),
      trace: this.#trace,
      nodes: this.#nodes,
      ghost,
    });
    this.#divergence = new Divergence({
      scheduler,
      random: new Prng(seed + 7),
      trace: this.#trace,
      nodes: this.#nodes,
      ghost,
      faults: this.#faults,
      options,
    });
    this.#changes = new PeerChanges({
      scheduler,
      random: new Prng(seed + 16),
      trace: this.#trace,
      nodes: this.#nodes,
    });
    this.#watch.add(members(ghost));
    this.#watch.add(changes(ghost));
    this.#watch.add(notifications(() => this.#scheduler.nowMs));
    this.#twins = new PeerTwins({ random: new Prng(seed + 8), nodes: this.#nodes, peers: world });
    // A peer alone takes a clock for right that was set while it was down.
    if (options.voters === 1 && this.#clockFaults.isOn) this.#reaping.wallsAreSet = true;
  }

  async run(): Promise<PeerResult> {
    let failure: PeerResult['failure'];
    try {
      await this.#runAll();
    } catch (error) {
      failure = {
        error: error instanceof Error ? error : new Error(String(error)),
        lastEvents: this.#trace.lastLines(200),
      };
    }
    return {
      ring: 'peer',
      seed: this.#seed,
      options: this.#options,
      figures: this.#figures(),
      hash: this.#trace.hash,
      failure,
    };
  }

  async #runAll(): Promise<void> {
    for (const node of this.#nodes) node.start(this.#random.between(0, 200));
    this.#look();
    this.#clients.start(4);
    this.#lockClients.start();
    this.#sessionClients.start();
    this.#reapClients.start();
    this.#watchers.start();
    this.#cachingClients.start();
    this.#crowd.start();
    if (this.#spares > 0) this.#changes.start();
    else {
      // A majority of two has no right clock, and none of two states is wrong.
      this.#clockFaults.start();
      this.#divergence.start();
    }
    this.#faults.start();
    this.#handOvers.start();
    await this.#runUntil(this.#options.durationMs * 0.75);
    this.#handOvers.stop();
    this.#changes.heal();
    this.#faults.heal();
    this.#clockFaults.stop();
    const healedAtMs = this.#scheduler.nowMs;
    await this.#runTail(healedAtMs);
    if (this.#divergence.isVoid) return;
    this.#convergedAfterMs = this.#scheduler.nowMs - healedAtMs;
    const { history } = this.#clients;
    this.#watchers.check();
    checkFinalState(this.#watch.ghost, this.#nodes, history);
    this.#seen.check(this.#sessionClients.history);
    const { clockDrift } = this.#options;
    this.#sessionBound.check(history.touches, clockDrift);
    this.#lockRule.check(this.#lockClients.grants, lockTtlMs, clockDrift);
  }

  async #runTail(healedAtMs: number): Promise<void> {
    const { initLimit, syncLimit, notifyMax, inflationPause, inflationWait } = this.#options.timers;
    const { tickMs } = this.#options;
    const leaderWithinMs = 2 * (initLimit + syncLimit + notifyMax) * tickMs + 1_000;
    const answersBefore = this.#clients.history.answers;
    await this.#until(healedAtMs + leaderWithinMs, 'L1: no leader after healing', () =>
      this.#nodes.some((node) => this.#leads(node)),
    );
    await this.#until(healedAtMs + 2 * leaderWithinMs, 'L2: no answers after healing', () => {
      return this.#clients.history.answers > answersBefore + 10;
    });
    this.#clients.stop();
    this.#lockClients.stop();
    this.#sessionClients.stop();
    this.#reapClients.stop();
    this.#crowd.stop();
    this.#watchers.settle();
    const convergedWithinMs =
      2 * leaderWithinMs + (inflationPause + inflationWait) * tickMs * 2 + sessionsEndWithinMs;
    await this.#untilConverged(healedAtMs + convergedWithinMs);
    await this.#untilWatched(leaderWithinMs);
    if (this.#spares > 0) return;
    // A state that was altered may be found out at any time, and ends a peer where nobody can tell which is wrong.
    if (this.#divergence.figures.statesAltered === 0) this.#twins.start();
    await this.#until(
      this.#scheduler.nowMs + leaderWithinMs,
      'V4: a twin goes on',
      () => this.#twins.isOver,
    );
    // Meanwhile something may have been reaped.
    await this.#untilConverged(this.#scheduler.nowMs + leaderWithinMs);
    await this.#untilWatched(leaderWithinMs);
  }

  async #untilConverged(deadlineMs: number): Promise<void> {
    await this.#until(deadlineMs, 'L3, L4, L6: not all equal and idle', () => this.#hasConverged());
  }

  /** A log in small pieces comes off a slow disk for long: each piece comes in time, and none is read for ever. */
  async #untilWatched(pieceWithinMs: number): Promise<void> {
    const what = 'H5: watchers were not given all';
    const readsMax = this.#watchers.readsOfAll(this.#watch.ghost.committed.length);
    const { reads: readsBefore } = this.#watchers;
    while (!this.#divergence.isVoid && !this.#watchers.areComplete) {
      const { reads } = this.#watchers;
      if (reads - readsBefore > readsMax) {
        throw new InvariantViolated(what, `though the log was read ${String(reads)} times`);
      }
      await this.#until(
        this.#scheduler.nowMs + pieceWithinMs,
        what,
        () => this.#watchers.areComplete || this.#watchers.reads > reads,
      );
    }
  }

  async #until(deadlineMs: number, what: string, holds: () => boolean): Promise<void> {
    while (!this.#divergence.isVoid && !holds()) {
      if (this.#scheduler.nowMs >= deadlineMs) {
        throw new InvariantViolated(what, this.#describeNodes());
      }
      await this.#runUntil(this.#scheduler.nowMs + 20);
    }
  }

  /** Promises of clients are settled between any two events: no virtual time passes meanwhile. */
  async #runUntil(untilMs: number): Promise<void> {
    while (!this.#divergence.isVoid && this.#scheduler.step(untilMs)) {
      if (this.#failure !== undefined) throw this.#failure as Error;
      await new Promise(setImmediate);
    }
  }

  #look(): void {
    for (const node of this.#nodes) {
      if (!this.#divergence.mayDiffer(node)) this.#digests.look(node);
      node.look();
    }
    this.#watchers.look();
    this.#scheduler.after(lookEveryMs, () => {
      this.#look();
    });
  }

  #leads(node: PeerNode): boolean {
    return node.zab?.status.role === 'leading' && node.zab.status.isServing;
  }

  #hasConverged(): boolean {
    const leader = this.#nodes.find((node) => this.#leads(node));
    if (leader === undefined) return false;
    const { last, membership } = this.#watch.ghost;
    if (!this.#divergence.areAllEqual) return false;
    return this.#nodes.every((node) => {
      if (node.isRetired) return true;
      const status = node.zab?.status;
      const applier = node.server?.peer?.applier;
      if (status?.isServing !== true || status.leader !== leader.id) return false;
      if (applier === undefined) return false;
      const seat = membership?.voters.find((voter) => voter.id === node.id);
      const hasSeat = node.role === 'observer' || seat?.nonce === node.nonce;
      const isInPlace = this.#spares > 0 ? isSeated(node, membership) : hasSeat;
      const hasAll =
        applier.position.chain === last.chain && zxidEquals(status.lastLogged, last.zxid);
      return (
        isInPlace && hasAll && applier.state.counts.sessions === 0 && isAllReaped(applier.state)
      );
    });
  }

  #describeNodes(): string {
    const lines = this.#nodes.map((node) => {
      const status = node.zab?.status;
      const applier = node.server?.peer?.applier;
      return (
        `peer ${String(node.id)} ${status?.role ?? 'down'} serving=${String(status?.isServing)} ` +
        `leader=${String(status?.leader)} voter=${String(status?.isVoter)} ` +
        `accepted=${String(node.durable.acceptedEpoch)} current=${String(node.durable.currentEpoch)} ` +
        `last=${show(lastPosition(node.durable).zxid)} ` +
        `applied=${applier === undefined ? 'none' : show(applier.applied)} ` +
        `sessions=${String(applier?.state.counts.sessions)}`
      );
    });
    return `C ends at ${show(this.#watch.ghost.last.zxid)}; ${lines.join('; ')}`;
  }

  #stopped(node: PeerNode, cause: unknown): void {
    try {
      if (cause instanceof TwinRefused) {
        throw new InvariantViolated(
          'V3',
          `peer ${String(node.id)}, who is alone: ${cause.message}`,
        );
      }
      this.#divergence.stopped(node, cause);
    } catch (error) {
      this.#failure ??= error;
    }
  }

  get ghost(): Ghost {
    return this.#watch.ghost;
  }

  #makeNodes(world: PeerNodeWorld): void {
    const { voters, observers, clockDrift, disk, tickMs, timers } = this.#options;
    const unappliedBytesMax = new Prng(this.#seed + 4).pick([6_000, 64 * 1_048_576]);
    const unappliedPerLearnerBytesMax = 4 * unappliedBytesMax;
    const limits = { ...this.#options.limits, unappliedBytesMax, unappliedPerLearnerBytesMax };
    const configuredVoters = Array.from({ length: voters }, (_, index) => serverId(index + 1));
    const tuning = this.#drawTuning();
    const peers = voters + observers + this.#spares;
    const costs = this.#drawCosts(peers);
    for (let number = 1; number <= peers; number++) {
      const node = new PeerNode(world, {
        id: serverId(number),
        role: number <= voters || this.#spares > 0 ? 'participant' : 'observer',
        configuredVoters,
        memberLines: configuredVoters.map(lineOf),
        tickMs,
        timers,
        limits,
        tuning,
        clockRate: 1 + this.#random.between(-clockDrift, clockDrift),
        fsyncMsMin: disk.fsyncMsMin,
        fsyncMsMax: disk.fsyncMsMax,
        costs: costs[number - 1] ?? noCosts,
      });
      this.#nodes.push(node);
    }
  }

  /** Small pieces and short logs in many seeds: what is rare in production must not be rare here. */
  #drawTuning(): ServerTuning {
    const random = this.#random;
    return {
      ...defaultServerTuning,
      snapshotAfterTxns: random.pick([5, 20, 100_000]),
      keepTxns: random.pick([2, 20, 100_000]),
      keepMs: random.pick([100, 100, 2_000]),
      retentionMarkTxns: random.pick([5, 500]),
      compactEveryMs: random.pick([100, 2_000]),
      logPieceBytes: random.pick([200, 1_048_576]),
      historyAheadBytes: 2_000,
      snapshotChunkBytes: random.pick([300, 262_144]),
      sliceEntriesMax: random.pick([1, 10, 2_000]),
      requestsInFlightMax: random.pick([3, 20_000]),
      reapEveryMs: random.pick([200, 1_000]),
      reapSliceZnodes: random.pick([3, 20_000]),
      leaderGraceMs: random.pick([0, 2_000]),
      ...drawWatchTuning(new Prng(this.#seed)),
    };
  }

  /** In some seeds one peer applies more slowly than the others. */
  #drawCosts(peers: number): Costs[] {
    const random = new Prng(this.#seed + 2);
    const costs = drawCosts(random);
    const slow = random.chance(0.3) ? random.below(peers) : -1;
    return Array.from({ length: peers }, (_, index) =>
      index === slow ? slowApplier(costs, random.pick([3, 10])) : costs,
    );
  }

  #figures(): PeerFigures {
    return {
      ...this.#faults.figures,
      ...this.#watch.figures,
      ...this.#sessionBound.figures,
      ...this.#lockRule.figures,
      ...this.#lockClients.figures,
      ...this.#reaping.figures,
      ...this.#seen.figures,
      ...this.#watchers.figures,
      ...this.#cachingClients.figures,
      ...this.#crowd.figures,
      ...this.#divergence.figures,
      ...this.#twins.figures,
      ...this.#changes.figures,
      ...this.#turns,
      simulatedMs: this.#scheduler.nowMs,
      events: this.#scheduler.executed,
      commits: this.#watch.ghost.committed.length,
      answers: this.#clients.history.answers,
      unknown: this.#clients.history.unknown,
      convergedAfterMs: this.#convergedAfterMs,
    };
  }
}

export function runPeerSeed(seed: number, onLine?: (line: string) => void): Promise<PeerResult> {
  return new PeerSimulator(seed, onLine).run();
}

function drawWatchTuning(random: Prng): Partial<ServerTuning> {
  return {
    recentTxnsMax: random.pick([1, 20, 20_000]),
    outletBatchesMax: random.pick([3, 10_000]),
    outletsPerSlice: random.pick([1, 200]),
    itemsPerServing: random.pick([1, 100]),
    replayAheadBatches: random.pick([1, 1_000]),
    replaysFromStoreMax: random.pick([1, 4]),
    initialPartBytes: random.pick([1, 131_072]),
    bookmarkEveryMs: random.pick([200, 10_000]),
    replayPieceBytes: random.pick([200, 131_072]),
    publishAtOnceMs: random.pick([0, 2]),
    unpublishedTxnsMax: random.pick([1, 3, 1_000]),
  };
}
