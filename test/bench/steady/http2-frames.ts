// Frames of HTTP/2 (RFC 9113), as much of them as gRPC's unary calls need.

export const frameType = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
} as const;

export const flag = { endStream: 1, ack: 1, endHeaders: 4 } as const;

/** Length, type, flags, stream. */
export const frameHeadBytes = 9;
const streamAt = 5;

export function http2Frame(
  head: { readonly type: number; readonly flags: number; readonly stream: number },
  payload: Buffer,
): Buffer {
  const frame = Buffer.alloc(frameHeadBytes + payload.length);
  frame.writeUIntBE(payload.length, 0, 3);
  frame[3] = head.type;
  frame[4] = head.flags;
  frame.writeUInt32BE(head.stream, streamAt);
  payload.copy(frame, frameHeadBytes);
  return frame;
}

export function streamOf(frame: Buffer): number {
  return frame.readUInt32BE(streamAt) & 0x7fff_ffff;
}

/** Of the frame that begins at `at`. */
export function writeStream(bytes: Buffer, at: number, stream: number): void {
  bytes.writeUInt32BE(stream, at + streamAt);
}
