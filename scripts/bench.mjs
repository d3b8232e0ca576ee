// `npm run bench`: builds, then measures on real processes of this machine. `npm run bench -- --help` lists what.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { orExplain, root, setUp } from './setup.mjs';

await orExplain(setUp);
const program = join(root, 'dist', 'test', 'bench', 'bench-main.js');
const child = spawn(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
