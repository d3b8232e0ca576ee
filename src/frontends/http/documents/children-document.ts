import type { ZnodePath } from '../../../model/path.ts';
import type { ChildView, ReadResult } from '../../../model/read.ts';
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
import { smallAnswerBytesMax } from '../exchange/connection.ts';
import type { SizedDocument } from '../exchange/large-answer.ts';
import { encodeChild, encodeStat, type Encoding } from './encode.ts';
import { arrayParts, dataFieldsOf, objectParts, type Parts } from './parts.ts';

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

/** What a znode has in a list beside its name and data: its stat, for the most part. */
const znodeBytes = 400;

/** A page of a list, with the token of the next one; null on the last. */
export interface ChildrenDocument extends SizedDocument {
  readonly next: string | null;
}

/** Makes the document of one page of a list; its `continue` asks for the next one. */
export function childrenDocument(
  { path, pages, withData, encoding }: ChildrenPage,
  { children, stat, more }: Extract<ReadResult, { read: 'children' | 'tree' }>,
  { zxid }: AnswerMeta,
): ChildrenDocument {
  const last = children.at(-1)?.name;
  const moved = pages.hasMoved(stat, zxid);
  const next = more && last !== undefined ? pages.next(last, stat, zxid) : null;
  return {
    next,
    bytes: children.reduce((sum, child) => sum + childBytes(child), 0),
    document: () => ({
      path,
      children: children.map((child) => child.name),
      ...(withData && { znodes: children.map((child) => encodeChild(child, encoding)) }),
      stat: encodeStat(stat),
      moved,
      continue: next,
    }),
    parts: () =>
      objectParts([
        ['path', path],
        ['children', () => arrayParts(children, ({ name }) => JSON.stringify(name))],
        [
          'znodes',
          withData ? () => arrayParts(children, (child) => childParts(child, encoding)) : undefined,
        ],
        ['stat', encodeStat(stat)],
        ['moved', moved],
        ['continue', next],
      ]),
  };
}

function childBytes({ name, znode }: ChildView): number {
  return name.length + (znode === undefined ? 0 : znodeBytes + (znode.data?.length ?? 0));
}

function childParts(child: ChildView, encoding: Encoding | undefined): string | Parts {
  const { name, znode } = child;
  if (znode === undefined || childBytes(child) < smallAnswerBytesMax) {
    return JSON.stringify(encodeChild(child, encoding));
  }
  return objectParts([
    ['name', name],
    ...dataFieldsOf(znode.data, encoding),
    ['stat', encodeStat(znode.stat)],
  ]);
}
