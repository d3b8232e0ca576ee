// Who may import whom. The rules stand in .dependency-cruiser.cjs; this also fails when the tool looked at nothing,
// which it reports as "no violations".
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run, say } from './console.mjs';
import { root } from './setup.mjs';

const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const folders = ['src', 'test', 'scripts'].filter((folder) => existsSync(join(root, folder)));
const { output } = await run(process.execPath, [cruiser, '--output-type', 'json', ...folders]);

let result;
try {
  result = JSON.parse(output);
} catch {
  say(output);
  process.exit(1);
}

const complaints = result.summary.violations.map(
  ({ rule, from, to, cycle }) =>
    `${rule.name}: ${from} -> ${cycle ? cycle.map(({ name }) => name).join(' -> ') : to}`,
);
const sources = result.modules.map((module) => module.source);
for (const entry of readdirSync(join(root, 'src'), { withFileTypes: true })) {
  if (entry.isDirectory() && !sources.some((source) => source.startsWith(`src/${entry.name}/`))) {
    complaints.push(`not looked at: src/${entry.name}`);
  }
}
if (sources.length === 0) complaints.push('not looked at: anything');

for (const complaint of complaints) say(complaint);
say(`${String(sources.length)} modules, ${String(complaints.length)} complaints`);
process.exitCode = complaints.length > 0 ? 1 : 0;
