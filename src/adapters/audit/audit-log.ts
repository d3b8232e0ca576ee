import type { AuditEvent } from '../../model/audit.ts';
import type { ServerId } from '../../model/ids.ts';
import type { Audit } from '../../ports/audit.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { auditLine } from './audit-line.ts';
import { RotatedFile } from './rotated-file.ts';
import { SummedUp } from './summed-up.ts';

/** Records that are not written yet wait up to so many bytes; beyond that the disk is said not to take them. */
export const auditWaitingBytesMax = 4_194_304;
/** Written at once. */
const batchBytesMax = 262_144;
/** What was written is forced to the disk after this at the latest. */
export const auditSyncEveryMs = 1_000;
/** A disk that does not take records is tried again after this. */
export const auditAgainAfterMs = 1_000;

/** The records can't be kept, and `audit.onFailure` is `stop`. */
export class AuditFailed extends Error {
  constructor(file: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(
      `The audit log ${file} can't be written: ${why}\n` +
        'The peer has stopped, as audit.onFailure: stop says. What was acknowledged is safe. Make room, or let it ' +
        'write there, and start it again; with audit.onFailure: warn it would go on without.',
      { cause },
    );
    this.name = 'AuditFailed';
  }
}

export interface AuditLogOptions {
  readonly file: string;
  readonly maxBytes: number;
  readonly keep: number;
  readonly onFailure: 'stop' | 'warn';
  readonly server: ServerId;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Is told, where the policy is `stop`, that the peer has to. */
  readonly onFatal: (failure: AuditFailed) => void;
}

/**
 * Keeps what is recorded as lines of JSON in a file. Nobody waits for the disk: lines wait in memory while others are
 * written, up to a limit.
 */
export class AuditLog implements Audit {
  readonly #options: AuditLogOptions;
  readonly #file: RotatedFile;
  readonly #summedUp: SummedUp;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  /** The first of those that wait is the rest of a line. */
  #isWithinLine = false;
  #writing: Promise<void> | undefined;
  #syncing: Timer | undefined;
  #again: Timer | undefined;
  #isFailing = false;
  #isOver = false;
  #lost = 0;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#file = new RotatedFile(options.file, options);
    this.#summedUp = new SummedUp(options.clock, (event) => {
      this.#take(event);
    });
  }

  /** Rejects when the file can't be opened. */
  async open(): Promise<void> {
    await this.#file.open();
  }

  record(event: AuditEvent): void {
    if (!this.#isOver) this.#summedUp.take(event);
  }

  /** Writes what is left, as far as that is possible, and lets go of the file. */
  async stop(): Promise<void> {
    if (this.#isOver) return;
    this.#summedUp.sumUp();
    this.#isOver = true;
    this.#syncing?.cancel();
    this.#again?.cancel();
    await this.#writing;
    if (this.#waiting.length > 0) await this.#writeOn();
    try {
      await this.#file.sync();
      await this.#file.close();
    } catch (cause) {
      this.#warn(cause);
    }
  }

  #take(event: AuditEvent): void {
    const { server, clock } = this.#options;
    const line = Buffer.from(auditLine(event, server, clock.wall()));
    if (this.#waitingBytes + line.length > auditWaitingBytesMax) {
      this.#lose(event.times ?? 1);
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    if (this.#again === undefined) this.#writing ??= this.#writeOn();
  }

  /** Never rejects. */
  async #writeOn(): Promise<void> {
    // What else is recorded in this turn is written with it.
    await Promise.resolve();
    try {
      while (this.#waiting.length > 0) await this.#writeBatch();
      this.#syncing ??= this.#options.clock.after(auditSyncEveryMs, () => {
        this.#syncing = undefined;
        this.#file.sync().catch((cause: unknown) => {
          this.#failed(cause);
        });
      });
    } catch (cause) {
      this.#failed(cause);
    } finally {
      this.#writing = undefined;
    }
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#nextBatch();
    let written = 0;
    try {
      if (!this.#isWithinLine) await this.#file.prepare(batch.length);
      while (written < batch.length) written += await this.#file.write(batch.subarray(written));
    } finally {
      this.#written(batch, written);
    }
    if (this.#isFailing) this.#recovered();
  }

  #nextBatch(): Buffer {
    let lines = 0;
    let bytes = 0;
    for (const line of this.#waiting) {
      if (lines > 0 && bytes + line.length > batchBytesMax) break;
      lines++;
      bytes += line.length;
      // The rest of a line goes into the file that the line is in.
      if (this.#isWithinLine) break;
    }
    return Buffer.concat(this.#waiting.splice(0, lines));
  }

  #written(batch: Buffer, written: number): void {
    this.#waitingBytes -= written;
    const rest = batch.subarray(written);
    if (rest.length > 0) this.#waiting.unshift(rest);
    // Of what was not begun, nothing is in any file.
    if (written > 0) this.#isWithinLine = rest.length > 0;
  }

  #failed(cause: unknown): void {
    const { onFailure, file, onFatal, clock } = this.#options;
    this.#warn(cause);
    if (this.#isOver) return;
    if (onFailure === 'stop') {
      this.#isOver = true;
      onFatal(new AuditFailed(file, cause));
      return;
    }
    this.#again ??= clock.after(auditAgainAfterMs, () => {
      this.#again = undefined;
      this.#writing ??= this.#writeOn();
    });
  }

  /** Once for each time that it begins. */
  #warn(cause: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    const { logger, file } = this.#options;
    const message = cause instanceof Error ? cause.message : String(cause);
    logger.log('error', 'auditFailed', { file, message });
  }

  #recovered(): void {
    this.#isFailing = false;
    const lost = this.#lost;
    this.#lost = 0;
    this.#options.logger.log('info', 'auditGoesOn', { file: this.#options.file, lost });
    if (lost > 0) this.#take({ event: 'lost', who: [], op: 'record', times: lost });
  }

  #lose(times: number): void {
    this.#lost += times;
    this.#options.metrics.count('audit_lost', times);
    this.#failed(new Error(`more than ${String(auditWaitingBytesMax)} bytes wait to be written`));
  }
}
