import assert from 'node:assert/strict';
import { startEnsemble as startEmbedded } from '../../src/index.ts';
import { CommandRun } from '../support/cli/peer-commands.ts';
import { startEnsemble } from '../support/ensemble.ts';
import { program } from '../support/program.ts';

async function run(url: string, code: number, ...args: readonly string[]): Promise<CommandRun> {
  const started = new CommandRun(
    [program, 'log-level', ...args],
    { QUOLL_URL: url },
    { input: undefined },
  );
  assert.equal(await started.ends(), code, started.output + started.errors);
  return started;
}

describe('quoll log-level', function () {
  this.timeout(60_000);

  it('shows and sets what every named peer logs, for a while', async () => {
    const ensemble = await startEnsemble({ peers: 2 });
    try {
      const [one, two] = [ensemble.peer(1).http, ensemble.peer(2).http];
      assert.match(
        (await run(one, 0, 'debug')).output,
        /logs debug; requests of 1000 ms are slow\n/,
      );
      const both = (await run(`${one},${two}`, 0, 'warn', '--for', '10m')).output;
      assert.equal(both.match(/logs warn, for 600 s more, then \w+; requests of/g)?.length, 2);
      const slow = (await run(one, 0, '--slow', '50ms', '--for', '1h')).output;
      assert.match(slow, /, for 3600 s more, then \w+; requests of 50 ms are slow\n/);
      assert.match((await run(one, 0, '--slow', '0')).output, /logs warn\n/);
      const json = (await run(two, 0, '-o', 'json')).output;
      const { peers } = JSON.parse(json) as { readonly peers: readonly { level: string }[] };
      assert.deepEqual(
        peers.map(({ level }) => level),
        ['warn'],
      );
      assert.match((await run(one, 2, '--for', '1m')).errors, /needs a level/);
      assert.match((await run(one, 2, 'debug', '--for', '25h')).errors, /86400000/);
    } finally {
      await ensemble.stop();
    }
  });

  it('says that the log of an embedded peer is not its own', async () => {
    const ensemble = await startEmbedded({ grpc: { port: 'off' } });
    try {
      const url = ensemble.urls[0] ?? assert.fail();
      assert.match((await run(url, 2)).errors, /part of/);
      assert.match((await run(url, 2, 'debug')).errors, /part of/);
    } finally {
      await ensemble.stop();
    }
  });
});
