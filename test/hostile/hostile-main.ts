// node dist/test/hostile/hostile-main.js [name…] [--floor] [--attackers-share] [--quick] [--seconds N] [--scale N]
// [--recovery N] [--json FILE]

import { writeFileSync } from 'node:fs';
import { setTimeout as elapsed } from 'node:timers/promises';
import { programArguments, wrongUsage } from '../support/program/program-arguments.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { attacks } from './attacks.ts';
import { ordinaryEvents, type OrdinaryEvent } from './events.ts';
import { measureFloor } from './floor.ts';
import { GoodClient, type Latencies } from './good-client.ts';
import { Observation } from './observation.ts';
import { Progress } from './progress.ts';
import { runAttack, targetOf, type AttackReport, type RunOptions } from './run-attack.ts';

interface Report extends Omit<AttackReport, 'attackersCores'> {
  /** Of an attack alone. */
  readonly attackersCores?: number;
  readonly electionsMeant: number;
}

const quick = { scale: 0.05, quietMs: 1_500, attackMs: 3_000, recoveryMs: 1_000 };
const whole = { scale: 1, quietMs: 5_000, attackMs: 20_000, recoveryMs: 60_000 };

const { values, positionals } = programArguments(usage(), {
  allowPositionals: true,
  options: {
    floor: { type: 'boolean', default: false },
    'attackers-share': { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    scale: { type: 'string' },
    seconds: { type: 'string' },
    recovery: { type: 'string' },
    json: { type: 'string' },
  },
});

const heading = [
  'what'.padEnd(20),
  'read p50/p99/max ms'.padEnd(36),
  'write p50/p99/max ms'.padEnd(36),
  'turns >20 >50 >250'.padEnd(20),
  'cores peers+attackers'.padEnd(21),
  'MB before/most/later'.padEnd(22),
  'elections',
].join(' ');

const progress = new Progress();
/** The peers that run: they end with this program. */
let standing: TestEnsemble | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void (standing?.stop() ?? Promise.resolve()).finally(() => process.exit(1));
  });
}

// What failed may have left connections behind, which would keep it from ending.
process.exit(await main());

