// What every door offers, as one client sees it. Scenarios speak this alone, so they know nothing of HTTP, WebSocket,
// gRPC or ZooKeeper's wire; a door joins by one file that implements `Door`.

export interface StatView {
  readonly czxid: string;
  readonly mzxid: string;
  readonly pzxid: string;
  readonly ctime: number;
  readonly mtime: number;
  readonly version: number;
  readonly cversion: number;
  readonly aversion: number;
  readonly ephemeralOwner: string;
  readonly dataLength: number;
  readonly numChildren: number;
}

export interface AclEntryView {
  /** Letters of `cdrwa`. */
  readonly permissions: string;
  readonly scheme: string;
  readonly id: string;
}

/** An answer, or the code that every door shares, with what it says of the change. */
export type Answer<Value> =
  | { readonly ok: Value }
  | { readonly code: string; readonly applied: string; readonly failedIndex?: number };

export interface Expected {
  readonly version?: number;
  readonly czxid?: string;
}

export type Op =
  | {
      readonly op: 'create';
      readonly path: string;
      readonly data?: string;
      readonly kind?: 'persistent' | 'ephemeral' | 'container' | 'ttl';
      readonly sequential?: boolean;
      readonly ttlMs?: number;
      readonly parents?: boolean;
      readonly acl?: readonly AclEntryView[];
    }
  | ({
      readonly op: 'set';
      readonly path: string;
      readonly data: string;
      readonly create?: boolean;
    } & Expected)
  | ({ readonly op: 'delete'; readonly path: string; readonly recursive?: boolean } & Expected)
  | {
      readonly op: 'setAcl';
      readonly path: string;
      readonly acl: readonly AclEntryView[];
      readonly version?: number;
    }
  | ({ readonly op: 'check'; readonly path: string } & Expected)
  | { readonly op: 'checkAbsent'; readonly path: string }
  | { readonly op: 'checkLock'; readonly lock: string; readonly token: string }
  | { readonly op: 'checkSession'; readonly session: string };

export interface OpResultView {
  readonly op: string;
  readonly path: string;
  readonly stat?: StatView;
  readonly deleted?: number;
}

export interface LockView {
  readonly state: 'granted' | 'queued';
  readonly lockId: string;
  readonly token: string;
  readonly path: string;
  readonly session: string;
  readonly ahead: number;
}

/** A place in a queue, as somebody sees it who looks at the lock. */
export interface ContenderView {
  readonly path: string;
  readonly holds: boolean;
  /** Empty for who is not shown it. */
  readonly token: string;
  readonly session: string;
}

export interface EventView {
  readonly type: string;
  readonly path: string;
  readonly zxid: string;
  readonly data?: string;
}

/** A stream of events that collects what came. */
export interface Watching {
  readonly events: readonly EventView[];
  close(): void;
}

export interface ClientOptions {
  /** `user:password`, for the digest scheme. */
  readonly user?: string;
  /** With a session of this timeout. */
  readonly sessionTimeoutMs?: number;
}

export interface Client {
  /** Empty without one. */
  readonly session: string;
  /** One op as a request of its own. */
  write(op: Op, options?: { readonly idempotencyKey?: string }): Promise<Answer<OpResultView>>;
  txn(
    ops: readonly Op[],
    orElse?: readonly Op[],
  ): Promise<Answer<{ readonly branch: string; readonly results: readonly OpResultView[] }>>;
  get(path: string): Promise<Answer<{ readonly data: string; readonly stat: StatView }>>;
  exists(path: string): Promise<Answer<StatView>>;
  children(
    path: string,
  ): Promise<Answer<{ readonly children: readonly string[]; readonly stat: StatView }>>;
  getAcl(
    path: string,
  ): Promise<Answer<{ readonly acl: readonly AclEntryView[]; readonly stat: StatView }>>;
  sync(): Promise<Answer<object>>;
  /** Resolves once the stream is in sync. */
  watch(
    path: string,
    options?: {
      readonly recursive?: boolean;
      readonly from?: string;
      readonly initial?: boolean;
      readonly values?: boolean;
    },
  ): Promise<Answer<Watching>>;
  acquire(
    name: string,
    options?: {
      readonly lockId?: string;
      readonly mode?: 'exclusive' | 'read' | 'write' | 'semaphore';
      readonly permits?: number;
      readonly ttlMs?: number;
      readonly waitMs?: number;
      readonly try?: boolean;
      /** The lock belongs to this client's session. */
      readonly inSession?: boolean;
    },
  ): Promise<Answer<LockView>>;
  poll(name: string, lockId: string, waitMs: number): Promise<Answer<LockView>>;
  release(name: string, lockId: string, token?: string): Promise<Answer<object>>;
  viewLock(name: string): Promise<Answer<readonly ContenderView[]>>;
  touchSession(): Promise<Answer<object>>;
  endSession(): Promise<Answer<object>>;
  /** Ends the connection, not the session. */
  close(): Promise<void>;
}

/** What ZooKeeper's protocol, for one, does not have: scenarios that need it are not played there. */
export type Need =
  | 'locks'
  | 'keys'
  | 'streams'
  | 'else'
  /** Parents, recursion, czxids, requests outside of a session, answers that ZooKeeper's protocol has no room for. */
  | 'more than ZooKeeper';

export interface Door {
  readonly name: string;
  readonly lacks?: readonly Need[];
  connect(options?: ClientOptions): Promise<Client>;
}
