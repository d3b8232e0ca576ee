import type { createLocalJWKSet, JSONWebKeySet } from 'jose';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { KeptKeys } from './kept-keys.ts';
import type { KeySource } from './key-source.ts';

export type FindKey = ReturnType<typeof createLocalJWKSet>;

export interface IssuerKeysParts {
  readonly source: KeySource;
  /** Undefined where the source is a file already. */
  readonly kept: KeptKeys | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often they are looked at, unasked; and after a look for a key that found nothing new, how long none follows. */
  readonly everyMs: number;
  readonly againAfterMs: number;
  readonly findIn: (keys: JSONWebKeySet) => FindKey;
  /** Some are other than before. */
  readonly changed: () => void;
}

/**
 * The keys of one issuer: from memory, renewed in the background, and kept in a file. An issuer that is down stops nobody whose
 * key is known.
 */
export class IssuerKeys {
  readonly #parts: IssuerKeysParts;
  readonly #timer: Timer;
  #find: FindKey | undefined;
  #text = '';
  #missedAtMs = -Infinity;
  #asking: Promise<void> | undefined;
  readonly #loading: Promise<void>;

  constructor(parts: IssuerKeysParts) {
    this.#parts = parts;
    this.#loading = this.#load();
    this.#timer = parts.clock.every(parts.everyMs, () => void this.#ask());
  }

  /** Resolves at once as a rule: only a peer that has just begun has none. Undefined: there are none yet. */
  async current(): Promise<FindKey | undefined> {
    if (this.#find === undefined) await this.#loading;
    return this.#find;
  }

  /**
   * Asks for a key that is not among them, unless that was in vain a moment ago; gives what there is then. What was asked for
   * unasked, or found something, does not count: an issuer may sign by a new key as soon as it shows it.
   */
  async renewed(): Promise<FindKey | undefined> {
    const { clock, againAfterMs } = this.#parts;
    if (this.#asking !== undefined) await this.#asking;
    else if (clock.now() - this.#missedAtMs >= againAfterMs) {
      const before = this.#find;
      await this.#ask();
      if (this.#find === before) this.#missedAtMs = clock.now();
    }
    return this.#find;
  }

  /** The directory of what is kept is there. */
  mayKeep(): void {
    void this.#keep((kept) => kept.hasPlace());
  }

  stop(): void {
    this.#timer.cancel();
  }

  async #load(): Promise<void> {
    const kept = await this.#parts.kept?.read();
    if (kept !== undefined) this.#take(kept);
    const asked = this.#ask();
    if (kept === undefined) await asked;
  }

  #ask(): Promise<void> {
    this.#asking ??= this.#fetch().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Never rejects. Logs no more often than it is called: what strangers show, in vain, calls it once in `againAfterMs`. */
  async #fetch(): Promise<void> {
    const { source, logger } = this.#parts;
    try {
      const keys = await source();
      if (this.#take(keys)) await this.#keep((kept) => kept.write(keys));
    } catch (error) {
      const why = wordsOf(error);
      logger.log('warn', 'issuerKeysUnknown', { why, hasOlderKeys: this.#find !== undefined });
    }
  }

  /** Never rejects: they are known, and only the next start would miss the copy. */
  async #keep(write: (kept: KeptKeys) => Promise<void>): Promise<void> {
    const { kept, logger } = this.#parts;
    try {
      if (kept !== undefined) await write(kept);
    } catch (error) {
      logger.log('warn', 'issuerKeysNotKept', { why: wordsOf(error) });
    }
  }

  #take(keys: JSONWebKeySet): boolean {
    const text = JSON.stringify(keys.keys);
    if (text === this.#text) return false;
    this.#find = this.#parts.findIn(keys);
    this.#text = text;
    this.#parts.changed();
    return true;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
