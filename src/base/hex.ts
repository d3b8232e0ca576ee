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

/** Digits of 32 bits. */
export const hexPerWord = 8;

/** Reads the 32 bits that eight lower-case digits from `at` on stand for; unsigned. Makes no string: once per log entry. */
export function wordOfHex(text: string, at: number): number {
  let word = 0;
  for (let index = at; index < at + hexPerWord; index++) {
    const code = text.charCodeAt(index);
    // '0' to '9' are 0x30 to 0x39, 'a' to 'f' are 0x61 to 0x66.
    word = (word << 4) | ((code & 0xf) + (code >>> 6) * 9);
  }
  return word >>> 0;
}

function digits(byte: number): string {
  return digitsOfByte[byte & 0xff] ?? '';
}
