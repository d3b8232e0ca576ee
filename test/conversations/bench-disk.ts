import type { LogChange } from '../../src/model/log-change.ts';
import { emptyLog, type LogEntry, type LogPosition } from '../../src/model/log-entry.ts';
import type { Membership } from '../../src/model/membership.ts';
import { compareZxid, maxZxid, zeroZxid, type Zxid } from '../../src/model/zxid.ts';

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

export function writeTo(disk: Disk, change: LogChange): void {
  switch (change.kind) {
    case 'found':
      disk.founded = change.membership;
      return;
    case 'acceptEpoch':
      disk.acceptedEpoch = change.epoch;
      return;
    case 'append':
      disk.log.push(...change.entries);
      disk.hint = maxZxid(disk.hint, change.commit);
      return;
    case 'adopt': {
      const { snapshot, truncateTo, entries, epoch } = change;
      if (snapshot !== null) {
        disk.base = snapshot;
        disk.log = [];
        disk.commit = snapshot.zxid;
        disk.hint = snapshot.zxid;
      }
      if (truncateTo !== null) {
        disk.log = disk.log.filter(({ zxid }) => compareZxid(zxid, truncateTo.zxid) <= 0);
      }
      disk.log.push(...entries);
      disk.currentEpoch = epoch;
      disk.hint = maxZxid(disk.hint, change.commit);
    }
  }
}
