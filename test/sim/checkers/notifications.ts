import type { Notification } from '../../../src/model/peer-message.ts';
import { who } from '../ghost.ts';
import { InvariantViolated, type Checker, type NodeView } from '../node-view.ts';

/** Of what is repeated; an answer to each of what comes twice, of some rounds that change quickly, is among it. */
const repeatedPerSecondMax = 100;

interface Told {
  readonly sinceMs: number;
  readonly said: string;
  count: number;
}

/** N1: within a second nobody tells another more than so often what it has told it already. */
export function notifications(nowMs: () => number): Checker {
  const told = new Map<string, Told>();
  return {
    name: 'N1',
    notifying: (node, notification, to) => {
      const pair = `${who(node)} to ${String(to)}`;
      const said = whatIsSaid(notification);
      const before = told.get(pair);
      if (before?.said !== said || nowMs() - before.sinceMs > 1_000) {
        told.set(pair, { sinceMs: nowMs(), said, count: 1 });
      } else if (++before.count > repeatedPerSecondMax) {
        throw new InvariantViolated('N1', `${pair}: ${String(before.count)} times the same`);
      }
    },
    booted: (node: NodeView) => {
      for (const pair of [...told.keys()]) {
        if (pair.startsWith(`peer ${String(node.id)}#`)) told.delete(pair);
      }
    },
  };
}

function whatIsSaid({ state, round, vote, votes }: Notification): string {
  return JSON.stringify([state, round, vote, votes]);
}
