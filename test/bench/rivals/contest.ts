import { setTimeout as delay } from 'node:timers/promises';
import { busySecondsOfMachine, cpuSecondsOf, sum } from '../figures.ts';
import { runLockLoad, type Moments } from '../load.ts';
import type { Protocol, RunningService } from '../services.ts';
import { runSteady } from '../steady/run-steady.ts';
import type { SteadyProtocol } from '../steady/spec.ts';
import type { Concurrency, Work } from './works.ts';

/** Of the data of every znode and key. */
export const dataBytes = 100;
/** Services that are not being measured run on; before each load they get so long to come to rest. */
const settleLookMs = 100;
const settledCores = 0.05;

/** Contenders wait for one another: with 64 of them, a cycle takes as long as 64. */
const lockMsMin = 1_000;

export interface Timing {
  readonly warmUpMs: number;
  readonly measuredMs: number;
  readonly settleMsMax: number;
}

/** One load on one service. */
export interface Sample {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU of all servers together, for each answer. */
  readonly serverMicros: number;
  /** Cores that the load generator took. At 1 it was what was measured. */
  readonly generatorCores: number;
  /** Of all the machine's processor, the part that neither the service measured nor its load took. */
  readonly othersShare: number;
}

/** All services run side by side; `services` are all of them, `service` the one that is measured. */
export async function measureSample(
  load: {
    readonly work: Work;
    readonly concurrency: Concurrency;
    readonly service: RunningService;
    readonly services: readonly RunningService[];
    readonly cores: number;
    /** Told apart from the loads before: the name of a lock. */
    readonly round: string;
  },
  timing: Timing,
): Promise<Sample> {
  const { service, cores } = load;
  await settle(load.services, timing.settleMsMax);
  const usage = new Usage(service);
  const result = await runWork(load, timing, usage.moments);
  const { serverSeconds, othersSeconds } = usage;
  return {
    perSecond: result.perSecond,
    p50Ms: result.p50Ms,
    p99Ms: result.p99Ms,
    serverMicros: (serverSeconds * 1e6) / result.answers,
    generatorCores: result.cpuSeconds / result.seconds,
    othersShare: Math.max(0, othersSeconds) / result.seconds / cores,
  };
}

/** Who took the processor between two moments. */
class Usage {
  serverSeconds = 0;
  othersSeconds = 0;
  readonly moments: Required<Moments> = {
    measuring: (pid) => {
      this.#add(pid, -1);
    },
    measured: (pid) => {
      this.#add(pid, 1);
    },
  };
  readonly #service: RunningService;

  constructor(service: RunningService) {
    this.#service = service;
  }

  #add(generatorPid: number, sign: 1 | -1): void {
    const servers = this.#service.cpuSeconds();
    const own = servers + cpuSecondsOf(generatorPid) + cpuSecondsOf(process.pid);
    this.serverSeconds += sign * servers;
    this.othersSeconds += sign * (busySecondsOfMachine() - own);
  }
}

async function settle(services: readonly RunningService[], msMax: number): Promise<void> {
  const giveUpAt = performance.now() + msMax;
  const used = (): number => sum(services.map((service) => service.cpuSeconds()));
  let before = used();
  do {
    await delay(settleLookMs);
    const now = used();
    if (((now - before) * 1_000) / settleLookMs <= settledCores) return;
    before = now;
  } while (performance.now() < giveUpAt);
}

function runWork(
  load: Pick<Parameters<typeof measureSample>[0], 'work' | 'concurrency' | 'service' | 'round'>,
  { warmUpMs, measuredMs }: Timing,
  moments: Moments,
): Promise<Awaited<ReturnType<typeof runSteady>> | Awaited<ReturnType<typeof runLockLoad>>> {
  const { work, concurrency, service, round } = load;
  const { connections, depth } = concurrency;
  const isOurs = service.name !== work.rival;
  if (work.what === 'lock') {
    const protocol = isOurs ? work.ours : work.theirs;
    const spec = {
      protocol,
      addresses: addressesOf(service, protocol),
      contenders: connections,
      lock: `bench-${protocol}-${concurrency.name}-${round}`,
      warmUpSeconds: warmUpMs / 1_000,
      seconds: Math.max(measuredMs, lockMsMin) / 1_000,
    };
    return runLockLoad(spec, moments);
  }
  const protocol = isOurs ? work.ours : work.theirs;
  const addresses = addressesOf(service, doorOf(protocol));
  const { kind } = work;
  const bytes = dataBytes;
  return runSteady(
    { protocol, kind, addresses, connections, depth, bytes, warmUpMs, measuredMs },
    moments,
  );
}

/** etcd answers gRPC and its gateway's JSON at one address. */
function doorOf(protocol: SteadyProtocol): Protocol {
  return protocol === 'etcdHttp' ? 'etcd' : protocol;
}

function addressesOf(service: RunningService, protocol: Protocol): readonly string[] {
  const door = service.doors.find((one) => one.protocol === protocol);
  if (door === undefined) throw new Error(`${service.name} has no door for ${protocol}`);
  return door.addresses;
}
