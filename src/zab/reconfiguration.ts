import type { Nonce, ServerId } from '../model/ids.ts';
import {
  encodeMembership,
  levelOf,
  hasVoter,
  isJoining,
  isRemoved,
  isRemovedUnknown,
  memberOf,
  versionOf,
  type Membership,
} from '../model/membership.ts';
import { compareZxid, type Zxid } from '../model/zxid.ts';
import type { Broadcast } from './broadcast.ts';
import { isForwarding, type LearnerInfo, type LearnerProgress } from './learner-progress.ts';
import type { Learners } from './learners.ts';
import { judgeLevel, levelRefused, type LevelVerdict, type LevelWish } from './level-change.ts';
import {
  judgeChange,
  roleIn,
  withSeat,
  withVote,
  type MembershipChange,
  type MembershipRefusal,
  type MembershipVerdict,
} from './membership-change.ts';
import type { PeerState } from './peer-state.ts';
import { isQuorum } from './quorum.ts';

/** A learner further behind than this is not given a vote yet: the new quorum would wait for it. */
const votingLagMax = 1_000;

/**
 * Changes of the membership on a leader, one at a time: proposed here, by an operator's word, for a peer that lost its
 * data, or for a member that has caught up; under the joint quorum until committed (brief A16). Behind each change comes
 * a mark, an entry that repeats it. Once that is committed, a quorum of the new voters has on disk that the change is
 * committed, and needs the former voters no more: not before then is anybody sent away.
 */
export class Reconfiguration {
  readonly #peer: PeerState;
  readonly #learners: Learners;
  readonly #broadcast: Broadcast;
  /** Committed, as far as this has looked. */
  #settled: Membership | null = null;
  /** Undefined once it is committed. */
  #mark: Zxid | undefined;

  constructor(peer: PeerState, learners: Learners, broadcast: Broadcast) {
    this.#peer = peer;
    this.#learners = learners;
    this.#broadcast = broadcast;
  }

  /** The leader serves from now on: its first entry is a mark for what earlier epochs have changed. */
  begin(epochStart: Zxid): void {
    this.#settled = this.#peer.history.settled;
    this.#mark = epochStart;
    this.#heedRoles();
  }

  /** This leader has no vote any more: it proposes nothing further. */
  get isLeaving(): boolean {
    const { self, nonce } = this.#peer;
    return this.#settled !== null && !hasVoter(this.#settled, self, nonce);
  }

  /** A change is not marked yet: its mark must still be proposed, or committed. */
  get isUnderWay(): boolean {
    const { history } = this.#peer;
    if (history.membership?.members === undefined) return false;
    return this.#mark !== undefined || history.membershipsInForce().length > 1;
  }

  /** Those who stay can do without it. */
  get mayLeave(): boolean {
    return this.isLeaving && this.#mark === undefined;
  }

