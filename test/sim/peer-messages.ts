import type { PeerMessage, ZabMessage } from '../../src/model/peer-message.ts';

const serviceMessages = new Set<PeerMessage['kind']>([
  'request',
  'proposed',
  'replay',
  'nothing',
  'refusal',
  'touch',
  'touched',
  'handOver',
  'handOverRefused',
  'report',
  'reports',
  'askClock',
  'clock',
  'logRequest',
  'logPiece',
]);

/** ZAB's own, which the checkers see; the others are the shells'. */
export function isZabMessage(message: PeerMessage): message is ZabMessage {
  return !serviceMessages.has(message.kind);
}

/** Of what a message carries that may be large. */
export function bytesOf(message: PeerMessage): number {
  if ('entries' in message) {
    return message.entries.reduce((sum, { payload }) => sum + payload.length, 0);
  }
  return 'bytes' in message && message.bytes instanceof Uint8Array ? message.bytes.length : 0;
}
