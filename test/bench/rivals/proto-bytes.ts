// As much of protobuf's wire format as a benchmark's few messages need.

export function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let left = BigInt(value);
  while (left > 0x7fn) {
    bytes.push(Number(left & 0x7fn) | 0x80);
    left >>= 7n;
  }
  bytes.push(Number(left));
  return bytes;
}

/** A length-delimited field: a string, bytes or a message. */
export function bytesField(field: number, content: string | Uint8Array): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([
    Buffer.from([...varint((field << 3) | 2), ...varint(bytes.length)]),
    bytes,
  ]);
}

export function intField(field: number, value: number | bigint): Buffer {
  return Buffer.from([...varint(field << 3), ...varint(value)]);
}

/** The last of each field: numbers as bigint, the rest as bytes. */
export function fieldsOf(message: Uint8Array): Map<number, bigint | Uint8Array> {
  const fields = new Map<number, bigint | Uint8Array>();
  let at = 0;
  const next = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) throw new Error('a message that breaks off');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < message.length) {
    const tag = Number(next());
    const kind = tag & 7;
    if (kind === 0) fields.set(tag >> 3, next());
    else if (kind === 2) {
      const length = Number(next());
      fields.set(tag >> 3, message.subarray(at, at + length));
      at += length;
    } else if (kind === 1) at += 8;
    else if (kind === 5) at += 4;
    else throw new Error(`wire type ${String(kind)}`);
  }
  return fields;
}
