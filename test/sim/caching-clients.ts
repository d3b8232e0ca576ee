import { isRefusal } from '../../src/model/error-code.ts';
import type { ZnodePath } from '../../src/model/path.ts';
import type { Stat } from '../../src/model/stat.ts';
import { compareZxid, maxZxid, zeroZxid, zxidEquals, type Zxid } from '../../src/model/zxid.ts';
import type { EnsembleServer } from '../../src/server/ensemble-server.ts';
import type { ConnectionWatches } from '../../src/service/connection-watches.ts';
import { path, sleep } from './asking.ts';
import { show } from './ghost.ts';
import { InvariantViolated } from './node-view.ts';
import type { PeerNode } from './peer-node.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';

interface CachingWorld {
  readonly scheduler: Scheduler;
  readonly random: Prng;
  readonly nodes: readonly PeerNode[];
  fail(cause: unknown): void;
}

export interface CachingFigures {
  readonly cacheLooks: number;
  readonly cacheNotices: number;
  readonly cacheReturns: number;
}

const cached = ['/', '/r', '/r/1', '/r/2', '/e'].map(path);
const clientCount = 3;
const actEveryMs = 30;

/** What a client believes of one znode: its data as of a zxid, or that it is not there. */
interface Believed {
  readonly mzxid: Zxid | undefined;
  /** Of its children; undefined when nothing is believed of them. */
  readonly pzxid: Zxid | undefined;
}

/**
 * Clients of ZooKeeper's protocol as applications use it: they read with a watch, believe what they have read until they
 * are notified, and take watches and beliefs along to another peer by setWatches. Rule H5 for them: what is believed and
 * not yet contradicted by an event is what the peer shows.
 */
export class CachingClients {
  readonly #clients: CachingClient[];

  constructor(world: CachingWorld) {
    this.#clients = Array.from({ length: clientCount }, () => new CachingClient(world));
  }

  start(): void {
    for (const client of this.#clients) void client.live();
  }

  get figures(): CachingFigures {
    const sum = (count: (client: CachingClient) => number): number =>
      this.#clients.reduce((total, client) => total + count(client), 0);
    return {
      cacheLooks: sum((client) => client.looks),
      cacheNotices: sum((client) => client.notices),
      cacheReturns: sum((client) => client.returns),
    };
  }
}

class CachingClient {
  looks = 0;
  notices = 0;
  returns = 0;
  readonly #world: CachingWorld;
  readonly #random: Prng;
  readonly #beliefs = new Map<ZnodePath, Believed>();
  /** Nothing older may be shown to it. */
  #seen: Zxid = zeroZxid;
  #stays = 0;

  constructor(world: CachingWorld) {
    this.#world = world;
    this.#random = world.random.fork();
  }

