import type { LogEntry } from '../../../src/model/log-entry.ts';
import { hasVoter, versionOf, type Membership, type Voter } from '../../../src/model/membership.ts';
import { compareZxid, zxidEquals } from '../../../src/model/zxid.ts';
import { membershipIn } from '../disk.ts';
import { show, who, type Ghost } from '../ghost.ts';
import { InvariantViolated, type Checker, type NodeView } from '../node-view.ts';

/**
 * M5: one quorum is in force at any zxid: a leader begins a change only when the one before is committed and so is the
 * mark behind it. M6: nobody is given a vote whose disk has not taken over what its leader began its epoch with.
 */
export function changes(ghost: Ghost): Checker {
  return {
    name: 'M5, M6',
    persisting: (node, persisted) => {
      if (node.status.role !== 'leading') return;
      for (const change of persisted) {
        if (change.kind !== 'append') continue;
        const [entry] = change.entries.filter(isChange);
        if (entry === undefined) continue;
        const before = lastMembership(node, entry);
        if (before === undefined) continue;
        checkAlone(ghost, node, { entry, before });
        checkCaughtUp(ghost, node, { entry, before });
      }
    },
  };
}

interface Begun {
  readonly entry: LogEntry;
  readonly before: LogEntry;
}

/** Not a mark, and not the first entry of an epoch: those repeat what is in force. */
function isChange(entry: LogEntry): boolean {
  const membership = entry.kind === 'membership' ? membershipIn(entry) : null;
  if (membership === null) return false;
  return membership.members === undefined || zxidEquals(versionOf(membership), entry.zxid);
}

function lastMembership({ written }: NodeView, { zxid }: LogEntry): LogEntry | undefined {
  return written.log.findLast((each) => each.kind !== 'txn' && compareZxid(each.zxid, zxid) < 0);
}

/** A seat that is given anew in a membership that never changed waits for no mark: what an epoch begins with is committed. */
function checkAlone(ghost: Ghost, node: NodeView, { entry, before }: Begun): void {
  const isSeat = membershipIn(entry)?.members === undefined;
  if (isSeat && before.kind === 'epochStart') return;
  const isCommitted = compareZxid(before.zxid, node.written.base.zxid) <= 0 || isIn(ghost, before);
  const isMarked = membershipIn(before)?.members === undefined || !isChange(before);
  if (isCommitted && isMarked) return;
  throw new InvariantViolated(
    'M5',
    `${who(node)} begins ${show(entry.zxid)} while ${show(before.zxid)} is not known for good`,
  );
}

function isIn(ghost: Ghost, { zxid }: LogEntry): boolean {
  return ghost.indexOf(zxid) !== undefined;
}

function checkCaughtUp(ghost: Ghost, node: NodeView, { entry, before }: Begun): void {
  for (const voter of newVoters(membershipIn(before), membershipIn(entry))) {
    const disk =
      ghost.wiped.get(voter.nonce) ??
      ghost.nodes.find(({ id, nonce }) => id === voter.id && nonce === voter.nonce)?.durable;
    if (disk !== undefined && disk.currentEpoch >= node.status.epoch) continue;
    throw new InvariantViolated(
      'M6',
      `${who(node)} gives ${String(voter.id)} a vote, and it has not caught up`,
    );
  }
}

function newVoters(before: Membership | null, after: Membership | null): readonly Voter[] {
  if (before === null || after === null) return [];
  return after.voters.filter(({ id, nonce }) => !hasVoter(before, id, nonce));
}
