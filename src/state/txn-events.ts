import { unreachable } from '../base/assert.ts';
import { noSession } from '../model/ids.ts';
import { parentOf } from '../model/path.ts';
import type { Stat } from '../model/stat.ts';
import type { Change, CreateZnode, Txn } from '../model/txn.ts';
import type { TxnEvents, WatchEvent } from '../model/watch-event.ts';
import type { Zxid } from '../model/zxid.ts';
import type { Moment } from './tree/znode-tree.ts';

/**
 * Gives what watchers hear of a txn: a function of the txn alone, so that it is the same on every peer, whether the txn
 * is applied now or read from a log. In ZooKeeper's order, the znode before its parent. Not for a bare txn, which does
 * not say who may know of it.
 */
export function eventsOf(zxid: Zxid, txn: Txn): TxnEvents {
  const events: WatchEvent[] = [];
  for (const change of txn.changes) addEvents(events, change, { zxid, timeMs: txn.timeMs });
  return { zxid, events };
}

function addEvents(events: WatchEvent[], change: Change, at: Moment): void {
  switch (change.change) {
    case 'create': {
      const { path, data, acl, parentAcl } = change;
      events.push(
        { type: 'created', path, stat: statOfNew(change, at), data, acl },
        { type: 'childrenChanged', path: parentOf(path), acl: parentAcl },
      );
      return;
    }
    case 'set': {
      const { path, stat, data, acl } = change;
      events.push({ type: 'dataChanged', path, stat, data, acl });
      return;
    }
    case 'delete': {
      const { path, stat, acl, parentAcl } = change;
      events.push(
        { type: 'deleted', path, stat, acl },
        { type: 'childrenChanged', path: parentOf(path), acl: parentAcl },
      );
      return;
    }
    case 'setAcl':
    case 'check':
    case 'createSession':
    case 'moveSession':
    case 'closeSession':
      return;
    default:
      unreachable(change);
  }
}

function statOfNew({ data, owned }: CreateZnode, { zxid, timeMs }: Moment): Stat {
  return {
    czxid: zxid,
    mzxid: zxid,
    ctime: timeMs,
    mtime: timeMs,
    version: 0,
    cversion: 0,
    aversion: 0,
    ephemeralOwner: owned.kind === 'ephemeral' ? owned.owner : noSession,
    dataLength: data?.length ?? 0,
    numChildren: 0,
    pzxid: zxid,
  };
}
