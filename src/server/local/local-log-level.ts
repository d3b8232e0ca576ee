import { refused, type Refusal } from '../../model/error-code.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Logger, LogLevel, LogThreshold } from '../../ports/logger.ts';
import type { Asking } from '../../service/auth.ts';
import {
  logLevelForMsMax,
  type LogLevelService,
  type LogLevelView,
} from '../../service/log-level.ts';
import { ServiceError } from '../../service/service-error.ts';
import { validateTimeout } from '../../service/validate.ts';
import type { Admission } from './admission.ts';
import { whoIs } from './local-auth.ts';
import { operatorRefusal } from './operators.ts';

interface LogLevelPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly logThreshold?: LogThreshold | undefined;
}

/** Is `LogLevelService` on this peer. */
export class LocalLogLevel implements LogLevelService {
  readonly #admission: Admission;
  readonly #ports: LogLevelPorts;
  readonly #configured: LogLevel;
  #back: { readonly timer: Timer; readonly atMs: number } | undefined;

  constructor(admission: Admission, ports: LogLevelPorts) {
    this.#admission = admission;
    this.#ports = ports;
    this.#configured = ports.logThreshold?.level ?? 'info';
  }

  show(): LogLevelView {
    return this.#view(this.#threshold());
  }

  set(
    { level, forMs }: { readonly level: LogLevel; readonly forMs: number | undefined },
    { caller, timeoutMs }: Asking,
  ): Promise<LogLevelView> {
    const who = validateTimeout(timeoutMs) ?? validateFor(forMs) ?? whoIs(caller);
    return this.#admission.promise<LogLevelView>(who, timeoutMs, (peer, answer) => {
      const identities = this.#admission.recognize(caller.identities);
      const hindrance = operatorRefusal(peer.applier.state, identities, 'set what is logged');
      const threshold = this.#ports.logThreshold;
      const result = hindrance ?? (threshold === undefined ? notOurs() : undefined);
      const detail = `to ${level}${forMs === undefined ? '' : ` for ${String(forMs)} ms`}`;
      this.#admission.audit.setLogLevel(caller, detail, result);
      if (result !== undefined || threshold === undefined) answer(result ?? notOurs());
      else {
        this.#set(threshold, level, forMs);
        answer(this.#view(threshold));
      }
    });
  }

  #set(threshold: LogThreshold, level: LogLevel, forMs: number | undefined): void {
    this.#back?.timer.cancel();
    this.#back = undefined;
    const { clock, logger } = this.#ports;
    const from = threshold.level;
    const tell = (): void => {
      logger.log('warn', 'logLevelSet', { from, to: level, forMs });
    };
    // By the level that still or already lets a warning through.
    if (from !== 'error') tell();
    threshold.level = level;
    if (from === 'error') tell();
    if (forMs === undefined) return;
    const timer = clock.after(forMs, () => {
      this.#set(threshold, this.#configured, undefined);
    });
    this.#back = { timer, atMs: clock.now() + forMs };
  }

  #threshold(): LogThreshold {
    const { logThreshold } = this.#ports;
    if (logThreshold !== undefined) return logThreshold;
    throw new ServiceError(notOurs());
  }

  #view({ level }: LogThreshold): LogLevelView {
    const backInMs =
      this.#back && Math.max(0, Math.ceil(this.#back.atMs - this.#ports.clock.now()));
    return { level, configured: this.#configured, backInMs };
  }
}

function notOurs(): Refusal {
  return refused('badArguments', 'What this peer logs is set by the program that it is part of.');
}

function validateFor(forMs: number | undefined): Refusal | undefined {
  if (forMs === undefined || (forMs >= 1 && forMs <= logLevelForMsMax)) return undefined;
  return refused('badArguments', `forMs is 1 to ${String(logLevelForMsMax)}.`);
}
