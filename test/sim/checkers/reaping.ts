import { fromUtf8 } from '../../../src/base/bytes.ts';
import { isRefusal } from '../../../src/model/error-code.ts';
import type { CreateZnode, Txn } from '../../../src/model/txn.ts';
import type { Zxid } from '../../../src/model/zxid.ts';
import type { StateMachine } from '../../../src/state/state-machine.ts';
import { path } from '../asking.ts';
import { show } from '../ghost.ts';
import { InvariantViolated } from '../node-view.ts';
import type { TxnRule } from './committed-txns.ts';

/** Children of this are containers and TTL znodes that no client deletes. */
export const reapedRoot = '/t';

interface Reapable {
  readonly owned: CreateZnode['owned'];
  /** When its client sent the last write to it that is in C: no leader can have stamped it earlier. */
  sentAtMs: number;
  epoch: number;
  children: number;
  hadChildren: boolean;
}

/**
 * What is left alone for its time, and only that, is reaped: TTL znodes when they were not set for longer than their TTL,
 * containers when they had children, both without children. In true time; the data of each says when it was sent. Under a
 * later leader than the one that stamped it, only when no majority of wall clocks was ever set: that is the one case where
 * it may go early.
 */
export class Reaping implements TxnRule {
  readonly name = 'reaping';
  readonly figures = { ttlsReaped: 0, containersReaped: 0 };
  readonly #world: { readonly nowMs: () => number; readonly clockDrift: number };
  readonly #znodes = new Map<string, Reapable>();
  wallsAreSet = false;

  constructor(world: { readonly nowMs: () => number; readonly clockDrift: number }) {
    this.#world = world;
  }

  committed({ changes }: Txn, zxid: Zxid): void {
    for (const change of changes) {
      if (!('path' in change) || !change.path.startsWith(`${reapedRoot}/`)) continue;
      const parent = this.#znodes.get(change.path.slice(0, change.path.lastIndexOf('/')));
      if (change.change === 'create') {
        if (parent !== undefined) {
          parent.children++;
          parent.hadChildren = true;
        } else this.#created(change, zxid);
      } else if (change.change === 'set') this.#touched(change.path, change.data, zxid);
      else if (change.change === 'delete') {
        if (parent !== undefined) parent.children--;
        else this.#reaped(change.path, zxid);
      }
    }
  }

  #created({ path: at, owned, data }: CreateZnode, zxid: Zxid): void {
    const fresh = { owned, sentAtMs: 0, epoch: 0, children: 0, hadChildren: false };
    this.#znodes.set(at, fresh);
    this.#touched(at, data, zxid);
  }

  #touched(at: string, data: Uint8Array | null, { epoch }: Zxid): void {
    const znode = this.#znodes.get(at);
    if (znode === undefined || data === null) return;
    znode.sentAtMs = Number(fromUtf8(data));
    znode.epoch = epoch;
  }

  #reaped(at: string, zxid: Zxid): void {
    const znode = this.#znodes.get(at);
    if (znode === undefined) throw new InvariantViolated(this.name, `${at} was never made`);
    this.#znodes.delete(at);
    const { owned, sentAtMs, children, hadChildren } = znode;
    const broken = (what: string): never => {
      throw new InvariantViolated(this.name, `${show(zxid)} removes ${at}, ${what}`);
    };
    if (children > 0) broken(`which has ${String(children)} children`);
    const mayBeEarly = this.wallsAreSet && zxid.epoch !== znode.epoch;
    if (owned.kind === 'container') {
      this.figures.containersReaped++;
      if (!hadChildren && !mayBeEarly) broken('a container that never had a child');
      return;
    }
    if (owned.kind !== 'ttl') return broken('which is neither container nor TTL znode');
    this.figures.ttlsReaped++;
    if (mayBeEarly) return;
    const aloneMs = this.#world.nowMs() - sentAtMs;
    // A touch that was sent later than this may be in C or not: what counts is the last that is.
    if (aloneMs > owned.ttlMs / (1 + this.#world.clockDrift)) return;
    broken(
      `whose last touch was sent ${aloneMs.toFixed(1)} ms ago; its TTL is ${String(owned.ttlMs)}`,
    );
  }
}

/** No znode is left that ought to be reaped. */
export function isAllReaped(state: StateMachine): boolean {
  const query = { read: 'children', path: path(reapedRoot), limit: 1_000, withData: true } as const;
  const page = state.read(query, []);
  if (isRefusal(page)) return true;
  return page.children.every(({ name, znode }) => {
    if (znode === undefined || znode.stat.numChildren > 0) return true;
    return name.startsWith('c') && znode.stat.cversion === 0;
  });
}
