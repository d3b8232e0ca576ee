import type { Answer, Client, EventView } from './door.ts';

export interface Step {
  readonly step: string;
  readonly line: number;
}

/**
 * What a scenario saw, in a form that two doors can be compared by: zxids by their order, sessions and lock ids by the
 * order in which they were met, times by their kind alone, and the scenario's own root as `~`.
 */
export class Transcript {
  readonly lines: string[] = [];
  readonly #root: string;
  readonly #names = new Map<string, string>();

  constructor(root: string) {
    this.#root = root;
  }

  begin(what: string): Step {
    const step = what.replaceAll(this.#root, '~').replaceAll(this.#root.replaceAll('/', '-'), '~');
    return { step, line: this.lines.push(step) - 1 };
  }

  /** What a step gave. Steps stand in the order in which they were begun: which of two ends first is chance. */
  note({ step, line }: Step, value: unknown): void {
    this.lines[line] = `${step}: ${JSON.stringify(this.#normal('', value))}`;
  }

  #normal(field: string, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#normal(field, item));
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
      return Object.fromEntries(entries.map(([key, each]) => [key, this.#normal(key, each)]));
    }
    if (typeof value === 'number') return times.has(field) ? 'a time' : value;
    if (typeof value !== 'string') return value;
    if (zxids.has(field)) return value === '0' ? '0' : this.#named('zxid', value);
    if (sessions.has(field)) return value === '0' ? '0' : this.#named('session', value);
    if (field === 'lockId') return this.#named('lock', value);
    return value
      .replaceAll(this.#root, '~')
      .replaceAll(this.#root.replaceAll('/', '-'), '~')
      .replace(contenderKey, '_c_KEY-');
  }

  #named(kind: string, value: string): string {
    const key = `${kind} ${value}`;
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const count = [...this.#names.keys()].filter((name) => name.startsWith(`${kind} `)).length;
    const name = `${kind} ${String(count + 1)}`;
    this.#names.set(key, name);
    return name;
  }
}

const zxids = new Set(['czxid', 'mzxid', 'pzxid', 'zxid', 'token']);
const sessions = new Set(['ephemeralOwner', 'session']);
const times = new Set(['ctime', 'mtime']);
const contenderKey = /_c_[0-9a-f-]{36}-/g;

/** The client of a scenario: everything that it is told goes into the transcript. */
export function recorded(client: Client, transcript: Transcript, who: string): Client {
  const note = async <Value>(
    what: string,
    answer: Promise<Answer<Value>>,
  ): Promise<Answer<Value>> => {
    const step = transcript.begin(`${who} ${what}`);
    const given = await answer;
    transcript.note(step, given);
    return given;
  };
  return {
    get session() {
      return client.session;
    },
    write: (op, options) =>
      note(`${op.op} ${'path' in op ? op.path : ''}`, client.write(op, options)),
    txn: (ops, orElse) => note('txn', client.txn(ops, orElse)),
    get: (path) => note(`get ${path}`, client.get(path)),
    exists: (path) => note(`exists ${path}`, client.exists(path)),
    children: (path) => note(`children ${path}`, client.children(path)),
    getAcl: (path) => note(`acl ${path}`, client.getAcl(path)),
    sync: () => note('sync', client.sync()),
    // What a stream brings is noted by `noteEvents`, once all of it is there.
    watch: (path, options) => client.watch(path, options),
    acquire: (name, options) => note(`acquire ${name}`, client.acquire(name, options)),
    poll: (name, lockId, waitMs) => note(`poll ${name}`, client.poll(name, lockId, waitMs)),
    viewLock: (name) => note(`view ${name}`, client.viewLock(name)),
    release: (name, lockId, token) => note(`release ${name}`, client.release(name, lockId, token)),
    touchSession: () => note('touch', client.touchSession()),
    endSession: () => note('end session', client.endSession()),
    close: () => client.close(),
  };
}

export function noteEvents(transcript: Transcript, events: readonly EventView[]): void {
  for (const { type, path, zxid, data } of events) {
    transcript.note(transcript.begin('event'), {
      type,
      path,
      zxid,
      ...(data !== undefined && { data }),
    });
  }
}
