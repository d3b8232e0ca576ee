// `npm run test:long`: what proves more than `npm test` has time for, with nothing but npm.
// Ends with the plain line `N passed, N failed`.
import { say } from './console.mjs';
import { runMocha } from './mocha.mjs';
import { orExplain, setUp } from './setup.mjs';

await orExplain(setUp);
const { passed, failed } = await runMocha([
  'dist/test/long/**/*.test.js',
  '--parallel',
  '--jobs',
  '2',
]);
say(`${String(passed)} passed, ${String(failed)} failed`);
process.exitCode = failed > 0 ? 1 : 0;
