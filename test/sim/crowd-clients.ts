import { openAcl } from '../../src/model/acl.ts';
import { isRefusal } from '../../src/model/error-code.ts';
import type { EnsembleServer } from '../../src/server/ensemble-server.ts';
import type { Caller, SessionCredential } from '../../src/service/call.ts';
import type { ConnectionWatches } from '../../src/service/connection-watches.ts';
import type { CoordinationService } from '../../src/service/coordination-service.ts';
import { ServiceError } from '../../src/service/service-error.ts';
import type { Outlet } from '../../src/service/watching.ts';
import { ask, path, requestTimeoutMs, sleep } from './asking.ts';
import type { ConfirmedTouch } from './checkers/session-bound.ts';
import type { PeerNode } from './peer-node.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';
import { create, multi, set, single } from '../support/model/requests.ts';

interface World {
  readonly scheduler: Scheduler;
  readonly random: Prng;
  readonly nodes: readonly PeerNode[];
  /** Where S2 looks for what was confirmed. */
  readonly touches: ConfirmedTouch[];
}

export interface CrowdFigures {
  readonly crowds: number;
  /** Items given to watchers of crowds. */
  readonly crowdTold: number;
}

const sessionTimeoutMs = 2_000;
const noLeaderWithinMs = 5_000;
const root = '/crowd';
const nobody: Caller = { identities: [] };

function write(service: CoordinationService, data: string): Promise<unknown> {
  const request = single(set(`${root}s`, data, { orCreate: { acl: openAcl, parents: true } }));
  return service.write(request, nobody, { timeoutMs: requestTimeoutMs });
}

/** Writes in the turn in which it is told what it has read. */
function readAndWrite(service: CoordinationService, data: string): Promise<unknown> {
  const query = { read: 'stat', path: path('/') } as const;
  const options = { consistency: 'linearizable', timeoutMs: requestTimeoutMs } as const;
  return new Promise((resolve, reject) => {
    service.readThen(query, nobody, options, (answer) => {
      if (isRefusal(answer)) reject(new ServiceError(answer));
      else write(service, data).then(resolve, reject);
    });
  });
}

/**
 * Many at a time, for what is done for each of many in one go: sessions that are opened together, keep themselves alive
 * and then all fall silent at once; watchers who all see what becomes of them at one peer; writes that all come in at once.
 */
export class CrowdClients {
  readonly #world: World;
  readonly #watchers: number;
  readonly #sessions: number;
  readonly #ephemerals: number;
  readonly #burst: number;
  #crowds = 0;
  #told = 0;
  #isStopped = false;

  constructor(world: World) {
    this.#world = world;
    const { random } = world;
    this.#sessions = random.pick([0, 6, 24]);
    this.#ephemerals = random.pick([1, 6, 30]);
    this.#watchers = random.pick([0, 0, 100]);
    this.#burst = random.pick([0, 0, 60]);
  }

