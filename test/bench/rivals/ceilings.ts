import { runSteady, startEcho } from '../steady/run-steady.ts';
import type { SteadyKind, SteadyProtocol } from '../steady/spec.ts';
import { dataBytes, type Timing } from './contest.ts';

/** What the load generator reaches against a server that answers everything at once. */
export interface Ceiling {
  readonly protocol: SteadyProtocol;
  readonly kind: SteadyKind;
  readonly concurrency: string;
  /** With the other core for that server, and what others leave of both. */
  readonly perSecond: number;
  /** CPU of the generator for each request: a million, divided by it, is what a whole core could do. */
  readonly micros: number;
}

const measured: readonly (readonly [SteadyProtocol, SteadyKind, number, number])[] = [
  ['zookeeper', 'set', 64, 16],
  ['zookeeper', 'set', 64, 1],
  ['zookeeper', 'get', 64, 16],
  ['zookeeper', 'get', 256, 1],
  ['grpc', 'set', 8, 8],
  ['grpc', 'get', 8, 8],
  ['http', 'set', 64, 1],
  ['http', 'get', 64, 1],
];

export async function measureCeilings({ warmUpMs, measuredMs }: Timing): Promise<Ceiling[]> {
  const { address, stop } = await startEcho(dataBytes);
  const ceilings: Ceiling[] = [];
  try {
    for (const [protocol, kind, connections, depth] of measured) {
      const { perSecond, cpuSeconds, answers } = await runSteady({
        protocol,
        kind,
        connections,
        depth,
        warmUpMs,
        measuredMs,
        addresses: [address],
        bytes: dataBytes,
      });
      const concurrency = `${String(connections)}x${String(depth)}`;
      ceilings.push({
        protocol,
        kind,
        concurrency,
        perSecond,
        micros: (cpuSeconds * 1e6) / answers,
      });
    }
  } finally {
    stop();
  }
  return ceilings;
}
