import type { ServerId } from '../../src/model/ids.ts';
import { isRefusal } from '../../src/model/error-code.ts';
import type { StreamPosition } from '../../src/model/watch-event.ts';
import { compareZxid, zeroZxid, zxid, type Zxid } from '../../src/model/zxid.ts';
import type { EnsembleServer } from '../../src/server/ensemble-server.ts';
import type { Outlet, WatchItem } from '../../src/service/watching.ts';
import type { WatchStream, WatchStreams } from './checkers/watch-streams.ts';
import { path, sleep } from './asking.ts';
import { show } from './ghost.ts';
import { InvariantViolated } from './node-view.ts';
import type { PeerNode } from './peer-node.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';

interface WatchersWorld {
  readonly scheduler: Scheduler;
  readonly random: Prng;
  readonly nodes: readonly PeerNode[];
  readonly streams: WatchStreams;
  fail(cause: unknown): void;
}

export interface WatchFigures {
  readonly watchEvents: number;
  readonly watchResumes: number;
  readonly watchesLost: number;
  readonly watchedStates: number;
  readonly answersAfterEvents: number;
}

const watched = [
  { path: path('/'), scope: 'recursive' },
  { path: path('/r'), scope: 'recursive' },
  { path: path('/r/1'), scope: 'node' },
  { path: path('/e'), scope: 'node' },
] as const;

/** A learner that serves for so long has told its leader where its log begins. */
const knownAfterMs = 5_000;
const actEveryMs = 40;

interface Connection {
  readonly node: PeerNode;
  readonly server: EnsembleServer;
  readonly outlet: Outlet;
  isOver: boolean;
  isSynced: boolean;
  isBlocked: boolean;
  /** It has stopped reading once. */
  wasBlocked: boolean;
}

/**
 * Watchers that are cut off, come back to another peer at the place they had got to, read on the side, and now and then
 * stop reading. What they are given is judged by H5.
 */
export class Watchers {
  /** Pieces of the log that peers have read for watches. */
  reads = 0;
  readonly #world: WatchersWorld;
  readonly #watchers: Watcher[];
  readonly #serving = new Map<ServerId, { readonly since: number; readonly leader: ServerId }>();

  constructor(world: WatchersWorld) {
    this.#world = world;
    this.#watchers = watched.map(
      (what) =>
        new Watcher(world, { ...what, given: [] }, (node, from) => this.#mayBeLost(node, from)),
    );
  }

  start(): void {
    for (const watcher of this.#watchers) void watcher.live();
  }

  /** From now on they stay where they are. */
  settle(): void {
    for (const watcher of this.#watchers) watcher.settle();
  }

  get areComplete(): boolean {
    return this.#watchers.every((watcher) => watcher.isComplete);
  }

  check(): void {
    for (const watcher of this.#watchers) watcher.check();
  }

  /** A peer has counted something in its metrics. */
  counted(name: string): void {
    if (name.startsWith('replay_reads_')) this.reads++;
  }

  /**
   * How often a log of so many entries is read at most, until every watcher and every peer behind a gap has got to its
   * end: for each entry, and once more since a piece is dropped where its reader stops.
   */
  readsOfAll(entries: number): number {
    return 2 * entries * (this.#watchers.length + this.#world.nodes.length);
  }

  /** Who serves since when: for what may be called lost. */
  look(): void {
    for (const { id, zab } of this.#world.nodes) {
      const status = zab?.status;
      const leader = status?.isServing === true ? status.leader : undefined;
      if (leader === undefined) this.#serving.delete(id);
      else if (this.#serving.get(id)?.leader !== leader) {
        this.#serving.set(id, { since: this.#world.scheduler.nowMs, leader });
      }
    }
  }

  get figures(): WatchFigures {
    const sum = (count: (watcher: Watcher) => number): number =>
      this.#watchers.reduce((total, watcher) => total + count(watcher), 0);
    const given = (kind: string) => (watcher: Watcher) =>
      watcher.stream.given.filter((each) => each.kind === kind).length;
    return {
      watchEvents: sum(given('events')),
      watchResumes: sum((watcher) => watcher.resumes),
      watchesLost: sum((watcher) => watcher.lost),
      watchedStates: sum(given('state')),
      answersAfterEvents: sum(given('answer')),
    };
  }

  /** No log that can be asked reaches back: that of the peer itself, of its leader, of who has followed it for long. */
  #mayBeLost(node: PeerNode, from: Zxid): boolean {
    const leader = node.zab?.status.leader;
    const now = this.#world.scheduler.nowMs;
    return !this.#world.nodes.some((other) => {
      if (!other.isUp || compareZxid(other.durable.base.zxid, from) > 0) return false;
      const serving = this.#serving.get(other.id);
      if (other === node) return true;
      if (serving === undefined || serving.leader !== leader) return false;
      return other.id === leader || now - serving.since >= knownAfterMs;
    });
  }
}

class Watcher {
  readonly stream: WatchStream;
  resumes = 0;
  lost = 0;
  readonly #world: WatchersWorld;
  readonly #random: Prng;
  readonly #mayBeLost: (node: PeerNode, from: Zxid) => boolean;
  #position: StreamPosition | undefined;
  #connection: Connection | undefined;
  #isSettled = false;
  #stays = 0;
  /** Gathered until `synced` says of which zxid they are. */
  #state: { readonly zxid: Zxid; readonly events: WatchStateEvents } | undefined;

