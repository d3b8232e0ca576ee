import { assert } from '../base/assert.ts';
import type { Caller, ConnectionId, ServerId } from '../model/ids.ts';
import type { LogPosition } from '../model/log-entry.ts';
import { versionOf, type Membership } from '../model/membership.ts';
import type { Notification, Vote, ZabMessage } from '../model/peer-message.ts';
import type { Zxid } from '../model/zxid.ts';
import { Answers } from './answers.ts';
import { Election } from './election.ts';
import { Electors } from './electors.ts';
import { Founding } from './founding.ts';
import { Leader } from './leader.ts';
import { Learner } from './learner.ts';
import { levelRefused, type LevelVerdict, type LevelWish } from './level-change.ts';
import type { MembershipChange, MembershipVerdict } from './membership-change.ts';
import type { ZabOptions, ZabRecovered } from './options.ts';
import { PeerState } from './peer-state.ts';
import type { HandOverRefusal, Ready, ZabCore, ZabStatus } from './ready.ts';
import { StatusView, type Role } from './status-view.ts';
import type { Appointment, StepResult } from './step.ts';

/** A learner that dialled before this peer knew whether it leads: its messages wait for the outcome. */
interface WaitingLearner {
  readonly caller: Caller;
  readonly sinceTick: number;
  readonly messages: ZabMessage[];
}

const waitingMessagesMax = 4;

/**
 * ZAB, one peer of it: pure, synchronous, deterministic. Inputs come by the methods, outputs go by `takeReady`. The state
 * table is brief A3; each phase has a file of its own, and this one only knows which is on.
 */
export class Zab implements ZabCore {
  readonly status: ZabStatus;
  readonly #peer: PeerState;
  readonly #election: Election;
  readonly #electors: Electors;
  #founding: Founding | undefined;
  #role: Role = { role: 'draining' };
  readonly #waitingLearners = new Map<ConnectionId, WaitingLearner>();
  /** Refused in this turn: their end is not the end of the connection that this peer dials. */
  readonly #refused = new Set<ConnectionId>();
  #whyLooking = 'started';
  /** By a leader that gave way: this peer votes for it as soon as it may vote, and waits for nobody's word. */
  #appointed: (Appointment & { readonly sinceTick: number }) | undefined;
  #lostLeader: ServerId | undefined;
  #notifyAtTick = 0;
  #notifyInterval: number;
  #epoch: number;
  #epochFloor = 0;
  #hasAnnounced = false;
  /** When the last leader was last heard, once its time was over. */
  #leaderHeardTick: number | undefined;
  /** The newest of each peer that came while draining. */
  readonly #heardWhileDraining = new Map<ServerId, Notification>();
  readonly #answers = new Answers();
  /** When the voters were told last, all of them. */
  #toldTick = -1;
  #giveWayFromTick = 0;
  /** A leader that could not be followed is not tried again at once: it may refuse for as long as one likes. */
  #followFromTick = 0;
  #complainAtTick = 0;

