import type { Nonce } from '../../../src/model/ids.ts';
import { lastPosition, type DiskImage } from '../disk.ts';
import { who } from '../ghost.ts';
import { InvariantViolated, type Checker, type NodeView } from '../node-view.ts';

/**
 * I10: acceptedEpoch >= currentEpoch, and acceptedEpoch >= epoch of the log's end, on every disk; neither epoch ever falls.
 */
export function epochsRise(): Checker {
  const highest = new Map<Nonce, { accepted: number; current: number }>();
  const check = (node: NodeView, image: DiskImage): void => {
    const accepted = image.acceptedEpoch;
    const current = image.currentEpoch;
    const logged = lastPosition(image).zxid.epoch;
    const before = highest.get(node.nonce);
    const holds =
      accepted >= current &&
      accepted >= logged &&
      accepted >= (before?.accepted ?? 0) &&
      current >= (before?.current ?? 0);
    if (!holds) {
      throw new InvariantViolated(
        'I10',
        `${who(node)} has accepted ${String(accepted)}, current ${String(current)}, log ${String(logged)}` +
          ` after accepted ${String(before?.accepted)}, current ${String(before?.current)}`,
      );
    }
    highest.set(node.nonce, { accepted, current });
  };
  return {
    name: 'I10',
    booted: (node) => {
      check(node, node.durable);
    },
    becameDurable: (node) => {
      check(node, node.durable);
    },
  };
}
