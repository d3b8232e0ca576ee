import type { ServerId } from '../model/ids.ts';
import type { Notification, NotifiedState, Vote } from '../model/peer-message.ts';
import { compareZxid } from '../model/zxid.ts';
import { majorityOf } from './quorum.ts';

/** New beats old by epoch, then zxid, then server id (FLE `totalOrderPredicate`). */
export function beats(candidate: Vote, current: Vote): boolean {
  const difference =
    candidate.peerEpoch - current.peerEpoch ||
    compareZxid(candidate.zxid, current.zxid) ||
    candidate.leader - current.leader;
  return difference > 0;
}

function sameVote(left: Vote, right: Vote): boolean {
  return (
    left.leader === right.leader &&
    left.peerEpoch === right.peerEpoch &&
    compareZxid(left.zxid, right.zxid) === 0
  );
}

/** The voters of every membership in force: a majority is one of each. */
export type Electorate = readonly (readonly ServerId[])[];

function hasMajority(electorate: Electorate, ids: ReadonlySet<ServerId>): boolean {
  return (
    electorate.length > 0 &&
    electorate.every(
      (voters) => voters.filter((id) => ids.has(id)).length >= majorityOf(voters.length),
    )
  );
}

interface Heard {
  readonly state: NotifiedState;
  readonly vote: Vote;
  readonly round: number;
}

/** Whom to follow, and since which round. */
export interface Decision {
  readonly leader: ServerId;
  readonly round: number;
}

/** What a notification asks of the peer that got it. */
export interface ElectionStep {
  /** Tell all voters my vote: it changed. */
  readonly broadcast: boolean;
  /** Answer the sender with my vote: it is behind. */
  readonly reply: boolean;
}

/**
 * Fast leader election (brief A5), one peer's view of it. Decides nothing about safety: it may name any leader, and
 * discovery finds out whether that peer may lead.
 */
export class Election {
  readonly #self: ServerId;
  readonly #finalizeWait: number;
  #round = 0;
  #vote: Vote;
  #mine: Vote;
  #votes = false;
  /** The leader that this peer has just lost. */
  #lost: ServerId | undefined;
  /** LOOKING peers (and freshly decided ones) of this round. */
  #received = new Map<ServerId, Heard>();
  /** Peers that follow or lead, of whatever round. */
  #established = new Map<ServerId, Heard>();
  /** LOOKING peers that have a vote by this log and do not know it: each follows whoever holds no less than itself. */
  #unaware = new Map<ServerId, Vote>();
  #quorumSinceTick: number | undefined;

  constructor(self: ServerId, finalizeWait: number, mine: Vote) {
    this.#self = self;
    this.#finalizeWait = finalizeWait;
    this.#vote = mine;
    this.#mine = mine;
  }

  get round(): number {
    return this.#round;
  }

  get vote(): Vote {
    return this.#vote;
  }

  /** Who is known to vote as this peer does, itself included. */
  get supporters(): readonly ServerId[] {
    return this.#supportersOf(this.#vote.leader);
  }

