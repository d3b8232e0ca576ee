import { JuteClient, type Reply } from '../support/zookeeper/jute-client.ts';
import {
  flags,
  openAcl,
  type AclItem,
  type Stat,
  type WriteOp,
} from '../support/zookeeper/requests.ts';
import type {
  AclEntryView,
  Answer,
  Client,
  ClientOptions,
  Door,
  Op,
  OpResultView,
  StatView,
} from './door.ts';

/** ZooKeeper's own protocol, as its clients speak it. Every client of it has a session. */
export function zookeeperDoor(address: string): Door {
  return {
    name: 'ZooKeeper',
    lacks: ['locks', 'keys', 'streams', 'else', 'more than ZooKeeper'],
    async connect(options = {}) {
      const { user, sessionTimeoutMs = 20_000 }: ClientOptions = options;
      const client = await JuteClient.connect(address, { timeoutMs: sessionTimeoutMs });
      if (user !== undefined) await client.ask({ op: 'auth', scheme: 'digest', auth: user });
      return new ZooKeeperClient(client);
    },
  };
}

/** KeeperException's codes under the names that all doors share. */
const codes: Readonly<Record<number, string>> = {
  [-8]: 'BADARGUMENTS',
  [-101]: 'NONODE',
  [-102]: 'NOAUTH',
  [-103]: 'BADVERSION',
  [-108]: 'NOCHILDRENFOREPHEMERALS',
  [-110]: 'NODEEXISTS',
  [-111]: 'NOTEMPTY',
  [-112]: 'SESSIONEXPIRED',
  [-114]: 'INVALIDACL',
};
const letters = 'rwcda';

class ZooKeeperClient implements Client {
  readonly #client: JuteClient;

  constructor(client: JuteClient) {
    this.#client = client;
  }

  get session(): string {
    return String(this.#client.session);
  }

  async write(op: Op): Promise<Answer<OpResultView>> {
    if (op.op === 'setAcl') {
      const { path, version = -1 } = op;
      const reply = await this.#client.ask({ op: 'setAcl', path, acl: aclItems(op.acl), version });
      return answered(reply, () => ({ op: 'setAcl', path, stat: statView(reply.body.stat) }));
    }
    const reply = await this.#client.ask(request(op, 'create2'));
    return answered(reply, () => ({
      op: op.op,
      path: reply.body.path ?? pathOf(op),
      ...(reply.body.stat !== undefined && { stat: statView(reply.body.stat) }),
      ...(op.op === 'delete' && { deleted: 1 }),
    }));
  }

  /** Results of a multi name no stat of what it creates: they are left out for the ops of all kinds. */
  async txn(
    ops: readonly Op[],
  ): Promise<Answer<{ branch: string; results: readonly OpResultView[] }>> {
    const requests = ops.map((op) => request(op, 'create'));
    const reply = await this.#client.ask({ op: 'multi', ops: requests });
    const results = reply.body.results ?? [];
    const failedIndex = results.findIndex(({ err = 0 }) => err !== 0);
    if (failedIndex >= 0) {
      const code = codes[results[failedIndex]?.err ?? 0] ?? '?';
      return { code, applied: 'no', failedIndex };
    }
    return answered(reply, () => ({
      branch: 'ops',
      results: ops.map((op, index) => ({
        op: op.op,
        path: results[index]?.body?.path ?? pathOf(op),
      })),
    }));
  }

  async get(path: string): Promise<Answer<{ data: string; stat: StatView }>> {
    const reply = await this.#client.ask({ op: 'getData', path, watch: false });
    return answered(reply, ({ data, stat }) => ({
      data: data?.toString() ?? '',
      stat: statView(stat),
    }));
  }

  async exists(path: string): Promise<Answer<StatView>> {
    const reply = await this.#client.ask({ op: 'exists', path, watch: false });
    return answered(reply, ({ stat }) => statView(stat));
  }

  async children(path: string): Promise<Answer<{ children: readonly string[]; stat: StatView }>> {
    const reply = await this.#client.ask({ op: 'getChildren2', path, watch: false });
    // ZooKeeper gives them in no order.
    return answered(reply, ({ children = [], stat }) => ({
      children: [...children].sort(),
      stat: statView(stat),
    }));
  }

  async getAcl(path: string): Promise<Answer<{ acl: readonly AclEntryView[]; stat: StatView }>> {
    const reply = await this.#client.ask({ op: 'getAcl', path });
    return answered(reply, ({ acl = [], stat }) => ({
      acl: acl.map(({ perms, scheme, id }) => ({
        permissions: Array.from('cdrwa')
          .filter((letter) => perms & bitOf(letter))
          .join(''),
        scheme,
        id,
      })),
      stat: statView(stat),
    }));
  }

  async sync(): Promise<Answer<object>> {
    return answered(await this.#client.ask({ op: 'sync', path: '/' }), () => ({}));
  }

  watch(): never {
    throw new Error('no scenario of this door has streams');
  }

  acquire(): never {
    throw new Error('no scenario of this door has locks');
  }

  poll(): never {
    throw new Error('no scenario of this door has locks');
  }

  viewLock(): never {
    throw new Error('no scenario of this door has locks');
  }

  release(): never {
    throw new Error('no scenario of this door has locks');
  }

  async touchSession(): Promise<Answer<object>> {
    return answered(await this.#client.ask({ op: 'ping' }), () => ({}));
  }

  async endSession(): Promise<Answer<object>> {
    return answered(await this.#client.ask({ op: 'closeSession' }), () => ({}));
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

function answered<Value>(
  { err, body }: Reply,
  read: (body: Reply['body']) => Value,
): Answer<Value> {
  if (err === 0) return { ok: read(body) };
  return { code: codes[err] ?? String(err), applied: 'no' };
}

function request(op: Op, creates: 'create' | 'create2'): WriteOp {
  switch (op.op) {
    case 'create': {
      const { path, data = '', kind = 'persistent', sequential = false } = op;
      const acl = op.acl === undefined ? openAcl : aclItems(op.acl);
      const flag =
        (kind === 'ephemeral' ? flags.ephemeral : 0) + (sequential ? flags.sequential : 0);
      return { op: creates, path, data, acl, flags: flag };
    }
    case 'set':
      return { op: 'setData', path: op.path, data: op.data, version: op.version ?? -1 };
    case 'delete':
    case 'check':
      return { op: op.op, path: op.path, version: op.version ?? -1 };
    default:
      throw new Error(`ZooKeeper has no ${op.op}`);
  }
}

function pathOf(op: Op): string {
  return 'path' in op ? op.path : '';
}

function aclItems(acl: readonly AclEntryView[]): AclItem[] {
  return acl.map(({ permissions, scheme, id }) => ({
    perms: Array.from(permissions).reduce((sum, letter) => sum + bitOf(letter), 0),
    scheme,
    id,
  }));
}

function bitOf(letter: string): number {
  return 1 << letters.indexOf(letter);
}

function statView(stat: Stat | undefined): StatView {
  if (stat === undefined) throw new Error('an answer without a stat');
  return {
    czxid: String(stat.czxid),
    mzxid: String(stat.mzxid),
    pzxid: String(stat.pzxid),
    ctime: Number(stat.ctime),
    mtime: Number(stat.mtime),
    version: stat.version,
    cversion: stat.cversion,
    aversion: stat.aversion,
    ephemeralOwner: String(stat.ephemeralOwner),
    dataLength: stat.dataLength,
    numChildren: stat.numChildren,
  };
}
