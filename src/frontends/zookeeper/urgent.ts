import type { Urgency } from '../../service/budget/crowd.ts';
import { opCode } from '../../wire/jute/protocol.ts';

/** Where the op code stands: behind the length of the frame and its xid. */
const codeAt = 8;

const urgentCodes: ReadonlySet<number> = new Set([
  ...[opCode.ping, opCode.closeSession],
  // Whoever gives up a lock deletes his place in its queue.
  opCode.delete,
]);

/**
 * Where the id of its session stands in a ConnectRequest: behind the length of the frame, the version of the protocol, the
 * last zxid that was seen and the timeout. It is 0 in one that founds a session.
 */
const sessionAt = 4 + 4 + 8 + 4;

/** Says how urgent what has come is, by its first request: by its ConnectRequest, where it is new. */
export function urgencyOf(bytes: Buffer, isNew: boolean): Urgency {
  if (isNew) return namesSession(bytes) ? 'urgent' : 'begins';
  const isUrgent = bytes.length >= codeAt + 4 && urgentCodes.has(bytes.readInt32BE(codeAt));
  return isUrgent ? 'urgent' : 'none';
}

/** Its session ends unless it is taken up again in time. */
function namesSession(bytes: Buffer): boolean {
  if (bytes.length < sessionAt + 8) return false;
  return bytes.readInt32BE(sessionAt) !== 0 || bytes.readInt32BE(sessionAt + 4) !== 0;
}
