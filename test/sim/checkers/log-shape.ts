import {
  zeroChain,
  type ChainHash,
  type LogEntry,
  type LogPosition,
} from '../../../src/model/log-entry.ts';
import { counterMax } from '../../../src/model/zxid.ts';
import { simulatedChain } from '../core-chain.ts';
import { lastPosition } from '../disk.ts';
import { show, who, zxidKey } from '../ghost.ts';
import { InvariantViolated, type Checker, type NodeView } from '../node-view.ts';

/**
 * I3, I8, I9, I19: a zxid is proposed once, with one payload and one history before it; so two logs that agree on a zxid
 * agree on all before it. No gap inside an epoch, whoever appends.
 */
export function logShape(): Checker {
  const known = new Map<number, { chain: ChainHash; before: ChainHash }>();

  const check = (node: NodeView, before: LogPosition, entry: LogEntry): void => {
    const { epoch, counter } = entry.zxid;
    const follows =
      epoch === before.zxid.epoch
        ? counter === before.zxid.counter + 1
        : epoch > before.zxid.epoch && counter === 1;
    if (!follows) {
      throw new InvariantViolated(
        'I9',
        `${who(node)} logs ${show(entry.zxid)} after ${show(before.zxid)}: a gap`,
      );
    }
    if (counter > counterMax) {
      throw new InvariantViolated('I19', `${who(node)} proposes ${show(entry.zxid)}`);
    }
    const first = known.get(zxidKey(entry.zxid));
    if (first === undefined) {
      const chain = simulatedChain(before.chain, entry.zxid, entry.kind, entry.payload);
      if (chain !== entry.chain) {
        throw new InvariantViolated(
          'I8',
          `${who(node)} logs ${show(entry.zxid)} with a wrong chain`,
        );
      }
      known.set(zxidKey(entry.zxid), { chain, before: before.chain });
    } else if (first.chain !== entry.chain) {
      throw new InvariantViolated(
        'I3',
        `${who(node)} logs another ${show(entry.zxid)} than was proposed`,
      );
    } else if (first.before !== before.chain) {
      throw new InvariantViolated(
        'I8',
        `${who(node)} logs ${show(entry.zxid)} after another history`,
      );
    }
  };

  return {
    name: 'I3, I8, I9, I19',
    persisting: (node, changes) => {
      let before = lastPosition(node.written);
      for (const change of changes) {
        if (change.kind !== 'append' && change.kind !== 'adopt') continue;
        if (change.kind === 'adopt') before = change.snapshot ?? change.truncateTo ?? before;
        for (const entry of change.entries) {
          check(node, before, entry);
          before = entry;
        }
      }
    },
    booted: (node) => {
      const { base, log } = node.durable;
      let before = base.chain;
      if (base.zxid.epoch === 0 && before !== zeroChain) {
        throw new InvariantViolated('I8', 'a base of nothing');
      }
      for (const entry of log) {
        if (known.get(zxidKey(entry.zxid))?.before !== before) {
          throw new InvariantViolated(
            'I8',
            `${who(node)} starts with a broken log at ${show(entry.zxid)}`,
          );
        }
        before = entry.chain;
      }
    },
  };
}
