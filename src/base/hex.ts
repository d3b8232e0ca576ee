const digitsOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Writes bytes as two lower-case digits each. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += digits(byte);
  return text;
}

/** Writes 32 bits as eight lower-case digits. */
export function wordToHex(word: number): string {
  return digits(word >>> 24) + digits(word >>> 16) + digits(word >>> 8) + digits(word);
}

function digits(byte: number): string {
  return digitsOfByte[byte & 0xff] ?? '';
}
