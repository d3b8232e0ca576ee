// A dot per test, every failure in full, which files took longest, and the counts left in the file that MOCHA_COUNTS_FILE names.
const { writeFileSync } = require('node:fs');
const { basename } = require('node:path');
const { reporters } = require('mocha');

/** After the last test the process must end by itself: what does not is a leak, and would be waited for until the limit. */
const lingerMs = 10_000;
/** Files, by what their tests and hooks took: where to look when the whole takes too long. */
const slowestShown = 12;

module.exports = class extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const spentMs = new Map();
    for (const event of ['pass', 'fail', 'hook end']) {
      runner.on(event, ({ file, duration = 0 }) => {
        if (file) spentMs.set(file, (spentMs.get(file) ?? 0) + duration);
      });
    }
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      const leaveCounts = (failed) => {
        const file = process.env.MOCHA_COUNTS_FILE;
        if (file) writeFileSync(file, JSON.stringify({ passed: passes, failed, pending }));
      };
      leaveCounts(failures);
      const slowest = [...spentMs]
        .sort(([, left], [, right]) => right - left)
        .slice(0, slowestShown);
      const words = slowest.map(([file, ms]) => `${basename(file)} ${(ms / 1_000).toFixed(1)} s`);
      console.log(`  slowest: ${words.join(', ')}`);
      setTimeout(() => {
        const open = [...new Set(process.getActiveResourcesInfo())].join(', ');
        console.error(`The tests are over, but something is still open: ${open}`);
        // Mocha sets the exit code by its own failures, so this one must be in the counts.
        leaveCounts(failures + 1);
        process.exit(1);
      }, lingerMs).unref();
    });
  }
};
