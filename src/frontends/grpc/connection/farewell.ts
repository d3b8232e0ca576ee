import { constants } from 'node:http2';

/** What a client of HTTP/2 says first (RFC 9113, section 3.4). */
const preface = 'PRI * HTTP/2.0';

export function isPreface(first: Buffer): boolean {
  return first.subarray(0, preface.length).toString('latin1') === preface;
}

const frameType = { settings: 4, goAway: 7 } as const;

/** Ends a connection on which no HTTP/2 was spoken yet: for those who show it to people, with the reason. */
export function farewell(reason: string): Buffer {
  const error = Buffer.alloc(8);
  // Of streams, none was looked at.
  error.writeUInt32BE(constants.NGHTTP2_INADEQUATE_SECURITY, 4);
  return Buffer.concat([
    frame(frameType.settings, Buffer.alloc(0)),
    frame(frameType.goAway, Buffer.concat([error, Buffer.from(reason)])),
  ]);
}

/** On stream 0, without flags. */
function frame(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  return Buffer.concat([head, payload]);
}
