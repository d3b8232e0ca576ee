import { compareZxid, zeroZxid } from '../../../src/model/zxid.ts';
import { lastPosition } from '../disk.ts';
import { show, who, type Ghost } from '../ghost.ts';
import { InvariantViolated, type Checker, type NodeView } from '../node-view.ts';

/** I5, I7, I12, I16: C rises without a gap, and a quorum of voters holds it on disk, from its commit on for ever. */
export function commitOrder(ghost: Ghost): Checker {
  const checkHeld = (index: number, node: NodeView, invariant: string): void => {
    const entry = ghost.committed[index];
    if (entry === undefined) return;
    const memberships = ghost.membershipsFor(index);
    if (ghost.isQuorum(memberships, (disk) => ghost.holds(disk, index))) return;
    throw new InvariantViolated(
      invariant,
      `${show(entry.zxid)} is committed and on no quorum of disks (seen at ${who(node)}): ` +
        ghost.nodes
          .map((each) => `${who(each)} ends at ${show(lastPosition(each.durable).zxid)}`)
          .join(', '),
    );
  };
  return {
    name: 'I5, I7, I12, I16',
    decided: (node, entry, index) => {
      const before = ghost.committed[index - 1]?.zxid ?? zeroZxid;
      const { epoch, counter } = entry.zxid;
      const follows =
        epoch === before.epoch
          ? counter === before.counter + 1
          : epoch > before.epoch && counter === 1;
      if (!follows) {
        throw new InvariantViolated('I5', `${show(entry.zxid)} is committed after ${show(before)}`);
      }
      checkHeld(index, node, 'I12');
    },
    becameDurable: (node) => {
      if (ghost.committed.length === 0) return;
      // Only what cuts a log can take a txn away; where this disk holds all of C there is nothing to count.
      if (compareZxid(lastPosition(node.durable).zxid, ghost.last.zxid) >= 0) {
        if (ghost.holds(node.durable, ghost.committed.length - 1)) return;
      }
      checkHeld(ghost.committed.length - 1, node, 'I7');
    },
  };
}
