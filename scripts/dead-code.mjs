// Twice: once with the tests as users of the code, once without them for files and dependencies, so that what only a
// test still uses shows up too.
import { join } from 'node:path';
import { run, say } from './console.mjs';
import { root } from './setup.mjs';

const knip = join(root, 'node_modules/knip/bin/knip.js');
const runs = [
  await run(process.execPath, [knip]),
  await run(process.execPath, [knip, '--production', '--include', 'files,dependencies']),
];
for (const { output } of runs) if (output.trim() !== '') say(output.trimEnd());
process.exitCode = runs.every(({ code }) => code === 0) ? 0 : 1;
