import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyFilesIn, writeNewKeys } from '../../../src/adapters/tls/new-keys.ts';
import type { KeyFiles, NewKeys, NewKeysRequest } from '../../../src/model/tls-keys.ts';

/** Keys as `quoll tls new` makes them, in a folder of their own. */
export class TestKeys {
  readonly folder = mkdtempSync(join(tmpdir(), 'quoll-keys-'));
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  at(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** Into `keys`, unless another directory is asked for: of one peer, on loopback. */
  async make(more: Partial<NewKeysRequest> = {}): Promise<NewKeys> {
    const asked = {
      directory: this.at('keys'),
      authority: undefined,
      hosts: ['localhost'],
      peers: 1,
      clients: [],
      clusterId: undefined,
      isRenewal: false,
      days: 365,
    };
    const outcome = await writeNewKeys({ ...asked, ...more }, this.#nowMs());
    if (outcome.kind === 'refused') assert.fail(outcome.problem);
    return outcome;
  }

  files(name = 'peer-1', directory = 'keys'): KeyFiles {
    return keyFilesIn(this.at(directory), name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
