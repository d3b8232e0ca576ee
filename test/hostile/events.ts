import type { PeerProcess, TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';
import { JuteClient } from '../support/zookeeper/jute-client.ts';
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
  /** Leaderships that begin by it. */
  readonly elections: number;
  /** Makes what is there before; what this gives then has it happen, and resolves once it is over. */
  readonly prepare: (ensemble: TestEnsemble, scale: number) => Promise<() => Promise<void>>;
}

const ephemeralsEach = 4_000;
const sessionTimeoutMs = 6_000;

/** Sessions with as many ephemerals as one may have, whose clients go away together. */
async function ephemeralSessions(ensemble: TestEnsemble, count: number): Promise<JuteClient[]> {
  const target = await targetOf(ensemble);
  const http = first(target.http);
  await create(http, '/ephemeral');
  const clients: JuteClient[] = [];
  for (let index = 0; index < count; index++) {
    const address = target.zookeeper[index % target.zookeeper.length] ?? '';
    const client = await JuteClient.connect(address, { timeoutMs: sessionTimeoutMs });
    clients.push(client);
    for (let from = 0; from < ephemeralsEach; from += 500) {
      const requests = Array.from({ length: 500 }, (_, offset) => ({
        op: 'create' as const,
        path: `/ephemeral/${String(index)}-${String(from + offset)}`,
        data: '',
        acl: openAcl,
        flags: flags.ephemeral,
      }));
      await Promise.all(client.askAll(requests));
      await Promise.all(clients.map((each) => each.ask({ op: 'ping' })));
    }
  }
  return clients;
}

async function countOf(http: string, what: 'znodes' | 'sessions'): Promise<number> {
  const { text } = await ask(http, 'GET', '/v1/info');
  return Number((JSON.parse(text) as Record<string, number>)[what]);
}

async function killLeader(ensemble: TestEnsemble): Promise<void> {
  const leader = await ensemble.leader();
  await leader.end('SIGKILL');
  await ensemble.leader();
  leader.start();
  await leader.ready();
}

async function killFollower(ensemble: TestEnsemble): Promise<PeerProcess> {
  const leader = await ensemble.leader();
  const follower = ensemble.peers.find((peer) => peer !== leader);
  if (follower === undefined) throw new Error('an ensemble has followers');
  await follower.end('SIGKILL');
  return follower;
}

async function manyZnodes(ensemble: TestEnsemble, count: number): Promise<void> {
  const { http } = await targetOf(ensemble);
  for (let from = 0; from < count; from += 10_000) {
    const names = Array.from(
      { length: Math.min(10_000, count - from) },
      (_, index) => `n${String(from + index)}`,
    );
    await createChildren(first(http), `/many${String(from / 10_000)}`, names);
  }
}

export const ordinaryEvents: readonly OrdinaryEvent[] = [
  {
    name: 'mass-expiry',
    about: '50 sessions of 4,000 ephemerals end together after a fail-over',
    elections: 1,
    async prepare(ensemble, scale) {
      const clients = await ephemeralSessions(ensemble, scaled(50, scale));
      return async () => {
        for (const client of clients) client.destroy();
        await killLeader(ensemble);
        const { http } = await targetOf(ensemble);
        await until(
          'all ephemerals to be gone',
          async () => (await countOf(first(http), 'znodes')) < 100,
          180_000,
        );
      };
    },
  },
  {
    name: 'many-sessions',
    about: '100,000 sessions at a fail-over, which then end together',
    lines: ['quoll.budget.sessionsEach=600000', 'quoll.budget.sessionsAll=600000'],
    elections: 1,
    async prepare(ensemble, scale) {
      const { http } = await targetOf(ensemble);
      let left = scaled(100_000, scale);
      const begin = async (address: string): Promise<void> => {
        while (left-- > 0) await askJson(address, '/v1/sessions', { timeoutMs: 60_000 });
      };
      await Promise.all(Array.from({ length: 48 }, (_, index) => begin(http[index % 3] ?? '')));
      return async () => {
        await killLeader(ensemble);
        const { http: now } = await targetOf(ensemble);
        await until(
          'all sessions to be gone',
          async () => (await countOf(first(now), 'sessions')) < 100,
          240_000,
        );
      };
    },
  },
  {
    name: 'watchers',
    about: 'one znode that 100,000 watches of 100 connections are told of, 20 times',
    elections: 0,
    async prepare(ensemble, scale) {
      const { http } = await targetOf(ensemble);
      await create(first(http), '/watched');
      const sockets: SocketClient[] = [];
      for (let index = 0; index < scaled(100, scale); index++) {
        const socket = await SocketClient.open(`http://${first(http)}`);
        sockets.push(socket);
        for (let watch = 0; watch < 1_000; watch++) socket.send('watch', { path: '/watched' });
        await until('a thousand watches', () => socket.messages.length >= 1_000, 60_000);
        socket.messages.length = 0;
      }
      return async () => {
        for (let change = 0; change < 20; change++) {
          await ask(first(http), 'PUT', '/v1/nodes/watched', { body: String(change) });
        }
        const told = (): boolean => sockets.every(({ messages }) => messages.length >= 1_000);
        await until('every watch to be told', told, 120_000);
        for (const { ws } of sockets) ws.terminate();
      };
    },
  },
  {
    name: 'snapshot-and-join',
    about: 'a million znodes: a follower that lost its data joins, and snapshots are taken',
    lines: ['quoll.snapshot.afterTxns=500'],
    elections: 0,
    async prepare(ensemble, scale) {
      await manyZnodes(ensemble, scaled(1_000_000, scale));
      return async () => {
        const follower = await killFollower(ensemble);
        follower.wipe();
        follower.start();
        await follower.ready();
      };
    },
  },
  {
    name: 'recovery',
    about: 'a million znodes in the log: a follower is killed, and recovers',
    lines: ['quoll.snapshot.afterTxns=100000000'],
    elections: 0,
    async prepare(ensemble, scale) {
      await manyZnodes(ensemble, scaled(1_000_000, scale));
      return async () => {
        const follower = await killFollower(ensemble);
        follower.start();
        await until(
          'the follower to be ready',
          async () => {
            const answer = await fetch(`${follower.http}/readyz`).catch(() => undefined);
            return answer?.status === 200;
          },
          300_000,
        );
      };
    },
  },
];