  constructor(
    world: WatchersWorld,
    stream: WatchStream,
    mayBeLost: (node: PeerNode, from: Zxid) => boolean,
  ) {
    this.#world = world;
    this.stream = stream;
    this.#mayBeLost = mayBeLost;
    this.#random = world.random.fork();
  }

  settle(): void {
    this.#isSettled = true;
  }

  get isComplete(): boolean {
    return (
      this.#connection?.isSynced === true &&
      this.#position !== undefined &&
      this.#world.streams.isComplete(this.stream, this.#position)
    );
  }

  check(): void {
    this.#world.streams.checkWhole(this.stream, this.#position ?? { zxid: zeroZxid });
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
    this.#connect(node, server);
    const until = this.#world.scheduler.nowMs + this.#random.exponential(1_000);
    for (;;) {
      await sleep(this.#world.scheduler, actEveryMs);
      const connection = this.#connection;
      if (connection === undefined || connection.isOver || node.server !== server) break;
      if (this.#isSettled) {
        this.#drain(connection);
        continue;
      }
      if (this.#world.scheduler.nowMs >= until) break;
      this.#act(connection);
    }
    const connection = this.#connection;
    this.#connection = undefined;
    this.#stays++;
    if (connection === undefined) return;
    // Parts of a state that did not come to their end are of no use elsewhere.
    this.#end(connection);
    node.turn((running) => {
      if (running === server) connection.outlet.close();
    });
    if (this.#random.chance(0.3)) this.#forgetTail();
  }

  #connect(node: PeerNode, server: EnsembleServer): void {
    const stay = this.#stays;
    node.turn((running) => {
      // A process that stood still comes to it when the watcher has long gone elsewhere.
      if (running !== server || stay !== this.#stays) return;
      const outlet = server.service.openOutlet(
        { identities: [] },
        {
          send: (_tag, item) => {
            node.told(server);
            return this.#given(connection, item);
          },
        },
      );
      const connection: Connection = {
        node,
        server,
        outlet,
        isOver: false,
        isSynced: false,
        isBlocked: false,
        wasBlocked: false,
      };
      this.#connection = connection;
      const from = this.#position;
      if (from !== undefined) this.resumes++;
      const { path: at, scope } = this.stream;
      outlet.watch(1, {
        path: at,
        scope,
        withData: true,
        timeoutMs: 2_000,
        initial: from === undefined,
        ...(from === undefined ? {} : { from }),
      });
    });
  }

  #act(connection: Connection): void {
    const dice = this.#random.below(10);
    if (dice === 0) connection.isBlocked = connection.wasBlocked = true;
    else if (dice < 5) this.#drain(connection);
    else if (dice < 8 && connection.isSynced) this.#read(connection);
  }

  #drain(connection: Connection): void {
    connection.isBlocked = false;
    connection.node.turn((running) => {
      if (running === connection.server) connection.outlet.drained();
    });
  }

  #read(connection: Connection): void {
    const { node, server, outlet } = connection;
    const options = { consistency: 'linearizable', timeoutMs: 500 } as const;
    node.turn((running) => {
      if (running !== server || connection.isOver) return;
      server.service.readThen(
        { read: 'stat', path: path('/') },
        { identities: [] },
        options,
        (answer) => {
          if (isRefusal(answer)) return;
          outlet.flush(() => {
            if (this.#isOn(connection)) {
              this.stream.given.push({ kind: 'answer', zxid: answer.meta.zxid });
            }
          });
        },
      );
    });
  }

