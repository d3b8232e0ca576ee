import {
  GrpcClient,
  type Method,
  locks,
  richErrorOf,
  sessions,
  watches,
  znodes,
} from '../support/grpc-client.ts';
import { until } from '../support/until.ts';
import type {
  AclEntryView,
  Answer,
  Client,
  ClientOptions,
  ContenderView,
  Door,
  EventView,
  Expected,
  LockView,
  Op,
  OpResultView,
  StatView,
  Watching,
} from './door.ts';

/** gRPC's unary calls and its stream of events, with a session as a credential. */
export function grpcDoor(target: string): Door {
  return {
    name: 'gRPC',
    async connect(options = {}) {
      const client = new GrpcDoorClient(target, options);
      await client.open();
      return client;
    },
  };
}

const letters = [
  ['c', 4],
  ['d', 8],
  ['r', 1],
  ['w', 2],
  ['a', 16],
] as const;

const kinds = {
  persistent: 'ZNODE_KIND_PERSISTENT',
  ephemeral: 'ZNODE_KIND_EPHEMERAL',
  container: 'ZNODE_KIND_CONTAINER',
  ttl: 'ZNODE_KIND_TTL',
} as const;

const modes = {
  exclusive: 'LOCK_MODE_EXCLUSIVE',
  read: 'LOCK_MODE_READ',
  write: 'LOCK_MODE_WRITE',
  semaphore: 'LOCK_MODE_SEMAPHORE',
} as const;

class GrpcDoorClient implements Client {
  session = '';
  readonly #client: GrpcClient;
  readonly #options: ClientOptions;
  readonly #metadata: Record<string, string> = {};
  readonly #streams = new Set<{ cancel(): void }>();

  constructor(target: string, options: ClientOptions) {
    this.#client = new GrpcClient(target);
    this.#options = options;
    if (options.user !== undefined) {
      this.#metadata['authorization'] = `Basic ${Buffer.from(options.user).toString('base64')}`;
    }
  }

  async open(): Promise<void> {
    const { sessionTimeoutMs } = this.#options;
    if (sessionTimeoutMs === undefined) return;
    const opened = await this.#client.call(sessions.OpenSession, { timeoutMs: sessionTimeoutMs });
    this.session = opened.sessionId.toString();
    this.#metadata['x-session-id'] = this.session;
    this.#metadata['x-session-secret'] = opened.secret.toString('base64url');
  }

