import assert from 'node:assert/strict';
import { serverId } from '../../../src/model/ids.ts';
import type { LogEntry } from '../../../src/model/log-entry.ts';
import {
  decodeMembership,
  memberOf,
  sameMembership,
  type Membership,
} from '../../../src/model/membership.ts';
import { compareZxid, zxidEquals } from '../../../src/model/zxid.ts';
import type { BenchEnsemble } from '../bench-ensemble.ts';

/**
 * The rules of safety, looked at after every step: all peers apply one sequence of txns; what the first of them applies is
 * on the disks of a quorum of the membership before it and, for a change, of its own; an epoch has one leader; and in the
 * end nobody has gone who is a member.
 */
export class Watched {
  readonly #bench: BenchEnsemble;
  readonly #ids: readonly number[];
  readonly #committed: LogEntry[] = [];
  readonly #leaders = new Map<number, number>();
  #membership: Membership | null;

  constructor(bench: BenchEnsemble, ids: readonly number[]) {
    this.#bench = bench;
    this.#ids = ids;
    this.#membership = bench.node(ids[0] ?? 0).disk.founded;
    this.look();
  }

  /** Of what any peer has applied. */
  get membership(): Membership | null {
    return this.#membership;
  }

  look(): void {
    for (const id of this.#ids) {
      const { applied, zab } = this.#bench.node(id);
      for (const entry of applied) this.#applied(id, entry);
      if (zab === undefined) continue;
      const { role, isServing, epoch } = zab.status;
      if (role === 'leading' && isServing) {
        assert.equal(this.#leaders.get(epoch) ?? id, id, `epoch ${String(epoch)} has one leader`);
        this.#leaders.set(epoch, id);
      }
    }
  }

  /** In the end: nobody went who is a member. */
  checkGone(): void {
    for (const id of this.#ids) {
      if (this.#bench.node(id).zab?.status.isRemoved === true) this.#checkIsNone(id);
    }
  }

  #applied(id: number, entry: LogEntry): void {
    const last = this.#committed.at(-1);
    if (last !== undefined && compareZxid(entry.zxid, last.zxid) <= 0) {
      const known = this.#committed.find(({ zxid }) => zxidEquals(zxid, entry.zxid));
      assert.equal(
        entry.chain,
        known?.chain,
        `server ${String(id)} applies another ${show(entry)}`,
      );
      return;
    }
    const needed = this.#neededBy(entry);
    for (const { voters } of needed) {
      const holders = voters.filter((voter) => this.#holds(voter.id, entry));
      assert.ok(2 * holders.length > voters.length, `${show(entry)} is on no quorum of disks`);
    }
    this.#committed.push(entry);
    this.#membership = needed.at(-1) ?? this.#membership;
  }

  #neededBy({ kind, payload }: LogEntry): readonly Membership[] {
    const before = this.#membership === null ? [] : [this.#membership];
    if (kind === 'txn') return before;
    const own = decodeMembership(payload);
    const isChange = before.every((membership) => !sameMembership(membership, own));
    return isChange ? [...before, own] : before;
  }

  #holds(id: number, { zxid, chain }: LogEntry): boolean {
    return this.#bench
      .node(id)
      .disk.log.some((entry) => compareZxid(entry.zxid, zxid) === 0 && entry.chain === chain);
  }

  #checkIsNone(id: number): void {
    const membership = this.#membership;
    const isMember = membership !== null && memberOf(membership, serverId(id)) !== undefined;
    assert.ok(membership?.members !== undefined && !isMember, `server ${String(id)} is a member`);
  }
}

function show({ zxid }: LogEntry): string {
  return `${String(zxid.epoch)}.${String(zxid.counter)}`;
}
