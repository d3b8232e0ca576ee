import type { ConfiguredAuthenticator } from '../adapters/auth/authenticator.ts';
import { systemClock } from '../adapters/system/clock.ts';
import type { PeerConfig } from '../config/config.ts';
import type { Logger } from '../ports/logger.ts';

/** What judges signed tokens and users by SASL, as the configuration has it; undefined where there is none of it. */
export async function openAuthenticator(
  { auth, dataDir }: PeerConfig,
  logger: Logger,
): Promise<ConfiguredAuthenticator | undefined> {
  const { jwt: settings, saslUsersFile } = auth;
  if (settings === undefined && saslUsersFile === undefined) return undefined;
  const clock = systemClock;
  // No other peer loads any of this.
  const { ConfiguredAuthenticator: Configured } = await import('../adapters/auth/authenticator.ts');
  const jwt =
    settings === undefined
      ? undefined
      : new (await import('../adapters/auth/jwt-authenticator.ts')).JwtAuthenticator({
          settings,
          dataDir,
          clock,
          logger,
        });
  const sasl =
    saslUsersFile === undefined
      ? undefined
      : await (
          await import('../adapters/auth/sasl-users.ts')
        ).SaslUsers.open(saslUsersFile, { clock, logger });
  return new Configured({ jwt, sasl });
}
