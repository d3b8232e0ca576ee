import { addressOf } from '../../model/acl.ts';
import { auditName } from '../../model/audit.ts';
import { isRefusal } from '../../model/error-code.ts';
import type { ServerPorts } from '../options.ts';
import type { NotedRequest, TimedAsker } from './noted-request.ts';

/** Lines of slow requests in a second: beyond, they are only counted. */
export const slowLinesPerSecondMax = 10;
/** Characters of a path that such a line has. */
export const slowPathCharactersMax = 256;
/** Identities of who asked that such a line names. */
export const slowIdentitiesMax = 5;

const secondMs = 1_000;

/** Logs requests that took long, and where their time went: never what they carried. */
export class SlowRequests {
  /** A request that takes as long is slow; 0: none is. */
  fromMs: number;
  readonly #ports: Pick<ServerPorts, 'clock' | 'metrics' | 'logger'>;
  #secondBegunAtMs = Number.NEGATIVE_INFINITY;
  #lines = 0;

  constructor(ports: Pick<ServerPorts, 'clock' | 'metrics' | 'logger'>, fromMs: number) {
    this.#ports = ports;
    this.fromMs = fromMs;
  }

  isSlow(tookMs: number): boolean {
    return this.fromMs > 0 && tookMs >= this.fromMs;
  }

  tell(
    { asker, answer, fromMs, toMs, waitedMs, stages }: NotedRequest,
    { op, path }: { readonly op: string; readonly path: string },
  ): void {
    const { metrics, logger } = this.#ports;
    metrics.count('slow_requests');
    if (!this.#hasLine(toMs)) {
      metrics.count('slow_requests_unlogged');
      return;
    }
    const times = stages.map((stage) => [`${stage.stage}Ms`, rounded(stage.toMs - stage.fromMs)]);
    logger.log('warn', 'slowRequest', {
      door: asker.door ?? 'inside',
      op,
      path: path.length > slowPathCharactersMax ? `${path.slice(0, slowPathCharactersMax)}…` : path,
      tookMs: rounded(toMs - fromMs - waitedMs),
      ...(waitedMs > 0 && { waitedMs: rounded(waitedMs) }),
      ...(Object.fromEntries(times) as Record<string, number>),
      ...(isRefusal(answer) && { code: answer.code }),
      ...whoAsked(asker),
    });
  }

  #hasLine(nowMs: number): boolean {
    if (nowMs - this.#secondBegunAtMs >= secondMs) {
      this.#secondBegunAtMs = nowMs;
      this.#lines = 0;
    }
    this.#lines++;
    return this.#lines <= slowLinesPerSecondMax;
  }
}

/** As the audit log names who asked; the session as ZooKeeper's tools show it. */
function whoAsked({ identities = [], credential, trace }: TimedAsker): object {
  const proved = identities.filter(({ scheme }) => scheme !== 'ip');
  const from = addressOf(identities);
  return {
    ...(proved.length > 0 && { who: proved.slice(0, slowIdentitiesMax).map(auditName) }),
    ...(from !== '' && { from }),
    ...(credential !== undefined && { session: `0x${credential.session}` }),
    ...(trace !== undefined && { traceId: trace.traceId }),
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
