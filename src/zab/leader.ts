import { assert } from '../base/assert.ts';
import type { Caller, ConnectionId, Nonce, ServerId } from '../model/ids.ts';
import type { LogPosition } from '../model/log-entry.ts';
import type { ZabMessage } from '../model/peer-message.ts';
import { compareZxid, epochMax, maxZxid, zeroZxid, type Zxid } from '../model/zxid.ts';
import { Broadcast } from './broadcast.ts';
import { EpochInflation } from './epoch-inflation.ts';
import { HandOver, sayLead, successorOf } from './handover.ts';
import type { LearnerInfo, LearnerProgress } from './learner-progress.ts';
import { Learners } from './learners.ts';
import { levelRefused, type LevelVerdict, type LevelWish } from './level-change.ts';
import { Loyalty } from './loyalty.ts';
import type { MembershipChange, MembershipVerdict } from './membership-change.ts';
import type { PeerState } from './peer-state.ts';
import { isQuorum } from './quorum.ts';
import { ReadBarriers } from './read-barriers.ts';
import type { HandOverRefusal } from './ready.ts';
import { Reconfiguration } from './reconfiguration.ts';
import { protocolRefusal } from './protocol-refusal.ts';
import { spentAck, violation, type Appointment, type StepResult } from './step.ts';
import { planSync } from './synchronization.ts';

type Phase = 'discovery' | 'proposingEpoch' | 'synchronization' | 'broadcast';
type AckEpoch = Extract<ZabMessage, { kind: 'ackEpoch' }>;

/**
 * A leader from its election to its end: discovery of a new epoch, synchronisation of its learners, broadcast
 * (ZAB phases 1-3; brief A6-A8). Handlers are named after the actions of ZooKeeper's TLA+ specification.
 */
export class Leader {
  readonly #peer: PeerState;
  readonly #epochFloor: number;
  readonly #giveWayFromTick: number;
  readonly #learners: Learners;
  readonly #broadcast: Broadcast;
  readonly #barriers: ReadBarriers;
  readonly #reconfiguration: Reconfiguration;
  #phase: Phase = 'discovery';
  #epoch = 0;
  #ownEpochAck = false;
  /** Identities whose ACKEPOCH counts; they stay counted when their connection goes (a promise is a promise). */
  readonly #epochAcks = new Map<ServerId, Nonce>();
  #initialHistoryEnd: Zxid = zeroZxid;
  #lastProgressTick: number;
  #pausedTick = -1;
  readonly #loyalty: Loyalty;
  readonly #inflation: EpochInflation;
  #givesWay = false;
  #handOver: HandOver | undefined;
  /** Without a vote it looks for a successor once. */
  #hasOffered = false;
  /** Some learner waits for the end of another process under its server id. */
  #holdsAny = false;

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
    this.#learners = new Learners(peer);
    this.#loyalty = new Loyalty(mandate.supporters, peer.options.timers.ping);
    this.#inflation = new EpochInflation(peer.options.timers.inflationWait);
    this.#lastProgressTick = peer.now;
    this.#broadcast = new Broadcast(peer, this.#learners.byConnection);
    this.#barriers = new ReadBarriers(peer, this.#learners.byConnection);
    this.#reconfiguration = new Reconfiguration(peer, this.#learners, this.#broadcast);
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

  /** Raises the next leadership's epoch above what an excluded learner has accepted. */
  get inflatedEpoch(): number {
    return this.#inflation.highest;
  }

  isReady(connection: ConnectionId): boolean {
    return this.#learners.get(connection)?.phase === 'ready';
  }

  get handingOverTo(): ServerId | undefined {
    return this.#handOver?.to;
  }

  nextZxid(): Zxid | undefined {
    return this.#mayPropose ? this.#broadcast.nextZxid() : undefined;
  }

  get #mayPropose(): boolean {
    if (!this.isServing || this.isGivingWay || this.#handOver !== undefined) return false;
    return !this.#reconfiguration.isLeaving;
  }

  /** It has no vote any more, and those who have one can do without it: it ends as soon as it can. */
  get mayLeave(): boolean {
    return this.#reconfiguration.mayLeave;
  }

