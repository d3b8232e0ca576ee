import type { JwtAuthenticator } from '../adapters/auth/jwt-authenticator.ts';
import { systemClock } from '../adapters/system/clock.ts';
import type { PeerConfig } from '../config/config.ts';
import type { Logger } from '../ports/logger.ts';

/** What judges signed tokens, as the configuration has it; undefined where nobody's are believed. */
export async function openAuthenticator(
  { auth, dataDir }: PeerConfig,
  logger: Logger,
): Promise<JwtAuthenticator | undefined> {
  const { jwt: settings } = auth;
  if (settings === undefined) return undefined;
  // No other peer loads the library.
  const library = await import('../adapters/auth/jwt-authenticator.ts');
  return new library.JwtAuthenticator({ settings, dataDir, clock: systemClock, logger });
}
