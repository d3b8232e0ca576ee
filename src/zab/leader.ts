import { assert } from '../base/assert.ts';
import type { ConnectionId, Nonce, ServerId } from '../model/ids.ts';
import type { LogPosition } from '../model/log-entry.ts';
import type { CloseReason, ZabMessage } from '../model/peer-message.ts';
import { compareZxid, epochMax, zeroZxid, type Zxid } from '../model/zxid.ts';
import { Broadcast } from './broadcast.ts';
import { isForwarding, newProgress, type LearnerProgress } from './learner-progress.ts';
import type { PeerState } from './peer-state.ts';
import { isQuorum } from './quorum.ts';
import { ReadBarriers } from './read-barriers.ts';
import { protocolVersion, violation, type StepResult } from './step.ts';
import { planSync } from './synchronization.ts';

type Phase = 'discovery' | 'proposingEpoch' | 'synchronization' | 'broadcast';
type LearnerInfo = Extract<ZabMessage, { kind: 'learnerInfo' }>;
type AckEpoch = Extract<ZabMessage, { kind: 'ackEpoch' }>;

/**
 * A leader from its election to its end: discovery of a new epoch, synchronisation of its learners, broadcast
 * (ZAB phases 1-3; brief A6-A8). Handlers are named after the actions of ZooKeeper's TLA+ specification.
 */
export class Leader {
  readonly #peer: PeerState;
  readonly #epochFloor: number;
  readonly #giveWayFromTick: number;
  /** Whose votes made this peer leader. */
  readonly #supporters: ReadonlySet<ServerId>;
  readonly #learners = new Map<ConnectionId, LearnerProgress>();
  readonly #broadcast: Broadcast;
  readonly #barriers: ReadBarriers;
  #phase: Phase = 'discovery';
  #epoch = 0;
  #ownEpochAck = false;
  /** Identities whose ACKEPOCH counts; they stay counted when their connection goes (a promise is a promise). */
  readonly #epochAcks = new Map<ServerId, Nonce>();
  #initialHistoryEnd: Zxid = zeroZxid;
  #lastProgressTick: number;
  /** Voters that went LOOKING again while this leader has no quorum yet, and since when (ZK-3109). */
  readonly #deserters = new Map<ServerId, number>();
  /** Voters whose accepted epoch is above ours, and since when (brief A6.5). */
  readonly #inflated = new Map<ServerId, { epoch: number; sinceTick: number; lastTick: number }>();
  #givesWay = false;

  constructor(
    peer: PeerState,
    mandate: {
      readonly epochFloor: number;
      readonly giveWayFromTick: number;
      readonly supporters: readonly ServerId[];
    },
  ) {
    this.#peer = peer;
    this.#epochFloor = mandate.epochFloor;
    this.#giveWayFromTick = mandate.giveWayFromTick;
    this.#supporters = new Set(mandate.supporters);
    this.#lastProgressTick = peer.now;
    this.#broadcast = new Broadcast(peer, this.#learners);
    this.#barriers = new ReadBarriers(peer, this.#learners);
    this.#inquire();
  }

  get epoch(): number {
    return this.#epoch;
  }

  get isServing(): boolean {
    return this.#phase === 'broadcast';
  }

  /** Told to give way to a higher accepted epoch, or at the end of the counter: takes no new proposals. */
  get isGivingWay(): boolean {
    return this.#givesWay || this.#broadcast.isExhausted;
  }

  /** Raises the next leadership's epoch above what an excluded voter has accepted. */
  get inflatedEpoch(): number {
    return Math.max(0, ...[...this.#inflated.values()].map(({ epoch }) => epoch));
  }

  nextZxid(): Zxid | undefined {
    return this.isServing && !this.isGivingWay ? this.#broadcast.nextZxid() : undefined;
  }

  propose(payload: Uint8Array): Zxid {
    return this.#broadcast.propose('txn', payload);
  }

  readBarrier(id: number, mode: 'barrier' | 'sync'): void {
    this.#barriers.ask({ id, mode, learner: undefined });
  }

  accepted(connection: ConnectionId, from: ServerId): void {
    const { learnersMax } = this.#peer.options.limits;
    if (this.#learners.size >= learnersMax) {
      this.#close(connection, {
        code: 'refused',
        detail: `more than ${String(learnersMax)} learners`,
      });
      return;
    }
    this.#learners.set(connection, newProgress(connection, from, this.#peer.now));
  }