  start(): void {
    if (this.#sessions > 0) void this.#live();
    if (this.#watchers > 0) void this.#watch();
    if (this.#burst > 0) void this.#writeAtOnce();
  }

  stop(): void {
    this.#isStopped = true;
  }

  get figures(): CrowdFigures {
    return { crowds: this.#crowds, crowdTold: this.#told };
  }

  #isGoing(): boolean {
    return !this.#isStopped;
  }

  async #live(): Promise<void> {
    const { random, scheduler } = this.#world;
    while (this.#isGoing()) {
      await sleep(scheduler, random.exponential(2_000));
      if (!this.#isGoing()) return;
      const crowd = ++this.#crowds;
      const beats = random.below(4);
      const members = Array.from({ length: this.#sessions }, (_, member) =>
        this.#member(`${root}/${String(crowd)}-${String(member)}`, beats),
      );
      await Promise.all(members);
      await sleep(scheduler, 1.5 * sessionTimeoutMs);
    }
  }

  async #member(name: string, beats: number): Promise<void> {
    const { random, scheduler, nodes, touches } = this.#world;
    const secret = random.bytes(16);
    const sentAtMs = scheduler.nowMs;
    const opened = await ask(
      scheduler,
      random.pick(nodes),
      ({ service }) =>
        service.sessions.open({ timeoutMs: sessionTimeoutMs, secret, requestTimeoutMs }),
      secret,
    );
    if (opened.told !== 'done') return;
    const { session } = opened.value;
    touches.push({ session, sentAtMs });
    await this.#populate(name, { session, secret });
    for (let beat = 0; beat < beats && this.#isGoing(); beat++) {
      await sleep(scheduler, random.between(0.3, 0.9) * sessionTimeoutMs);
      const touchedAtMs = scheduler.nowMs;
      const touched = await ask(
        scheduler,
        random.pick(nodes),
        ({ service }) => service.sessions.touch({ session, secret }, requestTimeoutMs),
        secret,
      );
      if (touched.told === 'done') touches.push({ session, sentAtMs: touchedAtMs });
    }
  }

  async #populate(name: string, credential: SessionCredential): Promise<void> {
    const { random, scheduler, nodes, touches } = this.#world;
    const ops = Array.from({ length: this.#ephemerals }, (_, index) =>
      create(`${name}-${String(index)}`, { kind: 'ephemeral', parents: true }),
    );
    const sentAtMs = scheduler.nowMs;
    const caller = { identities: [], credential };
    const answer = await ask(
      scheduler,
      random.pick(nodes),
      ({ service }) => service.write(multi(ops), caller, { timeoutMs: requestTimeoutMs }),
      credential.secret,
    );
    if (answer.told === 'done') touches.push({ session: credential.session, sentAtMs });
  }

  /** Of itself, or while all must wait for a leader, or each within the answer to a read: those share one barrier. */
  async #writeAtOnce(): Promise<void> {
    const { random, scheduler, nodes } = this.#world;
    while (this.#isGoing()) {
      await sleep(scheduler, random.exponential(1_000));
      const kind = random.pick(['writes', 'writes', 'waiting', 'reads'] as const);
      if (kind === 'waiting') await this.#noLeader();
      // One of those where they wait will lead.
      const asked = kind === 'waiting' ? nodes : [random.pick(nodes)];
      const call = kind === 'reads' ? readAndWrite : write;
      const writes = asked.flatMap((node) =>
        Array.from({ length: this.#burst }, (_, index) =>
          ask(scheduler, node, ({ service }) => call(service, String(index))),
        ),
      );
      await Promise.all(writes);
    }
  }

  /** Returns once nobody leads, unless that takes long. */
  async #noLeader(): Promise<void> {
    const { scheduler, nodes } = this.#world;
    const untilMs = scheduler.nowMs + noLeaderWithinMs;
    while (
      this.#isGoing() &&
      scheduler.nowMs < untilMs &&
      nodes.some(({ zab }) => zab?.status.role === 'leading' && zab.status.isServing)
    ) {
      await sleep(scheduler, 20);
    }
  }

  /** All at one peer, for as long as it lives. */
  async #watch(): Promise<void> {
    const { random, scheduler, nodes } = this.#world;
    while (this.#isGoing()) {
      await sleep(scheduler, random.exponential(500));
      const node = random.pick(nodes);
      const { server } = node;
      if (server === undefined) continue;
      const outlets: (Outlet | ConnectionWatches)[] = [];
      node.turn((running) => {
        if (running !== server || server.service.unreadyBecause() !== undefined) return;
        outlets.push(...this.#open(node, server), ...this.#connect(node, server));
      });
      const untilMs = scheduler.nowMs + random.exponential(4_000);
      while (this.#isGoing() && node.server === server && scheduler.nowMs < untilMs) {
        await sleep(scheduler, 100);
      }
      node.turn((running) => {
        if (running === server) for (const outlet of outlets) outlet.close();
      });
    }
  }

  /** As clients of ZooKeeper's protocol, fewer: they are told of each event by itself. */
  #connect(node: PeerNode, server: EnsembleServer): ConnectionWatches[] {
    return Array.from({ length: this.#watchers / 10 }, () => {
      const watches = server.service.openConnectionWatches({
        notify: () => {
          node.told(server);
          this.#told++;
        },
        lost: () => undefined,
      });
      watches.add(path(root), 'recursive');
      return watches;
    });
  }

  #open(node: PeerNode, server: EnsembleServer): Outlet[] {
    return Array.from({ length: this.#watchers }, () => {
      const outlet = server.service.openOutlet(
        { identities: [] },
        {
          send: () => {
            node.told(server);
            this.#told++;
            return true;
          },
        },
      );
      outlet.watch(1, {
        path: path(root),
        scope: 'recursive',
        withData: false,
        timeoutMs: requestTimeoutMs,
        initial: false,
      });
      return outlet;
    });
  }
}
