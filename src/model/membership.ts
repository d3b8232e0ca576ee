import { MalformedBytes, fromUtf8, utf8 } from '../base/bytes.ts';
import { serverId, type Nonce, type ServerId } from './ids.ts';
import { firstLevel, membersLevel, newestLevel } from './level.ts';
import { compareZxid, zeroZxid, zxid, zxidEquals, type Zxid } from './zxid.ts';

/**
 * A voter is a server id *and* the nonce of its data: a peer that lost its data is not the voter it was (brief A17).
 */
export interface Voter {
  readonly id: ServerId;
  /** Empty for a seat that nobody has taken yet: it counts in the size of a quorum and in no quorum. */
  readonly nonce: Nonce;
}

export type MemberRole = 'participant' | 'observer';

/** A peer of the ensemble, and where the others reach it. */
export interface Member {
  readonly id: ServerId;
  /** A participant that is none of the voters is joining: a leader gives it its vote once it has caught up. */
  readonly role: MemberRole;
  /** A name or an address without brackets. */
  readonly host: string;
  readonly quorumPort: number;
  readonly electionPort: number;
  /** Where clients of ZooKeeper's reach it, as a server line has it behind the semicolon. */
  readonly client?: string;
}

/** Who belongs to the ensemble and who of them votes. Fixed at the first start, changed only by a committed entry. */
export interface Membership {
  /** 16 hex digits, drawn from the first voters, or as their certificates say: peers of two ensembles never talk. */
  readonly clusterId: string;
  /** In order of id. */
  readonly voters: readonly Voter[];
  /** What the log may hold, see `levels`. Undefined where nobody raised it: `levelOf` says what that means. */
  readonly level?: number;
  /** In order of id, all voters among them. Undefined until the first change: the configuration says it until then. */
  readonly members?: readonly Member[];
  /** Of the entry that made it. Undefined for what a founding made. */
  readonly version?: Zxid;
  /** Identities that were members and are none any more. */
  readonly removed?: readonly Removed[];
}

/** An empty nonce is one that nobody knew. */
export interface Removed extends Voter {
  /** By the entry of that zxid, where the nonce is empty: earlier versions of this program do not say it. */
  readonly at?: Zxid;
}

/** The size that a membership in the log never exceeds: notifications carry one. */
export const membershipBytesMax = 40_000;

export function hasVoter(membership: Membership, id: ServerId, nonce: Nonce): boolean {
  // Asked several times for every write: a closure, or an iterator that is left early, costs more than the look.
  const { voters } = membership;
  for (let index = 0; index < voters.length; index++) {
    const voter = voters[index];
    if (voter?.id === id && voter.nonce === nonce) return true;
  }
  return false;
}

export function memberOf(membership: Membership, id: ServerId): Member | undefined {
  return membership.members?.find((member) => member.id === id);
}

/** A participant that waits for its vote. */
export function isJoining(membership: Membership, id: ServerId): boolean {
  const isVoter = membership.voters.some((voter) => voter.id === id);
  return !isVoter && memberOf(membership, id)?.role === 'participant';
}

/** This very identity was a member once and is none any more. */
export function isRemoved({ removed }: Membership, { id, nonce }: Voter): boolean {
  return removed?.some((gone) => gone.id === id && gone.nonce === nonce) === true;
}

/**
 * Where the nonce was not known when the member was removed, the log that a peer comes with says whether it is that one:
 * it was begun before that, and ends before it. Who begins after it is a new peer under the old id.
 */
export function isRemovedUnknown({ removed }: Membership, id: ServerId, logEnd: Zxid): boolean {
  if (compareZxid(logEnd, zeroZxid) === 0) return false;
  return (
    removed?.some(
      (gone) => gone.id === id && gone.nonce === '' && compareZxid(logEnd, gone.at ?? zeroZxid) < 0,
    ) === true
  );
}

/** What was founded before there were levels is at the first one; what names its members is at that which brought them. */
export function levelOf(membership: Membership | null): number {
  if (membership === null) return firstLevel;
  return membership.level ?? (membership.members === undefined ? firstLevel : membersLevel);
}

/** What a founding made is the lowest. */
export function versionOf(membership: Membership | null): Zxid {
  return membership?.version ?? zeroZxid;
}

