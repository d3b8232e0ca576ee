import type { IncomingHttpHeaders } from 'node:http';
import type { ZnodePath } from '../../../model/path.ts';
import { etagsOf } from '../exchange/decode.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { expectedByEtags } from './decode-change.ts';
import { etagOf } from './stat-headers.ts';

/**
 * Gives the headers of a change with one ETag in `If-Match` where several were listed: that of the znode as it is now, or the
 * first. The change is then made only if it still has that one, so nothing is lost by having looked before.
 */
export async function withOneEtag(
  exchange: Exchange,
  path: ZnodePath,
  timeoutMs: number,
): Promise<IncomingHttpHeaders> {
  const { headers } = exchange;
  const tags = severalTags(headers['if-match']);
  if (tags === undefined) return headers;
  const current = await exchange.door.service
    .read({ read: 'stat', path }, exchange.caller(), { consistency: 'linearizable', timeoutMs })
    .then(({ result }) => etagOf(result.stat))
    // What hinders the look hinders the change too, which says so.
    .catch(() => undefined);
  const [first = ''] = tags;
  const chosen = current !== undefined && tags.includes(current) ? current : first;
  return { ...headers, 'if-match': chosen };
}

function severalTags(ifMatch: string | undefined): readonly string[] | undefined {
  if (ifMatch?.includes(',') !== true) return undefined;
  const tags = etagsOf(ifMatch)?.filter((tag) => expectedByEtags(tag).length > 0);
  return tags !== undefined && tags.length > 1 ? tags : undefined;
}
