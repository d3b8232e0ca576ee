import type { Membership } from '../../../src/model/membership.ts';
import { who, type Ghost } from '../ghost.ts';
import { InvariantViolated, type Checker } from '../node-view.ts';

/** First start: whoever founds, founds the same ensemble. */
export function oneEnsemble(ghost: Ghost): Checker {
  let first: Membership | undefined;
  return {
    name: 'one ensemble',
    persisting: (node, changes) => {
      for (const change of changes) {
        if (change.kind !== 'found') continue;
        first ??= change.membership;
        ghost.founded(first);
        if (JSON.stringify(first) !== JSON.stringify(change.membership)) {
          throw new InvariantViolated(
            'one ensemble',
            `${who(node)} founds another ensemble than the first`,
          );
        }
      }
    },
  };
}
