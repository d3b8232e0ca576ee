import { sessionIdToDecimal } from '../../../model/ids.ts';
import type { ZnodePath } from '../../../model/path.ts';
import type { Stat } from '../../../model/stat.ts';
import { zxidToDecimal } from '../../../model/zxid.ts';
import type { WriteAnswer } from '../../../service/call.ts';
import type { HeaderList } from '../exchange/headers.ts';

/** Names this incarnation of the znode and this version of its data: survives no delete-and-create. */
export function etagOf(stat: Stat): string {
  return `"${zxidToDecimal(stat.czxid)}-${String(stat.version)}"`;
}

/** Gives a stat as headers, with the ETag that names it. */
export function statHeaders(stat: Stat): HeaderList {
  const headers: HeaderList = [];
  pushStat(headers, stat);
  return headers;
}

/** Adds a stat to the headers, with the ETag that names it. */
export function pushStat(headers: HeaderList, stat: Stat): void {
  const czxid = zxidToDecimal(stat.czxid);
  headers.push(
    'ETag',
    `"${czxid}-${String(stat.version)}"`,
    'X-Zk-Czxid',
    czxid,
    'X-Zk-Mzxid',
    zxidToDecimal(stat.mzxid),
    'X-Zk-Pzxid',
    zxidToDecimal(stat.pzxid),
    'X-Zk-Ctime',
    String(stat.ctime),
    'X-Zk-Mtime',
    String(stat.mtime),
    'X-Zk-Version',
    String(stat.version),
    'X-Zk-Cversion',
    String(stat.cversion),
    'X-Zk-Aversion',
    String(stat.aversion),
    'X-Zk-Ephemeral-Owner',
    sessionIdToDecimal(stat.ephemeralOwner),
    'X-Zk-Num-Children',
    String(stat.numChildren),
  );
}

/** Gives the header that says so when an idempotency key found an earlier answer. */
export function replayed(answer: WriteAnswer): HeaderList {
  return answer.outcome.replayed ? ['Idempotency-Replayed', 'true'] : [];
}

/** Gives the URL path of a znode on this door, ready for a `Location`. */
export function nodeUrl(path: ZnodePath): string {
  return path === '/'
    ? '/v1/nodes/'
    : `/v1/nodes${path.split('/').map(encodeURIComponent).join('/')}`;
}
