import { opCode } from '../../wire/jute/protocol.ts';

/** Where the op code stands: behind the length of the frame and its xid. */
const codeAt = 8;

const urgentCodes: ReadonlySet<number> = new Set([
  ...[opCode.ping, opCode.closeSession],
  // Whoever gives up a lock deletes his place in its queue.
  opCode.delete,
]);

/** Says whether what has come begins with a request that keeps a session alive, or ends something. */
export function isUrgent(bytes: Buffer): boolean {
  return bytes.length >= codeAt + 4 && urgentCodes.has(bytes.readInt32BE(codeAt));
}
