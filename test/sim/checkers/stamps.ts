import type { Txn } from '../../../src/model/txn.ts';
import type { Zxid } from '../../../src/model/zxid.ts';
import { wallStartMs } from '../clock.ts';
import { jumpMsMin } from '../clock-faults.ts';
import { show } from '../ghost.ts';
import { InvariantViolated } from '../node-view.ts';
import type { PeerNode } from '../peer-node.ts';
import type { TxnRule } from './committed-txns.ts';

/**
 * W1: while only one clock is wrong, no txn carries its time, whoever leads, and whatever was stamped before. A peer alone
 * stamps by its own clock, whatever that says: also after it was far ahead.
 */
export class Stamps implements TxnRule {
  readonly name = 'W1';
  readonly #world: { readonly nowMs: () => number; readonly nodes: readonly PeerNode[] };

  constructor(world: { readonly nowMs: () => number; readonly nodes: readonly PeerNode[] }) {
    this.#world = world;
  }

  committed({ timeMs }: Txn, zxid: Zxid): void {
    const { nowMs, nodes } = this.#world;
    const voters = nodes.filter(({ role }) => role === 'participant');
    const offMs = timeMs - wallStartMs - nowMs();
    const [first] = voters;
    if (voters.length > 1) {
      if (Math.abs(offMs) < jumpMsMin / 2) return;
    } else if (first?.zab?.status.epoch !== zxid.epoch || first.wasSetWithin(2_000)) {
      // Stamped by another run of it, or perhaps before its clock was set.
      return;
    } else if (Math.abs(offMs - first.wallOffsetMs) < jumpMsMin / 2) return;
    throw new InvariantViolated(
      this.name,
      `${show(zxid)} is stamped ${String(Math.round(offMs))} ms from the truth`,
    );
  }
}
