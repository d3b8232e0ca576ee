import { ServiceNotifier } from '../adapters/system/service-notifier.ts';
import { systemClock } from '../adapters/system/clock.ts';
import type { Supervision } from '../config/supervision.ts';
import type { Logger } from '../ports/logger.ts';
import type { ComposedPeer } from './compose-peer.ts';

/** How often it is said that a start or a stop still goes on, and how much longer it may take from then on. */
const extendEveryMs = 10_000;
const extendByUsec = '60000000';

/** How often it is looked whether there is something new to be shown by `systemctl status`. */
const statusEveryMs = 2_000;

/** Of the time that a watchdog waits. As sd_watchdog_enabled(3) asks for, with one more for a message that is late. */
const pingsPerWatchdog = 3;

/**
 * Starts a peer and tells systemd how it is: ready once all doors are open. Not once there is a leader: peers that are
 * started one after the other would each wait for the next, and one without a quorum works as it should. The status line
 * says what it waits for, and `/readyz` whether it serves. All is told from the event loop: one that does not turn is
 * ended by the watchdog, and has its time for a start extended no more.
 */
export async function startSupervised(
  supervision: Supervision,
  logger: Logger,
  start: () => Promise<ComposedPeer>,
): Promise<ComposedPeer> {
  const notifier = new ServiceNotifier(logger);
  const peer = await whileExtending(notifier, 'recovering its data', start);
  let shown = '';
  const showStatus = (): void => {
    const status = statusOf(peer);
    if (status === shown) return;
    shown = status;
    notifier.tell('status', { STATUS: status });
  };
  notifier.tell('ready', { READY: '1' });
  showStatus();
  const timers = [systemClock.every(statusEveryMs, showStatus)];
  const { watchdogMs } = supervision;
  if (watchdogMs !== undefined) {
    const ping = (): void => {
      notifier.tell('watchdog', { WATCHDOG: '1' });
    };
    timers.push(systemClock.every(watchdogMs / pingsPerWatchdog, ping));
  }
  return {
    ...peer,
    renewKeys: async () => {
      // In the clock that systemd asks for: the monotonic one.
      const now = String(process.hrtime.bigint() / 1_000n);
      notifier.tell('reloading', { RELOADING: '1', MONOTONIC_USEC: now });
      await peer.renewKeys();
      notifier.tell('ready', { READY: '1' });
    },
    stop: async () => {
      for (const timer of timers) timer.cancel();
      notifier.tell('stopping', { STOPPING: '1' });
      await whileExtending(notifier, 'stopping', () => peer.stop());
    },
  };
}

async function whileExtending<T>(
  notifier: ServiceNotifier,
  status: string,
  work: () => Promise<T>,
): Promise<T> {
  const extend = (): void => {
    notifier.tell('extend', { EXTEND_TIMEOUT_USEC: extendByUsec, STATUS: status });
  };
  extend();
  const extending = systemClock.every(extendEveryMs, extend);
  try {
    return await work();
  } finally {
    extending.cancel();
  }
}

function statusOf(peer: ComposedPeer): string {
  const why = peer.unreadyBecause();
  return why === undefined ? `serving, ${peer.role()}` : `not serving: ${why}`;
}
