import { parseArgs } from 'node:util';
import { explore } from './explore.ts';
import type { Kind } from './mishaps.ts';
import { runChange, scenarios } from './one-change.ts';

// node dist/test/conversations/exhaustive/exhaustive-main.js [--every N] [--only NAME]
// Tries all mishaps of every kind on each change, or every N-th of them; says what broke, and ends with 1 then.

const { values } = parseArgs({
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
