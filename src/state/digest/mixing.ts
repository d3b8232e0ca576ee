// Hashes for the name index and the state digest: 32-bit murmur steps. They tell diverged peers apart, they do not
// resist an attacker; what must resist one is hashed by SHA-256 elsewhere.

/**
 * Mixes one word into a hash. Every step is a bijection of `hash`, so two inputs that differ in one word never collide.
 */
export function mix(hash: number, word: number): number {
  let mixed = Math.imul(word, 0xcc9e2d51);
  mixed = (mixed << 15) | (mixed >>> 17);
  mixed = hash ^ Math.imul(mixed, 0x1b873593);
  mixed = (mixed << 13) | (mixed >>> 19);
  return (Math.imul(mixed, 5) + 0xe6546b64) | 0;
}

/** Spreads the last words over all bits. */
export function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

export function mixNumber(hash: number, value: number): number {
  return mix(mix(hash, Math.floor(value / 0x1_0000_0000)), value);
}

export function hashText(text: string, from = 0, to = text.length): number {
  let hash = 0x811c9dc5;
  for (let index = from; index < to; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return finish(hash ^ (to - from));
}

/** From here on it is worth a view to read words by, which has the time of a few of them. */
const readByWordsMin = 256;

export function hashBytes(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let hash = 0x2f0b4c47;
  let index = from;
  if (to - from >= readByWordsMin) {
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (; index + 4 <= to; index += 4) hash = mix(hash, words.getInt32(index, true));
  }
  for (; index + 4 <= to; index += 4) {
    const word =
      (bytes[index] ?? 0) |
      ((bytes[index + 1] ?? 0) << 8) |
      ((bytes[index + 2] ?? 0) << 16) |
      ((bytes[index + 3] ?? 0) << 24);
    hash = mix(hash, word);
  }
  for (; index < to; index++) hash = mix(hash, bytes[index] ?? 0);
  return finish(hash ^ (to - from));
}
