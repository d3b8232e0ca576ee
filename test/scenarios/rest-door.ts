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

/** REST as a client without a library speaks it: fetch, JSON, and ndjson for streams. */
export function restDoor(base: string): Door {
  return {
    name: 'REST',
    async connect(options = {}) {
      const client = new RestClient(base, options);
      await client.open();
      return client;
    },
  };
}

interface JsonAnswer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

class RestClient implements Client {
  session = '';
  readonly #base: string;
  readonly #options: ClientOptions;
  readonly #headers: Record<string, string> = {};
  readonly #streams = new Set<AbortController>();

  constructor(base: string, options: ClientOptions) {
    this.#base = base;
    this.#options = options;
    if (options.user !== undefined) {
      this.#headers['authorization'] = `Basic ${Buffer.from(options.user).toString('base64')}`;
    }
  }

  async open(): Promise<void> {
    const { sessionTimeoutMs } = this.#options;
    if (sessionTimeoutMs === undefined) return;
    const { json } = await this.#call('POST', '/v1/sessions', { timeoutMs: sessionTimeoutMs });
    this.session = String(json['id']);
    this.#headers['x-session-id'] = this.session;
    this.#headers['x-session-secret'] = String(json['secret']);
  }

  async write(
    op: Op,
    options: { readonly idempotencyKey?: string } = {},
  ): Promise<Answer<OpResultView>> {
    // One op as a transaction is the one form that says all there is to say; the routes have tests of their own.
    const keyed: Record<string, string> =
      options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey };
    const answer = await this.#call('POST', '/v1/txn', { ops: [op] }, keyed);
    const asked = outcome(answer, ({ results }) => (results as OpResultView[])[0] as OpResultView);
    return 'ok' in asked ? asked : { code: asked.code, applied: asked.applied };
  }

  async txn(
    ops: readonly Op[],
    orElse?: readonly Op[],
  ): Promise<Answer<{ branch: string; results: readonly OpResultView[] }>> {
    const answer = await this.#call('POST', '/v1/txn', {
      ops,
      ...(orElse !== undefined && { else: orElse }),
    });
    return outcome(answer, ({ branch, results }) => ({
      branch: String(branch),
      results: results as OpResultView[],
    }));
  }

  async get(path: string): Promise<Answer<{ data: string; stat: StatView }>> {
    const answer = await this.#call('GET', nodeUrl(path));
    return outcome(answer, ({ data, stat }) => ({
      data: typeof data === 'string' ? data : '',
      stat: stat as StatView,
    }));
  }

  async exists(path: string): Promise<Answer<StatView>> {
    const answer = await this.#call('GET', `${nodeUrl(path)}?stat`);
    return outcome(answer, ({ stat }) => stat as StatView);
  }

  async children(path: string): Promise<Answer<{ children: readonly string[]; stat: StatView }>> {
    const answer = await this.#call('GET', `${nodeUrl(path)}?children`);
    return outcome(answer, ({ children, stat }) => ({
      children: children as string[],
      stat: stat as StatView,
    }));
  }

  async getAcl(path: string): Promise<Answer<{ acl: readonly AclEntryView[]; stat: StatView }>> {
    const answer = await this.#call('GET', `${nodeUrl(path)}?acl`);
    return outcome(answer, ({ acl, stat }) => ({
      acl: acl as AclEntryView[],
      stat: stat as StatView,
    }));
  }

  async sync(): Promise<Answer<object>> {
    return outcome(await this.#call('POST', '/v1/sync'), () => ({}));
  }

  async watch(
    path: string,
    options: { recursive?: boolean; from?: string; initial?: boolean; values?: boolean } = {},
  ): Promise<Answer<Watching>> {
    const query = new URLSearchParams({ path });
    if (options.recursive === true) query.set('recursive', 'true');
    if (options.initial === true) query.set('initial', 'true');
    if (options.values === true) query.set('values', 'true');
    if (options.from !== undefined) query.set('from', options.from);
    const aborting = new AbortController();
    const response = await fetch(`${this.#base}/v1/watch?${query.toString()}`, {
      headers: { ...this.#headers, accept: 'application/x-ndjson' },
      signal: aborting.signal,
    });
    if (response.status !== 200 || response.body === null) {
      return outcome(await jsonOf(response), () => assertNever());
    }
    this.#streams.add(aborting);
    const events: EventView[] = [];
    await new Promise<void>((synced, failed) => {
      void followLines(response.body as ReadableStream<Uint8Array>, (line) => {
        const event = JSON.parse(line) as EventView;
        if (event.type === 'synced') synced();
        else if (event.type !== 'bookmark') events.push(event);
      }).then(() => {
        failed(new Error('the stream ended before it was in sync'));
      }, failed);
    });
    return {
      ok: {
        events,
        close() {
          aborting.abort();
        },
      },
    };
  }

  async acquire(
    name: string,
    options: Parameters<Client['acquire']>[1] = {},
  ): Promise<Answer<LockView>> {
    const { waitMs = 0, try: tries = false, inSession = false, ...body } = options;
    const query = `wait=${String(waitMs)}ms${tries ? '&try' : ''}`;
    const sent = inSession ? { ...body, session: this.session } : body;
    const headers = inSession ? {} : { 'x-session-id': '', 'x-session-secret': '' };
    return lockOutcome(await this.#call('POST', `/v1/locks/${name}?${query}`, sent, headers));
  }

  async poll(name: string, lockId: string, waitMs: number): Promise<Answer<LockView>> {
    return lockOutcome(
      await this.#call('GET', `/v1/locks/${name}/${lockId}?wait=${String(waitMs)}ms`),
    );
  }

  async release(name: string, lockId: string, token?: string): Promise<Answer<object>> {
    const headers: Record<string, string> = token === undefined ? {} : { 'x-fencing-token': token };
    const answer = await this.#call('DELETE', `/v1/locks/${name}/${lockId}`, undefined, headers);
    return outcome(answer, () => ({}));
  }

  async viewLock(name: string): Promise<Answer<readonly ContenderView[]>> {
    const answer = await this.#call('GET', `/v1/locks/${name}`);
    return outcome(answer, ({ contenders }) =>
      (contenders as Record<string, unknown>[]).map((each) => ({
        path: String(each['path']),
        holds: each['holds'] === true,
        token: typeof each['fencingToken'] === 'string' ? each['fencingToken'] : '',
        session: typeof each['session'] === 'string' ? each['session'] : '',
      })),
    );
  }

  async touchSession(): Promise<Answer<object>> {
    return outcome(await this.#call('PUT', `/v1/sessions/${this.session}`), () => ({}));
  }

  async endSession(): Promise<Answer<object>> {
    return outcome(await this.#call('DELETE', `/v1/sessions/${this.session}`), () => ({}));
  }

  close(): Promise<void> {
    for (const stream of this.#streams) stream.abort();
    return Promise.resolve();
  }

  /** An empty header stands for none. */
  async #call(
    method: string,
    target: string,
    body?: object,
    more: Readonly<Record<string, string>> = {},
  ): Promise<JsonAnswer> {
    const headers = Object.entries({ accept: 'application/json', ...this.#headers, ...more });
    const response = await fetch(this.#base + target, {
      method,
      headers: Object.fromEntries(headers.filter(([, value]) => value !== '')),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return jsonOf(response);
  }
}

async function jsonOf(response: Response): Promise<JsonAnswer> {
  const text = await response.text();
  return {
    status: response.status,
    json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

function outcome<Value>(
  { status, json }: JsonAnswer,
  read: (json: Record<string, unknown>) => Value,
): Answer<Value> {
  if (status < 300) return { ok: read(json) };
  const { code, applied, failedIndex } = json;
  return {
    code: String(code),
    applied: String(applied),
    ...(typeof failedIndex === 'number' && { failedIndex }),
  };
}

function lockOutcome(answer: JsonAnswer): Answer<LockView> {
  return outcome(answer, (json) => ({
    state: answer.status === 200 ? 'granted' : 'queued',
    lockId: String(json['lockId']),
    token: typeof json['fencingToken'] === 'string' ? json['fencingToken'] : '',
    path: String(json['path']),
    session: String(json['session']),
    ahead: Number(json['ahead'] ?? 0),
  }));
}

function nodeUrl(path: string): string {
  return `/v1/nodes${path.split('/').map(encodeURIComponent).join('/')}`;
}

async function followLines(
  body: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = '';
  try {
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') onLine(line);
    }
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
  }
}

function assertNever(): never {
  throw new Error('a stream that is refused has no value');
}