async function main(): Promise<number> {
  const known = [...attacks, ...ordinaryEvents].map(({ name }) => name);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    print(usage());
    return wrongUsage;
  }
  const given = values.quick ? quick : whole;
  const options = {
    ...given,
    attackersShare: values['attackers-share'],
    ...(values.scale !== undefined && { scale: Number(values.scale) }),
    ...(values.seconds !== undefined && { attackMs: Number(values.seconds) * 1_000 }),
    ...(values.recovery !== undefined && { recoveryMs: Number(values.recovery) * 1_000 }),
  };
  const isMeant = ({ name }: { readonly name: string }): boolean =>
    positionals.includes(name) || (positionals.length === 0 && !values.floor);
  const reports: Report[] = [];
  let failures = 0;
  const add = async (name: string, run: () => Promise<Report>): Promise<void> => {
    progress.begin(name);
    try {
      const report = await run();
      progress.say('done');
      reports.push(report);
      print(rowOf(report));
    } catch (error) {
      failures++;
      progress.say('failed');
      print(`${name}: FAILED: ${error instanceof Error ? String(error.stack) : String(error)}`);
    }
  };
  print(heading);
  if (values.floor) {
    const { without, during } = await measureFloor(options);
    print(
      [
        'floor'.padEnd(20),
        latencies(without.reads, during.reads).padEnd(36),
        latencies(without.writes, during.writes),
      ].join(' '),
    );
  }
  for (const attack of attacks.filter(isMeant)) {
    await add(attack.name, () =>
      onEnsemble([], async (ensemble) => ({
        ...(await runAttack(ensemble, attack, options)),
        electionsMeant: 0,
      })),
    );
  }
  for (const event of ordinaryEvents.filter(isMeant)) {
    await add(event.name, () =>
      onEnsemble(event.lines ?? [], (ensemble) => runEvent(ensemble, event, options)),
    );
  }
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify(reports, null, 2)}\n`);
  }
  return failures === 0 ? 0 : 1;
}

async function onEnsemble(
  lines: readonly string[],
  use: (ensemble: TestEnsemble) => Promise<Report>,
): Promise<Report> {
  const ensemble = await startEnsemble({ peers: 3, grpc: true, zookeeper: true, lines });
  standing = ensemble;
  try {
    return await use(ensemble);
  } finally {
    standing = undefined;
    await ensemble.stop();
  }
}

async function runEvent(
  ensemble: TestEnsemble,
  { name, about, kills, elections, prepare }: OrdinaryEvent,
  { scale, quietMs, recoveryMs }: RunOptions,
): Promise<Report> {
  const say = (text: string): void => {
    progress.say(text);
  };
  const count = (text: string): void => {
    progress.count(text);
  };
  const happen = await prepare({ ensemble, scale, say, count });
  say(`prepared; the good client has ${String(quietMs)} ms alone`);
  const { http } = await targetOf(ensemble);
  const onlooker = await Observation.start(ensemble);
  const quiet = await GoodClient.start(http);
  await elapsed(quietMs);
  const without = await quiet.stop();
  await onlooker.stop();
  const observation = await Observation.start(ensemble);
  const client = await GoodClient.start(kills === 'follower' ? http.slice(0, -1) : http.slice(1));
  await happen();
  const during = await client.stop();
  const observed = await observation.stop();
  say(`over; ${String(recoveryMs)} ms until the last look at the memory`);
  const megabytesLater = await Observation.megabytesAfter(ensemble, recoveryMs);
  return {
    name,
    about,
    without,
    during,
    observed,
    megabytesLater,
    electionsMeant: elections,
  };
}

function rowOf({
  name,
  without,
  during,
  observed,
  megabytesLater,
  electionsMeant,
  attackersCores,
}: Report): string {
  const { lateBy20, lateBy50, lateBy250, waitedBy50, ...seen } = observed;
  const { megabytesBefore, megabytesMost, elections, cores } = seen;
  const used = [cores, ...(attackersCores === undefined ? [] : [attackersCores])];
  return [
    name.padEnd(20),
    latencies(without.reads, during.reads).padEnd(36),
    latencies(without.writes, during.writes).padEnd(36),
    `${[lateBy20, lateBy50, lateBy250].map(String).join(' ')} (${String(waitedBy50)})`.padEnd(20),
    used
      .map((each) => each.toFixed(2))
      .join('+')
      .padEnd(21),
    `${String(megabytesBefore)}/${String(megabytesMost)}/${String(megabytesLater)}`.padEnd(22),
    electionsMeant === 0
      ? String(elections)
      : `${String(elections)} (${String(electionsMeant)} meant)`,
  ].join(' ');
}

/** Without -> with, and what failed. */
function latencies(without: Latencies, during: Latencies): string {
  const said = ({ p50, p99, max }: Latencies): string =>
    [p50, p99, max].map((ms) => (ms < 10 ? ms.toFixed(1) : ms.toFixed(0))).join('/');
  const failed = during.failures > 0 ? ` ${String(during.failures)} failed` : '';
  return `${said(without)} -> ${said(during)}${failed}`;
}

function usage(): string {
  return [
    'npm run hostile -- [name…] [--floor] [--attackers-share] [--quick] [--seconds N] [--scale N] [--recovery N]',
    '                   [--json FILE]',
    '',
    'Attacks, each on three fresh peers beside a client that does nothing wrong:',
    ...attacks.map(({ name, about }) => `  ${name.padEnd(20)} ${about}`),
    '',
    'What happens without an enemy, at scale:',
    ...ordinaryEvents.map(({ name, about }) => `  ${name.padEnd(20)} ${about}`),
    '',
    'Each line says what that client saw without and with it, how many turns of any peer held up a tick by more than',
    '20, 50 and 250 ms by their own work, and how many by more than 50 ms with what they waited for a processor, how',
    'many cores all peers used and how many the attackers, the memory of the peer that has most, and how many leaderships',
    'began.',
    'Attackers are elsewhere and use none of the processors that the peers have. Here they run at the lowest priority',
    '(nice 19) instead and have what peers and client leave. --attackers-share: they have their share of the processors,',
    'which they take from the peers and the client. An attack weighs on the peers as heavily as with that as long as these',
    'use no fewer cores beside it. Attackers come from 127.0.0.2, the client from 127.0.0.1.',
    '--floor: first, or alone without a name, what three bare servers of Node let that client see beside the flood of',
    'http-downloads: what this machine gives at best while they are busy. No less can be asked of three peers.',
    '--quick: a twentieth of it, too small to mean anything. --scale: that part of it. --seconds: of each attack (20).',
    '--recovery: until the last look at the memory (60).',
  ].join('\n');
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
