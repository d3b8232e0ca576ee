import type { Acl } from './acl.ts';
import type { ZnodePath } from './path.ts';
import type { Stat } from './stat.ts';

export type ReadQuery =
  | { readonly read: 'data'; readonly path: ZnodePath }
  | { readonly read: 'stat'; readonly path: ZnodePath }
  | { readonly read: 'acl'; readonly path: ZnodePath }
  | {
      readonly read: 'children';
      readonly path: ZnodePath;
      /** At most `limits.childrenPageMax`. */
      readonly limit: number;
      /** Names after this one, in code point order. */
      readonly after?: string;
      readonly withData: boolean;
    };

export interface ChildView {
  readonly name: string;
  /** With `withData`, and only where the caller may read the child. */
  readonly znode?: { readonly data: Uint8Array | null; readonly stat: Stat };
}

export type ReadResult =
  | { readonly read: 'data'; readonly data: Uint8Array | null; readonly stat: Stat }
  | { readonly read: 'stat'; readonly stat: Stat }
  | { readonly read: 'acl'; readonly acl: Acl; readonly stat: Stat }
  | {
      readonly read: 'children';
      readonly children: readonly ChildView[];
      /** Of the parent: `pzxid` and `cversion` tell whether the list moved between two pages. */
      readonly stat: Stat;
      /** True when more names follow the last one. */
      readonly more: boolean;
    };

export type ResultOf<Query extends ReadQuery> = Extract<ReadResult, { read: Query['read'] }>;