  async live(): Promise<void> {
    for (;;) {
      await sleep(this.#world.scheduler, this.#random.exponential(100));
      const node = this.#random.pick(this.#world.nodes);
      const { server } = node;
      if (server !== undefined) await this.#stay(node, server);
    }
  }

  async #stay(node: PeerNode, server: EnsembleServer): Promise<void> {
    const stay = ++this.#stays;
    let watches: ConnectionWatches | undefined;
    const judged = (act: () => void): void => {
      if (node.server !== server || stay !== this.#stays) return;
      try {
        act();
      } catch (cause) {
        this.#world.fail(cause);
      }
    };
    const inTurn = (act: (open: ConnectionWatches | undefined) => void): void => {
      node.turn((running) => {
        if (running !== server) return;
        judged(() => {
          act(watches);
        });
      });
    };
    inTurn(() => (watches = this.#connect(node, server, stay)));
    const until = this.#world.scheduler.nowMs + this.#random.exponential(800);
    while (node.server === server && stay === this.#stays) {
      await sleep(this.#world.scheduler, actEveryMs);
      if (this.#world.scheduler.nowMs >= until) break;
      inTurn((open) => {
        // A door gives no answer before this.
        open?.whenPassed(() => {
          judged(() => {
            this.#look(server, open);
          });
        });
      });
    }
    node.turn((running) => {
      if (running === server) watches?.close();
    });
    this.#stays++;
  }

  /** Undefined when the peer is behind what the client has seen, and refuses it. */
  #connect(node: PeerNode, server: EnsembleServer, stay: number): ConnectionWatches | undefined {
    const { service } = server;
    if (compareZxid(service.meta().zxid, this.#seen) < 0) return undefined;
    if (service.unreadyBecause() !== undefined) return undefined;
    const watches = service.openConnectionWatches({
      notify: ({ path: at, type }, zxid) => {
        node.told(server);
        // What a process says after its death goes nowhere.
        if (node.server !== server || stay !== this.#stays) return;
        this.notices++;
        if (zxid !== undefined) this.#seen = maxZxid(this.#seen, zxid);
        const believed = this.#beliefs.get(at);
        if (believed === undefined) return;
        if (type !== 'childrenChanged') this.#beliefs.delete(at);
        else this.#beliefs.set(at, { ...believed, pzxid: undefined });
      },
      lost: () => {
        if (stay === this.#stays) this.#stays++;
      },
    });
    if (this.#beliefs.size > 0) this.returns++;
    const those = (holds: (believed: Believed) => boolean): ZnodePath[] =>
      [...this.#beliefs].filter(([, believed]) => holds(believed)).map(([at]) => at);
    const registered = {
      since: this.#seen,
      data: those(({ mzxid }) => mzxid !== undefined),
      exists: those(({ mzxid }) => mzxid === undefined),
      children: those(({ pzxid }) => pzxid !== undefined),
      persistent: [],
      recursive: [],
    };
    // As few as these are there at once.
    watches.resume(registered, () => undefined);
    return watches;
  }

  /** Holds what is believed against what the peer shows, and reads what nothing is believed of. */
  #look({ service }: EnsembleServer, watches: ConnectionWatches): void {
    for (const at of cached) {
      const options = { consistency: 'local', timeoutMs: 1 } as const;
      service.readThen({ read: 'stat', path: at }, { identities: [] }, options, (answer) => {
        if (isRefusal(answer)) {
          if (answer.code === 'noNode') this.#compare(at, undefined, watches);
          return;
        }
        this.#seen = maxZxid(this.#seen, answer.meta.zxid);
        this.#compare(at, answer.result.stat, watches);
      });
    }
  }

  #compare(at: ZnodePath, stat: Stat | undefined, watches: ConnectionWatches): void {
    this.looks++;
    const believed = this.#beliefs.get(at);
    if (believed !== undefined && !isSame(believed.mzxid, stat?.mzxid)) {
      throw missed(at, 'data', believed.mzxid, stat?.mzxid);
    }
    if (believed?.pzxid !== undefined && !isSame(believed.pzxid, stat?.pzxid)) {
      throw missed(at, 'children', believed.pzxid, stat?.pzxid);
    }
    // A watch that was left stays until it fires: left again, it would hide that it is gone.
    if (believed === undefined) watches.add(at, 'data');
    if (believed?.pzxid === undefined && stat !== undefined) watches.add(at, 'children');
    this.#beliefs.set(at, { mzxid: stat?.mzxid, pzxid: stat?.pzxid });
  }
}

function isSame(left: Zxid | undefined, right: Zxid | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return zxidEquals(left, right);
}

function missed(
  at: ZnodePath,
  what: string,
  believed: Zxid | undefined,
  found: Zxid | undefined,
): InvariantViolated {
  const text = (zxid: Zxid | undefined): string => (zxid === undefined ? 'nothing' : show(zxid));
  return new InvariantViolated(
    'H5',
    `no event told that ${what} of ${at} went from ${text(believed)} to ${text(found)}`,
  );
}
