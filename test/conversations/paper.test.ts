import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BenchEnsemble } from './bench-ensemble.ts';

// Junqueira, Reed, Serafini: "Zab: High-performance broadcast for primary-backup systems" (DSN 2011), sections 3 and 4.
// Three peers; reign after reign one of them is made leader, whoever it is, with one or two followers; some disks stand
// still while it broadcasts, then the power fails. What the claims need is written down, and each claim held against it.

interface Reign {
  readonly leader: number;
  /** Does not take part. */
  readonly absent: number | null;
  readonly heldDisks: readonly number[];
  /** Loses its connections between two broadcasts. */
  readonly cutOff: number | null;
}

interface Broadcast {
  readonly epoch: number;
  readonly primary: string;
  readonly txn: string;
  /** What the primary had delivered when it broadcast this. */
  readonly deliveredBefore: readonly string[];
}

interface Run {
  /** In the order in which they were made; so also in the order of each primary. */
  readonly broadcasts: readonly Broadcast[];
  /** By peer, in order. */
  readonly delivered: readonly (readonly string[])[];
}

const ids = [1, 2, 3] as const;
const aPeer = fc.constantFrom(...ids);
const aReign: fc.Arbitrary<Reign> = fc.record({
  leader: aPeer,
  absent: fc.option(aPeer),
  heldDisks: fc.subarray([...ids]),
  cutOff: fc.option(aPeer),
});

function reign(
  bench: BenchEnsemble,
  { leader, absent, heldDisks, cutOff }: Reign,
  broadcasts: Broadcast[],
  name: string,
): void {
  const primary = bench.node(leader);
  const broadcast = (): void => {
    const { zab } = primary;
    if (zab?.status.role !== 'leading' || zab.nextZxid() === undefined) return;
    const txn = `t${String(broadcasts.length)}`;
    broadcasts.push({
      epoch: zab.status.epoch,
      primary: name,
      txn,
      deliveredBefore: txnsOf(bench, leader),
    });
    bench.propose([txn]);
  };
  for (const id of ids) bench.start(id);
  bench.stabilize();
  for (const id of ids) if (id !== absent || id === leader) bench.force(id, leader);
  bench.stabilize();
  broadcast();
  bench.stabilize();
  for (const id of heldDisks) bench.holdDisk(id);
  broadcast();
  if (cutOff !== null) bench.disconnect(cutOff);
  broadcast();
  bench.stabilize();
  for (const id of ids) bench.crash(id);
  for (const id of ids) bench.releaseDisk(id);
  if (cutOff !== null) bench.reconnect(cutOff);
}

function txnsOf(bench: BenchEnsemble, id: number): string[] {
  return bench
    .node(id)
    .applied.filter(({ kind }) => kind === 'txn')
    .map(({ payload }) => new TextDecoder().decode(payload));
}

function runs(): Run[] {
  return fc
    .sample(fc.array(aReign, { minLength: 3, maxLength: 8 }), { numRuns: 60, seed: 7 })
    .map((reigns) => {
      const bench = new BenchEnsemble({
        participants: ids,
        observers: [],
        strangers: [],
        forced: true,
      });
      bench.founded();
      const broadcasts: Broadcast[] = [];
      for (const [index, each] of reigns.entries()) {
        reign(bench, each, broadcasts, `${String(each.leader)} in reign ${String(index)}`);
      }
      return { broadcasts, delivered: ids.map((id) => txnsOf(bench, id)) };
    });
}

function isPrefix(left: readonly string[], right: readonly string[]): boolean {
  return left.every((txn, index) => right[index] === txn);
}

describe('what the ZAB paper promises', () => {
  let all: Run[] = [];

  before(() => {
    all = runs();
  });

  it('is put to the test: txns of several epochs are delivered, others are lost, peers differ', () => {
    const lost = all.filter(({ broadcasts, delivered }) =>
      broadcasts.some(({ txn }) => delivered.every((txns) => !txns.includes(txn))),
    );
    const differ = all.filter(({ delivered }) => new Set(delivered.map(String)).size > 1);
    const severalEpochs = all.filter(({ broadcasts, delivered }) => {
      const of = broadcasts.filter(({ txn }) => delivered.flat().includes(txn));
      return new Set(of.map(({ epoch }) => epoch)).size > 1;
    });
    for (const some of [lost, differ, severalEpochs]) {
      assert.ok(some.length >= 10, String(some.length));
    }
  });

  it('integrity (section 3): what is delivered was broadcast, and is delivered once', () => {
    for (const { broadcasts, delivered } of all) {
      const made = new Set(broadcasts.map(({ txn }) => txn));
      for (const txns of delivered) {
        assert.ok(txns.every((txn) => made.has(txn)));
        assert.equal(new Set(txns).size, txns.length);
      }
    }
  });

  it('total order and agreement (section 3): of two peers, one has delivered a prefix of the other', () => {
    for (const { delivered } of all) {
      for (const left of delivered) {
        for (const right of delivered) assert.ok(isPrefix(left, right) || isPrefix(right, left));
      }
    }
  });

  it('local primary order (section 3): nothing without all that its primary broadcast before', () => {
    for (const { broadcasts, delivered } of all) {
      for (const txns of delivered) {
        for (const [index, later] of broadcasts.entries()) {
          const place = txns.indexOf(later.txn);
          if (place === -1) continue;
          const earlier = broadcasts.slice(0, index).filter(({ epoch }) => epoch === later.epoch);
          for (const { txn } of earlier) {
            assert.ok(txns.slice(0, place).includes(txn), `${txn} before ${later.txn}`);
          }
        }
      }
    }
  });

  it('global primary order (section 3): epochs are delivered in their order', () => {
    for (const { broadcasts, delivered } of all) {
      const epochOf = new Map(broadcasts.map(({ txn, epoch }) => [txn, epoch]));
      for (const txns of delivered) {
        const epochs = txns.map((txn) => epochOf.get(txn) ?? 0);
        assert.deepEqual(
          epochs,
          epochs.toSorted((left, right) => left - right),
        );
      }
    }
  });

  it('primary integrity (section 3): a primary broadcasts after it delivered all that any peer ever delivers of earlier epochs', () => {
    for (const { broadcasts, delivered } of all) {
      const ever = new Set(delivered.flat());
      for (const { epoch, deliveredBefore } of broadcasts) {
        const earlier = broadcasts.filter((other) => other.epoch < epoch && ever.has(other.txn));
        for (const { txn } of earlier) assert.ok(deliveredBefore.includes(txn));
      }
    }
  });

  it('one primary per epoch (section 4): and epochs rise', () => {
    for (const { broadcasts } of all) {
      const epochs = broadcasts.map(({ epoch }) => epoch);
      assert.deepEqual(
        epochs,
        epochs.toSorted((left, right) => left - right),
      );
      const primaries = new Set(
        broadcasts.map(({ epoch, primary }) => `${String(epoch)} ${primary}`),
      );
      assert.equal(primaries.size, new Set(epochs).size);
    }
  });
});