  #isOn(connection: Connection): boolean {
    return !connection.isOver && connection.node.server === connection.server;
  }

  #given(connection: Connection, item: WatchItem): boolean {
    // What a process says after its death goes nowhere.
    if (!this.#isOn(connection)) return false;
    try {
      this.#take(connection, item);
    } catch (cause) {
      this.#world.fail(cause);
    }
    return !connection.isBlocked;
  }

  #take(connection: Connection, item: WatchItem): void {
    const { given } = this.stream;
    switch (item.kind) {
      case 'events':
        given.push({ kind: 'events', zxid: item.batch.zxid, events: item.batch.events });
        this.#position = { zxid: item.batch.zxid };
        return;
      case 'initial':
        this.#state = {
          zxid: item.zxid,
          events: [...(this.#state?.events ?? []), ...item.events],
        };
        return;
      case 'synced':
        if (this.#position === undefined) {
          given.push({ kind: 'from', zxid: item.zxid });
          given.push({ kind: 'state', zxid: item.zxid, events: this.#state?.events ?? [] });
        } else given.push({ kind: 'quiet', zxid: item.zxid });
        this.#state = undefined;
        this.#position = { zxid: item.zxid };
        connection.isSynced = true;
        return;
      case 'bookmark':
        given.push({ kind: 'quiet', zxid: item.zxid });
        this.#position = { zxid: item.zxid };
        return;
      case 'lost':
        this.#takeLost(connection, item);
        return;
      case 'refused':
        // Every place it has was given to it by this ensemble.
        if (item.refusal.code === 'badArguments') {
          throw new InvariantViolated('H5', `a place was refused: ${item.refusal.detail}`);
        }
        this.#end(connection);
        return;
      case 'fired':
        throw new InvariantViolated('H5', 'a one-shot watch that nobody left has fired');
    }
  }

  #takeLost(connection: Connection, item: Extract<WatchItem, { kind: 'lost' }>): void {
    this.lost++;
    const from = readAfter(this.#position ?? { zxid: zeroZxid });
    if (item.why === 'compacted' && !this.#mayBeLost(connection.node, from)) {
      throw new InvariantViolated(
        'H5',
        `called lost after ${show(from)}, which a log reaches back to`,
      );
    }
    if (item.why === 'slow' && !connection.wasBlocked) {
      throw new InvariantViolated('H5', 'called slow, and it has taken all that it was given');
    }
    // Half of them read the state anew, the others go on from the place that they are told.
    if (this.#random.chance(0.5)) this.#position = undefined;
    else {
      this.#position = { zxid: item.zxid };
      this.stream.given.push({ kind: 'from', zxid: item.zxid });
    }
    this.#end(connection);
  }

  #end(connection: Connection): void {
    connection.isOver = true;
    this.#state = undefined;
  }

  /** The end of what was sent never arrived: it goes on within a txn, or before it. */
  #forgetTail(): void {
    const { given } = this.stream;
    const last = given.at(-1);
    if (last?.kind !== 'events') return;
    given.pop();
    const kept = last.events.slice(0, this.#random.below(last.events.length + 1));
    const end = kept.at(-1);
    const { epoch, counter } = last.zxid;
    if (end === undefined) {
      // Its first part may have come over an earlier connection, and is not forgotten.
      const first = last.events[0]?.index ?? 0;
      this.#position =
        first === 0 ? { zxid: zxid(epoch, counter - 1) } : { zxid: last.zxid, index: first };
      return;
    }
    given.push({ ...last, events: kept });
    this.#position = { zxid: last.zxid, index: end.index + 1 };
  }
}

/** A log reaches back to a place within a txn only when it has that txn too. */
function readAfter({ zxid: at, index }: StreamPosition): Zxid {
  return index === undefined ? at : zxid(at.epoch, at.counter - 1);
}

type WatchStateEvents = readonly Extract<WatchItem, { kind: 'initial' }>['events'][number][];
