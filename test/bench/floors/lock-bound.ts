import type { Sample } from '../rivals/contest.ts';
import { sideOf, type Side } from '../rivals/turns.ts';
import { pairsOf, type Concurrency, type Pair } from '../rivals/works.ts';
import type { RunningService } from '../services.ts';

const alone: Concurrency = { name: '1x1', connections: 1, depth: 1, aims: {} };

/**
 * The most cycles of ZooKeeper's recipe that the floor could do, from its sets and gets with one request under way:
 * whoever is alone creates, lists and deletes, one after the other. Among many, a cycle is at least the delete, whose
 * event goes to who waits when its answer goes to who deleted, and the list that who waits asks for then; that others
 * enter meanwhile is taken to cost nothing. So it is a bound, and no server could be measured at it.
 */
export function lockBound(contenders: number, set: Sample, get: Sample): Sample {
  const isAlone = contenders === 1;
  const setSeconds = 1 / set.perSecond;
  const getSeconds = 1 / get.perSecond;
  const cycleSeconds = isAlone ? 2 * setSeconds + getSeconds : setSeconds + getSeconds;
  // Among many: a list when entering, one when it is the turn, and an exists with a watch between them.
  const gets = isAlone ? 1 : 3;
  return {
    perSecond: 1 / cycleSeconds,
    p50Ms: Number.NaN,
    p99Ms: Number.NaN,
    serverMicros: 2 * set.serverMicros + gets * get.serverMicros,
    generatorCores: set.generatorCores,
    othersShare: Math.max(set.othersShare, get.othersShare),
  };
}

export function lockSideOf(
  { concurrency }: Pair,
  floor: RunningService,
  services: readonly RunningService[],
): Side {
  const [set, get] = ['zookeeper-set', 'zookeeper-get'].map((name) => {
    const [first] = pairsOf(3, [name]);
    if (first === undefined) throw new Error(`there is no work ${name}`);
    return sideOf({ work: first.work, concurrency: alone }, floor, services);
  }) as [Side, Side];
  return async (timing, round) =>
    lockBound(concurrency.connections, await set(timing, round), await get(timing, round));
}
