import { formatZxid } from '../model/zxid.ts';
import type { Logger, LogLevel } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { ZabEvent } from '../zab/ready.ts';

const levels = {
  looking: 'info',
  elected: 'info',
  leading: 'info',
  established: 'info',
  upToDate: 'info',
  learnerSynchronizing: 'info',
  learnerReady: 'info',
  learnerLost: 'warn',
  readmitting: 'warn',
  membershipChanged: 'info',
  waitingForVoters: 'info',
  founded: 'info',
  waitingForReadmission: 'warn',
  protocolViolation: 'warn',
} as const satisfies Record<ZabEvent['event'], LogLevel>;

/** What the protocol reports, as log lines and counters of the same names. */
export function reportZabEvent(event: ZabEvent, logger: Logger, metrics: Metrics): void {
  const { event: name, ...fields } = event;
  const shown = Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [field, isZxid(value) ? formatZxid(value) : value]),
  );
  logger.log(levels[name], name, shown);
  metrics.count(`zab_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`);
}

function isZxid(value: unknown): value is { epoch: number; counter: number } {
  return typeof value === 'object' && value !== null && 'epoch' in value && 'counter' in value;
}
