import assert from 'node:assert/strict';
import { CommandRun } from '../support/cli/peer-commands.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { program } from '../support/program.ts';
import { until } from '../support/until.ts';

describe('quoll healthcheck', function () {
  this.timeout(60_000);
  let ensemble: TestEnsemble | undefined;

  after(async () => {
    await ensemble?.stop();
  });

  const check = async (url: string, ...more: readonly string[]): Promise<readonly unknown[]> => {
    const run = new CommandRun(
      [program, 'healthcheck', ...more],
      { QUOLL_URL: url },
      { input: '' },
    );
    return [await run.ends(), run.output, run.errors];
  };

  it('tells one that serves, one that only lives, and one that is gone apart', async () => {
    ensemble = await startEnsemble({ peers: 2, start: false });
    const [one, two] = [ensemble.peer(1), ensemble.peer(2)];
    assert.equal((await check(one.http))[0], 1, 'nobody listens');
    one.start();
    await until('a peer that lives', async () => (await check(one.http, '--live'))[0] === 0);
    const [code, said, why] = await check(one.http);
    assert.deepEqual([code, said], [1, ''], 'alone it does not serve');
    assert.match(String(why), /readyz answers 503: \w+/);
    two.start();
    await ensemble.ready();
    assert.deepEqual(await check(`${one.http},http://127.0.0.1:1`), [0, 'ok\n', '']);
    // The others' health is not this one's.
    assert.equal((await check(`http://127.0.0.1:1,${one.http}`))[0], 1);
    assert.equal((await check(one.http, '--timeout', 'soon'))[0], 2);
  });
});
