import { SimulatedEnsemble, type Member } from '../../support/simulated-ensemble.ts';
import { create, path, set, single } from '../../support/model/requests.ts';
import { median } from '../figures.ts';
import { latencyMs, type Placement } from './formulas.ts';

// Latency as the simulator has it: the code that peers run, on virtual links and disks, where work takes no time. What it
// measures is how many ways and fsyncs a request takes, and whether the formula counts the same.

export interface SimulatedLatency {
  readonly what: string;
  readonly simulatedMs: number;
  readonly formulaMs: number;
}

const fsyncMs = 1;
const stepMs = 0.05;
const rounds = 10;
const patienceMs = 60_000;
const nobody = { identities: [] };
const soon = { timeoutMs: patienceMs };

interface Layout {
  readonly what: string;
  /** Round trips from the leader to each other voter, in ms. */
  readonly rttsMs: readonly number[];
}

const uniform = [1, 20, 80].flatMap((rttMs) =>
  [3, 5, 7].map((voters) => ({
    what: `${String(voters)} voters, all ${String(rttMs)} ms apart`,
    rttsMs: Array.from({ length: voters - 1 }, () => rttMs),
  })),
);
const spread: readonly Layout[] = [
  { what: '3 voters, at 1 and 80 ms from the leader', rttsMs: [1, 80] },
  { what: '5 voters, at 1, 20, 80 and 80 ms', rttsMs: [1, 20, 80, 80] },
  { what: '7 voters, at 1, 1, 20, 20, 80 and 80 ms', rttsMs: [1, 1, 20, 20, 80, 80] },
];

export async function simulateLatencies(isQuick: boolean): Promise<SimulatedLatency[]> {
  const found: SimulatedLatency[] = [];
  for (const layout of isQuick ? uniform.slice(0, 1) : [...uniform, ...spread]) {
    found.push(...(await simulated(layout)));
  }
  return found;
}

async function simulated({ what, rttsMs }: Layout): Promise<SimulatedLatency[]> {
  const ensemble = new SimulatedEnsemble(rttsMs.length + 1);
  await ensemble.established();
  const { leader } = ensemble;
  if (leader === undefined) throw new Error('nobody leads');
  const others = ensemble.members.filter((member) => member !== leader);
  place(ensemble, { leader, others, rttsMs });
  await ensemble.settle(leader.server.service.write(single(create('/a')), nobody, soon));
  const far = others.at(-1);
  const placement = { rttsMs, fsyncMs, cpuMs: 0 };
  const rows: SimulatedLatency[] = [];
  for (const [where, member, ownRttMs] of [
    ['at the leader', leader, 0],
    ['at the voter farthest away', far, rttsMs.at(-1) ?? 0],
  ] as const) {
    if (member === undefined) continue;
    const asked: Placement = { ...placement, ownRttMs };
    rows.push(
      {
        what: `${what}: write ${where}`,
        simulatedMs: await timeOf(ensemble, () =>
          member.server.service.write(single(set('/a', 'x')), nobody, soon),
        ),
        formulaMs: latencyMs('write', asked),
      },
      {
        what: `${what}: linearizable read ${where}`,
        simulatedMs: await timeOf(ensemble, () => {
          const read = { read: 'data', path: path('/a') } as const;
          return member.server.service.read(read, nobody, { consistency: 'linearizable', ...soon });
        }),
        formulaMs: latencyMs('read', asked),
      },
    );
  }
  return rows;
}

/** Links and disks that always take the same: half of a round trip each way, those among the others as long as the longer. */
function place(
  { network, members }: SimulatedEnsemble,
  at: {
    readonly leader: Member;
    readonly others: readonly Member[];
    readonly rttsMs: readonly number[];
  },
): void {
  network.options = { ...network.options, delayMsMin: 1, delayMsMax: 1 };
  for (const { faults } of members) {
    Object.assign(faults, { latencyMsMin: fsyncMs, latencyMsMax: fsyncMs });
  }
  const rttOf = (member: Member): number => at.rttsMs[at.others.indexOf(member)] ?? 0;
  for (const from of members) {
    for (const to of members) {
      network.slow(from.id, to.id, Math.max(rttOf(from), rttOf(to)) / 2);
    }
  }
}

/** In the median, from asking to the answer, in virtual time. */
async function timeOf(ensemble: SimulatedEnsemble, ask: () => Promise<unknown>): Promise<number> {
  const { scheduler } = ensemble;
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const askedAt = scheduler.nowMs;
    const asked = { isOver: false };
    void ask().finally(() => (asked.isOver = true));
    while (!asked.isOver) {
      if (scheduler.nowMs - askedAt > patienceMs) throw new Error('never answered');
      scheduler.run(scheduler.nowMs + stepMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
    times.push(scheduler.nowMs - askedAt);
    await ensemble.pass(200);
  }
  return median(times);
}
