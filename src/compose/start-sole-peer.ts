import { createLogger, defaultLogForm } from '../adapters/system/logger.ts';
import type { LogFormat, PeerConfig } from '../config/config.ts';
import type { StartedPeer } from '../config/started-peer.ts';
import { composePeer } from './compose-peer.ts';
import type { PeerFailed } from './peer-failed.ts';

/** sysexits' EX_SOFTWARE: a rule of ours was broken, or the disk failed; nothing was promised since. */
const exitFatal = 70;

/** Starts a peer that has its process to itself: it logs to standard output, and ends the process when it fails. */
export function startSolePeer(config: PeerConfig): Promise<StartedPeer> {
  const { level, format } = config.log;
  const logger = createLogger({ level, form: logForm(format), server: config.serverId });
  return composePeer(config, { logger, onFatal: endOfProcess });
}

function logForm(format: LogFormat): 'json' | 'human' {
  if (format === 'auto') return defaultLogForm();
  return format === 'json' ? 'json' : 'human';
}

/** The line that tells what happened must be out before the process is gone; nothing else is done any more. */
function endOfProcess(failure: PeerFailed): never {
  process.stderr.write(`quoll: ${failure.message}\n`);
  process.exit(exitFatal);
}
