import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Benchmark, BenchmarkOptions } from './benchmark.ts';
import { median } from './figures.ts';
import { PlainHttp } from './plain-http.ts';
import { JuteClient } from './rivals/jute-client.ts';
import { bytesField } from './rivals/proto-bytes.ts';
import { RawGrpc } from './rivals/raw-grpc.ts';
import { eachService, type Door, type Protocol, type Service } from './services.ts';
import { grpcConnections } from './watch-clients.ts';
import { Watchers } from './watchers.ts';

const path = '/fanout';
const bytes = 100;
const warmUpRounds = 3;
const pauseMs = 100;

const carriers: Record<Protocol, string> = {
  http: 'WebSocket, a connection each',
  grpc: `gRPC, a call each over ${String(grpcConnections)} connections`,
  etcd: `gRPC, ${String(grpcConnections)} connections with a stream each`,
  zookeeper: 'a session each, notified without the data',
};

export const fanout: Benchmark = {
  name: 'fanout',
  about: 'one change to many watchers of one peer: until the last one has it',
  async run(options, bench) {
    for (const servers of [3, 1]) {
      await eachService(servers, options, bench, (service) => measure(service, options, bench));
    }
  },
};

async function measure(service: Service, options: BenchmarkOptions, bench: Bench): Promise<void> {
  const writer = await writerOf(service);
  try {
    for (const door of service.doors) {
      for (const watchers of options.isQuick ? [20, 100] : [100, 1_000, 5_000]) {
        const conditions =
          `${service.name}, ${String(service.servers)} server(s), ${String(watchers)} watchers at ` +
          `${service.servers === 1 ? 'it' : 'one that follows'} (${carriers[door.protocol]}); ` +
          `${String(bytes)} bytes written at the leader, ${String(options.runs)} rounds`;
        bench.progress(conditions);
        const found = await rounds({ door, watchers, writer, runs: options.runs });
        const arrivals = found.map(({ arrivedMs }) => arrivedMs);
        const add = (what: string, value: number): void => {
          bench.add({ what, value, unit: 'ms', conditions });
        };
        add('write sent to last watcher has it, median', median(arrivals));
        add('worst', Math.max(...arrivals));
        add('write sent to write answered, median', median(found.map((one) => one.answeredMs)));
      }
    }
  } finally {
    writer.close();
  }
}

interface RoundTimes {
  readonly answeredMs: number;
  readonly arrivedMs: number;
}

async function rounds(load: {
  readonly door: Door;
  readonly watchers: number;
  readonly writer: Writer;
  readonly runs: number;
}): Promise<RoundTimes[]> {
  const { door, watchers, writer, runs } = load;
  // The last address: with more than one server, never that of the leader.
  const address = door.addresses.at(-1) ?? '';
  const secondsMax = 120 + runs * 2;
  const { protocol } = door;
  const group = await Watchers.start({ protocol, address, watchers, path, secondsMax });
  const found: RoundTimes[] = [];
  try {
    for (let round = 0; round < warmUpRounds + runs; round++) {
      const marker = `round ${String(round)} of ${String(watchers)};`;
      await group.arm(marker);
      await delay(pauseMs);
      const sentAt = process.hrtime.bigint();
      const sinceMs = (instant: bigint): number => Number(instant - sentAt) / 1e6;
      const [answeredAt, arrivedAt] = await Promise.all([
        writer.write(marker.padEnd(bytes, 'x')).then(() => process.hrtime.bigint()),
        group.lastArrival(),
      ]);
      if (round < warmUpRounds) continue;
      found.push({ answeredMs: sinceMs(answeredAt), arrivedMs: sinceMs(arrivedAt) });
    }
  } finally {
    await group.stop();
  }
  return found;
}

/** Writes the znode, or what is like it, at the leader. */
interface Writer {
  write(data: string): Promise<unknown>;
  close(): void;
}

/** The znode is there once this resolves. */
async function writerOf({ doors: [door] }: Service): Promise<Writer> {
  const address = door?.addresses[0] ?? '';
  if (door?.protocol === 'etcd') {
    const client = new RawGrpc(address);
    const write = (data: string): Promise<unknown> =>
      client.unary(
        '/etcdserverpb.KV/Put',
        Buffer.concat([bytesField(1, path), bytesField(2, data)]),
      );
    await write('begun');
    return {
      write,
      close: () => {
        client.close();
      },
    };
  }
  if (door?.protocol === 'zookeeper') {
    const client = await JuteClient.connect(address);
    await client.create(path, 0);
    return {
      write: (data) => client.setData(path, Buffer.from(data)),
      close: () => {
        client.close();
      },
    };
  }
  const client = new PlainHttp(address);
  await client.ask('PUT', `/v1/nodes${path}?create`, 'begun', [201]);
  return {
    write: (data) => client.ask('PUT', `/v1/nodes${path}`, data, [200]),
    close: () => {
      client.close();
    },
  };
}
