import type { ZnodePath } from '../../../model/path.ts';
import type { ReadResult } from '../../../model/read.ts';
import type { Stat } from '../../../model/stat.ts';
import { zxidEquals, type Zxid } from '../../../model/zxid.ts';
import type { AnswerMeta } from '../../../service/call.ts';
import {
  decodeContinuation,
  decodeTreeContinuation,
  encodeContinuation,
  encodeTreeContinuation,
  hasMoved,
} from './continuation.ts';
import { encodeChild, encodeStat, type Encoding } from './encode.ts';

/** Says where a page begins, whether the list moved since the first, and how the token of the page after it reads. */
export interface Pages {
  readonly after: string | undefined;
  hasMoved(stat: Stat, zxid: Zxid): boolean;
  next(last: string, stat: Stat, zxid: Zxid): string;
}

/** Reads the token of a page, or begins with the first. Throws a `Problem`. */
export function pagesOf(read: 'children' | 'tree', token: string | undefined): Pages {
  if (read === 'tree') {
    const begun = token === undefined ? undefined : decodeTreeContinuation(token);
    return {
      after: begun?.after,
      hasMoved: (_stat, zxid) => begun !== undefined && !zxidEquals(begun.firstZxid, zxid),
      next: (last, _stat, zxid) => encodeTreeContinuation(last, begun?.firstZxid ?? zxid),
    };
  }
  const begun = token === undefined ? undefined : decodeContinuation(token);
  return {
    after: begun?.after,
    hasMoved: (stat) => begun !== undefined && hasMoved(begun.first, stat),
    next: (last, stat) => encodeContinuation(last, begun?.first ?? stat),
  };
}

export interface ChildrenPage {
  readonly path: ZnodePath;
  readonly pages: Pages;
  readonly withData: boolean;
  readonly encoding: Encoding | undefined;
}

/** Encodes one page of a list; its `continue` asks for the next one. */
export function encodeChildren(
  { path, pages, withData, encoding }: ChildrenPage,
  { children, stat, more }: Extract<ReadResult, { read: 'children' | 'tree' }>,
  { zxid }: AnswerMeta,
): { readonly continue: string | null; readonly [field: string]: unknown } {
  const last = children.at(-1)?.name;
  return {
    path,
    children: children.map((child) => child.name),
    ...(withData && { znodes: children.map((child) => encodeChild(child, encoding)) }),
    stat: encodeStat(stat),
    moved: pages.hasMoved(stat, zxid),
    continue: more && last !== undefined ? pages.next(last, stat, zxid) : null,
  };
}
