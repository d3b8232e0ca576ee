import { isKeptPath } from '../../model/auth.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { Draft } from './draft.ts';

/**
 * ZooKeeper's checkQuota: a create is measured by both hard limits, a change of data by that of bytes, and one that frees
 * some is refused as well while more is used than allowed. Unlike there, what is in flight counts too: nothing that was
 * proposed under a quota can carry it above. None is kept where the ensemble has what is its own: nobody shuts out
 * administrators by a quota that he made before there were any.
 */
export function aboveQuota(
  draft: Draft,
  path: ZnodePath,
  count: number,
  bytes: number,
): Refusal | undefined {
  if (isKeptPath(path)) return undefined;
  const quota = draft.quotaAt(path);
  if (quota?.used === undefined) return undefined;
  const more = { count, bytes };
  for (const what of ['count', 'bytes'] as const) {
    const limit = quota.limits[what];
    const actual = quota.used[what] + more[what];
    if (limit === undefined || more[what] === 0 || actual <= limit) continue;
    const unit = what === 'count' ? 'znodes' : 'bytes of data';
    const detail = `The quota of "${quota.path}" allows ${String(limit)} ${unit}: delete some, or have the quota raised.`;
    return refused('quotaExceeded', detail, { path, limit, actual });
  }
  return undefined;
}
