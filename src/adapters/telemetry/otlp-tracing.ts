import { toHex } from '../../base/hex.ts';
import type { TraceContext } from '../../model/trace-context.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { Random } from '../../ports/random.ts';
import type { TracedRequest, Tracing } from '../../ports/tracing.ts';
import { exportBody, spansOf, type OtlpSpan } from './otlp-spans.ts';

/** Spans that wait for their collector: beyond, they are dropped and counted. */
export const spansWaitingMax = 4_096;
/** Spans in one request to the collector: it is made in one turn. */
export const spansPerExportMax = 256;
/** Spans wait no longer to be sent, and a collector that could not be reached is tried again as often. */
const exportEveryMs = 2_000;
const answerWithinMs = 2_000;

export interface OtlpTracingParts {
  /** Of the collector, with its path. */
  readonly endpoint: string;
  /** Of a thousand requests that belong to no trace so many are traced. */
  readonly samplePerMille: number;
  readonly version: string;
  /** Tells this peer from the others. */
  readonly instance: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/**
 * Sends requests as spans to a collector, by OTLP over HTTP. A collector that does not answer costs what waits for it, which
 * is bounded, a counted drop and one line in the log. Of our own, since the official SDK for the oldest Node that is
 * supported has twelve packages and 27 MB for what is one JSON document, and does not tell how many spans it drops.
 */
export class OtlpTracing implements Tracing {
  readonly #parts: OtlpTracingParts;
  #waiting: OtlpSpan[] = [];
  #timer: Timer | undefined;
  #exporting: Promise<void> | undefined;
  #isReached = true;
  #isStopped = false;

  constructor(parts: OtlpTracingParts) {
    this.#parts = parts;
  }

  samples(trace: TraceContext | undefined): boolean {
    if (trace !== undefined) return trace.isSampled;
    const { random, samplePerMille } = this.#parts;
    return samplePerMille > 0 && random.fraction() * 1_000 < samplePerMille;
  }

  tell(request: TracedRequest): void {
    const { clock, random, metrics } = this.#parts;
    if (this.#isStopped) return;
    const newId = (bytes: number): string => toHex(random.bytes(bytes));
    const spans = spansOf(request, { newId, wallAheadMs: clock.wall() - clock.now() });
    if (this.#waiting.length + spans.length > spansWaitingMax) {
      metrics.count('telemetry_spans_dropped', spans.length);
      return;
    }
    this.#waiting.push(...spans);
    this.#exportSoon();
  }

  /** At once where there is enough for a request; a collector that is gone is tried again after a while, not for each span. */
  #exportSoon(): void {
    const isEnough = this.#waiting.length >= spansPerExportMax;
    if (isEnough && this.#isReached) void this.#export();
    else this.#timer ??= this.#parts.clock.after(exportEveryMs, () => void this.#export());
  }

  /** Sends what is left, as far as one request takes it; a collector that was not reached is not waited for again. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#exporting;
    if (this.#isReached) await this.#export();
    this.abort();
  }

  /** The end without an orderly one. */
  abort(): void {
    this.#isStopped = true;
    this.#waiting = [];
    this.#timer?.cancel();
  }

  /** One at a time; never rejects. */
  #export(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#exporting !== undefined || this.#waiting.length === 0) return Promise.resolve();
    const spans = this.#waiting.slice(0, spansPerExportMax);
    this.#waiting = this.#waiting.slice(spansPerExportMax);
    this.#exporting = this.#send(spans).finally(() => {
      this.#exporting = undefined;
      if (this.#waiting.length === 0 || this.#isStopped) return;
      this.#exportSoon();
    });
    return this.#exporting;
  }

  async #send(spans: readonly OtlpSpan[]): Promise<void> {
    const { endpoint, version, instance, metrics } = this.#parts;
    try {
      const resource = { name: 'quoll', version, 'instance.id': instance };
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: exportBody(spans, resource),
        redirect: 'error',
        signal: AbortSignal.timeout(answerWithinMs),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`it answers ${String(response.status)}`);
      metrics.count('telemetry_spans', spans.length);
      this.#reached();
    } catch (error) {
      metrics.count('telemetry_spans_dropped', spans.length);
      this.#notReached(error);
    }
  }

  #reached(): void {
    if (this.#isReached) return;
    this.#isReached = true;
    this.#parts.logger.log('info', 'telemetryGoesOn', { to: this.#to });
  }

  #notReached(error: unknown): void {
    if (!this.#isReached) return;
    this.#isReached = false;
    this.#parts.logger.log('warn', 'telemetryFailed', { to: this.#to, why: wordsOf(error) });
  }

  /** A query may hold a key. */
  get #to(): string {
    return new URL(this.#parts.endpoint).origin;
  }
}

/** `fetch` says only that it failed: why, its cause says. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
