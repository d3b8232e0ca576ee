// How the counters in a stat count: as ZooKeeper's, which are Java's ints.

/** Where the count of child creates stops; a sequence number is never this or above. */
export const createsMax = 2_147_483_647;

/**
 * Gives the version after this one, an int32 with ZooKeeper's wrap: -1 is left out, for it means "any" in a request
 * (ZOOKEEPER-4743).
 */
export function nextVersion(version: number): number {
  return version === -2 ? 0 : (version + 1) | 0;
}

/** Gives what clients see of the count of creates: it moves on create and on delete. Java's int arithmetic. */
export function visibleCversion(creates: number, numChildren: number): number {
  return (2 * creates - numChildren) | 0;
}
