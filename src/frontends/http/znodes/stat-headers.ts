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

/** Gives a stat as lines of a head, with the ETag that names it. */
export function statLines(stat: Stat): string {
  const czxid = zxidToDecimal(stat.czxid);
  const version = String(stat.version);
  return (
    `ETag: "${czxid}-${version}"\r\nX-Zk-Czxid: ${czxid}` +
    `\r\nX-Zk-Mzxid: ${zxidToDecimal(stat.mzxid)}\r\nX-Zk-Pzxid: ${zxidToDecimal(stat.pzxid)}` +
    `\r\nX-Zk-Ctime: ${String(stat.ctime)}\r\nX-Zk-Mtime: ${String(stat.mtime)}` +
    `\r\nX-Zk-Version: ${version}\r\nX-Zk-Cversion: ${String(stat.cversion)}` +
    `\r\nX-Zk-Aversion: ${String(stat.aversion)}` +
    `\r\nX-Zk-Ephemeral-Owner: ${sessionIdToDecimal(stat.ephemeralOwner)}` +
    `\r\nX-Zk-Num-Children: ${String(stat.numChildren)}\r\n`
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
