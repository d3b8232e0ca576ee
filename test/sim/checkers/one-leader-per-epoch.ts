import { show, who, type Ghost } from '../ghost.ts';
import { InvariantViolated, type Checker, type NodeView } from '../node-view.ts';

/** I1 and I4: an epoch is established by one leader, whose log holds all that earlier epochs committed. */
export function oneLeaderPerEpoch(ghost: Ghost): Checker {
  const established = new Map<number, string>();
  // Acks may be long under way: a later epoch may have committed more meanwhile, which this leader never will.
  const checkComplete = (node: NodeView, epoch: number): void => {
    const index = ghost.committed.findLastIndex(({ zxid }) => zxid.epoch < epoch);
    const last = ghost.committed[index];
    if (last === undefined || ghost.holds(node.written, index)) return;
    throw new InvariantViolated(
      'I4',
      `${who(node)} leads without the committed ${show(last.zxid)}: leader completeness`,
    );
  };
  return {
    name: 'I1, I4',
    event: (node, event) => {
      if (event.event !== 'established') return;
      const leader = established.get(event.epoch);
      if (leader !== undefined) {
        throw new InvariantViolated(
          'I1',
          `${who(node)} leads epoch ${String(event.epoch)}, which ${leader} led already`,
        );
      }
      established.set(event.epoch, who(node));
      checkComplete(node, event.epoch);
    },
  };
}
