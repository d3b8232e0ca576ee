import type { Acl } from '../../model/acl.ts';

/** A znode as both protocols show it. Whether it is a container or has a TTL neither of them tells. */
export interface CopiedZnode {
  readonly data: Uint8Array | null;
  /** Undefined where it is not shown at all. */
  readonly acl: Acl | undefined;
  readonly isEphemeral: boolean;
  readonly numChildren: number;
}

/** `hidden`: it may not be read. */
export type Found = CopiedZnode | 'absent' | 'hidden';

/** `moved`: it is not as it was when it was read; look again. */
export type Outcome = 'done' | 'moved' | { readonly refused: string };

/** `begun`: from here on nothing is missed. `all`: anything may have changed. */
export type Change =
  { readonly kind: 'begun' | 'all' } | { readonly kind: 'path'; readonly path: string };

/** One end of a copy: an ensemble, by its protocol. Lost connections are made anew; what can't be done throws. */
export interface Side {
  read(path: string): Promise<Found>;
  /** None where the znode is absent, or hidden. */
  children(path: string): Promise<readonly string[]>;
  create(
    path: string,
    znode: { readonly data: Uint8Array | null; readonly acl: Acl },
  ): Promise<Outcome>;
  setData(path: string, data: Uint8Array | null): Promise<Outcome>;
  setAcl(path: string, acl: Acl): Promise<Outcome>;
  /** Of a znode without children. */
  remove(path: string): Promise<Outcome>;
  /** What changes at and below a path, until the signal. */
  changes(path: string, signal: AbortSignal): AsyncGenerator<Change>;
  close(): Promise<void>;
}
