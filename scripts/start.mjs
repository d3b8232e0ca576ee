// `npm start`: set-up on first use, then an ensemble on loopback. Arguments go to `quoll dev`.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { orExplain, root, setUp } from './setup.mjs';

await orExplain(setUp);
const main = join(root, 'dist', 'program', 'main.js');
process.argv = [process.execPath, main, 'dev', ...process.argv.slice(2)];
await import(pathToFileURL(main).href);
