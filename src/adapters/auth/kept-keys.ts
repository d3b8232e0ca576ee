import type { JSONWebKeySet } from 'jose';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { parseKeys } from './key-source.ts';

/** Keys of an issuer that were kept in a file, so that a peer that starts while the issuer is down believes its tokens. */
export class KeptKeys {
  readonly #file: string;
  readonly #issuer: string;
  #hasPlace = false;
  /** Came before there was a place for them. */
  #early: JSONWebKeySet | undefined;

  constructor(file: string, issuer: string) {
    this.#file = file;
    this.#issuer = issuer;
  }

  /** Undefined when there are none, or those of another issuer. */
  async read(): Promise<JSONWebKeySet | undefined> {
    try {
      const { issuer, keys } = JSON.parse(await readFile(this.#file, 'utf8')) as {
        readonly issuer?: unknown;
        readonly keys?: unknown;
      };
      return issuer === this.#issuer ? parseKeys(JSON.stringify({ keys })) : undefined;
    } catch {
      // It is a copy: without it the issuer is asked.
      return undefined;
    }
  }

  /** The directory is there: until then nothing is written, since it is not ours to make. */
  async hasPlace(): Promise<void> {
    this.#hasPlace = true;
    const early = this.#early;
    this.#early = undefined;
    if (early !== undefined) await this.write(early);
  }

  async write(set: JSONWebKeySet): Promise<void> {
    if (!this.#hasPlace) {
      this.#early = set;
      return;
    }
    const { keys } = set;
    const half = `${this.#file}.new`;
    await writeFile(half, JSON.stringify({ issuer: this.#issuer, keys }), { mode: 0o600 });
    await rename(half, this.#file);
  }
}
