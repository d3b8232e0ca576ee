import type { Nonce, ServerId } from '../model/ids.ts';
import { membersLevel } from '../model/level.ts';
import { comparableHost } from '../model/member-address.ts';
import {
  encodeMembership,
  levelOf,
  memberOf,
  membershipBytesMax,
  versionOf,
  type Member,
  type Membership,
  type Removed,
  type Voter,
} from '../model/membership.ts';
import { zxidEquals, type Zxid } from '../model/zxid.ts';
import { isQuorum, type Identities } from './quorum.ts';

/** What an operator wants the ensemble to be. */
export interface MembershipChange {
  /** The whole next list. */
  readonly members: readonly Member[];
  /** It was made from this version; undefined: from whichever. */
  readonly fromVersion?: Zxid | undefined;
  /** A participant that has not caught up becomes a joining member, where the change is refused otherwise. */
  readonly mayJoin?: boolean;
  /** Also when of the quorum of the new voters that follows not all are up to date. Nothing else is passed over. */
  readonly force?: boolean;
}

export type MembershipRefusal =
  /** This peer does not lead, or does not serve (any more). */
  | 'notLeading'
  /** A limit is reached: the same change may be taken a moment later. */
  | 'busy'
  /** Another change is not committed yet, or nothing of this leader's epoch is. */
  | 'changeInFlight'
  /** The ensemble is below the level that writes members down. */
  | 'levelTooLow'
  /** It was made from another version than is in force. */
  | 'otherVersion'
  | 'unchanged'
  | 'noVoter'
  /** Two members have one id, or one address. */
  | 'doubled'
  | 'tooLarge'
  /** New voters that this leader does not bring up to date just now, or that are not yet. */
  | 'notCaughtUp'
  /** Of the new voters no quorum is here and up to date; by force, none is here: this leader could not go on leading. */
  | 'noQuorum';

export type MembershipVerdict =
  | { readonly verdict: 'proposed'; readonly zxid: Zxid; readonly membership: Membership }
  | {
      readonly verdict: 'refused';
      readonly why: MembershipRefusal;
      /** Whom it concerns. */
      readonly members: readonly ServerId[];
      /** In force. */
      readonly version: Zxid;
    };

type Refused = Extract<MembershipVerdict, { verdict: 'refused' }>;

/** What a leader knows when it is asked for a change. */
export interface ChangeSituation {
  /** In force, and alone. */
  readonly current: Membership;
  /** The entry would have it. */
  readonly zxid: Zxid;
  /** This peer, and the followers that are here and up to date, voters or not. */
  readonly upToDate: Identities;
  /** This peer, and the followers that are here, however far. */
  readonly following: Identities;
  /** All learners that are here. */
  readonly connected: Identities;
}

/** Judges a change; gives what is to be proposed, or why it is not. The joint quorum is broadcast's business. */
export function judgeChange(
  change: MembershipChange,
  situation: ChangeSituation,
): Membership | Refused {
  const { current, upToDate } = situation;
  const version = versionOf(current);
  const refused = (why: MembershipRefusal, members: readonly ServerId[] = []): Refused => ({
    verdict: 'refused',
    why,
    members,
    version,
  });
  if (levelOf(current) < membersLevel) return refused('levelTooLow');
  if (change.fromVersion !== undefined && !zxidEquals(change.fromVersion, version)) {
    return refused('otherVersion');
  }
  const doubled = doubledIn(change.members);
  if (doubled.length > 0) return refused('doubled', doubled);
  const members = [...change.members].sort((left, right) => left.id - right.id);
  const participants = members.filter(({ role }) => role === 'participant');
  if (participants.length === 0) return refused('noVoter');
  if (current.members !== undefined && sameMembers(members, current.members)) {
    return refused('unchanged');
  }
  const joining = participants.filter(({ id }) => seatOf(id, situation) === undefined);
  if (joining.length > 0 && change.mayJoin !== true) {
    return refused('notCaughtUp', idsOf(joining));
  }
  const next = nextMembership(members, situation);
  if (next.voters.length === 0) return refused('notCaughtUp', idsOf(joining));
  const counted = change.force === true ? situation.following : upToDate;
  if (!isQuorum([next], counted)) {
    const absent = next.voters.filter(({ id, nonce }) => counted.get(id) !== nonce);
    return refused('noQuorum', idsOf(absent));
  }
  return encodeMembership(next).length > membershipBytesMax ? refused('tooLarge') : next;
}

