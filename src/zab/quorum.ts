import type { Nonce, ServerId } from '../model/ids.ts';
import type { Membership } from '../model/membership.ts';

/** Who takes part: a voter counts only under the nonce that the membership knows it by (brief A17). */
export type Identities = ReadonlyMap<ServerId, Nonce>;

/** A majority, also of an even number: 2 * |S| > N (brief A0). */
export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** True when the identities hold a majority of every membership. Of no membership at all there is no quorum. */
export function isQuorum(memberships: readonly Membership[], identities: Identities): boolean {
  return (
    memberships.length > 0 &&
    memberships.every((membership) => {
      let count = 0;
      for (const voter of membership.voters) {
        if (voter.nonce !== '' && identities.get(voter.id) === voter.nonce) count++;
      }
      return count >= majorityOf(membership.voters.length);
    })
  );
}

export interface Progress {
  readonly id: ServerId;
  readonly nonce: Nonce;
  readonly reached: number;
}

/** The highest number that a quorum of every membership has reached; -1 when none has. */
export function quorumReached(
  memberships: readonly Membership[],
  progress: readonly Progress[],
): number {
  let lowest = memberships.length === 0 ? -1 : Number.POSITIVE_INFINITY;
  for (const { voters } of memberships) {
    lowest = Math.min(lowest, majorityReached(voters, progress));
  }
  return lowest;
}

/** Without an array of its own, for this is asked with every ack: voters are few. */
function majorityReached(voters: Membership['voters'], progress: readonly Progress[]): number {
  const majority = majorityOf(voters.length);
  let highest = -1;
  for (const voter of voters) {
    const reached = reachedBy(voter, progress);
    if (reached <= highest) continue;
    let count = 0;
    for (const other of voters) if (reachedBy(other, progress) >= reached) count++;
    if (count >= majority) highest = reached;
  }
  return highest;
}

function reachedBy(voter: Membership['voters'][number], progress: readonly Progress[]): number {
  if (voter.nonce === '') return -1;
  for (const { id, nonce, reached } of progress) {
    if (id === voter.id && nonce === voter.nonce) return reached;
  }
  return -1;
}
