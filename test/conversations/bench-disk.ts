import { emptyLog, type LogEntry, type LogPosition } from '../../src/model/log-entry.ts';
import type { Membership } from '../../src/model/membership.ts';
import { zeroZxid, type Zxid } from '../../src/model/zxid.ts';

/** What survives a crash. */
export interface Disk {
  acceptedEpoch: number;
  currentEpoch: number;
  founded: Membership | null;
  base: LogPosition;
  baseMembership: Membership | null;
  log: LogEntry[];
  commit: Zxid;
  /** What the writes themselves say to be committed; all that a real store is left with. */
  hint: Zxid;
}

export const emptyDisk = (): Disk => ({
  acceptedEpoch: 0,
  currentEpoch: 0,
  founded: null,
  base: emptyLog,
  baseMembership: null,
  log: [],
  commit: zeroZxid,
  hint: zeroZxid,
});
