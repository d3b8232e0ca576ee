import { programArguments } from '../../support/program/program-arguments.ts';
import { explore } from './explore.ts';
import type { Kind } from './mishaps.ts';
import { runChange, scenarios } from './one-change.ts';

const usage = `npm run exhaustive -- [--every N] [--only NAME]

Changes of the membership, each with every mishap at every step: tries all of every kind, says what broke, and ends with
1 then.

  --every N    every N-th of them alone: a look
  --only NAME  changes whose name has it: ${scenarios.map(({ name }) => name).join(', ')}`;

const { values } = programArguments(usage, {
  options: { every: { type: 'string', default: '1' }, only: { type: 'string', default: '' } },
});
const every = Number(values.every);
const kinds: readonly Kind[] = ['one', 'crash, turn', 'split, turn', 'crash, split'];

for (const scenario of scenarios.filter(({ name }) => name.includes(values.only))) {
  const { steps } = runChange(scenario, {});
  for (const kind of kinds) {
    const startedAtMs = Date.now();
    const { runs, judged, broken } = explore(scenario, kind, { every, first: 0 });
    const seconds = ((Date.now() - startedAtMs) / 1_000).toFixed(1);
    print(
      `${scenario.name} (${String(steps)} steps), ${kind}: ${String(runs)} runs, ` +
        `${String(judged)} judged, ${String(broken.length)} broken, ${seconds} s`,
    );
    for (const { mishaps, why } of broken.slice(0, 5)) {
      print(`  ${JSON.stringify(mishaps)}: ${why}`);
    }
    if (broken.length > 0) process.exitCode = 1;
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
