import type { ZnodePath } from '../../../model/path.ts';
import type { ReadResult } from '../../../model/read.ts';
import type { SizedDocument } from '../exchange/large-answer.ts';
import { encodeAcl, encodeData, encodeStat, type Encoding } from './encode.ts';
import { dataFieldsOf, objectParts } from './parts.ts';

// What a read of one znode comes to, as JSON. Lists: children-document.ts.

type Read<View extends ReadResult['read']> = Extract<ReadResult, { read: View }>;

/** Makes the document of a znode's data. */
export function dataDocument(
  path: ZnodePath,
  { data, stat }: Read<'data'>,
  encoding: Encoding | undefined,
): SizedDocument {
  return {
    bytes: data?.length ?? 0,
    document: () => ({ path, ...encodeData(data, encoding), stat: encodeStat(stat) }),
    parts: () =>
      objectParts([['path', path], ...dataFieldsOf(data, encoding), ['stat', encodeStat(stat)]]),
  };
}

/** Makes the document of a znode's stat alone. */
export function statDocument(path: ZnodePath, { stat }: Read<'stat'>): object {
  return { path, stat: encodeStat(stat) };
}

/** Makes the document of a znode's ACL, and of what kind of znode it is. */
export function aclDocument(path: ZnodePath, { acl, stat, owned }: Read<'acl'>): object {
  const kind =
    owned.kind === 'ttl' ? { kind: owned.kind, ttlMs: owned.ttlMs } : { kind: owned.kind };
  return { path, acl: encodeAcl(acl), stat: encodeStat(stat), ...kind };
}
