import { slowRequestMsMax } from '../../model/log-level.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Logger, LogLevel, LogThreshold } from '../../ports/logger.ts';
import type { Asking } from '../../service/auth.ts';
import {
  logLevelForMsMax,
  type LogLevelService,
  type LogLevelView,
  type LogWish,
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

const setRequest = { kind: 'admin', op: 'setLogLevel', path: '' } as const;

/** Is `LogLevelService` on this peer. */
export class LocalLogLevel implements LogLevelService {
  readonly #admission: Admission;
  readonly #ports: LogLevelPorts;
  readonly #configured: LogLevel;
  readonly #configuredSlowMs: number;
  #back: { readonly timer: Timer; readonly atMs: number } | undefined;

  constructor(admission: Admission, ports: LogLevelPorts) {
    this.#admission = admission;
    this.#ports = ports;
    this.#configured = ports.logThreshold?.level ?? 'info';
    this.#configuredSlowMs = admission.times.slow.fromMs;
  }

  show(): LogLevelView {
    return this.#view(this.#threshold());
  }

  set(wish: LogWish, { caller, timeoutMs }: Asking): Promise<LogLevelView> {
    const asked = { request: setRequest, asker: caller };
    const who = validateTimeout(timeoutMs) ?? validateWish(wish) ?? whoIs(caller);
    return this.#admission.promise<LogLevelView>(asked, who, timeoutMs, (peer, answer) => {
      const identities = this.#admission.recognize(caller.identities);
      const hindrance = operatorRefusal(peer.applier.state, identities, 'set what is logged');
      const threshold = this.#ports.logThreshold;
      const result = hindrance ?? (threshold === undefined ? notOurs() : undefined);
      this.#admission.audit.setLogLevel(caller, inWords(wish), result);
      if (result !== undefined || threshold === undefined) answer(result ?? notOurs());
      else {
        this.#set(threshold, wish);
        answer(this.#view(threshold));
      }
    });
  }

  #set(threshold: LogThreshold, wish: LogWish): void {
    this.#back?.timer.cancel();
    this.#back = undefined;
    const { clock } = this.#ports;
    this.#setLevel(threshold, wish);
    this.#setSlow(wish);
    const { forMs } = wish;
    if (forMs === undefined) return;
    const timer = clock.after(forMs, () => {
      this.#set(threshold, { level: this.#configured, slowRequestMs: this.#configuredSlowMs });
    });
    this.#back = { timer, atMs: clock.now() + forMs };
  }

  #setLevel(threshold: LogThreshold, { level, forMs }: LogWish): void {
    const from = threshold.level;
    if (level === undefined) return;
    const tell = (): void => {
      this.#ports.logger.log('warn', 'logLevelSet', { from, to: level, forMs });
    };
    // By the level that still or already lets a warning through.
    if (from !== 'error') tell();
    threshold.level = level;
    if (from === 'error') tell();
  }

  #setSlow({ slowRequestMs: toMs, forMs }: LogWish): void {
    const { slow } = this.#admission.times;
    const { fromMs } = slow;
    if (toMs === undefined || toMs === fromMs) return;
    slow.fromMs = toMs;
    this.#ports.logger.log('warn', 'slowRequestsSet', { fromMs, toMs, forMs });
  }

  #threshold(): LogThreshold {
    const { logThreshold } = this.#ports;
    if (logThreshold !== undefined) return logThreshold;
    throw new ServiceError(notOurs());
  }

  #view({ level }: LogThreshold): LogLevelView {
    const backInMs =
      this.#back && Math.max(0, Math.ceil(this.#back.atMs - this.#ports.clock.now()));
    const { fromMs: slowRequestMs } = this.#admission.times.slow;
    return { level, configured: this.#configured, slowRequestMs, backInMs };
  }
}

function notOurs(): Refusal {
  return refused('badArguments', 'What this peer logs is set by the program that it is part of.');
}

function validateWish({ level, slowRequestMs, forMs }: LogWish): Refusal | undefined {
  if (level === undefined && slowRequestMs === undefined) {
    return refused('badArguments', 'Say a level or slowRequestMs, or both.');
  }
  if (slowRequestMs !== undefined && !(slowRequestMs >= 0 && slowRequestMs <= slowRequestMsMax)) {
    return refused('badArguments', `slowRequestMs is 0 to ${String(slowRequestMsMax)}.`);
  }
  if (forMs === undefined || (forMs >= 1 && forMs <= logLevelForMsMax)) return undefined;
  return refused('badArguments', `forMs is 1 to ${String(logLevelForMsMax)}.`);
}

/** For the audit log. */
function inWords({ level, slowRequestMs, forMs }: LogWish): string {
  const to = level === undefined ? [] : [`to ${level}`];
  const slow = slowRequestMs === undefined ? [] : [`slow from ${String(slowRequestMs)} ms`];
  return `${[...to, ...slow].join(', ')}${forMs === undefined ? '' : ` for ${String(forMs)} ms`}`;
}
