import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../../src/config/free-ports.ts';
import { until } from '../../support/until.ts';
import { endServers } from '../servers-in-folder.ts';
import { JuteClient } from './jute-client.ts';
import { RawGrpc } from './raw-grpc.ts';

/** Another service, as Debian packages it, with its data on this disk: measured beside ours in the same run. */
export interface Rival {
  readonly name: string;
  /** Of each server, where its clients go. */
  readonly addresses: readonly string[];
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

export async function startEtcd(servers: number): Promise<Rival> {
  const ports = await freePorts(servers * 2);
  const url = (index: number): string => `http://127.0.0.1:${String(ports[index])}`;
  const names = Array.from({ length: servers }, (_, index) => `m${String(index)}`);
  const cluster = names.map((name, index) => `${name}=${url(index * 2 + 1)}`).join(',');
  return startServers('etcd', {
    addresses: names.map((_, index) => `127.0.0.1:${String(ports[index * 2])}`),
    command: (index, folder) => [
      'etcd',
      ...['--name', names[index] ?? '', '--data-dir', join(folder, String(index))],
      ...['--listen-client-urls', url(index * 2), '--advertise-client-urls', url(index * 2)],
      ...['--listen-peer-urls', url(index * 2 + 1)],
      ...['--initial-advertise-peer-urls', url(index * 2 + 1), '--initial-cluster', cluster],
      ...['--logger', 'zap', '--log-level', 'error'],
    ],
    async answers(address) {
      const client = new RawGrpc(address);
      try {
        // A Put of "k" to "v": only a member that knows a leader answers it.
        await client.unary('/etcdserverpb.KV/Put', Buffer.from('0a016b120176', 'hex'));
      } finally {
        client.close();
      }
    },
  });
}

/** `more` lines for every server's zoo.cfg. */
export async function startZooKeeper(
  servers: number,
  more: readonly string[] = [],
): Promise<Rival> {
  const ports = await freePorts(servers * 3);
  const port = (index: number): string => String(ports[index]);
  const lines = Array.from(
    { length: servers },
    (_, index) => `server.${String(index + 1)}=127.0.0.1:${port(index * 3)}:${port(index * 3 + 1)}`,
  );
  return startServers('ZooKeeper', {
    addresses: lines.map((_, index) => `127.0.0.1:${port(index * 3 + 2)}`),
    command(index, folder) {
      const dataDir = join(folder, String(index));
      mkdirSync(dataDir);
      writeFileSync(join(dataDir, 'myid'), String(index + 1));
      const config = join(folder, `${String(index)}.cfg`);
      writeFileSync(
        config,
        [
          ...['tickTime=2000', 'initLimit=10', 'syncLimit=5', 'maxClientCnxns=0'],
          ...['admin.enableServer=false', `dataDir=${dataDir}`],
          ...[`clientPort=${port(index * 3 + 2)}`, 'clientPortAddress=127.0.0.1'],
          ...(servers === 1 ? [] : lines),
          ...more,
          '',
        ].join('\n'),
      );
      const classPath = '/etc/zookeeper/conf:/usr/share/java/zookeeper.jar';
      const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
      return ['java', '-Xmx512m', '-Dzookeeper.root.logger=ERROR', '-cp', classPath, main, config];
    },
    async answers(address) {
      (await JuteClient.connect(address)).close();
    },
  });
}

async function startServers(
  name: string,
  rival: {
    readonly addresses: readonly string[];
    readonly command: (index: number, folder: string) => readonly string[];
    readonly answers: (address: string) => Promise<void>;
  },
): Promise<Rival> {
  const folder = mkdtempSync(join(tmpdir(), 'quoll-bench-'));
  const children: ChildProcess[] = [];
  const stop = (): Promise<void> => endServers(children, folder);
  try {
    for (const [index] of rival.addresses.entries()) {
      const [program = '', ...rest] = rival.command(index, folder);
      const child = spawn(program, rest, { stdio: 'ignore' });
      child.on('error', () => undefined);
      children.push(child);
    }
    for (const address of rival.addresses) {
      await until(`${name} to answer at ${address}`, async () => {
        await rival.answers(address);
        return true;
      });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const pids = children.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  return { name, addresses: rival.addresses, pids, stop };
}