  async write(
    op: Op,
    options: { readonly idempotencyKey?: string } = {},
  ): Promise<Answer<OpResultView>> {
    const request = { ops: [txnOp(op)], ...options };
    const asked = await this.#ask(znodes.Txn, request, ({ results }) => {
      const [result] = results.map(resultView);
      if (result === undefined) throw new Error('an op without a result');
      return result;
    });
    return 'ok' in asked ? asked : { code: asked.code, applied: asked.applied };
  }

  txn(
    ops: readonly Op[],
    orElse?: readonly Op[],
  ): Promise<Answer<{ branch: string; results: readonly OpResultView[] }>> {
    const request = {
      ops: ops.map(txnOp),
      ...(orElse !== undefined && { orElse: { ops: orElse.map(txnOp) } }),
    };
    return this.#ask(znodes.Txn, request, ({ results, isOrElse }) => ({
      branch: isOrElse ? 'else' : 'ops',
      results: results.map(resultView),
    }));
  }

  get(path: string): Promise<Answer<{ data: string; stat: StatView }>> {
    return this.#ask(znodes.Get, { path }, ({ data, stat }) => ({
      data: data.toString('utf8'),
      stat: statView(stat),
    }));
  }

  exists(path: string): Promise<Answer<StatView>> {
    return this.#ask(znodes.Exists, { path }, ({ stat }) => statView(stat));
  }

  children(path: string): Promise<Answer<{ children: readonly string[]; stat: StatView }>> {
    return this.#ask(znodes.ListChildren, { path }, ({ children, stat }) => ({
      children: children.map(({ name }) => name),
      stat: statView(stat),
    }));
  }

  getAcl(path: string): Promise<Answer<{ acl: readonly AclEntryView[]; stat: StatView }>> {
    return this.#ask(znodes.GetAcl, { path }, ({ acl, stat }) => ({
      acl: acl.map(({ permissions, scheme, id }) => ({
        permissions: letters
          .map(([letter, bit]) => ((permissions & bit) === 0 ? '' : letter))
          .join(''),
        scheme,
        id,
      })),
      stat: statView(stat),
    }));
  }

  sync(): Promise<Answer<object>> {
    return this.#ask(znodes.Sync, {}, () => ({}));
  }

  async watch(
    path: string,
    options: { recursive?: boolean; from?: string; initial?: boolean; values?: boolean } = {},
  ): Promise<Answer<Watching>> {
    const { recursive, from, initial, values } = options;
    const metadata = this.#metadata;
    const request = {
      path,
      ...(recursive !== undefined && { recursive }),
      ...(initial !== undefined && { initial }),
      ...(values !== undefined && { withData: values }),
      ...(from !== undefined && { after: { zxid: from } }),
    };
    const stream = this.#client.stream(watches.Watch, request, { metadata });
    this.#streams.add(stream);
    const events: EventView[] = [];
    let isSynced = false;
    let failed: unknown;
    stream.on('error', (error) => {
      failed = error;
    });
    stream.on('data', ({ events: told, initial: first, synced }: WatchMessage) => {
      for (const part of [told, first]) {
        if (part) for (const event of part.events) events.push(eventView(event, part.zxid, values));
      }
      if (synced) isSynced = true;
    });
    await until('the stream to be in sync', () => isSynced || failed !== undefined);
    if (failed !== undefined) return refusalOf(failed);
    return {
      ok: {
        events,
        close() {
          stream.cancel();
        },
      },
    };
  }

  acquire(name: string, options: Parameters<Client['acquire']>[1] = {}): Promise<Answer<LockView>> {
    const { lockId, mode, permits, ttlMs, waitMs } = options;
    const request = {
      name,
      tryOnly: options.try ?? false,
      ...(lockId !== undefined && { lockId }),
      ...(mode !== undefined && { mode: modes[mode] }),
      ...(permits !== undefined && { permits }),
      ...(ttlMs !== undefined && { ttlMs }),
      ...(waitMs !== undefined && { waitMs }),
    };
    return this.#ask(locks.AcquireLock, request, ({ status }) => lockView(status));
  }

  poll(name: string, lockId: string, waitMs: number): Promise<Answer<LockView>> {
    return this.#ask(locks.PollLock, { name, lockId, waitMs }, ({ status }) => lockView(status));
  }

  release(name: string, lockId: string, token?: string): Promise<Answer<object>> {
    const request = { name, lockId, ...(token !== undefined && { fencingToken: token }) };
    return this.#ask(locks.ReleaseLock, request, () => ({}));
  }

  viewLock(name: string): Promise<Answer<readonly ContenderView[]>> {
    return this.#ask(locks.GetLock, { name }, ({ contenders }) =>
      contenders.map(({ path, holds, token, sessionId }) => ({
        path,
        holds,
        token: shown(token),
        session: shown(sessionId),
      })),
    );
  }

  touchSession(): Promise<Answer<object>> {
    return this.#ask(sessions.TouchSession, {}, () => ({}));
  }

  endSession(): Promise<Answer<object>> {
    return this.#ask(sessions.CloseSession, {}, () => ({}));
  }

  close(): Promise<void> {
    for (const stream of this.#streams) stream.cancel();
    this.#client.close();
    return Promise.resolve();
  }

  async #ask<Request, Response, Value>(
    method: Method<Request, Response>,
    request: Request,
    read: (response: Response) => Value,
  ): Promise<Answer<Value>> {
    let response: Response;
    try {
      response = await this.#client.call(method, request, { metadata: this.#metadata });
    } catch (error) {
      return refusalOf(error);
    }
    return { ok: read(response) };
  }
}

function refusalOf(error: unknown): Exclude<Answer<unknown>, { readonly ok: unknown }> {
  const { reason, facts } = richErrorOf(error);
  const { applied = '', failedIndex } = facts;
  return {
    code: reason,
    applied,
    ...(failedIndex !== undefined && { failedIndex: Number(failedIndex) }),
  };
}

function txnOp(op: Op): object {
  switch (op.op) {
    case 'create': {
      const { path, data, acl, kind, sequential = false, ttlMs = 0, parents = false } = op;
      const bytes = Buffer.from(data ?? '');
      const made = { path, data: bytes, nullData: data === undefined, sequential, ttlMs, parents };
      return { create: { ...made, kind: kinds[kind ?? 'persistent'], acl: aclOf(acl) } };
    }
    case 'set': {
      const { path, data, create = false } = op;
      return { set: { path, data: Buffer.from(data), create, ...expected(op) } };
    }
    case 'delete':
      return { delete: { path: op.path, recursive: op.recursive ?? false, ...expected(op) } };
    case 'setAcl':
      return {
        setAcl: {
          path: op.path,
          acl: aclOf(op.acl),
          ...(op.version !== undefined && { expected: { aversion: op.version } }),
        },
      };
    case 'check':
      return { check: { path: op.path, ...expected(op) } };
    case 'checkAbsent':
      return { checkAbsent: { path: op.path } };
    case 'checkLock':
      return { checkLock: { queue: `/locks/${op.lock}`, fencingToken: op.token } };
    case 'checkSession':
      return { checkSession: { sessionId: op.session } };
  }
}

