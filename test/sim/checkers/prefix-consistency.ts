import { compareZxid, zxidEquals } from '../../../src/model/zxid.ts';
import { entryAt } from '../disk.ts';
import { show, who, type Ghost } from '../ghost.ts';
import { InvariantViolated, type Checker, type NodeView } from '../node-view.ts';

/**
 * I2, I6: what a peer applies is a prefix of C, the same bytes in the same order, never back; after a restart no more
 * than its disk held. Applying waits for the own disk.
 */
export function prefixConsistency(ghost: Ghost): Checker {
  const established = new Map<string, number>();
  // A leader's last decision may come out of its Ready when it has stopped leading in the same turn.
  const decides = (node: NodeView): boolean =>
    node.status.role === 'leading' || established.get(who(node)) === node.status.epoch;
  return {
    name: 'I2, I6',
    event: (node, event) => {
      if (event.event === 'established') established.set(who(node), event.epoch);
    },
    booted: (node) => {
      const index = ghost.indexOf(node.applied.zxid);
      if (index === undefined || ghost.chainAt(index) !== node.applied.chain) {
        throw new InvariantViolated(
          'I2',
          `${who(node)} restarts at ${show(node.applied.zxid)}, not in C`,
        );
      }
      if (!ghost.holds(node.durable, index)) {
        throw new InvariantViolated('I6', `${who(node)} has applied more than its disk holds`);
      }
    },
    persisting: (node, changes) => {
      // The commit point goes to disk as a hint, perhaps before anybody is told of it.
      if (!decides(node)) return;
      for (const change of changes) if (change.kind === 'append') ghost.decide(node, change.commit);
    },
    delivering: (node, entry) => {
      if (decides(node)) ghost.decide(node, entry.zxid);
      const applied = ghost.indexOf(node.applied.zxid);
      const next = ghost.indexOf(entry.zxid);
      if (next === undefined) {
        throw new InvariantViolated(
          'I2',
          `${who(node)} applies ${show(entry.zxid)}, which is not committed`,
        );
      }
      if (applied === undefined || next !== applied + 1) {
        throw new InvariantViolated(
          'I2',
          `${who(node)} applies ${show(entry.zxid)} after ${show(node.applied.zxid)}`,
        );
      }
      if (ghost.chainAt(next) !== entry.chain) {
        throw new InvariantViolated(
          'I2',
          `${who(node)} applies another ${show(entry.zxid)} than C has`,
        );
      }
      const { base } = node.durable;
      const isDurable =
        compareZxid(entry.zxid, base.zxid) <= 0 ||
        entryAt(node.durable, entry.zxid)?.chain === entry.chain;
      if (!isDurable) {
        throw new InvariantViolated(
          'I11',
          `${who(node)} applies ${show(entry.zxid)} before it is durable here`,
        );
      }
    },
    becameDurable: (node) => {
      const at = node.durable.snapshot?.at;
      if (at === undefined || zxidEquals(at.zxid, { epoch: 0, counter: 0 })) return;
      const index = ghost.indexOf(at.zxid);
      if (index === undefined || ghost.chainAt(index) !== at.chain) {
        throw new InvariantViolated(
          'I2',
          `${who(node)} has a snapshot at ${show(at.zxid)}, not in C`,
        );
      }
    },
  };
}
