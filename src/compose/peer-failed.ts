import { AuditFailed } from '../adapters/audit/audit-log.ts';
import type { Logger } from '../ports/logger.ts';
import { StoreFailed, type StoreFailure } from '../ports/store.ts';
import { StateDiverged } from '../server/applied/state-diverged.ts';
import { MemberRemoved } from '../server/members/member-removed.ts';
import { TwinRefused } from '../server/reports/twin-refused.ts';

/**
 * Why a peer has stopped by itself, or could not start: the store failed, or a rule of Quoll's own was broken. What was
 * acknowledged is safe. The message is for a person: the cause, whether data is safe, what to do next.
 */
export class PeerFailed extends Error {
  /** `defect`: a broken rule. `twin`: another process has its server id. `audit`: its audit log can't be
   * written, and `audit.onFailure` is `stop`. `removed`: it is no member any more. The others as in docs/runbook.md. */
  readonly code: StoreFailure['code'] | 'defect' | 'twin' | 'audit' | 'removed';

  constructor(code: PeerFailed['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'PeerFailed';
    this.code = code;
  }
}

/** Logs what a server's `onFatal` was told, and puts it into words. */
export function peerFailedBy(cause: unknown, logger: Logger): PeerFailed {
  if (cause instanceof StoreFailed) {
    const { failure, message } = cause;
    logger.log('error', 'storeFailed', { code: failure.code, message });
    return new PeerFailed(failure.code, message, cause);
  }
  if (cause instanceof StateDiverged) {
    logger.log('error', 'stateDiverged', { message: cause.message });
    return new PeerFailed('diverged', cause.message, cause);
  }
  if (cause instanceof TwinRefused) {
    logger.log('error', 'isTwin', { message: cause.message });
    return new PeerFailed('twin', cause.message, cause);
  }
  if (cause instanceof MemberRemoved) {
    logger.log('warn', 'memberRemoved', { message: cause.message });
    return new PeerFailed('removed', cause.message, cause);
  }
  if (cause instanceof AuditFailed) {
    logger.log('error', 'auditStopsPeer', { message: cause.message });
    return new PeerFailed('audit', cause.message, cause);
  }
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  logger.log('error', 'invariantBroken', { message: text });
  const advice =
    "A rule of Quoll's own was broken and the peer has stopped rather than go on. What was " +
    'acknowledged is safe. Start it again; if it stops again, keep its data directory and report this.';
  return new PeerFailed('defect', `${text}\n${advice}`, cause);
}
