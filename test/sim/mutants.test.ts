import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';

describe('the simulator', () => {
  it('finds known bugs that are planted (npm run mutants plants them all)', function () {
    this.timeout(180_000);
    const output = execFileSync(process.execPath, ['dist/scripts/mutants.js', '--quick'], {
      encoding: 'utf8',
    });
    assert.match(output, /^([1-9]\d*) of \1 mutants killed$/m, output);
  });
});
