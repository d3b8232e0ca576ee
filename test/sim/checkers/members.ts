import { compareZxid, type Zxid } from '../../../src/model/zxid.ts';
import { membershipIn, type DiskImage } from '../disk.ts';
import { show, who, type Ghost } from '../ghost.ts';
import { InvariantViolated, type Checker, type NodeView } from '../node-view.ts';

/**
 * M1: nobody votes but by a log that gave that very identity its vote. M2: nobody is removed but by a committed membership
 * that was in force at some time since it was started, and whoever knows that it was is silent. M3: a leader proposes no txn once a change has taken its vote and
 * it knows that this is committed.
 */
export function members(ghost: Ghost): Checker & { retired(node: NodeView): void } {
  /** They have carried out all that they had decided when they learnt it. */
  const silent = new Set<string>();
  const voteless = new Map<string, Zxid>();
  /** How many memberships had been committed when it was started, but for the last. */
  const olderAtStart = new Map<string, number>();
  return {
    name: 'M1, M2, M3',
    booted: (node) => {
      olderAtStart.set(who(node), Math.max(0, ghost.memberships.length - 1));
    },
    retired: (node) => {
      silent.add(who(node));
    },
    notifying: (node, { votes }) => {
      if (silent.has(who(node))) {
        throw new InvariantViolated('M2', `${who(node)} was removed, knows it, and is heard`);
      }
      if (!votes || knowsVote(node, node.written)) return;
      throw new InvariantViolated('M1', `${who(node)} votes, and its log gave it no vote`);
    },
    event: (node, { event }) => {
      if (event !== 'removed') return;
      const { id, nonce } = node;
      const inForce = ghost.memberships.slice(olderAtStart.get(who(node)) ?? 0);
      const isRemoved = inForce.some(({ removed }) =>
        removed?.some((gone) => gone.id === id && (gone.nonce === nonce || gone.nonce === '')),
      );
      if (isRemoved) return;
      throw new InvariantViolated(
        'M2',
        `${who(node)} goes, and nothing committed has removed it since it was started`,
      );
    },
    decided: (node, entry) => {
      const membership = membershipIn(entry);
      if (membership?.members === undefined || node.status.role !== 'leading') return;
      if (membership.voters.some(({ nonce }) => nonce === node.nonce)) return;
      // What it proposed before, in the turn in which it learnt this, may not be written yet.
      if (!voteless.has(who(node))) voteless.set(who(node), node.status.lastLogged);
    },
    persisting: (node, changes) => {
      const end = voteless.get(who(node));
      if (end === undefined) return;
      for (const change of changes) {
        if (change.kind !== 'append') continue;
        const more = change.entries.find(
          ({ zxid, kind }) =>
            kind === 'txn' && zxid.epoch === end.epoch && compareZxid(zxid, end) > 0,
        );
        if (more === undefined || node.status.role !== 'leading') continue;
        throw new InvariantViolated(
          'M3',
          `${who(node)} has no vote since before ${show(end)} and proposes ${show(more.zxid)}`,
        );
      }
    },
  };
}

/** Some membership that this disk has gives this identity a vote. */
function knowsVote({ id, nonce }: NodeView, image: DiskImage): boolean {
  const known = [image.founded, image.baseMembership, ...image.log.map(membershipIn)];
  return known.some((membership) =>
    membership?.voters.some((voter) => voter.id === id && voter.nonce === nonce),
  );
}