export function sameMembership(left: Membership, right: Membership): boolean {
  return (
    left.clusterId === right.clusterId &&
    levelOf(left) === levelOf(right) &&
    zxidEquals(versionOf(left), versionOf(right)) &&
    left.voters.length === right.voters.length &&
    left.voters.every(({ id, nonce }, index) => {
      const other = right.voters[index];
      return other?.id === id && other.nonce === nonce;
    })
  );
}

/**
 * Gives a membership as the log holds it: JSON, because it is rare and a person may have to read it. Format 1 at the first
 * level, so that peers which know no other read all that is written there.
 */
export function encodeMembership(membership: Membership): Uint8Array {
  const { clusterId, voters, level, members, version, removed } = membership;
  if (levelOf(membership) === firstLevel) return utf8(JSON.stringify({ v: 1, clusterId, voters }));
  const start = { v: 2, clusterId, voters, level };
  if (members === undefined) return utf8(JSON.stringify(start));
  const { epoch, counter } = version ?? zeroZxid;
  return utf8(
    JSON.stringify({
      ...start,
      members,
      version: [epoch, counter],
      removed: (removed ?? []).map(({ id, nonce, at }) => ({
        id,
        nonce,
        ...(at === undefined ? {} : { at: [at.epoch, at.counter] }),
      })),
    }),
  );
}

interface Written extends Membership {
  /** Of the format. */
  readonly v: number;
}

/** Reads a membership out of the log; throws `MalformedBytes`. */
export function decodeMembership(bytes: Uint8Array): Membership {
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(bytes));
  } catch {
    throw new MalformedBytes('a membership that is not JSON');
  }
  const record = value as Unread<Written> | null;
  if (typeof record?.v === 'number' && record.v !== 1 && record.v !== 2) {
    throw new MalformedBytes(
      `a membership of format ${String(record.v)}; this build reads 1 and 2: start a newer one`,
    );
  }
  if (typeof record?.v !== 'number' || typeof record.clusterId !== 'string') throw misshapen();
  const founded = { clusterId: record.clusterId, voters: readVoters(record.voters) };
  if (record.v === 1) return founded;
  const level = readLevel(record.level);
  const membership = level === undefined ? founded : { ...founded, level };
  if (level !== undefined && record.members === undefined) return membership;
  return {
    ...membership,
    members: listOf(record.members).map(readMember),
    version: readVersion(record.version),
    removed: listOf(record.removed).map(readRemoved),
  };
}

function readLevel(level: unknown): number | undefined {
  if (level === undefined) return undefined;
  if (!isCount(level) || level < firstLevel) throw misshapen();
  if (level <= newestLevel) return level;
  throw new MalformedBytes(
    `a membership at level ${String(level)}; this build knows levels up to ${String(newestLevel)}: start a newer one`,
  );
}

function readVoters(value: unknown): Voter[] {
  return listOf(value).map(readVoter);
}

function readVoter({ id, nonce }: Unread<Voter>): Voter {
  if (!isCount(id) || typeof nonce !== 'string') throw misshapen();
  return { id: serverId(id), nonce: nonce as Nonce };
}

function readRemoved(value: Unread<Removed>): Removed {
  const { at } = value;
  return { ...readVoter(value), ...(at === undefined ? {} : { at: readVersion(at) }) };
}

function readMember(value: Unread<Member>): Member {
  const { id, role, host, quorumPort, electionPort, client } = value;
  const isRole = role === 'participant' || role === 'observer';
  if (!isCount(id) || !isRole || typeof host !== 'string') throw misshapen();
  if (!isCount(quorumPort) || !isCount(electionPort)) throw misshapen();
  if (client !== undefined && typeof client !== 'string') throw misshapen();
  const address = { host, quorumPort, electionPort };
  return { id: serverId(id), role, ...address, ...(client === undefined ? {} : { client }) };
}

function readVersion(value: unknown): Zxid {
  const [epoch, counter] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  if (!isCount(epoch) || !isCount(counter)) throw misshapen();
  return zxid(epoch, counter);
}

/** What JSON gives back as it was written: not an infinity, which it writes as null, nor -0. */
function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && !Object.is(value, -0) && Number(value) >= 0;
}

/** Perhaps of that shape. */
type Unread<Value> = { readonly [Name in keyof Value]?: unknown };

function listOf(value: unknown): readonly object[] {
  if (!Array.isArray(value)) throw misshapen();
  return value.map((each: unknown) => {
    if (typeof each !== 'object' || each === null) throw misshapen();
    return each;
  });
}

function misshapen(): MalformedBytes {
  return new MalformedBytes('a membership of another shape');
}
