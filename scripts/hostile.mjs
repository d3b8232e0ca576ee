// `npm run hostile`: builds, then attacks real processes on loopback. `npm run hostile -- --help` lists how.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { orExplain, root, setUp } from './setup.mjs';

await orExplain(setUp);
const program = join(root, 'dist', 'test', 'hostile', 'hostile-main.js');
const child = spawn(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
