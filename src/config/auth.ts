import type { Chosen } from './chosen.ts';
import type { AuthSettings } from './config.ts';

/** Gives by what clients prove who they are. */
export function assembleAuth(chosen: Chosen): AuthSettings {
  return {
    superDigest: chosen.get('auth.superDigest'),
    certificateNames: chosen.get('auth.certificateNames') ?? 'dn',
  };
}
