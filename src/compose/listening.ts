import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { isLoopbackHost, isWildcardHost } from '../config/config.ts';
import type { Logger } from '../ports/logger.ts';

/** What a listener is for: the setting that names its address, and the address. */
interface ListeningPlace {
  readonly setting: string;
  readonly host: string;
  readonly port: number;
}

/** Between two looks for a name or an address that is not there yet. */
const retryMs = 1_000;

/** Of looks for one address, only the first and every so many are logged. */
const looksPerLine = 30;

/**
 * Resolves once this machine has the address, resolving its name anew each time: that of a pod is published, and some
 * addresses come up, seconds after the start. Resolves, too, after `retries` looks (0: never); the listener says it then.
 */
export async function waitForAddress(
  { setting, host, port }: ListeningPlace,
  retries: number,
  logger: Logger,
): Promise<void> {
  if (isLoopbackHost(host) || isWildcardHost(host)) return;
  for (let looks = 0; retries === 0 || looks < retries; looks++) {
    const code = await whyNotThereYet(host);
    if (code === undefined) return;
    if (looks % looksPerLine === 0) {
      logger.log('warn', 'addressNotThereYet', { setting, host, port, code, retryMs });
    }
    await delay(retryMs);
  }
}

const notThereYet: readonly unknown[] = ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'ENODATA'];

/** Gives the code of the failure, if it is one that may heal by itself. */
function whyNotThereYet(host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => {
      const code = codeOf(error);
      resolve(notThereYet.includes(code) ? String(code) : undefined);
    });
    probe.listen(0, host, () => {
      probe.close(() => {
        resolve(undefined);
      });
    });
  });
}

/** Says why a listener could not be opened, for the person who started the peer. */
export function cannotListen(error: unknown, { setting, host, port }: ListeningPlace): Error {
  const cause = { cause: error };
  const place = `port ${String(port)} of ${host} (${setting})`;
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new Error(
        `${place} is taken by another process, perhaps by this very peer, running already. ` +
          'Stop that process, or choose another port.',
        cause,
      );
    case 'EACCES':
      return new Error(
        `${place} is not for this user. Choose a port above 1023, or give the right to it.`,
        cause,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ENODATA':
      return new Error(
        `${place} can't be listened on: this machine does not have the address ${host}. Correct it, ` +
          'or, if it comes later, say in peer.bindRetries how often to look for it.',
        cause,
      );
    default:
      return new Error(`${place} can't be listened on: ${String(error)}`, cause);
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
