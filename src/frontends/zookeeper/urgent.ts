import type { Urgency } from '../../service/budget/crowd.ts';
import { opCode } from '../../wire/jute/protocol.ts';

/** Where the op code stands: behind the length of the frame and its xid. */
const codeAt = 8;

const urgentCodes: ReadonlySet<number> = new Set([
  ...[opCode.ping, opCode.closeSession],
  // Whoever gives up a lock deletes his place in its queue.
  opCode.delete,
]);

/** Says how urgent what has come is, by its first request: that of one that has no session yet begins one. */
export function urgencyOf(bytes: Buffer, isNew: boolean): Urgency {
  if (isNew) return 'begins';
  const isUrgent = bytes.length >= codeAt + 4 && urgentCodes.has(bytes.readInt32BE(codeAt));
  return isUrgent ? 'urgent' : 'none';
}
