import { AuditLog, type AuditFailed } from '../adapters/audit/audit-log.ts';
import { systemClock } from '../adapters/system/clock.ts';
import type { WatchedKeys } from '../adapters/tls/watched-keys.ts';
import type { PeerConfig } from '../config/config.ts';
import type { AuditKind } from '../model/audit.ts';
import { noAudit, type Audit } from '../ports/audit.ts';
import type { Logger } from '../ports/logger.ts';
import type { Metrics } from '../ports/metrics.ts';

/** What a peer's audit log is made of. */
export interface AuditSurroundings {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The records can't be kept, and the peer is to end for it. */
  readonly onFatal: (failure: AuditFailed) => void;
}

/** The audit log of a peer, where its configuration names one, and what is recorded of the peer itself. */
export class PeerAudit {
  readonly port: Audit;
  readonly #log: AuditLog | undefined;
  readonly #file: string;

  constructor({ audit, serverId }: PeerConfig, surroundings: AuditSurroundings) {
    const around = { ...surroundings, server: serverId, clock: systemClock };
    this.#log = audit && new AuditLog({ ...audit, ...around });
    this.#file = audit?.file ?? '';
    this.port = this.#log ?? noAudit;
  }

  /** Rejects, with the setting's name, when the file can't be written. */
  async open(): Promise<void> {
    await this.#log?.open().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`audit.file: ${this.#file} can't be written: ${why}`, { cause: error });
    });
  }

  /** The peer serves. */
  started(version: string, keys: WatchedKeys | undefined): void {
    this.#record('started', 'start', `version ${version}`);
    keys?.onRenewed(() => {
      this.#record('configuration', 'renewKeys');
    });
  }

  /** The peer was told to stop, and has done so. */
  async stopped(): Promise<void> {
    this.#record('stopped', 'stop');
    await this.stop();
  }

  /** Keeps what is recorded, and takes no more. */
  async stop(): Promise<void> {
    await this.#log?.stop();
  }

  #record(event: AuditKind, op: string, detail?: string): void {
    this.port.record({ event, who: [], op, detail });
  }
}
