import assert from 'node:assert/strict';
import { withProgress } from '../../../../src/cli/commands/backup-command.ts';
import { RecordingTerminal } from '../../../support/cli/recording-terminal.ts';

class WatchedTerminal extends RecordingTerminal {
  readonly shown: string[] = [];

  override progress(text?: string): void {
    this.shown.push(text ?? '');
  }
}

describe('the progress of what is made of copies', () => {
  it('is shown as it goes, and cleared at the end, however that is', () => {
    const terminal = new WatchedTerminal();
    const answer = withProgress(terminal, (progress) => {
      progress({ what: 'monday.quoll', bytes: 1_048_576, bytesExpected: 2_097_152 });
      // Shown a moment ago: so not again.
      progress({ what: 'monday.quoll', bytes: 1_048_577, bytesExpected: 2_097_152 });
      return 'made';
    });
    assert.equal(answer, 'made');
    assert.deepEqual(terminal.shown, ['monday.quoll: 1.0 MiB, 50 %', '']);
    assert.throws(() =>
      withProgress(terminal, (progress) => {
        progress({ what: 'data', bytes: 2_048 });
        throw new Error('the disk is full');
      }),
    );
    assert.deepEqual(terminal.shown.slice(2), ['data: 2.0 KiB', '']);
  });
});
