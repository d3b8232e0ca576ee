import { programArguments } from '../support/program/program-arguments.ts';
import { runCoreSeed } from './core-ring.ts';
import { runPeerSeed } from './peer-simulator.ts';
import { Figures, failureReport } from './report.ts';

const usage = `npm run simulate -- [--ring core|peer] [--seed N] [--seeds COUNT] [--minutes M] [--trace] [--quiet] [--keep-going]

An ensemble under faults, made from a seed: runs one seed after the other until COUNT of them passed, or M minutes, or
the first that breaks a rule, which prints how to replay it.

  --ring core    the protocol alone, thousands of seeds a minute (the default)
  --ring peer    whole peers with logs, clients and watches
  --seed N       the first seed; a random one if none is given
  --seeds COUNT  so many; one without --minutes
  --trace        every event, of one seed
  --quiet        of a seed that fails its rule alone
  --keep-going   past those that fail`;

const { values } = programArguments(usage, {
  options: {
    ring: { type: 'string', default: 'core' },
    seed: { type: 'string' },
    seeds: { type: 'string' },
    minutes: { type: 'string' },
    trace: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
});

if (values.ring !== 'core' && values.ring !== 'peer') {
  throw new Error(`there is no ring "${values.ring}" (core, peer)`);
}
const { ring } = values;
const startedAtMs = Date.now();
const firstSeed =
  values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const deadlineMs =
  values.minutes === undefined ? Number.POSITIVE_INFINITY : Number(values.minutes) * 60_000;
const isTimed = values.minutes !== undefined;
const seedsMax =
  values.seeds === undefined ? (isTimed ? Number.POSITIVE_INFINITY : 1) : Number(values.seeds);
const figures = new Figures();
let failures = 0;

for (let index = 0; index < seedsMax && Date.now() - startedAtMs < deadlineMs; index++) {
  const seed = firstSeed + index;
  const onLine = values.trace ? print : undefined;
  const result =
    ring === 'core'
      ? runCoreSeed(seed, onLine === undefined ? {} : { onLine })
      : await runPeerSeed(seed, onLine);
  figures.add(result.figures);
  if (seedsMax === 1 && result.failure === undefined) {
    print(
      JSON.stringify(result.options, (_key, value: unknown) =>
        value === Infinity ? 'never' : value,
      ),
    );
  }
  if (result.failure === undefined) continue;
  failures++;
  if (values.quiet) print(`seed ${String(seed)}: ${result.failure.error.message}`);
  else print(failureReport(result));
  if (!values['keep-going']) break;
}

print(`from seed ${String(firstSeed)}: ${figures.describe(process.cpuUsage().user / 1_000_000)}`);
print(failures === 0 ? 'no rule was broken' : `${String(failures)} seeds broke a rule`);
process.exitCode = failures === 0 ? 0 : 1;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