  /** Whom those who do not look any more follow, as they said in this round: a voter or not. */
  get followed(): readonly ServerId[] {
    return [...this.#established.values()].map(({ vote }) => vote.leader);
  }

  /** Who counts for this peer's candidate without knowing that it has a vote. */
  get followers(): readonly ServerId[] {
    const { leader } = this.#vote;
    return [...this.#unaware]
      .filter(([, own]) => !beats({ ...own, leader }, this.#vote))
      .map(([id]) => id);
  }

  /** A new round. `votes`: this peer may vote, or it only looks who leads. `lost`: the leader it followed until now. */
  start(mine: Vote, votes: boolean, lost?: ServerId): void {
    this.#round++;
    this.#mine = mine;
    this.#vote = mine;
    this.#votes = votes;
    this.#lost = lost;
    this.#received = new Map();
    this.#established = new Map();
    this.#unaware = new Map();
    this.#quorumSinceTick = undefined;
    if (votes) this.#received.set(this.#self, { state: 'looking', vote: mine, round: this.#round });
  }

  /** What is decided: also what a peer that joined an established leader tells others from now on (ZK-1732). */
  adopt(vote: Vote, round: number): void {
    this.#vote = vote;
    this.#round = round;
  }

  /** While LOOKING. Only notifications of voters come here. `hasSeat`: this very identity has a vote by this log. */
  hear(notification: Notification, hasSeat = false): ElectionStep {
    this.#unaware.delete(notification.from);
    const heard: Heard = {
      state: notification.state,
      vote: notification.vote,
      round: notification.round,
    };
    if (notification.state === 'looking') {
      if (hasSeat && !notification.votes) this.#unaware.set(notification.from, notification.vote);
      return this.#hearLooking(notification, heard);
    }
    if (heard.round === this.#round && this.#votes) this.#received.set(notification.from, heard);
    this.#established.set(notification.from, heard);
    return { broadcast: false, reply: false };
  }

  #hearLooking(notification: Notification, heard: Heard): ElectionStep {
    this.#established.delete(notification.from);
    if (!notification.votes || !this.#votes) return { broadcast: false, reply: false };
    if (heard.round < this.#round) return { broadcast: false, reply: true };
    let broadcast = false;
    if (heard.round > this.#round) {
      this.#round = heard.round;
      this.#received.clear();
      this.#vote = beats(heard.vote, this.#mine) ? heard.vote : this.#mine;
      broadcast = true;
    } else if (beats(heard.vote, this.#vote)) {
      this.#vote = heard.vote;
      broadcast = true;
    }
    this.#received.set(notification.from, heard);
    if (broadcast) {
      this.#received.set(this.#self, { state: 'looking', vote: this.#vote, round: this.#round });
      this.#quorumSinceTick = undefined;
    }
    // The sender may not have heard the better vote: it was sent before that peer went looking.
    return { broadcast, reply: !broadcast && beats(this.#vote, heard.vote) };
  }

  /** Whom to follow (perhaps myself), once that is clear. `hasSeat`: by one of these memberships, whether I vote or not. */
  decide(electorate: Electorate, tick: number, hasSeat = false): Decision | undefined {
    // Where a change is on its way the others may count on me, and my own membership may want more of them than there are.
    const isAmidChange = !this.#votes || electorate.length > 1;
    const joined = this.#establishedLeader(electorate, hasSeat && isAmidChange ? [this.#self] : []);
    if (joined !== undefined) return joined;
    if (!this.#votes) return undefined;
    const agreeing = new Set<ServerId>();
    for (const [id, { vote }] of this.#received) if (sameVote(vote, this.#vote)) agreeing.add(id);
    for (const id of this.followers) agreeing.add(id);
    if (!hasMajority(electorate, agreeing)) {
      this.#quorumSinceTick = undefined;
      return undefined;
    }
    this.#quorumSinceTick ??= tick;
    // A better vote may still be on its way, unless nobody is left who could send one. The lost leader is not waited for:
    // that would be the longest part of most fail-overs.
    if (this.#lost !== undefined && !this.#received.has(this.#lost)) agreeing.add(this.#lost);
    const waited = tick - this.#quorumSinceTick >= this.#finalizeWait;
    const isUnanimous = electorate.every((voters) => voters.every((id) => agreeing.has(id)));
    if (!isUnanimous && !waited) return undefined;
    return { leader: this.#vote.leader, round: this.#round };
  }

  #supportersOf(leader: ServerId): readonly ServerId[] {
    const voting = [...this.#received]
      .filter(([, heard]) => heard.vote.leader === leader)
      .map(([id]) => id);
    return [...voting, ...this.followers];
  }

  /**
   * A majority says it follows a peer that itself says it leads; `joining` is one of them by following, unless its log goes
   * further: that leader would only give up. Without the leader's own word, peers would elect a dead leader over and over
   * (ZK-3537, ZK-1514).
   */
  #establishedLeader(electorate: Electorate, joining: readonly ServerId[]): Decision | undefined {
    const followers = new Map<ServerId, Set<ServerId>>();
    for (const [id, { vote }] of this.#established) {
      followers.set(vote.leader, (followers.get(vote.leader) ?? new Set()).add(id));
    }
    for (const [leader, following] of followers) {
      if (leader === this.#self) {
        // Others already follow me in this very round: I have won it and missed their votes, and may have given mine away.
        // Who followed me in an earlier round has yet to go looking, and may have a better vote.
        const mine = new Set([leader, ...this.#supportersOf(leader)]);
        const isThisRound = [...following].some(
          (id) => this.#established.get(id)?.round === this.#round,
        );
        if (this.#votes && isThisRound && hasMajority(electorate, mine)) {
          return { leader, round: this.#round };
        }
        continue;
      }
      const word = this.#established.get(leader);
      // Of a change that is in this log and nowhere committed, one of both will do: it leads, whichever it was.
      const goesFurther = word !== undefined && beats({ ...this.#mine, leader }, word.vote);
      const followed = new Set([...following, ...(goesFurther ? [] : joining)]);
      const isFollowed = electorate.some((voters) => hasMajority([voters], followed));
      if (word?.state === 'leading' && isFollowed) {
        return { leader, round: word.round };
      }
    }
    return undefined;
  }
}
