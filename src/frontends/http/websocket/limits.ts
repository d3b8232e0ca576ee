/** Limits the requests of one socket that have no answer yet; beyond it the socket is not read. */
export const requestsInFlightMax = 64;

/** Limits the watches of one socket, one-shot ones and observed elections together. */
export const watchesPerSocketMax = 1_000;

/** Limits the requests of one socket that wait for a lock; they do not count as in flight. */
export const lockWaitsPerSocketMax = 64;

/** Says above how many bytes that its client has not taken a socket is not read or written, and its events wait in the hub. */
export const blockedAboveBytes = 65_536;

/** Says what a message that waits for that counts for as received, besides its bytes. */
export const waitingMessageBytes = 256;

/** Limits the fragments of one message: each costs more memory than it may carry. */
export const fragmentsPerMessageMax = 1_024;

/** Limits the pieces in which one frame arrives, for the same reason. */
export const piecesPerFrameMax = 4_096;

/** Says of how many bytes of a message that is not whole yet a socket has to count no more. */
export const uncountedBytesMax = 65_536;

/** Says after how long a socket is cut that has taken nothing. */
export const stuckMsMax = 30_000;

/**
 * Says how often a socket is pinged; one that has been silent twice is dead. With a session, three times per time-out.
 */
export const pingIntervalMs = 10_000;

/** Says how long a socket has to take what is left, when this peer stops. */
export const stopGraceMs = 1_000;

/** Names the codes that a socket is closed with: those of RFC 6455, section 7.4.1, and ours from 4000 on. */
export const closeCodes = {
  goingAway: 1001,
  binary: 1003,
  malformed: 1007,
  refused: 1008,
  tryAgainLater: 1013,
  authEnded: 4401,
  sessionMoved: 4409,
  sessionEnded: 4410,
} as const;
