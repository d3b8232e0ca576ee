import { STATUS_CODES, type ServerResponse } from 'node:http';

// How what is to be said is handed to Node, so that it costs the fewest pieces and turns.

/** A body of so many bytes or fewer goes with its head in one piece: to copy more costs more than a second one. */
const withHeadBytesMax = 2_048;

/** What Node knows of an answer, past its types. */
interface Internals {
  /** The head, to be sent in one piece with the text that is written first. */
  _header: string;
  _hasBody: boolean;
  readonly _expect_continue: boolean;
  readonly _sent100: boolean;
  shouldKeepAlive: boolean;
  _storeHeader(firstLine: string, headers: readonly string[]): void;
}

/**
 * Makes the head of an answer as `response.writeHead` does, of lines that are ready and of headers that Node is to look
 * through: with twenty of those that takes longer than all that this door does for an answer.
 */
export function writeHead(
  response: ServerResponse,
  status: number,
  { lines, headers }: { readonly lines: string; readonly headers: readonly string[] },
): void {
  if (response.headersSent) throw new Error('an answer has one head');
  const internals = response as unknown as Internals;
  response.statusCode = status;
  if (status === 204 || status === 304) internals._hasBody = false;
  // The body may come all the same, or not: nobody knows where the next request begins.
  if (internals._expect_continue && !internals._sent100) internals.shouldKeepAlive = false;
  const firstLine = `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n`;
  internals._storeHeader(firstLine + lines, headers);
}

/**
 * Puts the body behind a head that is made, so that both leave in one piece once the answer is ended without a body. False
 * when it is too long for that. `bytes`: what the body has.
 */
export function putWithHead(
  response: ServerResponse,
  body: Uint8Array | string,
  bytes: number,
): boolean {
  if (bytes > withHeadBytesMax) return false;
  const internals = response as unknown as Internals;
  if (internals._hasBody) internals._header += letterForByte(body, bytes);
  return true;
}

/** Ends an answer whose head is made. Of ASCII, as most texts are, all encodings are the same, and this one is the cheapest. */
export function endWith(response: ServerResponse, body: Uint8Array | string, bytes: number): void {
  if (typeof body === 'string' && bytes === body.length) response.end(body, 'latin1');
  else response.end(body);
}

function letterForByte(body: Uint8Array | string, bytes: number): string {
  if (typeof body === 'string' && bytes === body.length) return body;
  const { buffer, byteOffset, byteLength } = typeof body === 'string' ? Buffer.from(body) : body;
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
