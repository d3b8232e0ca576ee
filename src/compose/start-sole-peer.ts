import { systemClock } from '../adapters/system/clock.ts';
import { inlineMore } from '../adapters/system/compiler.ts';
import { letGarbageGather } from '../adapters/system/garbage.ts';
import { LogOutput } from '../adapters/system/log-output.ts';
import { createLogger, defaultLogForm } from '../adapters/system/logger.ts';
import type { LogFormat, PeerConfig } from '../config/config.ts';
import type { StartedPeer } from '../config/started-peer.ts';
import { supervision } from '../config/supervision.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';
import { composePeer } from './compose-peer.ts';
import { peerFailedBy, type PeerFailed } from './peer-failed.ts';
import { startSupervised } from './supervised-peer.ts';

/** sysexits' EX_SOFTWARE: a rule of ours was broken, or the disk failed; nothing was promised since. */
const exitFatal = 70;
/** It was removed from its ensemble: to start it again would be in vain, and supervisors can be told so. */
const exitRemoved = 77;

/** Starts a peer that has its process to itself: it logs to standard output, and ends the process when it fails. */
export function startSolePeer(config: PeerConfig): Promise<StartedPeer> {
  const { level, format } = config.log;
  const to = new LogOutput();
  const logger = createLogger({ level, form: logForm(format), server: config.serverId, to });
  to.onWritable = (lines) => {
    logger.log('warn', 'logLinesDropped', { lines });
  };
  const onMetrics = (metrics: Metrics): void => {
    to.onDropped = () => {
      metrics.count('log_lines_dropped');
    };
  };
  guardProcess(logger);
  letGarbageGather(systemClock);
  inlineMore();
  const start = (): ReturnType<typeof composePeer> =>
    composePeer(config, { logger, logThreshold: logger, onFatal: endOfProcess, onMetrics });
  const supervisor = supervision();
  return supervisor === undefined ? start() : startSupervised(supervisor, logger, start);
}

/** A peer has no use for these. Node would end the process at the one and open a debugger at the other. */
const signalsWithoutUse = ['SIGUSR1', 'SIGUSR2'] as const;

/**
 * What got past every guard. The core and what it stands on know no promises: a rejection that nobody took is a door's, and has
 * ended no more than an answer. Anything else that was thrown may have left something half done: the peer stops.
 */
function guardProcess(logger: Logger): void {
  process.on('uncaughtException', (cause, origin) => {
    if (origin === 'unhandledRejection') logger.log('error', 'rejectionLost', { cause });
    else endOfProcess(peerFailedBy(cause, logger));
  });
  for (const signal of signalsWithoutUse) {
    process.on(signal, () => {
      logger.log('info', 'signalIgnored', { signal });
    });
  }
}

function logForm(format: LogFormat): 'json' | 'human' {
  if (format === 'auto') return defaultLogForm();
  return format === 'json' ? 'json' : 'human';
}

/** The line that tells what happened must be out before the process is gone; nothing else is done any more. */
function endOfProcess(failure: PeerFailed): never {
  process.stderr.write(`quoll: ${failure.message}\n`);
  process.exit(failure.code === 'removed' ? exitRemoved : exitFatal);
}
