import type { LogPosition } from '../model/log-entry.ts';
import type { Membership } from '../model/membership.ts';
import type { Zxid } from '../model/zxid.ts';
import { ChainIndex } from './chain-index.ts';

/** A membership, and the entry of the log that it stands in. */
export interface MembershipEntry {
  readonly zxid: Zxid;
  readonly membership: Membership;
}

/** A log as a start finds it: the proof of every entry, which costs 16 bytes, and the memberships in it. */
export class LogIndex {
  /** Of the entries after the base, once that is known. */
  readonly chains: ChainIndex;
  readonly memberships: MembershipEntry[] = [];
  #size = 0;

  constructor(base: LogPosition) {
    this.chains = new ChainIndex(base);
  }

  /** Entries. */
  get size(): number {
    return this.#size;
  }

  add(entry: LogPosition & { readonly membership: Membership | null }): void {
    this.#size++;
    this.chains.append(entry);
    if (entry.membership === null) return;
    this.memberships.push({ zxid: entry.zxid, membership: entry.membership });
  }
}
