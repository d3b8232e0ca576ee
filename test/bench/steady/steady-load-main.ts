// The load generator of `rivals`: one process, raw sockets, ready-made requests, nothing decoded that need not be. How
// much of a core it takes is part of its result, for a load that is short of processor measures itself.
//   node dist/test/bench/steady/steady-load-main.js '{"protocol":"grpc","kind":"get", ...}'   prints a `SteadyResult`

import { setTimeout as delay } from 'node:timers/promises';
import { SteadyConnection } from './connection.ts';
import type { Conversation, Topic } from './conversation.ts';
import { GrpcConversation } from './grpc-conversation.ts';
import type { Moments } from '../load.ts';
import { Histogram } from './histogram.ts';
import { HttpConversation } from './http-conversation.ts';
import { JuteConversation } from './jute-conversation.ts';
import type { SteadyProtocol, SteadyResult, SteadySpec } from './spec.ts';

/** A session with many ephemeral znodes takes its time to end. */
const closingMsMax = 20_000;

const conversations: Record<SteadyProtocol, (topic: Topic) => Conversation> = {
  zookeeper: (topic) => new JuteConversation(topic),
  grpc: (topic) => new GrpcConversation(topic, 'grpc'),
  etcd: (topic) => new GrpcConversation(topic, 'etcd'),
  http: (topic) => new HttpConversation(topic, 'http'),
  etcdHttp: (topic) => new HttpConversation(topic, 'etcdHttp'),
};

const spec = JSON.parse(process.argv[2] ?? '') as SteadySpec;
const latencies = new Histogram();
let isMeasuring = false;
let failures = 0;
let firstFailure = '';

process.on('disconnect', () => process.exit(1));
const connections = await openAll();
for (const connection of connections) connection.start(spec.depth);
await delay(spec.warmUpMs);
const measured = await measure();
await Promise.all(connections.map((connection) => connection.end(closingMsMax)));
const result: SteadyResult = {
  seconds: measured.seconds,
  answers: latencies.count,
  perSecond: latencies.count / measured.seconds,
  p50Ms: latencies.percentile(50),
  p99Ms: latencies.percentile(99),
  cpuSeconds: measured.cpuSeconds,
  failures,
  firstFailure,
};
process.stdout.write(JSON.stringify(result), () => process.exit());

async function openAll(): Promise<SteadyConnection[]> {
  const data = Buffer.alloc(spec.bytes, 'x');
  const opened: SteadyConnection[] = [];
  await Promise.all(
    Array.from({ length: spec.connections }, (_, index) => {
      const address = spec.addresses[index % spec.addresses.length] ?? '';
      const name = `bench-${spec.kind}-${String(index)}`;
      const conversation = conversations[spec.protocol]({ kind: spec.kind, address, name, data });
      return new Promise<void>((resolve) => {
        opened.push(
          new SteadyConnection(address, conversation, {
            opened: resolve,
            answered,
            failed: (why) => {
              fail(why);
              resolve();
            },
          }),
        );
      });
    }),
  );
  return opened;
}

async function measure(): Promise<{ readonly seconds: number; readonly cpuSeconds: number }> {
  tell('measuring');
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  isMeasuring = true;
  await delay(spec.measuredMs);
  isMeasuring = false;
  const seconds = (performance.now() - startedAt) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  tell('measured');
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

function answered(ms: number): void {
  if (isMeasuring) latencies.add(ms);
}

function fail(why: string): void {
  failures++;
  if (firstFailure === '') firstFailure = why;
}

function tell(moment: keyof Moments): void {
  process.send?.(moment);
}
