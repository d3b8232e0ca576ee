import assert from 'node:assert/strict';
import {
  changesBetween,
  watchStatus,
  type Look,
} from '../../../../src/cli/commands/status-watch.ts';
import { CommandFailed, exitCode } from '../../../../src/cli/terminal/command-failed.ts';
import { RecordingTerminal } from '../../../support/cli/recording-terminal.ts';

class Screen extends RecordingTerminal {
  override readonly isInteractive = true;
}

/** Ends the watch, which knows no end. */
class Enough extends Error {}

describe('status --watch', function () {
  this.timeout(10_000);

  it('tells what is new, what has changed and what is gone', () => {
    const before = new Map([
      ['ensemble', 'led by peer 1, epoch 1'],
      ['peer 1', 'up, leader'],
      ['peer 2', 'up, follower'],
    ]);
    assert.deepEqual(changesBetween(before, before), []);
    const after = new Map([
      ['ensemble', 'nobody leads'],
      ['peer 2', 'up, follower'],
      ['peer 3', 'down, unknown'],
    ]);
    assert.deepEqual(changesBetween(before, after), [
      'ensemble: nobody leads',
      'peer 3: down, unknown',
      'peer 1: not known any more',
    ]);
  });

  it('draws the whole anew on a terminal, also while nobody answers', async () => {
    const screen = new Screen();
    const led: Look = { picture: 'a table\n', facts: new Map(), document: {} };
    const looks = [
      () => Promise.resolve(led),
      () => Promise.reject(new CommandFailed(exitCode.unavailable, 'No peer answers at x')),
      () => Promise.reject(new Enough()),
    ];
    const next = (): Promise<Look> => (looks.shift() ?? assert.fail('one look too many'))();
    await assert.rejects(watchStatus(next, screen, { json: false }), Enough);
    const drawn = screen.output.split('\u001B[H\u001B[2J');
    assert.equal(drawn.length, 3);
    assert.match(drawn[1] ?? '', /Z\na table\n$/);
    assert.match(drawn[2] ?? '', /Z\nNo peer answers at x\n$/);
  });
});
