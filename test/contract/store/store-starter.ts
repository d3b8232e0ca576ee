// Starts and restarts stores on one disk, and leaves none behind.

import type { Store } from '../../../src/ports/store.ts';
import { DrivenStore, type LoadedStore } from '../../support/store/driven-store.ts';

/** A disk that outlives the stores opened on it. One store at a time. */
export interface StoreDisk {
  open(id?: number): Store;
  dispose(): void;
}

export class StoreStarter {
  readonly disk: StoreDisk;
  readonly #stores: DrivenStore[] = [];

  constructor(disk: StoreDisk) {
    this.disk = disk;
  }

  async start(): Promise<[DrivenStore, LoadedStore]> {
    const driven = new DrivenStore(this.disk.open(1));
    this.#stores.push(driven);
    return [driven, await driven.load()];
  }

  async started(): Promise<DrivenStore> {
    return (await this.start())[0];
  }

  async restart(driven: DrivenStore): Promise<[DrivenStore, LoadedStore]> {
    await driven.close();
    return this.start();
  }

  async dispose(): Promise<void> {
    for (const driven of this.#stores) await driven.close().catch(() => undefined);
    this.disk.dispose();
  }
}
