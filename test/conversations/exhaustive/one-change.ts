import assert from 'node:assert/strict';
import { serverId } from '../../../src/model/ids.ts';
import { memberOf, type Membership } from '../../../src/model/membership.ts';
import { BenchEnsemble } from '../bench-ensemble.ts';
import { wantedMembers } from '../wanted-members.ts';
import { isQuorumLeft } from '../../support/model/quorum-left.ts';
import { Watched } from './watched.ts';

/** One change of the membership: of three voters, the last of whom leads. */
export interface Scenario {
  readonly name: string;
  readonly voters: readonly number[];
  /** They follow and are up to date. */
  readonly joiners: readonly number[];
  readonly change: string;
}

export const scenarios: readonly Scenario[] = [
  { name: 'one is added', voters: [1, 2, 3], joiners: [4], change: '1 2 3 4' },
  { name: 'a follower is removed', voters: [1, 2, 3], joiners: [], change: '2 3' },
  { name: 'the leader is removed', voters: [1, 2, 3], joiners: [], change: '1 2' },
  { name: 'a follower is replaced', voters: [1, 2, 3], joiners: [4], change: '2 3 4' },
  { name: 'the leader is replaced', voters: [1, 2, 3], joiners: [4], change: '1 2 4' },
];

/** What befalls the ensemble on the way. A step is one message that comes or one write that is finished. */
export interface Mishaps {
  /** With all that its disk does not hold, and for good unless it comes back when all is healed. */
  readonly crash?: { readonly peer: number; readonly before: number; readonly comesBack: boolean };
  /** These are cut off from the others until all is healed. */
  readonly split?: { readonly side: readonly number[]; readonly before: number };
  /** Instead of the usual step one of the others that could be next. */
  readonly turn?: { readonly step: number; readonly which: number };
}

export interface Outcome {
  /** That the change took. */
  readonly steps: number;
  /** False where fewer things could be next than were to be passed over. */
  readonly isPossible: boolean;
  /** False where the peers that are left can't be asked to go on. */
  readonly isJudged: boolean;
}

const stepsMax = 5_000;
/** Longer than it takes to notice, and to be elected. */
const brokenTicks = 120;
const healedTicksMax = 1_500;

/** Runs a change with these mishaps; throws when a rule is broken or the ensemble does not go on. */
export function runChange(scenario: Scenario, mishaps: Mishaps): Outcome {
  const bench = prepared(scenario);
  const ids = [...scenario.voters, ...scenario.joiners];
  const watched = new Watched(bench, ids);
  bench.change(wantedMembers(scenario.change.split(' ')));
  const { steps, isPossible } = carryOut(bench, watched, mishaps);
  if (!isPossible) return { steps, isPossible, isJudged: false };
  const { crash, split } = mishaps;
  if (crash === undefined && split === undefined) {
    judge(bench, watched, ids);
    return { steps, isPossible, isJudged: true };
  }
  pass(bench, watched, brokenTicks);
  for (const id of ids) bench.reconnect(id);
  const isDown = crash !== undefined && bench.node(crash.peer).zab === undefined;
  if (isDown && crash.comesBack) bench.start(crash.peer);
  const up = ids.filter((id) => bench.node(id).zab !== undefined);
  const isJudged = isQuorumLeft(
    up.map((id) => {
      const { nonce, disk } = bench.node(id);
      return { id: serverId(id), nonce, durable: { ...disk, commit: disk.hint } };
    }),
  );
  if (isJudged) judge(bench, watched, up);
  return { steps, isPossible, isJudged };
}

function prepared({ voters, joiners }: Scenario): BenchEnsemble {
  const bench = new BenchEnsemble({
    participants: voters,
    observers: [],
    strangers: joiners,
    forced: false,
  });
  bench.founded();
  for (const id of voters) bench.start(id);
  bench.tick(12);
  for (const id of joiners) bench.start(id);
  bench.tick(12);
  bench.propose(['a']);
  bench.stabilize();
  assert.equal(bench.leader().id, 3);
  return bench;
}

function carryOut(
  bench: BenchEnsemble,
  watched: Watched,
  { crash, split, turn }: Mishaps,
): Pick<Outcome, 'steps' | 'isPossible'> {
  for (let step = 0; step < stepsMax; step++) {
    if (crash?.before === step) {
      bench.crash(crash.peer);
      bench.forgetCommits(crash.peer);
    }
    if (split?.before === step) bench.split(split.side);
    const which = turn?.step === step ? turn.which : 0;
    if (!bench.step(which)) return { steps: step, isPossible: which === 0 };
    watched.look();
  }
  throw new Error(`no end after ${String(stepsMax)} steps`);
}

function pass(bench: BenchEnsemble, watched: Watched, ticks: number): void {
  for (let tick = 0; tick < ticks; tick++) {
    bench.tick(1);
    watched.look();
  }
}

/** Everybody who is up goes on: a leader serves whom all the members follow, and a txn comes to all of them. */
function judge(bench: BenchEnsemble, watched: Watched, up: readonly number[]): void {
  for (let tick = 0; !isSettled(bench, watched, up); tick++) {
    assert.ok(tick < healedTicksMax, 'the ensemble does not go on');
    pass(bench, watched, 1);
  }
  watched.checkGone();
  bench.propose(['z']);
  bench.tick(2);
  watched.look();
  for (const id of membersAmong(watched.membership, up)) {
    const last = bench.node(id).applied.at(-1)?.payload;
    assert.equal(new TextDecoder().decode(last), 'z', `server ${String(id)} applies it`);
  }
}

function isSettled(bench: BenchEnsemble, watched: Watched, up: readonly number[]): boolean {
  const leaders = up.filter((id) => bench.node(id).zab?.status.role === 'leading');
  const [leader] = leaders;
  if (leader === undefined || leaders.length > 1) return false;
  if (bench.node(leader).zab?.nextZxid() === undefined) return false;
  return membersAmong(watched.membership, up).every((id) => {
    const status = bench.node(id).zab?.status;
    return status?.isServing === true && status.leader === leader;
  });
}

/** Until the first change is committed the founders are. */
function membersAmong(membership: Membership | null, up: readonly number[]): readonly number[] {
  return up.filter((id) =>
    membership?.members === undefined
      ? membership?.voters.some((voter) => voter.id === id)
      : memberOf(membership, serverId(id)) !== undefined,
  );
}
