import type { Acl } from './acl.ts';
import type { OwnedKind } from './txn.ts';
import type { SessionId } from './ids.ts';
import type { ZnodePath } from './path.ts';
import type { Stat } from './stat.ts';

interface ListQuery {
  readonly path: ZnodePath;
  /** At most `limits.childrenPageMax`. */
  readonly limit: number;
  /** The last name of the page before. */
  readonly after?: string;
  readonly withData: boolean;
}

export type ReadQuery =
  /** `dataBytesMax`: longer data is left away, so that who asks may make room for it first. */
  | { readonly read: 'data'; readonly path: ZnodePath; readonly dataBytesMax?: number }
  | { readonly read: 'stat'; readonly path: ZnodePath }
  | { readonly read: 'acl'; readonly path: ZnodePath }
  /** All children at once, in code point order: ZooKeeper's getChildren, which promises none. */
  | { readonly read: 'names'; readonly path: ZnodePath }
  /** ZooKeeper's getEphemerals: of this session, whatever their ACL, those whose path begins with the text. */
  | {
      readonly read: 'ephemerals';
      /** The root: it is about no znode. */
      readonly path: ZnodePath;
      readonly prefix: string;
      readonly session: SessionId;
    }
  /** ZooKeeper's getAllChildrenNumber: how many znodes there are below this one. */
  | { readonly read: 'descendants'; readonly path: ZnodePath }
  /** The children, in code point order. */
  | (ListQuery & { readonly read: 'children' })
  /**
   * All below the znode: each before what is below it, siblings in code point order. Names are paths without the part
   * up to the znode asked for: `b/c`. Nothing below a znode is listed that its ACL does not let the caller list.
   */
  | (ListQuery & { readonly read: 'tree' });

export interface ChildView {
  readonly name: string;
  /** With `withData`, and only where the caller may read the child. */
  readonly znode?: { readonly data: Uint8Array | null; readonly stat: Stat };
}

interface ListResult {
  readonly children: readonly ChildView[];
  /** Of the znode asked for: `pzxid` and `cversion` tell whether its children moved between two pages. */
  readonly stat: Stat;
  /** True when more names follow the last one: `limit` or `limits.listBytesMax` ended the page. */
  readonly more: boolean;
}

/**
 * The names of a znode's very many children, all of one state, however long it takes to take them. To be taken to the end
 * or closed.
 */
export interface NamesInParts {
  /** How many there are, given or not. */
  readonly length: number;
  /** Of all names together. */
  readonly bytes: number;
  /** Gives the next names, of about `bytesMax`; none at the end. */
  next(bytesMax: number): readonly string[];
  /** Gives up. Also fine after the end. */
  close(): void;
}

export type ReadResult =
  /** `data` is null also when it was left away; `stat` knows its length. */
  | { readonly read: 'data'; readonly data: Uint8Array | null; readonly stat: Stat }
  | { readonly read: 'stat'; readonly stat: Stat }
  | {
      readonly read: 'acl';
      readonly acl: Acl;
      readonly stat: Stat;
      readonly owned: OwnedKind;
    }
  | {
      readonly read: 'names';
      readonly names: readonly string[] | NamesInParts;
      readonly stat: Stat;
    }
  | { readonly read: 'ephemerals'; readonly paths: readonly ZnodePath[] }
  | { readonly read: 'descendants'; readonly count: number }
  | (ListResult & { readonly read: 'children' })
  | (ListResult & { readonly read: 'tree' });

export type ResultOf<Query extends ReadQuery> = Extract<ReadResult, { read: Query['read'] }>;
