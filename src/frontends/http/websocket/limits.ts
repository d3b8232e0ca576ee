/** Requests of one socket that have no answer yet; beyond it the socket is not read. */
export const requestsInFlightMax = 256;

/** Watches, one-shot ones and observed elections together, of one socket. */
export const watchesPerSocketMax = 1_000;

/** Requests of one socket that wait for a lock; they do not count above. */
export const lockWaitsPerSocketMax = 64;

/** Above so much that its client has not taken, a socket is not read, and its events wait in the hub. */
export const blockedAboveBytes = 262_144;

/** A socket with more than this is cut: its client asks for more than it takes. */
export const bufferedBytesMax = 64 * 1_048_576;

/** One that has taken nothing for so long is cut too. */
export const stuckMsMax = 30_000;

/** How often a socket is pinged; one that has been silent twice is dead. With a session, three times per time-out. */
export const pingIntervalMs = 10_000;

/** How long a socket has to take what is left, when this peer stops. */
export const stopGraceMs = 1_000;

/** RFC 6455, section 7.4.1, and ours from 4000 on. */
export const closeCodes = {
  goingAway: 1001,
  binary: 1003,
  malformed: 1007,
  refused: 1008,
  sessionMoved: 4409,
  sessionEnded: 4410,
} as const;
