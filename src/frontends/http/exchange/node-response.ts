import type { ServerResponse } from 'node:http';

// How what is to be said is handed to Node, so that it costs the fewest pieces and turns.

/** Bytes are sent as a text up to here: to copy more costs more than a second piece. */
const bytesAsTextMax = 2_048;

/**
 * Ends an answer whose head is made. Node sends a text in one piece with the head, and bytes in two. `bytes`: what the body
 * has; of ASCII, as most is, all encodings are the same.
 */
export function endWith(
  response: ServerResponse,
  body: Uint8Array | string | undefined,
  bytes: number,
): void {
  if (typeof body === 'string' && bytes === body.length) response.end(body, 'latin1');
  else if (typeof body !== 'object' || bytes > bytesAsTextMax) response.end(body);
  else response.end(letterForByte(body), 'latin1');
}

function letterForByte({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

/**
 * Writes within the call what Node would write once all that runs now is over, out of sight of the slice that it costs.
 * False once the client takes no more for now.
 */
export function writeNow(response: ServerResponse, part: Uint8Array | string): boolean {
  if (response.writableEnded) return true;
  response.write(part);
  response.socket?.uncork();
  return !response.writableNeedDrain;
}
