import { SocketClient } from '../support/socket-client.ts';
import { until } from '../support/until.ts';
import type { Json, JsonObject } from '../support/contract.ts';
import type {
  AclEntryView,
  Answer,
  Client,
  ClientOptions,
  ContenderView,
  Door,
  EventView,
  LockView,
  Op,
  OpResultView,
  StatView,
  Watching,
} from './door.ts';

/** Everything over one WebSocket: requests, streams and the session. */
export function webSocketDoor(base: string): Door {
  return {
    name: 'WebSocket',
    async connect(options = {}) {
      const client = new WebSocketClient(await SocketClient.open(base));
      await client.hello(options);
      return client;
    },
  };
}

class WebSocketClient implements Client {
  session = '';
  readonly #socket: SocketClient;

  constructor(socket: SocketClient) {
    this.#socket = socket;
  }

  async hello({ user, sessionTimeoutMs }: ClientOptions): Promise<void> {
    const ok = await this.#socket.ok('hello', {
      ...(user !== undefined && {
        authorization: `Basic ${Buffer.from(user).toString('base64')}`,
      }),
      ...(sessionTimeoutMs !== undefined && { openSession: { timeoutMs: sessionTimeoutMs } }),
    });
    const session = ok['session'] as JsonObject | null;
    if (session !== null) this.session = text(session['id']);
  }

  async write(
    op: Op,
    options: { readonly idempotencyKey?: string } = {},
  ): Promise<Answer<OpResultView>> {
    const asked = await this.#ask('txn', { ops: [op], ...options }, ({ results }) => {
      const [result] = results as unknown as OpResultView[];
      if (result === undefined) throw new Error('an op without a result');
      return result;
    });
    return 'ok' in asked ? asked : { code: asked.code, applied: asked.applied };
  }

  txn(
    ops: readonly Op[],
    orElse?: readonly Op[],
  ): Promise<Answer<{ branch: string; results: readonly OpResultView[] }>> {
    const fields = { ops, ...(orElse !== undefined && { else: orElse }) };
    return this.#ask('txn', fields, ({ branch, results }) => ({
      branch: text(branch),
      results: results as unknown as OpResultView[],
    }));
  }

  get(path: string): Promise<Answer<{ data: string; stat: StatView }>> {
    return this.#ask('get', { path }, ({ data, stat }) => ({
      data: typeof data === 'string' ? data : '',
      stat: stat as unknown as StatView,
    }));
  }

  exists(path: string): Promise<Answer<StatView>> {
    return this.#ask('exists', { path }, ({ stat }) => stat as unknown as StatView);
  }

  children(path: string): Promise<Answer<{ children: readonly string[]; stat: StatView }>> {
    return this.#ask('children', { path }, ({ children, stat }) => ({
      children: children as string[],
      stat: stat as unknown as StatView,
    }));
  }

  getAcl(path: string): Promise<Answer<{ acl: readonly AclEntryView[]; stat: StatView }>> {
    return this.#ask('getAcl', { path }, ({ acl, stat }) => ({
      acl: acl as unknown as AclEntryView[],
      stat: stat as unknown as StatView,
    }));
  }

  sync(): Promise<Answer<object>> {
    return this.#ask('sync', {}, () => ({}));
  }

  async watch(path: string, options: object = {}): Promise<Answer<Watching>> {
    const id = this.#socket.send('watch', { path, ...options });
    const answered = outcome(await this.#socket.answer(id), () => ({}));
    if (!('ok' in answered)) return answered;
    const all = (): readonly JsonObject[] => this.#socket.events(id);
    const refusal = (): JsonObject | undefined => all().find(({ type }) => type === 'refused');
    await until(
      'the stream to be in sync',
      () => refusal() !== undefined || all().some(({ type }) => type === 'synced'),
    );
    const refused = refusal();
    if (refused !== undefined) return outcome(refused, () => assertNever());
    const socket = this.#socket;
    return {
      ok: {
        get events() {
          return all()
            .filter(({ type }) => type !== 'synced' && type !== 'bookmark')
            .map(eventView);
        },
        close() {
          socket.send('unwatch', { watch: id });
        },
      },
    };
  }

  acquire(name: string, options: Parameters<Client['acquire']>[1] = {}): Promise<Answer<LockView>> {
    // A socket with a session asks in that session.
    const fields: Record<string, unknown> = { lock: name, ...options };
    delete fields['inSession'];
    return this.#ask('acquire', fields, lockView);
  }

  poll(name: string, lockId: string, waitMs: number): Promise<Answer<LockView>> {
    return this.#ask('poll', { lock: name, lockId, waitMs }, lockView);
  }

  release(name: string, lockId: string, token?: string): Promise<Answer<object>> {
    const fields = { lock: name, lockId, ...(token !== undefined && { token }) };
    return this.#ask('release', fields, () => ({}));
  }

  viewLock(name: string): Promise<Answer<readonly ContenderView[]>> {
    return this.#ask('viewLock', { lock: name }, ({ contenders }) =>
      (contenders as JsonObject[]).map((each) => ({
        path: text(each['path']),
        holds: each['holds'] === true,
        token: typeof each['fencingToken'] === 'string' ? each['fencingToken'] : '',
        session: typeof each['session'] === 'string' ? each['session'] : '',
      })),
    );
  }

  touchSession(): Promise<Answer<object>> {
    return this.#ask('heartbeat', {}, () => ({}));
  }

  endSession(): Promise<Answer<object>> {
    return this.#ask('closeSession', {}, () => ({}));
  }

  close(): Promise<void> {
    return this.#socket.close();
  }

  async #ask<Value>(
    op: string,
    fields: object,
    read: (ok: JsonObject) => Value,
  ): Promise<Answer<Value>> {
    const socket = this.#socket;
    const id = socket.send(op, fields);
    // A socket whose session is gone says so and closes: that is the answer to whatever was still asked.
    const answer = await until(`the answer to ${op}`, () => {
      const found = socket.messages.find((message) => message['id'] === id);
      return found ?? (socket.closeCode === undefined ? undefined : 'closed');
    });
    if (answer !== 'closed') return outcome(answer, read);
    if (socket.messages.some(({ type }) => type === 'sessionEnded')) {
      return { code: 'SESSIONEXPIRED', applied: 'no' };
    }
    throw new Error(`${op}: closed with ${String(socket.closeCode)}`);
  }
}

function assertNever(): never {
  throw new Error('a refusal that is none');
}

function outcome<Value>(message: JsonObject, read: (ok: JsonObject) => Value): Answer<Value> {
  if ('ok' in message) return { ok: read(message['ok'] as JsonObject) };
  const { code, applied, failedIndex } = message['error'] as JsonObject;
  return {
    code: text(code),
    applied: text(applied),
    ...(typeof failedIndex === 'number' && { failedIndex }),
  };
}

function eventView(json: JsonObject): EventView {
  const { data } = json;
  return {
    type: text(json['type']),
    path: text(json['path']),
    zxid: text(json['zxid']),
    ...(typeof data === 'string' && { data }),
  };
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function lockView(json: JsonObject): LockView {
  return {
    state: json['state'] === 'granted' ? 'granted' : 'queued',
    lockId: text(json['lockId']),
    token: typeof json['fencingToken'] === 'string' ? json['fencingToken'] : '',
    path: text(json['path']),
    session: text(json['session']),
    ahead: Number(json['ahead'] ?? 0),
  };
}
