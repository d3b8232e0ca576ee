import { Problem } from '../exchange/problem.ts';

/** What Node's parser says when it gives up: its code, and the bytes that it had then. */
export interface ParserError {
  readonly code?: string | undefined;
  readonly rawPacket?: Uint8Array | undefined;
  /** How many of them it had taken. */
  readonly bytesParsed?: number | undefined;
}

/** The request line and the headers may have so many bytes together. */
export const headBytesMax = 16_384;

/** A method is any token (RFC 9110, section 9.1), and its case matters. */
const requestLine = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ [!-~]+ HTTP\/1\.[01]$/;

/** Gives what to tell a client whose bytes could not be understood; undefined when there is nobody left to tell. */
export function problemOfParser(error: ParserError): Problem | undefined {
  const code = error.code ?? '';
  switch (code) {
    case 'ECONNRESET':
    case 'EPIPE':
      return undefined;
    case 'HPE_HEADER_OVERFLOW':
      return isInRequestLine(error) ? targetTooLong() : headersTooLarge();
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new Problem(
        'requestTimeout',
        'headers must arrive within 5 s and the whole request within 15 s',
        { closes: true },
      );
    default:
      return code === 'HPE_INVALID_METHOD' && requestLine.test(lineAt(error))
        ? new Problem('unimplemented', 'there is no such method here', { closes: true })
        : new Problem('malformedHttp', `the bytes are not a valid HTTP/1.1 request (${code})`, {
            closes: true,
          });
  }
}

function targetTooLong(): Problem {
  return new Problem(
    'targetTooLong',
    `the request line and headers may have ${String(headBytesMax)} bytes together, and the URL alone has more`,
    { limit: headBytesMax, closes: true },
  );
}

function headersTooLarge(): Problem {
  return new Problem(
    'headersTooLarge',
    `the request line and headers may have ${String(headBytesMax)} bytes together`,
    { limit: headBytesMax, closes: true },
  );
}

/** As far as the bytes at hand tell: a request line that came in pieces passes for headers. */
function isInRequestLine({ rawPacket }: ParserError): boolean {
  if (rawPacket === undefined) return false;
  const head = Buffer.from(rawPacket.buffer, rawPacket.byteOffset, rawPacket.byteLength)
    .subarray(0, headBytesMax)
    .toString('latin1');
  return /^[A-Z]+ [^\s]+$/.test(head);
}

/** The line that the parser gave up in. */
function lineAt({ rawPacket, bytesParsed = 0 }: ParserError): string {
  if (rawPacket === undefined) return '';
  const bytes = Buffer.from(rawPacket.buffer, rawPacket.byteOffset, rawPacket.byteLength);
  const start = bytes.lastIndexOf('\n', Math.max(0, bytesParsed - 1)) + 1;
  const end = bytes.indexOf('\r\n', start);
  return end < 0 || end - start > headBytesMax ? '' : bytes.toString('latin1', start, end);
}