  changeMembership(change: MembershipChange): MembershipVerdict {
    if (!this.#mayPropose) return this.#reconfiguration.refused('notLeading');
    return this.#reconfiguration.change(change);
  }

  raiseLevel(wish: LevelWish): LevelVerdict {
    if (!this.#mayPropose) return levelRefused('notLeading', this.#peer.history.settled);
    return this.#reconfiguration.raiseLevel(wish);
  }

  handOver(to: ServerId | undefined): HandOverRefusal | undefined {
    if (!this.isServing) return 'notLeading';
    if (this.isGivingWay || this.#handOver !== undefined) return 'underWay';
    if (this.#reconfiguration.isUnderWay) return 'underWay';
    const successor = successorOf(this.#peer, this.#learners, to);
    if (typeof successor === 'object') return successor.refused;
    this.#handOver = new HandOver(this.#peer, successor);
    this.#peer.outputs.event({ event: 'handingOver', to: successor });
    return undefined;
  }

  settled(): void {
    this.#handOver?.settled();
  }

  propose(payload: Uint8Array): Zxid {
    return this.#broadcast.propose('txn', payload);
  }

  readBarrier(id: number, mode: 'barrier' | 'sync'): void {
    this.#barriers.ask({ id, mode, learner: undefined });
  }

  accepted(connection: ConnectionId, caller: Caller): void {
    this.#learners.accept(connection, caller);
  }

  disconnected(connection: ConnectionId, why: string): StepResult {
    this.#learners.lost(connection, why);
    return undefined;
  }

  /** A voter went LOOKING, in a later round than the one that elected this leader. */
  deserted(from: ServerId): void {
    if (!this.isServing) this.#loyalty.deserted(from, this.#peer.now);
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
        if (learner.phase === 'synchronizing' && this.#learners.counts(learner)) this.#progressed();
        learner.pongRound = Math.max(learner.pongRound, message.round);
        learner.applied = message.applied;
        if (this.#holdsAny) this.#learners.refuseTwins();
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
    if (this.#peer.diskIsStuck) {
      return { goLooking: 'the own disk has not finished a write in time' };
    }
    this.#learners.dropSilentAndSlow(this.#broadcast);
    this.#lookAfterHeld();
    if (this.#phase !== 'broadcast') {
      if (this.#isDeserted) return { goLooking: 'the voters went looking for another leader' };
      const waited = this.#peer.now - this.#lastProgressTick;
      return waited > timers.initLimit
        ? { goLooking: `no quorum in the ${this.#phase} phase` }
        : undefined;
    }
    if (this.#peer.now % timers.ping === 0) this.#barriers.ping();
    if (!isQuorum(this.#peer.history.membershipsInForce(), this.#learners.following())) {
      return { goLooking: 'a quorum of the voters is not heard any more' };
    }
    this.#considerHandOver();
    if (this.#mayPropose) {
      this.#reconfiguration.giveVotes((voter) => this.#learners.isMissed(voter));
    }
    if (this.mayLeave) return this.#leave();
    if (this.isGivingWay && this.#broadcast.isIdle) {
      return { goLooking: 'gives way: the epoch or its counter has come to its end' };
    }
    return undefined;
  }

  /**
   * The process stood still: nobody may be answered until a quorum was heard anew. Barriers see to that by themselves. Who
   * was heard since the last time it did is given time again; or a leader that stands still all the time would lead for ever.
   */
  paused(): void {
    const { now } = this.#peer;
    for (const learner of this.#learners) {
      if (learner.lastHeardTick > this.#pausedTick) learner.lastHeardTick = now;
    }
    this.#pausedTick = now;
    if (this.isServing) this.#barriers.ping();
  }

  becameDurable(): StepResult {
    const { durable } = this.#peer;
    if (this.#phase === 'proposingEpoch' && durable.acceptedEpoch === this.#epoch) {
      this.#phase = 'synchronization';
      for (const learner of this.#learners) {
        if (learner.phase === 'informed') this.#sendLeaderInfo(learner);
      }
    }
    if (this.#phase === 'synchronization') return this.#tryEstablish();
    if (this.#phase === 'broadcast') {
      this.#broadcast.commitWhatQuorumAcked();
      return this.#heedCommits();
    }
    return undefined;
  }

  /** Before the outputs are taken: proposals and commits of one turn go out together. */
  flush(): void {
    this.#broadcast.flush();
    this.#barriers.flush();
  }

  isHere(id: ServerId): boolean {
    return [...this.#learners].some((learner) => learner.id === id);
  }

  /** Whom to give way to now: that peer has all that was ever proposed here, and all of it is committed. */
  get successor(): ServerId | undefined {
    return this.#handOver?.isComplete(this.#learners) === true ? this.#handOver.to : undefined;
  }

  appoint(appointment: Appointment): void {
    sayLead(this.#peer, this.#learners, { epoch: this.#epoch, ...appointment });
  }

  /** Leadership is over. */
  end(): void {
    this.#barriers.fail();
    this.#learners.closeAll({
      code: 'roleChange',
      detail: 'this peer does not lead any more',
    });
  }

  #considerHandOver(): void {
    const why = this.#handOver?.whyAbandoned(this.#learners);
    if (this.#handOver === undefined || why === undefined) return;
    this.#peer.outputs.event({ event: 'handOverAbandoned', to: this.#handOver.to, why });
    this.#handOver = undefined;
  }

  #onLearnerInfo(learner: LearnerProgress, message: LearnerInfo): StepResult {
    if (learner.phase !== 'connected' || learner.held !== undefined) {
      return violation('LEARNERINFO twice');
    }
    this.#learners.dropEarlierOf(learner);
    const twin = this.#learners.twinOf(learner);
    if (twin !== undefined && this.#learners.keepsItsPlace(twin, message)) {
      const { now } = this.#peer;
      learner.held = { info: message, sinceTick: now, proofRound: this.#barriers.nextRound };
      this.#barriers.ping();
      this.#holdsAny = true;
      return undefined;
    }
    if (twin !== undefined) {
      // Not for good: when it comes again, it is asked whether this one lives.
      this.#learners.drop(twin, { code: 'broken', detail: 'a voter came under its server id' });
    }
    return this.#take(learner, message);
  }

  /**
   * Two processes under one server id. The one that is followed keeps its place when it answers a PING that was sent after
   * the other had come: then both are alive, and the other is sent away. When it is silent or its connection breaks, the
   * other had its place by right: a peer that started again.
   */
  #lookAfterHeld(): void {
    if (!this.#holdsAny) return;
    const held = this.#learners.held();
    this.#holdsAny = held.length > 0;
    for (const learner of held) {
      const { info } = learner.held ?? {};
      if (info === undefined || this.#learners.twinOf(learner) !== undefined) continue;
      learner.held = undefined;
      this.#take(learner, info);
    }
    if (this.#peer.now % this.#peer.options.timers.ping === 0) this.#barriers.ping();
  }

  #take(learner: LearnerProgress, message: LearnerInfo): StepResult {
    const protocol = protocolRefusal(this.#peer, message.protocolVersion);
    if (protocol === undefined && this.#reconfiguration.turnsAway(learner, message)) {
      return undefined;
    }
    const refusal = protocol ?? this.#refusalOf(learner, message);
    if (refusal !== undefined) {
      this.#learners.drop(learner, { code: 'refused', detail: refusal });
      return undefined;
    }
    learner.protocol = message.protocolVersion;
    learner.nonce = message.nonce;
    learner.role = message.role;
    this.#reconfiguration.heedRole(learner);
    learner.acceptedEpoch = message.acceptedEpoch;
    learner.phase = 'informed';
    this.#loyalty.returned(learner.id);
    if (this.#phase === 'discovery') this.#inquire();
    else if (this.#phase !== 'proposingEpoch') this.#sendLeaderInfo(learner);
    return undefined;
  }

  #refusalOf(learner: LearnerProgress, message: LearnerInfo): string | undefined {
    const { clusterId } = this.#peer;
    if (message.clusterId !== '' && message.clusterId !== clusterId) {
      return `belongs to cluster ${message.clusterId}, not to ${clusterId}`;
    }
    if (this.#phase === 'discovery' || message.acceptedEpoch <= this.#epoch) return undefined;
    if (!this.#reconfiguration.isStranger(learner.id)) {
      const hasLasted = this.#inflation.refused(learner.id, message.acceptedEpoch, this.#peer.now);
      const mayGiveWay = this.isServing && this.#peer.now >= this.#giveWayFromTick;
      if (hasLasted && mayGiveWay) this.#givesWay = true;
    }
    return `has accepted epoch ${String(message.acceptedEpoch)}, above epoch ${String(this.#epoch)}`;
  }

  /** Towards serving. That voters come and come again is none: they would wait for this leader for ever. */
  #progressed(): void {
    this.#lastProgressTick = this.#peer.now;
  }

  /** One more than the highest epoch that a quorum has accepted; fixed once (brief A6). */
  #inquire(): void {
    const informed = new Map<ServerId, Nonce>([[this.#peer.self, this.#peer.nonce]]);
    let highest = Math.max(this.#peer.acceptedEpoch, this.#epochFloor);
    for (const learner of this.#learners) {
      if (learner.phase !== 'informed' || !this.#learners.counts(learner)) continue;
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
    learner.logEnd = message.last.zxid;
    learner.isNew = [0, spentAck.newcomer].includes(message.currentEpoch);
    learner.applied = message.applied;
    if (this.#reconfiguration.turnsAwayByLog(learner)) return undefined;
    // The initial history is fixed.
    if (this.#ownEpochAck) {
      this.#synchronize(learner, message.last);
      return undefined;
    }
    if (!this.#learners.counts(learner)) return undefined;
    if (message.currentEpoch < 0) return this.#onLostEpochAck(learner);
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
      for (const learner of this.#learners) {
        if (learner.phase === 'positioned' && learner.last !== undefined) {
          this.#synchronize(learner, learner.last);
        }
      }
      return undefined;
    }
    // The own NEWLEADER ack: history and epoch are durable here too.
    if (this.#peer.durable.currentEpoch !== this.#epoch) return undefined;
    if (isQuorum(memberships, this.#learners.following())) this.#establish();
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
    for (const learner of this.#learners) {
      learner.lastHeardTick = this.#peer.now;
      if (learner.phase === 'acknowledged') this.#sendUpToDate(learner);
    }
    this.#reconfiguration.begin(this.#broadcast.begin(this.#epoch));
    this.#peer.deliver();
    this.#barriers.ping();
  }

  /** Reads the history and registers the learner for what follows, in one turn (ZK-2418, ZK-4925). */
  #synchronize(learner: LearnerProgress, last: LogPosition, isRetreat = false): void {
    this.#broadcast.flush();
    this.#reconfiguration.heedRole(learner);
    const { history, options, outputs } = this.#peer;
    const commit = this.isServing ? history.committed : this.#initialHistoryEnd;
    // Until the initial history is committed no state stands near its end: a learner that is only far behind can be
    // brought there by the log alone, and the quorum may need it.
    const diffEntriesMax = this.isServing
      ? options.limits.diffEntriesMax
      : Number.POSITIVE_INFINITY;
    const isLate = this.#broadcast.isLate(learner, last.zxid);
    const plan = planSync({ history, last, isRetreat, isLate, commit, diffEntriesMax });
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
      const { notBelow } = plan;
      const learnerEnd = learner.logEnd;
      outputs.sendBulk({ to, item: 'snapshot', upTo, commit: known, notBelow, learnerEnd });
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
    return this.#heedCommits();
  }

  #onAckNewLeader(learner: LearnerProgress): StepResult {
    if (learner.phase !== 'synchronizing') return violation('ACK of NEWLEADER twice, or unasked');
    learner.phase = 'acknowledged';
    // It holds all up to the end of the synchronisation, durably: that is what this ack says (I15).
    const end = learner.syncEnd;
    learner.acked = end?.epoch === this.#epoch ? Math.max(0, end.counter) : 0;
    // How much of that it has applied its next PONG tells; what it said before was of another state, after a snapshot.
    learner.applied = maxZxid(learner.applied, end ?? zeroZxid);
    if (!this.isServing) return this.#tryEstablish();
    this.#sendUpToDate(learner);
    this.#broadcast.acked(learner, learner.acked);
    return this.#heedCommits();
  }

  #heedCommits(): StepResult {
    this.#reconfiguration.heedCommits();
    this.#peer.deliver();
    return this.mayLeave ? this.#leave() : undefined;
  }

  /** A leader that has no vote gives way to who has one, as soon as all that it proposed is committed. */
  #leave(): StepResult {
    if (this.#handOver !== undefined) return undefined;
    const isFirst = !this.#hasOffered;
    this.#hasOffered = true;
    if (isFirst && this.handOver(undefined) === undefined) return undefined;
    if (!this.#broadcast.isIdle) return undefined;
    // Whoever follows hears of the last commit before this connection ends.
    this.#broadcast.flush();
    return { goLooking: 'this peer has no vote any more' };
  }

  #sendUpToDate(learner: LearnerProgress): void {
    this.#broadcast.flush();
    learner.phase = 'ready';
    const { committed } = this.#peer.history;
    this.#peer.outputs.send(learner.connection, { kind: 'upToDate', commit: committed });
    this.#peer.outputs.event({
      event: 'learnerReady',
      learner: learner.id,
      counts: this.#learners.counts(learner),
    });
  }

  get #isDeserted(): boolean {
    const { history, now } = this.#peer;
    return this.#loyalty.isLost(history.membershipsInForce(), this.#learners.counted(), now);
  }
}
