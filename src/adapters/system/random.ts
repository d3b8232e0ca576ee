import { randomBytes } from 'node:crypto';
import type { Random } from '../../ports/random.ts';

export const systemRandom: Random = {
  bytes(length) {
    return new Uint8Array(randomBytes(length));
  },
  fraction() {
    return randomBytes(4).readUInt32BE() / 2 ** 32;
  },
};
