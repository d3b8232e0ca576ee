// What a disk may hold after the power failed at some moment: all that was synced, and of the rest nothing, everything, an
// arbitrary part, or a beginning whose last write is torn at a sector. Names in the directory are bound by the same rule.

import type { DiskEvent } from './trace.ts';

export type Survival = 'none' | 'all' | 'some' | 'torn';

export const survivals: readonly Survival[] = ['none', 'all', 'some', 'torn'];

const sectorBytes = 512;

type Change = Extract<DiskEvent, { kind: 'write' | 'truncate' }>;
type Naming = Extract<DiskEvent, { kind: 'create' | 'unlink' }> & { readonly inode: number };

/** Follows the events and can say at any time what might be found. */
export class DiskModel {
  /** By inode: content as last synced, and the changes since. */
  readonly #durable = new Map<number, Buffer>();
  readonly #pending = new Map<number, Change[]>();
  readonly #names = new Map<string, number>();
  #durableNames = new Map<string, number>();
  #pendingNames: Naming[] = [];
  #nextInode = 1;

  apply(event: DiskEvent): void {
    switch (event.kind) {
      case 'create': {
        if (this.#names.has(event.file)) return;
        const inode = this.#nextInode++;
        this.#names.set(event.file, inode);
        this.#durable.set(inode, Buffer.alloc(0));
        this.#pending.set(inode, []);
        this.#pendingNames.push({ ...event, inode });
        return;
      }
      case 'unlink':
        this.#pendingNames.push({ ...event, inode: this.#inodeOf(event.file) });
        this.#names.delete(event.file);
        return;
      case 'write':
      case 'truncate':
        this.#pending.get(this.#inodeOf(event.file))?.push(event);
        return;
      case 'sync': {
        const inode = this.#inodeOf(event.file);
        this.#durable.set(inode, applied(this.#contentOf(inode), this.#pending.get(inode) ?? []));
        this.#pending.set(inode, []);
        return;
      }
      case 'syncFailed':
        this.#pending.set(this.#inodeOf(event.file), []);
        return;
      case 'syncDirectory':
        this.#durableNames = new Map(this.#names);
        this.#pendingNames = [];
        return;
      case 'said':
        return;
    }
  }

  /** Whether there is anything that could be lost. */
  get hasUnsynced(): boolean {
    return (
      this.#pendingNames.length > 0 || [...this.#pending.values()].some((some) => some.length > 0)
    );
  }

  /** The files of one possible state. */
  image(survival: Survival, fraction: () => number): Map<string, Buffer> {
    const names = new Map(this.#durableNames);
    for (const naming of survivors(this.#pendingNames, survival, fraction)) {
      if (naming.kind === 'create') names.set(naming.file, naming.inode);
      else names.delete(naming.file);
    }
    const files = new Map<string, Buffer>();
    for (const [file, inode] of names) {
      const changes = survivors(this.#pending.get(inode) ?? [], survival, fraction);
      const last = changes.at(-1);
      if (survival === 'torn' && last?.kind === 'write') {
        const sectors = Math.floor((fraction() * last.bytes.length) / sectorBytes);
        changes[changes.length - 1] = {
          ...last,
          bytes: last.bytes.subarray(0, sectors * sectorBytes),
        };
      }
      files.set(file, applied(this.#contentOf(inode), changes));
    }
    return files;
  }

  #inodeOf(file: string): number {
    const inode = this.#names.get(file);
    if (inode === undefined) throw new Error(`the trace never created ${file}`);
    return inode;
  }

  #contentOf(inode: number): Buffer {
    return this.#durable.get(inode) ?? Buffer.alloc(0);
  }
}

function survivors<T>(changes: readonly T[], survival: Survival, fraction: () => number): T[] {
  switch (survival) {
    case 'none':
      return [];
    case 'all':
      return [...changes];
    case 'some':
      return changes.filter(() => fraction() < 0.5);
    case 'torn':
      return changes.slice(0, Math.ceil(fraction() * changes.length));
  }
}

function applied(content: Buffer, changes: readonly Change[]): Buffer {
  let length = content.length;
  for (const change of changes) {
    length =
      change.kind === 'truncate'
        ? Math.max(length, change.length)
        : Math.max(length, change.offset + change.bytes.length);
  }
  const result = Buffer.alloc(length);
  content.copy(result);
  let end = content.length;
  for (const change of changes) {
    if (change.kind === 'truncate') {
      if (change.length < end) result.fill(0, change.length, end);
      end = change.length;
    } else {
      change.bytes.copy(result, change.offset);
      if (change.bytes.length > 0) end = Math.max(end, change.offset + change.bytes.length);
    }
  }
  return result.subarray(0, end);
}
