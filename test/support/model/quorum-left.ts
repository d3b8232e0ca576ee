import type { LogEntry, LogPosition } from '../../../src/model/log-entry.ts';
import { decodeMembership, type Membership, type Voter } from '../../../src/model/membership.ts';
import { compareZxid, zeroZxid, type Zxid } from '../../../src/model/zxid.ts';

interface LeftDisk {
  readonly founded: Membership | null;
  readonly base: LogPosition;
  readonly baseMembership: Membership | null;
  readonly commit: Zxid;
  readonly log: readonly LogEntry[];
}

/** A peer that goes on. */
export interface Left extends Voter {
  readonly durable: LeftDisk;
}

interface Placed {
  readonly zxid: Zxid;
  readonly membership: Membership;
}

/** Of the newest membership that one of these knows on its disk to be committed, and of each later one in their logs. */
export function isQuorumLeft(others: readonly Left[]): boolean {
  const images = others.map(({ durable }) => durable);
  const committed = images.flatMap(committedIn).sort(byPlace).at(-1);
  if (committed === undefined) return false;
  const later = images.flatMap(inLog).filter((placed) => byPlace(placed, committed) > 0);
  return [committed, ...later].every(({ membership: { voters } }) => {
    const left = voters.filter((voter) =>
      others.some(({ id, nonce }) => id === voter.id && nonce === voter.nonce),
    );
    return 2 * left.length > voters.length;
  });
}

function byPlace(left: Placed, right: Placed): number {
  return compareZxid(left.zxid, right.zxid);
}

function committedIn(image: LeftDisk): Placed[] {
  const { founded, base, baseMembership, commit } = image;
  return [
    ...(founded === null ? [] : [{ zxid: zeroZxid, membership: founded }]),
    ...(baseMembership === null ? [] : [{ zxid: base.zxid, membership: baseMembership }]),
    ...inLog(image).filter(({ zxid }) => compareZxid(zxid, commit) <= 0),
  ];
}

function inLog({ log }: LeftDisk): Placed[] {
  return log.flatMap((entry) => {
    if (entry.kind === 'txn') return [];
    return [{ zxid: entry.zxid, membership: decodeMembership(entry.payload) }];
  });
}
