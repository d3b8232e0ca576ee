import { MalformedBytes, fromUtf8, utf8 } from '../base/bytes.ts';
import { serverId, type Nonce, type ServerId } from './ids.ts';

/**
 * A voter is a server id *and* the nonce of its data: a peer that lost its data is not the voter it was (brief A17).
 */
export interface Voter {
  readonly id: ServerId;
  /** Empty for a seat that nobody has taken yet: it counts in the size of a quorum and in no quorum. */
  readonly nonce: Nonce;
}

/** Who may vote. Fixed at the first start, changed only by a committed entry of the log. */
export interface Membership {
  /** 16 hex digits, drawn from the first voters, or as their certificates say: peers of two ensembles never talk. */
  readonly clusterId: string;
  /** In order of id. */
  readonly voters: readonly Voter[];
}

export function hasVoter(membership: Membership, id: ServerId, nonce: Nonce): boolean {
  return membership.voters.some((voter) => voter.id === id && voter.nonce === nonce);
}

export function sameMembership(left: Membership, right: Membership): boolean {
  return (
    left.clusterId === right.clusterId &&
    left.voters.length === right.voters.length &&
    left.voters.every(({ id, nonce }, index) => {
      const other = right.voters[index];
      return other?.id === id && other.nonce === nonce;
    })
  );
}

/** Gives a membership as the log holds it: JSON, because it is rare and a person may have to read it. */
export function encodeMembership(membership: Membership): Uint8Array {
  return utf8(JSON.stringify({ v: 1, ...membership }));
}

/** Reads a membership out of the log; throws `MalformedBytes`. */
export function decodeMembership(bytes: Uint8Array): Membership {
  let value: unknown;
  try {
    value = JSON.parse(fromUtf8(bytes));
  } catch {
    throw new MalformedBytes('a membership that is not JSON');
  }
  const record = value as { v?: unknown; clusterId?: unknown; voters?: unknown } | null;
  if (record?.v !== 1 || typeof record.clusterId !== 'string' || !Array.isArray(record.voters)) {
    throw new MalformedBytes('a membership of another shape');
  }
  const voters = record.voters.map((voter: { id?: unknown; nonce?: unknown } | null) => {
    if (typeof voter?.id !== 'number' || typeof voter.nonce !== 'string') {
      throw new MalformedBytes('a voter of another shape');
    }
    return { id: serverId(voter.id), nonce: voter.nonce as Nonce };
  });
  return { clusterId: record.clusterId, voters };
}
