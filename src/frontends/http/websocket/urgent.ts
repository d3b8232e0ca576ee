import type { Urgency } from '../../../service/budget/crowd.ts';

/** What is urgent is short. */
const urgentBytesMost = 1_024;

const hello = /"op"\s*:\s*"hello"/;

/** The name of a field: within a text its quotes are escaped. A hello that has it takes a session up, and can't open one. */
const namedSession = /"session"\s*:/;

/** They keep a session alive, or end one or a place in a queue. */
const urgentOperation = /"op"\s*:\s*"(?:heartbeat|closeSession|renew|release|resign)"/;

/** Says how urgent a message is. */
export function urgencyOf(message: Buffer): Urgency {
  if (message.length > urgentBytesMost) return 'none';
  const text = message.toString('latin1');
  if (hello.test(text)) return namedSession.test(text) ? 'urgent' : 'begins';
  return urgentOperation.test(text) ? 'urgent' : 'none';
}
