// 32 bits at a time, big-endian, where the caller knows that they are there: `Buffer`'s own check that first, which takes
// longer than to read or write them.

export function int32At(bytes: Uint8Array, at: number): number {
  const upper = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16);
  return upper | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

/** Signed or unsigned. */
export function putWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