function expected({ version, czxid }: Expected): object {
  if (version === undefined && czxid === undefined) return {};
  return { expected: { version: version ?? -1, ...(czxid !== undefined && { czxid }) } };
}

/** A number that is not shown is 0 in protobuf. */
function shown(number: unknown): string {
  return String(number) === '0' ? '' : String(number);
}

function aclOf(acl: readonly AclEntryView[] | undefined): readonly object[] {
  return (acl ?? []).map(({ permissions, scheme, id }) => ({
    permissions: letters.reduce(
      (sum, [letter, bit]) => sum + (permissions.includes(letter) ? bit : 0),
      0,
    ),
    scheme,
    id,
  }));
}

/** 64-bit fields come as objects that print as decimals. */
type Wide = 'czxid' | 'mzxid' | 'pzxid' | 'ctime' | 'mtime' | 'ephemeralOwner';
type StatMessage = Omit<StatView, Wide> & Readonly<Record<Wide, { toString(): string }>>;

function statView(stat: StatMessage | null): StatView {
  if (stat === null) throw new Error('an answer without a stat');
  const { ctime, mtime, version, cversion, aversion, dataLength, numChildren } = stat;
  return {
    version,
    cversion,
    aversion,
    dataLength,
    numChildren,
    ctime: Number(ctime.toString()),
    mtime: Number(mtime.toString()),
    czxid: stat.czxid.toString(),
    mzxid: stat.mzxid.toString(),
    pzxid: stat.pzxid.toString(),
    ephemeralOwner: stat.ephemeralOwner.toString(),
  };
}

const opNames: Readonly<Record<string, string>> = {
  TXN_RESULT_KIND_CREATE: 'create',
  TXN_RESULT_KIND_SET: 'set',
  TXN_RESULT_KIND_DELETE: 'delete',
  TXN_RESULT_KIND_SET_ACL: 'setAcl',
  TXN_RESULT_KIND_CHECK: 'check',
};

function resultView(result: {
  readonly kind: string;
  readonly path: string;
  readonly stat: StatMessage | null;
  readonly deleted: number;
}): OpResultView {
  const op = opNames[result.kind] ?? result.kind;
  const { path, stat, deleted } = result;
  return {
    op,
    path,
    ...(stat !== null && { stat: statView(stat) }),
    ...(op === 'delete' && { deleted }),
  };
}

interface EventMessage {
  readonly type: string;
  readonly path: string;
  readonly data: Buffer;
}

interface EventsMessage {
  readonly zxid: { toString(): string };
  readonly events: readonly EventMessage[];
}

interface WatchMessage {
  readonly events?: EventsMessage | null;
  readonly initial?: EventsMessage | null;
  readonly synced?: object | null;
}

const eventTypes: Readonly<Record<string, string>> = {
  WATCH_EVENT_TYPE_CREATED: 'created',
  WATCH_EVENT_TYPE_DATA_CHANGED: 'dataChanged',
  WATCH_EVENT_TYPE_DELETED: 'deleted',
  WATCH_EVENT_TYPE_CHILDREN_CHANGED: 'childrenChanged',
};

function eventView(
  { type, path, data }: EventMessage,
  zxid: { toString(): string },
  values: boolean | undefined,
): EventView {
  const name = eventTypes[type] ?? type;
  const hasValue = values === true && (name === 'created' || name === 'dataChanged');
  return {
    type: name,
    path,
    zxid: zxid.toString(),
    ...(hasValue && { data: data.toString('utf8') }),
  };
}

function lockView(
  status: {
    readonly granted: boolean;
    readonly lockId: string;
    readonly sessionId: { toString(): string };
    readonly path: string;
    readonly fencingToken: { toString(): string };
    readonly ahead: number;
  } | null,
): LockView {
  if (status === null) throw new Error('an answer without a status');
  const { granted, lockId, path, ahead } = status;
  return {
    state: granted ? 'granted' : 'queued',
    lockId,
    token: granted ? status.fencingToken.toString() : '',
    path,
    session: status.sessionId.toString(),
    ahead,
  };
}