  change(change: MembershipChange): MembershipVerdict {
    const { history } = this.#peer;
    const [current, ...others] = history.membershipsInForce();
    if (current === undefined || others.length > 0 || this.#mark !== undefined) {
      return this.refused('changeInFlight');
    }
    const zxid = this.#broadcast.nextZxid();
    if (zxid === undefined) return this.refused('busy');
    const next = judgeChange(change, {
      current,
      zxid,
      upToDate: this.#upToDate(),
      following: this.#learners.following(),
      connected: this.#connected(),
    });
    if ('verdict' in next) return next;
    return { verdict: 'proposed', zxid: this.#propose(next), membership: next };
  }

  /** What the log may hold from now on. Every peer that is known must be here and know it: nobody can go back. */
  raiseLevel(wish: LevelWish): LevelVerdict {
    const [current, ...others] = this.#peer.history.membershipsInForce();
    if (current === undefined || others.length > 0 || this.#isMarking(current)) {
      return levelRefused('changeInFlight', current ?? null);
    }
    const zxid = this.#broadcast.nextZxid();
    if (zxid === undefined) return levelRefused('busy', current);
    const { self, protocols } = this.#peer;
    const here = [...this.#learners].filter(({ phase }) => phase !== 'connected');
    const next = judgeLevel(wish, { current, zxid, self, protocols, here });
    if ('verdict' in next) return next;
    return { verdict: 'proposed', zxid: this.#propose(next) };
  }

  refused(why: MembershipRefusal): MembershipVerdict {
    const version = versionOf(this.#peer.history.settled);
    return { verdict: 'refused', why, members: [], version };
  }

  /**
   * A seat for a peer that lost its data, or a vote for a member that has caught up; one change at a time. `isMissed`:
   * whoever has the vote was not heard for a while. A process that came while a voter only dialled anew must not take
   * its place.
   */
  giveVotes(isMissed: (voter: ServerId) => boolean): void {
    const [current, ...others] = this.#peer.history.membershipsInForce();
    const zxid = this.#broadcast.nextZxid();
    if (current === undefined || others.length > 0 || zxid === undefined) return;
    if (this.#isMarking(current)) return;
    for (const learner of this.#learners) {
      if (!this.#isUpToDate(learner)) continue;
      const { id, nonce } = learner;
      const seat = current.voters.find((voter) => voter.id === id);
      if (seat !== undefined && seat.nonce !== nonce && isMissed(id)) {
        this.#peer.outputs.event({ event: 'readmitting', learner: id });
        this.#propose(withSeat(current, { id, nonce }, zxid));
        return;
      }
      if (!isJoining(current, id)) continue;
      const next = withVote(current, { id, nonce }, zxid);
      if (!isQuorum([next], this.#upToDate())) continue;
      this.#peer.outputs.event({ event: 'admitting', learner: id });
      this.#propose(next);
      return;
    }
  }

  /** After anything may have been committed. */
  heedCommits(): void {
    const { history, outputs } = this.#peer;
    const { settled } = history;
    if (settled !== null && settled !== this.#settled) {
      const isRaised = levelOf(settled) > levelOf(this.#settled);
      this.#settled = settled;
      if (!isRaised) outputs.event({ event: 'membershipChanged', membership: settled });
      if (settled.members !== undefined) this.#markChange(settled);
      this.#heedRoles();
    }
    if (this.#mark === undefined || compareZxid(history.committed, this.#mark) < 0) return;
    this.#mark = undefined;
    this.#partWithRemoved();
  }

  /** A learner came. True: it was removed, and is told so. What this ensemble has removed is no matter of another one's. */
  turnsAway(learner: LearnerProgress, { nonce, clusterId }: LearnerInfo): boolean {
    const settled = this.#settled;
    if (settled === null || this.#mark !== undefined) return false;
    if (clusterId !== '' && clusterId !== settled.clusterId) return false;
    if (!isRemoved(settled, { id: learner.id, nonce })) return false;
    this.#sayFarewell(learner, settled);
    return true;
  }

  /** It has said where its log ends. True: it was removed while nobody knew its nonce, and is told so. */
  turnsAwayByLog(learner: LearnerProgress): boolean {
    const settled = this.#settled;
    if (settled === null || this.#mark !== undefined) return false;
    if (!wasUnknown(settled, learner)) return false;
    this.#sayFarewell(learner, settled);
    return true;
  }

  /** Neither a voter nor a member: nothing is done for its sake. */
  isStranger(id: ServerId): boolean {
    const memberships = this.#peer.history.membershipsInForce();
    return memberships.every(
      (membership) =>
        membership.members !== undefined &&
        memberOf(membership, id) === undefined &&
        membership.voters.every((voter) => voter.id !== id),
    );
  }

  /** Before it is counted and synchronised: whoever was told nothing of it yet comes as what it was. */
  heedRole(learner: LearnerProgress): void {
    const { id, nonce } = learner;
    const role = roleIn(this.#peer.history.settled, id);
    if (role === 'participant' || this.#peer.hasSeat(id, nonce)) learner.role = 'follower';
  }

  /** Without members nothing is ever marked: nothing is written that earlier versions of this program do not know. */
  #isMarking({ members }: Membership): boolean {
    return members !== undefined && this.#mark !== undefined;
  }

  #propose(next: Membership): Zxid {
    return this.#broadcast.propose('membership', encodeMembership(next));
  }

  #markChange(settled: Membership): void {
    // At the end of the counter the next leader's first entry is the mark.
    this.#mark = this.#broadcast.isExhausted
      ? this.#peer.history.last.zxid
      : this.#propose(settled);
  }

  #heedRoles(): void {
    for (const learner of this.#learners) {
      if (learner.role !== 'observer' || !isForwarding(learner)) continue;
      if (roleIn(this.#settled, learner.id) === 'participant') this.#broadcast.promote(learner);
    }
  }

  #partWithRemoved(): void {
    const settled = this.#settled;
    if (settled === null) return;
    for (const learner of [...this.#learners]) {
      if (learner.phase === 'connected') continue;
      const isGone = isRemoved(settled, learner) || wasUnknown(settled, learner);
      if (isGone) this.#sayFarewell(learner, settled);
    }
  }

  #sayFarewell(learner: LearnerProgress, settled: Membership): void {
    const { outputs } = this.#peer;
    const version = versionOf(settled);
    // It hears of the commit first.
    this.#broadcast.flush();
    outputs.send(learner.connection, { kind: 'farewell', version });
    outputs.event({ event: 'learnerRemoved', learner: learner.id, version });
    this.#learners.drop(learner, { code: 'refused', detail: 'it is no member any more' });
  }

  #isUpToDate(learner: LearnerProgress): boolean {
    return (
      learner.phase === 'ready' &&
      learner.role === 'follower' &&
      this.#broadcast.unacked(learner) <= votingLagMax
    );
  }

  #upToDate(): Map<ServerId, Nonce> {
    const identities = new Map<ServerId, Nonce>([[this.#peer.self, this.#peer.nonce]]);
    for (const learner of this.#learners) {
      if (this.#isUpToDate(learner)) identities.set(learner.id, learner.nonce);
    }
    return identities;
  }

  #connected(): Map<ServerId, Nonce> {
    const identities = new Map<ServerId, Nonce>([[this.#peer.self, this.#peer.nonce]]);
    for (const { phase, id, nonce } of this.#learners) {
      if (phase !== 'connected') identities.set(id, nonce);
    }
    return identities;
  }
}

/** It was a member that was removed while nobody knew its nonce. */
function wasUnknown(settled: Membership, { id, logEnd, isNew }: LearnerProgress): boolean {
  // Of a first synchronisation that broke off a new peer has a log that ends before the removal too.
  return !isNew && isRemovedUnknown(settled, id, logEnd);
}
