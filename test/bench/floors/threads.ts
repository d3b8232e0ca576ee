import { readdirSync, readFileSync } from 'node:fs';
import { dataBytes, type Timing } from '../rivals/contest.ts';
import { number } from '../rivals/table.ts';
import { sum } from '../figures.ts';
import type { RunningService } from '../services.ts';
import { runSteady } from '../steady/run-steady.ts';

/** What the threads of a service took for each answer to a set over ZooKeeper's protocol. Times in µs. */
export interface ThreadsRow {
  readonly concurrency: string;
  readonly peers: number;
  readonly service: string;
  /** Of the first server, which leads: its main thread, and the busiest of the others, which is the log's. */
  readonly leaderMain: number;
  readonly leaderLog: number;
  /** Of all servers: all threads, and what they waited for a core when they had work. */
  readonly all: number;
  readonly waited: number;
  /** How often a thread of theirs gave its core up, to sleep or for another. */
  readonly switches: number;
}

interface Thread {
  readonly id: string;
  readonly ranMicros: number;
  readonly waitedMicros: number;
  readonly switches: number;
}

const loads = [
  [1, 1],
  [64, 1],
] as const;

/** In turns, as the rates. */
export async function measureThreads(
  services: readonly RunningService[],
  { warmUpMs, measuredMs }: Timing,
): Promise<ThreadsRow[]> {
  const rows: ThreadsRow[] = [];
  for (const [connections, depth] of loads) {
    for (const service of services) {
      const addresses = service.doors.find(({ protocol }) => protocol === 'zookeeper')?.addresses;
      if (addresses === undefined) continue;
      let before: Thread[][] = [];
      let after: Thread[][] = [];
      const protocol = 'zookeeper';
      const kind = 'set';
      const shape = { connections, depth, bytes: dataBytes, warmUpMs, measuredMs };
      const { answers } = await runSteady(
        { protocol, kind, addresses, ...shape },
        {
          measuring: () => (before = service.pids.map(threadsOf)),
          measured: () => (after = service.pids.map(threadsOf)),
        },
      );
      const each = after.map((own, index) => spentBetween(before[index] ?? [], own, answers));
      const concurrency = `${String(connections)}x${String(depth)}`;
      rows.push({ concurrency, ...rowOf(service, each) });
    }
  }
  return rows;
}

function rowOf(
  { name, servers, pids }: RunningService,
  each: readonly (readonly Thread[])[],
): Omit<ThreadsRow, 'concurrency'> {
  const [leader = []] = each;
  const isMain = ({ id }: Thread): boolean => id === String(pids[0]);
  const all = each.flat();
  return {
    peers: servers,
    service: name,
    leaderMain: sum(leader.filter(isMain).map(({ ranMicros }) => ranMicros)),
    leaderLog: Math.max(
      0,
      ...leader.filter((one) => !isMain(one)).map(({ ranMicros }) => ranMicros),
    ),
    all: sum(all.map(({ ranMicros }) => ranMicros)),
    waited: sum(all.map(({ waitedMicros }) => waitedMicros)),
    switches: sum(all.map(({ switches }) => switches)),
  };
}

/** Linux only. */
function threadsOf(pid: number): Thread[] {
  const folder = `/proc/${String(pid)}/task`;
  return readdirSync(folder).map((id) => {
    const [ran = 0, waited = 0] = readFileSync(`${folder}/${id}/schedstat`, 'utf8')
      .split(' ')
      .map(Number);
    const status = readFileSync(`${folder}/${id}/status`, 'utf8');
    const switches = [...status.matchAll(/_ctxt_switches:\s+(\d+)/g)].map(([, count]) =>
      Number(count),
    );
    return { id, ranMicros: ran / 1e3, waitedMicros: waited / 1e3, switches: sum(switches) };
  });
}

function spentBetween(
  before: readonly Thread[],
  after: readonly Thread[],
  answers: number,
): Thread[] {
  return after.map((thread) => {
    const old = before.find(({ id }) => id === thread.id);
    return {
      id: thread.id,
      ranMicros: (thread.ranMicros - (old?.ranMicros ?? 0)) / answers,
      waitedMicros: (thread.waitedMicros - (old?.waitedMicros ?? 0)) / answers,
      switches: (thread.switches - (old?.switches ?? 0)) / answers,
    };
  });
}

export function threadsTable(rows: readonly ThreadsRow[]): string[] {
  if (rows.length === 0) return [];
  return [
    'What the threads of the servers took for each answer, in µs, and how often one of them gave its core up:',
    '',
    '| set over ZooKeeper’s protocol | leader’s main thread | its log’s | all threads of all | waited for a core | switches |',
    '|---|---|---|---|---|---|',
    ...rows.map((row) => {
      // Threads of a JVM have other parts.
      const isNode = row.service !== 'ZooKeeper';
      const cells = [
        `${row.concurrency}, ${String(row.peers)} ${row.peers === 1 ? 'peer' : 'peers'}: ${row.service}`,
        isNode ? number(row.leaderMain) : '—',
        isNode ? number(row.leaderLog) : '—',
        ...[row.all, row.waited, row.switches].map(number),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
    '',
  ];
}
