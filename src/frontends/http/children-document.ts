import type { ZnodePath } from '../../model/path.ts';
import type { ReadResult } from '../../model/read.ts';
import { encodeContinuation, hasMoved, type Continuation } from './continuation.ts';
import { encodeChild, encodeStat, type Encoding } from './encode.ts';

export interface ChildrenPage {
  readonly path: ZnodePath;
  /** Absent for the first page. */
  readonly begun: Continuation | undefined;
  readonly withData: boolean;
  readonly encoding: Encoding | undefined;
}

/** One page of a list; `continue` asks for the next one. */
export function encodeChildren(
  { path, begun, withData, encoding }: ChildrenPage,
  result: Extract<ReadResult, { read: 'children' }>,
): { readonly continue: string | null; readonly [field: string]: unknown } {
  const last = result.children.at(-1)?.name;
  const hasNext = result.more && last !== undefined;
  return {
    ...{ path, children: result.children.map((child) => child.name) },
    ...(withData && { znodes: result.children.map((child) => encodeChild(child, encoding)) }),
    stat: encodeStat(result.stat),
    moved: begun !== undefined && hasMoved(begun.first, result.stat),
    continue: hasNext ? encodeContinuation(last, begun?.first ?? result.stat) : null,
  };
}
