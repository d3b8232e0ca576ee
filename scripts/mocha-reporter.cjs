// A dot per test, every failure in full, and the counts left in the file that MOCHA_COUNTS_FILE names.
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

/** After the last test the process must end by itself: what does not is a leak, and would be waited for until the limit. */
const lingerMs = 10_000;

module.exports = class extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      const leaveCounts = (failed) => {
        const file = process.env.MOCHA_COUNTS_FILE;
        if (file) writeFileSync(file, JSON.stringify({ passed: passes, failed, pending }));
      };
      leaveCounts(failures);
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