/** Gives a joining member its vote. */
export function withVote(current: Membership, voter: Voter, zxid: Zxid): Membership {
  const voters = [...current.voters, voter].sort((left, right) => left.id - right.id);
  return { ...current, voters, version: zxid };
}

/** Puts another identity into a seat: a peer that lost its data (brief A17). */
export function withSeat(current: Membership, seat: Voter, zxid: Zxid): Membership {
  const voters = current.voters.map((voter) => (voter.id === seat.id ? seat : voter));
  return { ...current, voters, ...(current.members === undefined ? {} : { version: zxid }) };
}

/** A voter keeps its identity; whoever becomes one comes with that of its connection, which must be up to date. */
function seatOf(id: ServerId, { current, upToDate }: ChangeSituation): Voter | undefined {
  const seat = current.voters.find((voter) => voter.id === id);
  if (seat !== undefined) return seat;
  const nonce = upToDate.get(id);
  return nonce === undefined ? undefined : { id, nonce };
}

function nextMembership(members: readonly Member[], situation: ChangeSituation): Membership {
  const { current, zxid } = situation;
  const voters: Voter[] = [];
  for (const { id, role } of members) {
    const seat = role === 'participant' ? seatOf(id, situation) : undefined;
    if (seat !== undefined) voters.push(seat);
  }
  return {
    clusterId: current.clusterId,
    voters,
    ...(current.level === undefined ? {} : { level: current.level }),
    members,
    version: zxid,
    removed: removedBy(members, situation),
  };
}

/** Those before who did not come back, and those who go now. */
function removedBy(
  members: readonly Member[],
  { current, connected, zxid }: ChangeSituation,
): readonly Removed[] {
  const stays = new Set(members.map(({ id }) => id));
  const removed = new Map<ServerId, Removed>();
  const remove = (id: ServerId, nonce: Nonce | undefined): void => {
    const unknown = { id, nonce: '' as Nonce, at: zxid };
    removed.set(id, nonce === undefined || nonce === '' ? unknown : { id, nonce });
  };
  for (const identity of current.removed ?? []) removed.set(identity.id, identity);
  for (const { id } of current.members ?? []) remove(id, connected.get(id));
  for (const { id, nonce } of current.voters) remove(id, nonce);
  return [...removed.values()]
    .filter(({ id }) => !stays.has(id))
    .sort((left, right) => left.id - right.id);
}

function doubledIn(members: readonly Member[]): readonly ServerId[] {
  const seen = new Map<string, ServerId>();
  const doubled: ServerId[] = [];
  for (const { id, host: written, quorumPort, electionPort } of members) {
    const host = comparableHost(written);
    const marks = [`id ${String(id)}`, `${host} ${String(quorumPort)}`];
    if (electionPort !== quorumPort) marks.push(`${host} ${String(electionPort)}`);
    if (marks.some((mark) => seen.has(mark))) doubled.push(id);
    for (const mark of marks) seen.set(mark, id);
  }
  return doubled;
}

function sameMembers(left: readonly Member[], right: readonly Member[]): boolean {
  return JSON.stringify(left.map(fields)) === JSON.stringify(right.map(fields));
}

function fields({ id, role, host, quorumPort, electionPort, client }: Member): unknown[] {
  return [id, role, host, quorumPort, electionPort, client ?? ''];
}

function idsOf(members: readonly { readonly id: ServerId }[]): readonly ServerId[] {
  return members.map(({ id }) => id);
}

/** The role that a membership gives a peer; undefined where it says nothing. */
export function roleIn(membership: Membership | null, id: ServerId): Member['role'] | undefined {
  return membership === null ? undefined : memberOf(membership, id)?.role;
}