  disconnected(connection: ConnectionId, why: string): StepResult {
    const learner = this.#learners.get(connection);
    if (learner === undefined) return undefined;
    this.#learners.delete(connection);
    this.#peer.outputs.event({ event: 'learnerLost', learner: learner.id, why });
    return undefined;
  }

  /** A voter went LOOKING, in a later round than the one that elected this leader. */
  deserted(from: ServerId): void {
    if (this.isServing || this.#deserters.has(from)) return;
    this.#deserters.set(from, this.#peer.now);
  }

  progress(connection: ConnectionId): void {
    const learner = this.#learners.get(connection);
    if (learner !== undefined) learner.lastHeardTick = this.#peer.now;
  }

  receive(connection: ConnectionId, message: ZabMessage): StepResult {
    const learner = this.#learners.get(connection);
    if (learner === undefined) return undefined;
    learner.lastHeardTick = this.#peer.now;
    switch (message.kind) {
      case 'learnerInfo':
        return this.#onLearnerInfo(learner, message);
      case 'ackEpoch':
        return this.#onAckEpoch(learner, message);
      case 'retreat':
        return this.#onRetreat(learner, message.last);
      case 'ack':
        return this.#onAck(learner, message.zxid);
      case 'pong':
        if (learner.phase === 'connected') return violation('PONG before LEARNERINFO');
        if (learner.phase === 'synchronizing' && this.#counts(learner)) this.#progressed();
        learner.pongRound = Math.max(learner.pongRound, message.round);
        this.#barriers.complete();
        return undefined;
      case 'syncRequest':
        if (learner.phase !== 'ready') return violation('SYNC before UPTODATE');
        this.#barriers.ask({ id: message.id, mode: message.mode, learner: connection });
        return undefined;
      default:
        return violation(`${message.kind} is not a leader's to receive`);
    }
  }

  tick(): StepResult {
    const { timers } = this.#peer.options;
    if (this.#peer.diskIsStuck)
      return { goLooking: 'the own disk has not finished a write in time' };
    for (const learner of [...this.#learners.values()]) this.#dropIfSilent(learner);
    if (this.#phase !== 'broadcast') {
      if (this.#isDeserted()) return { goLooking: 'the voters went looking for another leader' };
      const waited = this.#peer.now - this.#lastProgressTick;
      return waited > timers.initLimit
        ? { goLooking: `no quorum in the ${this.#phase} phase` }
        : undefined;
    }
    if (this.#peer.now % timers.ping === 0) this.#barriers.ping();
    if (!isQuorum(this.#peer.history.membershipsInForce(), this.#connected())) {
      return { goLooking: 'a quorum of the voters is not heard any more' };
    }
    this.#broadcast.readmit();
    if (this.isGivingWay && this.#broadcast.isIdle) {
      return { goLooking: 'gives way: the epoch or its counter has come to its end' };
    }
    return undefined;
  }

  /** The process stood still: nobody may be answered until a quorum was heard anew. Barriers see to that by themselves. */
  paused(): void {
    for (const learner of this.#learners.values()) learner.lastHeardTick = this.#peer.now;
    if (this.isServing) this.#barriers.ping();
  }

  becameDurable(): StepResult {
    const { durable } = this.#peer;
    if (this.#phase === 'proposingEpoch' && durable.acceptedEpoch === this.#epoch) {
      this.#phase = 'synchronization';
      for (const learner of this.#learners.values()) {
        if (learner.phase === 'informed') this.#sendLeaderInfo(learner);
      }
    }
    if (this.#phase === 'synchronization') return this.#tryEstablish();
    if (this.#phase === 'broadcast') {
      this.#broadcast.commitWhatQuorumAcked();
      this.#peer.deliver();
    }
    return undefined;
  }

  /** Before the outputs are taken: proposals and commits of one turn go out together. */
  flush(): void {
    this.#broadcast.flush();
    this.#barriers.flush();
  }

  /** Leadership is over. */
  end(): void {
    this.#barriers.fail();
    for (const learner of this.#learners.values()) {
      this.#peer.outputs.close(learner.connection, {
        code: 'roleChange',
        detail: 'this peer does not lead any more',
      });
    }
    this.#learners.clear();
  }

  #onLearnerInfo(learner: LearnerProgress, message: LearnerInfo): StepResult {
    if (learner.phase !== 'connected') return violation('LEARNERINFO twice');
    const refusal = this.#refusalOf(learner, message);
    if (refusal !== undefined) {
      this.#drop(learner, { code: 'refused', detail: refusal });
      return undefined;
    }
    learner.nonce = message.nonce;
    learner.role = message.role;
    learner.acceptedEpoch = message.acceptedEpoch;
    learner.phase = 'informed';
    this.#deserters.delete(learner.id);
    this.#dropEarlierConnections(learner);
    if (this.#phase === 'discovery') this.#inquire();
    else if (this.#phase !== 'proposingEpoch') this.#sendLeaderInfo(learner);
    return undefined;
  }

  #refusalOf(learner: LearnerProgress, message: LearnerInfo): string | undefined {
    if (message.protocolVersion !== protocolVersion) {
      return `protocol version ${String(message.protocolVersion)}, this peer speaks ${String(protocolVersion)}`;
    }
    const { clusterId } = this.#peer;
    if (message.clusterId !== '' && message.clusterId !== clusterId) {
      return `belongs to cluster ${message.clusterId}, not to ${clusterId}`;
    }
    for (const other of this.#learners.values()) {
      const isTwin = other !== learner && other.id === learner.id && other.phase === 'ready';
      if (isTwin && other.nonce !== message.nonce && this.#counts(other)) {
        return `another peer runs under server id ${String(learner.id)}`;
      }
    }
    if (this.#phase === 'discovery' || message.acceptedEpoch <= this.#epoch) return undefined;
    this.#noteInflation(learner.id, message);
    return `has accepted epoch ${String(message.acceptedEpoch)}, above epoch ${String(this.#epoch)}`;
  }

  /**
   * An excluded learner of a higher epoch gets in, after a while, by a new election above that epoch (brief A6.5). One
   * without a vote too: it would stay outside as surely, and a wiped peer would never get its vote back.
   */
  #noteInflation(id: ServerId, message: LearnerInfo): void {
    const { timers } = this.#peer.options;
    const known = this.#inflated.get(id);
    const isFresh =
      known !== undefined && this.#peer.now - known.lastTick <= 2 * timers.inflationWait;
    const sinceTick = isFresh ? known.sinceTick : this.#peer.now;
    this.#inflated.set(id, { epoch: message.acceptedEpoch, sinceTick, lastTick: this.#peer.now });
    const hasLasted = this.#peer.now - sinceTick >= timers.inflationWait;
    const mayGiveWay = this.isServing && this.#peer.now >= this.#giveWayFromTick;
    if (hasLasted && mayGiveWay) this.#givesWay = true;
  }

  /** Towards serving. That voters come and come again is none: they would wait for this leader for ever. */
  #progressed(): void {
    this.#lastProgressTick = this.#peer.now;
  }

  /** One more than the highest epoch that a quorum has accepted; fixed once (brief A6.2). */
  #inquire(): void {
    const informed = new Map<ServerId, Nonce>([[this.#peer.self, this.#peer.nonce]]);
    let highest = Math.max(this.#peer.acceptedEpoch, this.#epochFloor);
    for (const learner of this.#learners.values()) {
      if (learner.phase !== 'informed' || !this.#counts(learner)) continue;
      informed.set(learner.id, learner.nonce);
      highest = Math.max(highest, learner.acceptedEpoch);
    }
    if (!isQuorum(this.#peer.history.membershipsInForce(), informed)) return;
    assert(highest < epochMax, 'epochs are not used up', { highest });
    this.#epoch = highest + 1;
    this.#phase = 'proposingEpoch';
    this.#progressed();
    this.#peer.acceptEpoch(this.#epoch);
    this.#peer.outputs.event({ event: 'leading', epoch: this.#epoch });
  }

  /** Only once the own acceptedEpoch is durable (ZK-1291). */
  #sendLeaderInfo(learner: LearnerProgress): void {
    learner.phase = 'asked';
    this.#peer.outputs.send(learner.connection, {
      kind: 'leaderInfo',
      epoch: this.#epoch,
      acked: this.#broadcast.ackedBy(learner.nonce) ?? zeroZxid,
      clusterId: this.#peer.clusterId,
    });
  }

  #onAckEpoch(learner: LearnerProgress, message: AckEpoch): StepResult {
    if (learner.phase !== 'asked') return violation('ACKEPOCH without LEADERINFO');
    learner.phase = 'positioned';
    learner.last = message.last;
    if (this.#initialHistoryIsFixed) {
      this.#synchronize(learner, message.last);
      return undefined;
    }
    if (!this.#counts(learner)) return undefined;
    if (message.currentEpoch === -1) return this.#onLostEpochAck(learner);
    const ahead =
      message.currentEpoch - this.#peer.currentEpoch ||
      compareZxid(message.last.zxid, this.#peer.history.last.zxid);
    if (ahead > 0) {
      return { goLooking: `server ${String(learner.id)} has a more recent history` };
    }
    this.#epochAcks.set(learner.id, learner.nonce);
    return this.#tryEstablish();
  }

  /**
   * A voter that had accepted this epoch before, from another or in an answer that got lost, will never ack it again. To
   * wait for other voters could be to wait for ever, while everyone comes back to a leader that says it leads; a new
   * epoch costs one election.
   */
  #onLostEpochAck({ id, nonce }: LearnerProgress): StepResult {
    if (this.#epochAcks.get(id) === nonce) return undefined;
    return { goLooking: `server ${String(id)} has spent its ack of epoch ${String(this.#epoch)}` };
  }

  get #initialHistoryIsFixed(): boolean {
    return this.#ownEpochAck;
  }

  /** Moves on when a quorum acked the epoch, and again when a quorum took the initial history over. */
  #tryEstablish(): StepResult {
    const memberships = this.#peer.history.membershipsInForce();
    if (!this.#ownEpochAck) {
      const acks = new Map(this.#epochAcks).set(this.#peer.self, this.#peer.nonce);
      if (!isQuorum(memberships, acks)) return undefined;
      this.#ownEpochAck = true;
      this.#progressed();
      this.#initialHistoryEnd = this.#peer.history.last.zxid;
      this.#peer.adopt({ epoch: this.#epoch, snapshot: null, truncateTo: null, entries: [] });
      for (const learner of this.#learners.values()) {
        if (learner.phase === 'positioned' && learner.last !== undefined) {
          this.#synchronize(learner, learner.last);
        }
      }
      return undefined;
    }
    // The own NEWLEADER ack: history and epoch are durable here too.
    if (this.#peer.durable.currentEpoch !== this.#epoch) return undefined;
    const acks = new Map<ServerId, Nonce>([[this.#peer.self, this.#peer.nonce]]);
    for (const learner of this.#learners.values()) {
      if (learner.phase === 'acknowledged' && learner.role === 'follower') {
        acks.set(learner.id, learner.nonce);
      }
    }
    if (isQuorum(memberships, acks)) this.#establish();
    return undefined;
  }

  #establish(): void {
    this.#phase = 'broadcast';
    this.#peer.commit(this.#initialHistoryEnd);
    this.#peer.outputs.event({
      event: 'established',
      epoch: this.#epoch,
      initialHistoryEnd: this.#initialHistoryEnd,
    });
    for (const learner of this.#learners.values()) {
      learner.lastHeardTick = this.#peer.now;
      if (learner.phase === 'acknowledged') this.#sendUpToDate(learner);
    }
    this.#broadcast.begin(this.#epoch);
    this.#peer.deliver();
    this.#barriers.ping();
  }

  /** Reads the history and registers the learner for what follows, in one turn (ZK-2418, ZK-4925). */
  #synchronize(learner: LearnerProgress, last: LogPosition, isRetreat = false): void {
    this.#broadcast.flush();
    const { history, options, outputs } = this.#peer;
    const commit = this.isServing ? history.committed : this.#initialHistoryEnd;
    // Until the initial history is committed no state stands near its end: a learner that is only far behind can be
    // brought there by the log alone, and the quorum may need it.
    const diffEntriesMax = this.isServing
      ? options.limits.diffEntriesMax
      : Number.POSITIVE_INFINITY;
    const plan = planSync({ history, last, isRetreat, commit, diffEntriesMax });
    const to = learner.connection;
    const { upTo } = plan;
    const endChain = history.chainAt(upTo);
    assert(endChain !== undefined, 'the end of a synchronisation is in the log', { upTo });
    // What is not committed yet is not said to be: in discovery that is the whole initial history.
    const known = history.committed;
    learner.truncTo = plan.by === 'trunc' ? plan.to.zxid : undefined;
    if (plan.by === 'diff') {
      outputs.send(to, { kind: 'diff', from: plan.from, to: upTo });
      outputs.sendBulk({ to, item: 'logRange', after: plan.from.zxid, upTo, commit: known });
    } else if (plan.by === 'trunc') {
      outputs.send(to, { kind: 'trunc', to: plan.to });
      outputs.sendBulk({ to, item: 'logRange', after: plan.to.zxid, upTo, commit: known });
    } else {
      outputs.sendBulk({ to, item: 'snapshot', upTo, commit: known, notBelow: plan.notBelow });
    }
    outputs.send(to, {
      kind: 'newLeader',
      epoch: this.#epoch,
      end: { zxid: upTo, chain: endChain },
    });
    learner.syncEnd = upTo;
    learner.phase = 'synchronizing';
    this.#broadcast.register(learner, upTo);
    outputs.event({
      event: 'learnerSynchronizing',
      learner: learner.id,
      by: plan.by,
      from: last.zxid,
      to: upTo,
    });
  }

  #onRetreat(learner: LearnerProgress, last: LogPosition): StepResult {
    const { truncTo } = learner;
    if (learner.phase !== 'synchronizing' || truncTo === undefined) {
      return violation('a retreat without TRUNC');
    }
    if (compareZxid(last.zxid, truncTo) >= 0) return violation('a retreat that does not go back');
    // The learner skips what went out after the TRUNC, up to the new plan.
    learner.last = last;
    this.#synchronize(learner, last, true);
    return undefined;
  }

  #onAck(learner: LearnerProgress, acked: Zxid): StepResult {
    if (acked.epoch !== this.#epoch) return violation('ACK of another epoch');
    if (acked.counter === 0) return this.#onAckNewLeader(learner);
    if (learner.phase !== 'acknowledged' && learner.phase !== 'ready') {
      return violation('ACK of a proposal before the ACK of NEWLEADER');
    }
    if (acked.counter < learner.acked || compareZxid(acked, this.#peer.history.last.zxid) > 0) {
      return violation('ACK of what was not proposed, or going back');
    }
    this.#broadcast.acked(learner, acked.counter);
    this.#peer.deliver();
    return undefined;
  }

  #onAckNewLeader(learner: LearnerProgress): StepResult {
    if (learner.phase !== 'synchronizing') return violation('ACK of NEWLEADER twice, or unasked');
    learner.phase = 'acknowledged';
    // It holds all up to the end of the synchronisation, durably: that is what this ack says (I15).
    const end = learner.syncEnd;
    learner.acked = end?.epoch === this.#epoch ? Math.max(0, end.counter) : 0;
    if (!this.isServing) return this.#tryEstablish();
    this.#sendUpToDate(learner);
    this.#broadcast.acked(learner, learner.acked);
    this.#peer.deliver();
    return undefined;
  }

  #sendUpToDate(learner: LearnerProgress): void {
    this.#broadcast.flush();
    learner.phase = 'ready';
    const { committed } = this.#peer.history;
    this.#peer.outputs.send(learner.connection, { kind: 'upToDate', commit: committed });
    this.#peer.outputs.event({
      event: 'learnerReady',
      learner: learner.id,
      counts: this.#counts(learner),
    });
  }

  /** Not before the learner's role and nonce are known, and only for identities that the memberships know. */
  #counts(learner: LearnerProgress): boolean {
    return (
      learner.phase !== 'connected' &&
      learner.role === 'follower' &&
      this.#isVoter(learner.id, learner.nonce)
    );
  }

  #isVoter(id: ServerId, nonce: Nonce): boolean {
    return this.#peer.history
      .membershipsInForce()
      .some(({ voters }) => voters.some((voter) => voter.id === id && voter.nonce === nonce));
  }

  #connected(): ReadonlyMap<ServerId, Nonce> {
    const identities = new Map<ServerId, Nonce>([[this.#peer.self, this.#peer.nonce]]);
    for (const learner of this.#learners.values()) {
      if (
        isForwarding(learner) &&
        learner.phase !== 'synchronizing' &&
        learner.role === 'follower'
      ) {
        identities.set(learner.id, learner.nonce);
      }
    }
    return identities;
  }

  /** Fewer than a quorum are left of those that voted for this peer, or came to it since (ZK-3109). */
  #isDeserted(): boolean {
    if (this.#deserters.size === 0) return false;
    const loyal = new Map<ServerId, Nonce>();
    for (const { voters } of this.#peer.history.membershipsInForce()) {
      for (const voter of voters) {
        const since = this.#deserters.get(voter.id);
        const left = since !== undefined && this.#peer.now - since > this.#peer.options.timers.ping;
        if (!left && this.#supporters.has(voter.id)) loyal.set(voter.id, voter.nonce);
      }
    }
    for (const learner of this.#learners.values()) {
      if (this.#counts(learner)) loyal.set(learner.id, learner.nonce);
    }
    return !isQuorum(this.#peer.history.membershipsInForce(), loyal);
  }

  #dropIfSilent(learner: LearnerProgress): void {
    const { timers, limits } = this.#peer.options;
    const silentFor = this.#peer.now - learner.lastHeardTick;
    const limit = learner.phase === 'ready' ? timers.syncLimit : timers.initLimit;
    if (silentFor > limit) {
      this.#drop(learner, { code: 'timeout', detail: `silent for ${String(silentFor)} ticks` });
      return;
    }
    if (learner.phase !== 'ready') return;
    const owesSince = learner.owesAckSinceTick;
    if (owesSince !== undefined && this.#peer.now - owesSince > timers.syncLimit) {
      this.#drop(learner, { code: 'slow', detail: 'does not ack its oldest proposal' });
      return;
    }
    if (this.#broadcast.unacked(learner) > limits.unackedPerLearnerMax) {
      this.#drop(learner, { code: 'slow', detail: 'has too many proposals to ack' });
    }
  }

  #dropEarlierConnections(learner: LearnerProgress): void {
    for (const other of [...this.#learners.values()]) {
      if (other !== learner && other.id === learner.id) {
        this.#drop(other, { code: 'broken', detail: 'the peer came again on a newer connection' });
      }
    }
  }

  #drop(learner: LearnerProgress, reason: CloseReason): void {
    this.#learners.delete(learner.connection);
    this.#close(learner.connection, reason);
    this.#peer.outputs.event({ event: 'learnerLost', learner: learner.id, why: reason.detail });
  }

  #close(connection: ConnectionId, reason: CloseReason): void {
    this.#peer.outputs.close(connection, reason);
  }
}
