import { fromBase64Url } from '../base/base64url.ts';

const bytesMin = 16;
const bytesMax = 64;

export const lockIdRule =
  'a lockId is base64url without padding, of 16 to 64 random bytes: a random UUID or 32 random hex digits do';

/**
 * Gives the bytes that the text stands for: the secret of a session of the lock's own. Undefined when it is no lockId.
 */
export function parseLockId(text: string): Uint8Array | undefined {
  const bytes = fromBase64Url(text);
  return bytes !== undefined && bytes.length >= bytesMin && bytes.length <= bytesMax
    ? bytes
    : undefined;
}