  constructor(options: ZabOptions, recovered: ZabRecovered) {
    this.#peer = new PeerState(options, recovered);
    this.status = new StatusView({
      peer: this.#peer,
      role: () => this.#role,
      epoch: () => this.#epoch,
      leaderHeardTick: () => this.#leaderHeardTick,
    });
    this.#electors = new Electors(this.#peer);
    this.#election = new Election(options.self, options.timers.finalizeWait, this.#ownVote());
    this.#notifyInterval = options.timers.notifyMin;
    this.#epoch = recovered.currentEpoch;
    if (this.#peer.history.membership === null) this.#founding = new Founding(options, 0);
    this.#lookIfDrained();
  }

  tick(): void {
    this.#peer.advanceTick();
    const role = this.#role;
    if (role.role === 'leading') {
      this.#heed(role.leader.tick(), undefined);
      for (const id of this.#electors.missed((member) => role.leader.isHere(member))) {
        this.#notify(id, undefined, this.#peer.durable.settled ?? undefined);
      }
    } else if (role.role === 'learning') this.#heed(role.learner.tick(), undefined);
    else this.#tickLooking();
  }

  paused(ticks: number): void {
    // What its leader sent meanwhile has come, in order, and waits to be read; nobody answers on the strength of a
    // follower's timers. To leave a leader that has not given this peer up would only add to what made it stand still.
    const isGivenUp = ticks > this.#peer.options.timers.syncLimit;
    if (this.#role.role === 'learning' && isGivenUp) {
      this.#look('the process had stopped for longer than the sync limit');
    } else if (this.#role.role === 'leading') this.#role.leader.paused();
  }

  notification(message: Notification): void {
    const { self, clusterId } = this.#peer;
    if (this.#role.role === 'removed') return;
    if (this.#role.role === 'looking') this.#electors.hear(message);
    if (!this.#isHeard(message)) {
      // Observers ask too; they are answered and never counted.
      if (message.from !== self && this.#isAsked(message)) this.#answer(message);
      return;
    }
    if (this.#electors.turnsDown(message)) return;
    if (this.#founding !== undefined && clusterId === '') {
      this.#hearWhileFounding(message, this.#founding);
    }
    switch (this.#role.role) {
      case 'draining':
        this.#heardWhileDraining.set(message.from, message);
        return;
      case 'looking':
        this.#hearWhileLooking(message);
        return;
      case 'leading':
        this.#hearWhileLeading(message, this.#role.leader);
        return;
      case 'learning':
        this.#hearWhileLearning(message, this.#role.learner);
        return;
    }
  }

  /** The voters, and whom they follow: its seat may be in a change that is committed nowhere yet. */
  get #asked(): ReadonlySet<ServerId> {
    const followed = this.#peer.clusterId === '' ? [] : this.#election.followed;
    return new Set([...this.#electors.voters, ...followed]);
  }

  /** Of those who are no voters only what one says that leads. */
  #isHeard({ from, state }: Notification): boolean {
    if (from === this.#peer.self) return false;
    return this.#electors.voters.includes(from) || (state === 'leading' && this.#asked.has(from));
  }

  accepted(connection: ConnectionId, caller: Caller): void {
    const role = this.#role;
    if (role.role === 'leading') role.leader.accepted(connection, caller);
    else if (role.role === 'learning' || role.role === 'removed') this.#refuse(connection);
    else if (this.#waitingLearners.size >= this.#peer.options.limits.learnersMax) {
      this.#refuse(connection);
    } else {
      this.#waitingLearners.set(connection, { caller, sinceTick: this.#peer.now, messages: [] });
    }
  }

  connected(connection: ConnectionId, to: ServerId): void {
    const role = this.#role;
    if (
      role.role === 'learning' &&
      role.learner.leader === to &&
      role.learner.connection === undefined
    ) {
      role.learner.connected(connection);
      return;
    }
    this.#peer.outputs.close(connection, {
      code: 'roleChange',
      detail: 'this peer changed its mind',
    });
  }

  disconnected(connection: ConnectionId, why: string): void {
    this.#waitingLearners.delete(connection);
    if (this.#refused.has(connection)) return;
    const role = this.#role;
    if (role.role === 'leading') this.#heed(role.leader.disconnected(connection, why), connection);
    else if (role.role === 'learning') {
      this.#heed(role.learner.disconnected(connection, why), connection);
    }
  }

  receive(connection: ConnectionId, message: ZabMessage): boolean {
    const waiting = this.#waitingLearners.get(connection);
    if (waiting !== undefined) {
      waiting.messages.push(message);
      if (waiting.messages.length > waitingMessagesMax) this.#refuse(connection);
      return false;
    }
    const role = this.#role;
    if (role.role === 'leading') this.#heed(role.leader.receive(connection, message), connection);
    else if (role.role === 'learning' && role.learner.connection === connection) {
      const result = role.learner.receive(message);
      this.#heed(result, connection);
      return result !== undefined && 'appointed' in result;
    }
    // Anything else is of a connection that was closed by us in this very turn.
    return false;
  }

  progress(connection: ConnectionId): void {
    const role = this.#role;
    if (role.role === 'leading') role.leader.progress(connection);
    else if (role.role === 'learning' && role.learner.connection === connection) {
      role.learner.progress();
    }
  }

  durable(sequence: number): void {
    this.#peer.becameDurable(sequence);
    const role = this.#role;
    if (role.role === 'leading') this.#heed(role.leader.becameDurable(), undefined);
    else if (role.role === 'learning') role.learner.becameDurable();
    else this.#lookIfDrained();
  }

  isReady(connection: ConnectionId): boolean {
    return this.#role.role === 'leading' && this.#role.leader.isReady(connection);
  }

  nextZxid(): Zxid | undefined {
    return this.#role.role === 'leading' ? this.#role.leader.nextZxid() : undefined;
  }

  propose(payload: Uint8Array): Zxid {
    assert(this.#role.role === 'leading', 'only a leader proposes');
    assert(this.#role.leader.nextZxid() !== undefined, 'a leader at its limit does not propose');
    return this.#role.leader.propose(payload);
  }

  handOver(to: ServerId | undefined): HandOverRefusal | undefined {
    return this.#role.role === 'leading' ? this.#role.leader.handOver(to) : 'notLeading';
  }

  settled(): void {
    if (this.#role.role === 'leading') this.#role.leader.settled();
  }

  changeMembership(change: MembershipChange): MembershipVerdict {
    if (this.#role.role === 'leading') return this.#role.leader.changeMembership(change);
    const version = versionOf(this.#peer.history.settled);
    return { verdict: 'refused', why: 'notLeading', members: [], version };
  }

  raiseLevel(wish: LevelWish): LevelVerdict {
    return this.#role.role === 'leading'
      ? this.#role.leader.raiseLevel(wish)
      : levelRefused('notLeading', this.#peer.history.settled);
  }

  readBarrier(id: number, mode: 'barrier' | 'sync'): void {
    const role = this.#role;
    if (role.role === 'leading' && role.leader.isServing) {
      role.leader.readBarrier(id, mode);
    } else if (role.role === 'learning' && role.learner.isServing) {
      role.learner.readBarrier(id, mode);
    } else {
      this.#peer.outputs.answer({ id, zxid: undefined });
    }
  }

  applied(upTo: Zxid): void {
    this.#peer.applied = upTo;
  }

  compacted(base: LogPosition): void {
    this.#peer.history.compact(base);
  }

  takeReady(): Ready | undefined {
    const role = this.#role;
    if (role.role === 'leading') {
      if (role.leader.isServing && !this.#hasAnnounced) {
        // Whoever is still looking learns at once whom to join.
        this.#hasAnnounced = true;
        this.#notifyVoters();
      }
      role.leader.flush();
      const { successor } = role.leader;
      if (successor !== undefined) this.#giveWayTo(successor, role.leader);
    } else if (role.role === 'learning') role.learner.flush();
    // To clear a set makes a new one inside.
    if (this.#refused.size > 0) this.#refused.clear();
    return this.#peer.takeReady();
  }

  /** For the simulator with `election: 'forced'`: leave LOOKING and follow (or be) this leader. False when not LOOKING. */
  forceVote(leader: ServerId): boolean {
    if (this.#role.role !== 'looking') return false;
    this.#decided(leader, this.#election.round, this.#electors.voters);
    return true;
  }

  /** Carries out what a role's step asked for. */
  #heed(result: StepResult, connection: ConnectionId | undefined): void {
    if (result === undefined) return;
    if ('goLooking' in result) {
      this.#look(result.goLooking);
      return;
    }
    if ('appointed' in result) {
      this.#follow(result.appointed);
      return;
    }
    if ('removed' in result) {
      if (this.#role.role === 'learning') this.#role.learner.end();
      this.#becomeRemoved(result.removed);
      return;
    }
    assert(connection !== undefined, 'a violation comes from a connection');
    const { outputs, self } = this.#peer;
    const role = this.#role;
    const from = role.role === 'learning' ? role.learner.leader : self;
    outputs.event({ event: 'protocolViolation', from, detail: result.violation });
    outputs.close(connection, { code: 'protocol', detail: result.violation });
    if (role.role === 'learning') this.#look(`the leader broke the protocol: ${result.violation}`);
    else if (role.role === 'leading') {
      this.#heed(role.leader.disconnected(connection, result.violation), connection);
    }
  }

  #giveWayTo(successor: ServerId, leader: Leader): void {
    const appointment = { leader: successor, round: this.#election.round + 1 };
    leader.appoint(appointment);
    this.#follow(appointment);
  }

  /**
   * The next leader is known: an election would only say so again. Nothing is safe because of it: discovery finds out
   * whether that peer may lead, and who follows it in vain looks for another.
   */
  #follow(appointment: Appointment): void {
    this.#appointed = { ...appointment, sinceTick: this.#peer.now };
    this.#look(`the leader handed over to server ${String(appointment.leader)}`);
  }

  /** Ends whatever role is on (brief A3): connections are closed, nothing of the old stream is handled any more. */
  #look(why: string): void {
    const role = this.#role;
    const silence = this.status.ticksSinceLeader;
    if (silence !== undefined) this.#leaderHeardTick = this.#peer.now - silence;
    this.#epoch = this.status.epoch;
    if (role.role === 'leading') {
      if (role.leader.isGivingWay) this.#gaveWay(role.leader);
      role.leader.end();
    } else if (role.role === 'learning') {
      if (!role.learner.isServing) {
        this.#followFromTick = this.#peer.now + this.#peer.options.timers.redial;
      }
      // Its goodbye may be read in this very turn, and is not the end of the next connection that is dialled.
      if (role.learner.connection !== undefined) this.#refused.add(role.learner.connection);
      role.learner.end();
    }
    this.#lostLeader = role.role === 'learning' ? role.learner.leader : undefined;
    this.#whyLooking = why;
    this.#hasAnnounced = false;
    // Whoever stays knows that the change is committed, and needs this peer no more.
    const removedBy = role.role === 'leading' && role.leader.mayLeave ? this.#peer.removedBy : null;
    if (removedBy !== null) {
      this.#becomeRemoved(removedBy);
      return;
    }
    this.#role = { role: 'draining' };
    this.#lookIfDrained();
  }

  /** By the word of a leader, which a quorum of those who stay stands behind: silent from now on, for good. */
  #becomeRemoved(version: Zxid): void {
    for (const connection of [...this.#waitingLearners.keys()]) this.#refuse(connection);
    this.#appointed = undefined;
    this.#role = { role: 'removed' };
    this.#peer.outputs.event({ event: 'removed', version });
  }

  #gaveWay(leader: Leader): void {
    this.#epochFloor = Math.max(this.#epochFloor, leader.inflatedEpoch);
    this.#giveWayFromTick = this.#peer.now + this.#peer.options.timers.inflationPause;
  }

  #lookIfDrained(): void {
    if (this.#role.role !== 'draining' || this.#peer.outputs.isDraining) return;
    this.#role = { role: 'looking' };
    this.#election.start(this.#ownVote(), this.#mayVote(), this.#lostLeader);
    this.#peer.outputs.event({
      event: 'looking',
      why: this.#whyLooking,
      round: this.#election.round,
    });
    this.#notifyInterval = this.#peer.options.timers.notifyMin;
    if (!this.#decidedByAppointment()) this.#notifyVoters();
    const heard = [...this.#heardWhileDraining.values()];
    this.#heardWhileDraining.clear();
    for (const message of heard) this.notification(message);
    this.#decideIfClear();
  }

  /** Whoever it took too long to be ready to vote knows no more who leads than anybody else. */
  #decidedByAppointment(): boolean {
    const appointed = this.#appointed;
    this.#appointed = undefined;
    if (appointed === undefined) return false;
    const { now, options, self } = this.#peer;
    if (now - appointed.sinceTick > options.timers.handOverWait) return false;
    if (appointed.leader === self && !this.#mayVote()) return false;
    const round = Math.max(appointed.round, this.#election.round);
    this.#decided(appointed.leader, round, this.#electors.voters);
    return true;
  }

  #ownVote(): Vote {
    const { history, currentEpoch, self } = this.#peer;
    return { leader: self, zxid: history.last.zxid, peerEpoch: currentEpoch };
  }

  #mayVote(): boolean {
    return this.#peer.isVoter;
  }

  #tickLooking(): void {
    const { now, options } = this.#peer;
    this.#answers.tick();
    for (const [connection, { sinceTick }] of [...this.#waitingLearners]) {
      if (now - sinceTick > options.timers.initLimit) this.#refuse(connection);
    }
    if (this.#role.role !== 'looking') return;
    if (now >= this.#notifyAtTick) {
      this.#notifyInterval = Math.min(this.#notifyInterval * 2, options.timers.notifyMax);
      this.#notifyVoters();
    }
    this.#complain();
    this.#foundIfAgreed();
    this.#decideIfClear();
  }

  #foundIfAgreed(): void {
    if (this.#founding === undefined || this.#peer.clusterId !== '') return;
    const agreed = this.#founding.agreed(this.#peer.now);
    if (agreed !== undefined) this.#found(agreed);
  }

  #hearWhileFounding(message: Notification, founding: Founding): void {
    const { now, options } = this.#peer;
    const before = founding.view(now);
    const founded = founding.hear(message, now);
    if (founded !== undefined && options.role === 'participant') this.#found(founded);
    // Each new face is told on at once: the others wait for this peer to see what they see. But once a tick: two processes
    // under one server id, one empty and one not, are new by turns, with every answer.
    else if (founding.view(now).length !== before.length) {
      if (this.#toldTick < now) this.#notifyVoters();
      else this.#notifyAtTick = Math.min(this.#notifyAtTick, now + 1);
    }
  }

  #found(membership: Parameters<PeerState['found']>[0]): void {
    this.#peer.found(membership);
    this.#founding = undefined;
    this.#look('the ensemble was founded');
  }

  /** Says at intervals what a first start or a wiped peer waits for. */
  #complain(): void {
    const { now, options, outputs } = this.#peer;
    if (this.#mayVote() || this.#peer.role === 'observer' || now < this.#complainAtTick) return;
    this.#complainAtTick = now + 5 * options.timers.notifyMax;
    const occupied = this.#founding?.occupied(now) ?? [];
    const missing = this.#founding?.missing(now) ?? [];
    if (occupied.length > 0 || this.#founding === undefined) {
      outputs.event({ event: 'waitingForReadmission' });
    }
    if (missing.length > 0) outputs.event({ event: 'waitingForVoters', missing, occupied });
    const others = this.#founding?.ofAnotherSeed(now) ?? [];
    if (others.length > 0) {
      outputs.event({ event: 'seedsDiffer', own: options.seed?.hash, others });
    }
  }

  #hearWhileLooking(message: Notification): void {
    const { from, nonce, clusterId } = message;
    const step = this.#election.hear(message, clusterId !== '' && this.#peer.hasSeat(from, nonce));
    if (step.broadcast) this.#notifyVoters();
    else if (step.reply) this.#answer(message);
    else if (this.#isAsked(message)) {
      // A peer that is no voter asks who leads; it is told what a voter knows.
      const isTold = !message.votes && this.#mayVote();
      if (isTold || this.#electors.newsFor(message) !== undefined) this.#answer(message);
    }
    this.#foundIfAgreed();
    this.#decideIfClear();
  }

  /**
   * Between two that look an answer is not answered: each may be no voter to the other, and they would never end. But who
   * alone knows of a commit says so: of the two only one knows more.
   */
  #isAsked(message: Notification): boolean {
    const isAnswer = message.isAnswer === true && this.status.role === 'looking';
    return message.state === 'looking' && (!isAnswer || this.#electors.knowsMoreThan(message));
  }

  #hearWhileLeading(message: Notification, leader: Leader): void {
    if (message.state !== 'looking') return;
    this.#notify(message.from, message);
    // Without a vote it was in no round: it only asks whom to follow.
    if (message.votes && message.round > this.#election.round) leader.deserted(message.from);
  }

  #hearWhileLearning(message: Notification, learner: Learner): void {
    if (message.state === 'looking') this.#notify(message.from, message);
    if (message.from !== learner.leader || learner.isServing) return;
    // Not a rival's word but the chosen leader's own: it does not lead (any more), so waiting for it is vain.
    const leaderLooksAgain = message.state === 'looking' && message.round > this.#election.round;
    const leaderFollows = message.state === 'following' && message.vote.leader !== message.from;
    if (leaderLooksAgain || leaderFollows) this.#look('the chosen leader does not lead');
  }

  #decideIfClear(): void {
    if (this.#role.role !== 'looking' || this.#peer.options.election === 'forced') return;
    const { electorate, hasSeat } = this.#electors;
    const decision = this.#election.decide(electorate, this.#peer.now, hasSeat);
    if (decision === undefined) return;
    const { leader, round } = decision;
    if (leader === this.#peer.self || this.#peer.now >= this.#followFromTick) {
      this.#decided(leader, round, this.#election.supporters);
    }
  }

  #decided(leader: ServerId, round: number, supporters: readonly ServerId[]): void {
    const { outputs, self } = this.#peer;
    const waiting = [...this.#waitingLearners];
    this.#waitingLearners.clear();
    this.#election.adopt({ ...this.#election.vote, leader }, round);
    outputs.event({ event: 'elected', leader, round });
    if (leader !== self) {
      this.#role = { role: 'learning', learner: new Learner(this.#peer, leader) };
      for (const [connection] of waiting) this.#refuse(connection);
    } else {
      const elected = new Leader(this.#peer, {
        epochFloor: this.#epochFloor,
        giveWayFromTick: this.#giveWayFromTick,
        supporters,
      });
      this.#role = { role: 'leading', leader: elected };
      for (const [connection, { caller, messages }] of waiting) {
        elected.accepted(connection, caller);
        for (const message of messages) this.receive(connection, message);
      }
    }
    // They took no part in the round, and follow whom a majority follows: not the leader's word alone is wanted. They may ask
    // again only when the leader has given up waiting for them.
    for (const id of this.#election.followers) this.#notify(id);
  }

  #refuse(connection: ConnectionId): void {
    this.#waitingLearners.delete(connection);
    this.#refused.add(connection);
    this.#peer.outputs.close(connection, { code: 'refused', detail: 'this peer does not lead' });
  }

  #notifyVoters(): void {
    const { fraction } = this.#peer.options;
    const jitter = Math.floor(fraction() * this.#notifyInterval * 0.25);
    this.#toldTick = this.#peer.now;
    this.#notifyAtTick = this.#peer.now + this.#notifyInterval + jitter;
    for (const peer of this.#asked) if (peer !== this.#peer.self) this.#notify(peer);
  }

  #answer(asked: Notification): void {
    if (this.status.role !== 'looking' || this.#answers.take(asked.from)) {
      this.#notify(asked.from, asked);
    }
  }

  /** `answered`: what it is an answer to. `news`: who belongs to the ensemble, told unasked. */
  #notify(to: ServerId, answered?: Notification, news?: Membership): void {
    const { self, nonce, clusterId, founded, history, options, outputs } = this.#peer;
    const { seed } = options;
    const { settled } = this.#peer.durable;
    const told = news ?? (answered === undefined ? undefined : this.#electors.newsFor(answered));
    const isEmpty = history.membership === null;
    const isMarked = answered !== undefined && history.membership?.members !== undefined;
    outputs.notify(to, {
      from: self,
      nonce,
      clusterId,
      state: this.status.role,
      round: this.#election.round,
      vote: this.#election.vote,
      votes: this.#mayVote(),
      ...(isEmpty && this.#founding !== undefined
        ? { emptyVoters: this.#founding.view(this.#peer.now), ...(seed && { seed: seed.hash }) }
        : {}),
      ...(founded === null ? {} : { founded }),
      ...(settled?.version === undefined ? {} : { membershipVersion: settled.version }),
      ...(told === undefined ? {} : { membership: told }),
      ...(isMarked ? { isAnswer: true as const } : {}),
    });
  }
}
