import { compareZxid } from '../../../src/model/zxid.ts';
import { show, who, type Ghost } from '../ghost.ts';
import { InvariantViolated, type Checker } from '../node-view.ts';

/**
 * I14: a primary broadcasts in its own epoch alone, only once it is established, and only when all txns of earlier epochs
 * in its log are committed.
 */
export function primaryOrder(ghost: Ghost): Checker {
  const leading = new Map<string, number>();
  return {
    name: 'I14',
    event: (node, event) => {
      if (event.event === 'established') leading.set(who(node), event.epoch);
      if (event.event === 'looking') leading.delete(who(node));
    },
    persisting: (node, changes) => {
      if (node.status.role !== 'leading') return;
      const entries = changes.flatMap((change) => (change.kind === 'append' ? change.entries : []));
      for (const { zxid } of entries) {
        if (leading.get(who(node)) === zxid.epoch) continue;
        throw new InvariantViolated(
          'I14',
          `${who(node)} proposes ${show(zxid)} without leading its epoch`,
        );
      }
    },
    decided: (node, entry, index) => {
      const before = ghost.committed[index - 1];
      if (before !== undefined && compareZxid(before.zxid, entry.zxid) >= 0) {
        throw new InvariantViolated('I14', `${who(node)} commits ${show(entry.zxid)} out of order`);
      }
    },
  };
}
