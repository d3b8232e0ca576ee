import type { PeerProcess, TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';
import { connectionLoss, JuteClient } from '../support/zookeeper/jute-client.ts';
import { flags, openAcl } from '../support/zookeeper/requests.ts';
import { SocketClient } from '../support/socket-client.ts';
import { first, scaled } from './attack.ts';
import { ask, askJson, create, createChildren } from './requests.ts';
import { targetOf } from './run-attack.ts';

/** Something that happens without an enemy, at scale. */
export interface OrdinaryEvent {
  readonly name: string;
  readonly about: string;
  /** More lines for each peer's configuration. */
  readonly lines?: readonly string[];
  /** Whom it kills: the good client keeps to the others. */
  readonly kills?: 'leader' | 'follower';
  /** Leaderships that begin by it. */
  readonly elections: number;
  /** Makes what is there before; what this gives then has it happen, and resolves once it is over. */
  readonly prepare: (setting: Setting) => Promise<() => Promise<void>>;
}

/** Where an event takes place. */
export interface Setting {
  readonly ensemble: TestEnsemble;
  /** 1: as large as it must be borne. */
  readonly scale: number;
  /** Is told what has happened. */
  readonly say: (what: string) => void;
  /** Is told, as often as it changes, how far it is: "12,000 of 200,000 ephemerals". */
  readonly count: (progress: string) => void;
}

const ephemeralsEach = 4_000;
const sessionTimeoutMs = 6_000;
/** Clients that have nothing to do show this often that they live. */
const pingEveryMs = 1_500;
/** Sessions of one of these are made at a time. */
const makersAtOnce = 8;
/** No event takes longer, on a machine that does something else beside it either. */
const eventTakesMsMax = 600_000;

/** Sessions with as many ephemerals as one may have, whose clients go away together when this is called. */
async function ephemeralSessions({ ensemble, scale, count }: Setting): Promise<() => void> {
  const target = await targetOf(ensemble);
  await create(first(target.http), '/ephemeral');
  const sessions = scaled(50, scale);
  const clients: (JuteClient | undefined)[] = [];
  const pinging = setInterval(() => {
    for (const client of clients) void client?.ask({ op: 'ping' });
  }, pingEveryMs);
  let made = 0;
  let next = 0;
  const make = async (): Promise<void> => {
    while (next < sessions) {
      const index = next++;
      const address = target.zookeeper[index % target.zookeeper.length] ?? '';
      for (let from = 0; from < ephemeralsEach; from += 500) {
        const prefix = `/ephemeral/${String(index)}-${String(from)}`;
        await until(prefix, async () => {
          clients[index] = await connected(clients[index], address);
          return createEphemerals(clients[index], prefix);
        });
        made += 500;
        count(`${numbered(made)} of ${numbered(sessions * ephemeralsEach)} ephemerals`);
      }
    }
  };
  await Promise.all(Array.from({ length: makersAtOnce }, make));
  await until(
    'all ephemerals to be there',
    async () => (await countOf(first(target.http), 'znodes')) >= sessions * ephemeralsEach,
  );
  return () => {
    clearInterval(pinging);
    for (const client of clients) client?.destroy();
  };
}

/** The client itself, or one that goes on with its session where the connection broke. */
async function connected(client: JuteClient | undefined, address: string): Promise<JuteClient> {
  if (client?.isClosed === false) return client;
  const { session, password } = client?.connected ?? {};
  return JuteClient.connect(address, {
    timeoutMs: sessionTimeoutMs,
    ...(session !== undefined && password !== undefined && { session, password }),
  });
}

/** False when the connection broke: then nobody knows which of them are there. */
async function createEphemerals(client: JuteClient, prefix: string): Promise<boolean> {
  const requests = Array.from({ length: 500 }, (_, offset) => ({
    op: 'create' as const,
    path: `${prefix}-${String(offset)}`,
    data: '',
    acl: openAcl,
    flags: flags.ephemeral,
  }));
  const replies = await Promise.all(client.askAll(requests));
  return replies.every(({ err }) => err !== connectionLoss);
}

/** Waits until there are so few, and says how many are left. */
async function fewerThan(
  limit: number,
  { what, http, count }: { what: 'znodes' | 'sessions'; http: string; count: Setting['count'] },
): Promise<void> {
  await until(
    `all but ${String(limit)} ${what} to be gone`,
    async () => {
      const left = await countOf(http, what);
      count(`${numbered(left)} ${what} are left`);
      return left < limit;
    },
    eventTakesMsMax,
  );
}

function numbered(count: number): string {
  return count.toLocaleString('en');
}

async function countOf(http: string, what: 'znodes' | 'sessions'): Promise<number> {
  const { text } = await ask(http, 'GET', '/v1/info');
  return Number((JSON.parse(text) as Record<string, number>)[what]);
}

async function manySessions(
  { ensemble, scale, count }: Setting,
  { sessions, timeoutMs }: { readonly sessions: number; readonly timeoutMs: number },
): Promise<void> {
  const { http } = await targetOf(ensemble);
  const all = scaled(sessions, scale);
  let begun = 0;
  const begin = async (address: string): Promise<void> => {
    while (begun < all) {
      begun++;
      const { status, text } = await askJson(address, '/v1/sessions', { timeoutMs });
      if (status >= 300) throw new Error(text.slice(0, 300));
      if (begun % 1_000 === 0) count(`${numbered(begun)} of ${numbered(all)} sessions`);
    }
  };
  await Promise.all(Array.from({ length: 48 }, (_, index) => begin(http[index % 3] ?? '')));
}

async function killLeader({ ensemble, say }: Setting): Promise<void> {
  const leader = await ensemble.leader();
  await leader.end('SIGKILL');
  say('the leader is killed');
  const { id } = await ensemble.leader();
  say(`peer ${String(id)} leads`);
  leader.start();
  await leader.ready();
  say('the peer that was killed is back');
}

async function killFollower(ensemble: TestEnsemble): Promise<PeerProcess> {
  const { http } = await targetOf(ensemble);
  const follower = ensemble.peers.find((peer) => new URL(peer.http).host === http.at(-1));
  if (follower === undefined) throw new Error('an ensemble has followers');
  await follower.end('SIGKILL');
  return follower;
}

async function becomesReady(
  peer: PeerProcess,
  { say, count }: Pick<Setting, 'say' | 'count'>,
): Promise<void> {
  const startedAt = performance.now();
  const took = (): string => `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`;
  await until(
    `peer ${String(peer.id)} to be ready`,
    async () => {
      count(`peer ${String(peer.id)} is started since ${took()}`);
      return (await fetch(`${peer.http}/readyz`)).status === 200;
    },
    eventTakesMsMax,
  );
  say(`peer ${String(peer.id)} is ready after ${took()}`);
}

async function manyZnodes({ ensemble, scale, count }: Setting): Promise<void> {
  const { http } = await targetOf(ensemble);
  const znodes = scaled(1_000_000, scale);
  for (let from = 0; from < znodes; from += 10_000) {
    const names = Array.from(
      { length: Math.min(10_000, znodes - from) },
      (_, index) => `n${String(from + index)}`,
    );
    await createChildren(first(http), `/many${String(from / 10_000)}`, names);
    count(`${numbered(from + names.length)} of ${numbered(znodes)} znodes`);
  }
}

export const ordinaryEvents: readonly OrdinaryEvent[] = [
  {
    name: 'mass-expiry',
    about: '50 sessions of 4,000 ephemerals end together after a fail-over',
    kills: 'leader',
    elections: 1,
    async prepare(setting) {
      const goAway = await ephemeralSessions(setting);
      return async () => {
        goAway();
        await killLeader(setting);
        const { http } = await targetOf(setting.ensemble);
        await fewerThan(100, { what: 'znodes', http: first(http), count: setting.count });
      };
    },
  },
  {
    name: 'many-sessions',
    about: '100,000 sessions at a fail-over, which then end together',
    lines: ['quoll.budget.sessionsEach=600000', 'quoll.budget.sessionsAll=600000'],
    kills: 'leader',
    elections: 1,
    async prepare(setting) {
      await manySessions(setting, { sessions: 100_000, timeoutMs: 60_000 });
      return async () => {
        await killLeader(setting);
        const { http } = await targetOf(setting.ensemble);
        await fewerThan(100, { what: 'sessions', http: first(http), count: setting.count });
      };
    },
  },
  {
    name: 'most-sessions',
    about: '500,000 sessions at a fail-over, which they outlive',
    lines: ['quoll.budget.sessionsEach=600000', 'quoll.budget.sessionsAll=600000'],
    kills: 'leader',
    elections: 1,
    async prepare(setting) {
      await manySessions(setting, { sessions: 500_000, timeoutMs: 3_600_000 });
      return () => killLeader(setting);
    },
  },
  {
    name: 'watchers',
    about: 'one znode that 100,000 watches of 100 connections are told of, 20 times',
    elections: 0,
    async prepare({ ensemble, scale, count }) {
      const { http } = await targetOf(ensemble);
      await create(first(http), '/watched');
      const sockets: SocketClient[] = [];
      const connections = scaled(100, scale);
      for (let index = 0; index < connections; index++) {
        const socket = await SocketClient.open(`http://${first(http)}`);
        sockets.push(socket);
        for (let watch = 0; watch < 1_000; watch++) socket.send('watch', { path: '/watched' });
        await until('a thousand watches', () => socket.messages.length >= 1_000, 60_000);
        socket.messages.length = 0;
        count(`${numbered((index + 1) * 1_000)} of ${numbered(connections * 1_000)} watches`);
      }
      return async () => {
        for (let change = 0; change < 20; change++) {
          await ask(first(http), 'PUT', '/v1/nodes/watched', { body: String(change) });
          count(`${numbered(change + 1)} of 20 changes`);
        }
        const told = (): boolean => {
          let events = 0;
          for (const { messages } of sockets) events += messages.length;
          count(`${numbered(events)} of ${numbered(connections * 20_000)} events`);
          return events >= connections * 20_000;
        };
        await until('every watch to be told of all changes', told, eventTakesMsMax);
        for (const { ws } of sockets) ws.terminate();
      };
    },
  },
  {
    name: 'snapshot-and-join',
    about: 'a million znodes: a follower that lost its data joins, and snapshots are taken',
    lines: ['quoll.snapshot.afterTxns=500'],
    kills: 'follower',
    elections: 0,
    async prepare(setting) {
      await manyZnodes(setting);
      return async () => {
        const follower = await killFollower(setting.ensemble);
        follower.wipe();
        follower.start();
        await becomesReady(follower, setting);
      };
    },
  },
  {
    name: 'recovery',
    about: 'a million znodes in the log: a follower is killed, and recovers',
    lines: ['quoll.snapshot.afterTxns=100000000'],
    kills: 'follower',
    elections: 0,
    async prepare(setting) {
      await manyZnodes(setting);
      return async () => {
        const follower = await killFollower(setting.ensemble);
        follower.start();
        await becomesReady(follower, setting);
      };
    },
  },
];
