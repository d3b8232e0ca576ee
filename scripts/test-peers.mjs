// `npm run test:peers`: the tests that need programs from outside npm. Says what is missing before it starts.
// Ends with the plain line `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { say } from './console.mjs';
import { runMocha } from './mocha.mjs';
import { filesBelow, orExplain, setUp } from './setup.mjs';

/** Each program with the Debian package that brings it; .ci/run installs the same packages. */
const needed = { strace: 'strace', curl: 'curl', mount: 'mount', chromium: 'chromium' };

const isThere = (program) =>
  spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
const missing = Object.entries(needed).filter(([program]) => !isThere(program));
if (missing.length > 0) {
  say(`Missing: ${missing.map(([program]) => program).join(', ')}. On Debian or Ubuntu:`);
  say(`  sudo apt-get install -y ${missing.map(([, debianPackage]) => debianPackage).join(' ')}`);
  say('0 passed, 1 failed');
  process.exit(1);
}

await orExplain(setUp);
const hasTests = filesBelow('dist/test/peers').some((file) => file.endsWith('.test.js'));
const counts = hasTests
  ? await runMocha(['dist/test/peers/**/*.test.js'])
  : { passed: 0, failed: 0 };
if (!hasTests) say('There are no tests with other programs yet.');
say(`${String(counts.passed)} passed, ${String(counts.failed)} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;
