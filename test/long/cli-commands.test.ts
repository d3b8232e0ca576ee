import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEnsemble, type Ensemble } from '../../src/index.ts';
import { holderOf, PeerCommands } from '../support/cli/peer-commands.ts';

// What commands find out only after a while: that nobody reads them, that nobody can be reached.

describe('quoll at real peers', function () {
  this.timeout(120_000);
  let ensemble: Ensemble;
  let commands: PeerCommands;

  before(async () => {
    ensemble = await startEnsemble({ grpc: { port: 'off' } });
  });
  after(async () => {
    await ensemble.stop();
  });
  beforeEach(() => {
    commands = new PeerCommands(ensemble);
  });
  afterEach(async () => {
    await commands.end();
  });

  it('a command in a pipe ends with it: when it writes, and when there is nothing to write', async () => {
    await commands.ran(0, 'create', '/piped', '0');
    // Neither writes again once its first line was read.
    const shell = commands.start([], {
      shell: `
        ("$NODE" "$QUOLL" watch /piped --initial; echo "watch $?" >&2) | head -1
        ("$NODE" "$QUOLL" lock piped; echo "lock $?" >&2) | grep -m1 -o 'is held'
        ("$NODE" "$QUOLL" get /piped; echo "get $?" >&2) | true`,
    });
    assert.equal(await shell.ends(), 0);
    assert.match(shell.output, /created \/piped.*\nis held\n$/);
    assert.match(shell.errors, /watch 141\nlock 141\nget (0|141)\n$/);
    // It was given back.
    await commands.ran(0, 'lock', 'piped', '--wait', '0s', '--', process.execPath, '-e', '');
  });

  it('lock stops its command when no peer can be reached any more', async () => {
    const file = join(commands.folder, 'held');
    const run = commands.start(['lock', 'lonely', '--ttl', '2s', ...holderOf(file)]);
    await run.says(/token \d+/);
    await Promise.all(ensemble.peers.map((peer) => peer.kill()));
    assert.equal(await run.ends(), 6, run.errors);
    assert.match(run.errors, /The lock lonely is lost \(.*stopping the command/);
    assert.equal(readFileSync(file, 'utf8'), '');
  });
});
