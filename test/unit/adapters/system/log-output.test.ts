import assert from 'node:assert/strict';
import { LogOutput, unwrittenBytesMax } from '../../../../src/adapters/system/log-output.ts';
import { until } from '../../../support/until.ts';

function failing(code: string): () => number {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

describe('log output', () => {
  let takes = true;
  let text = '';
  let most = Infinity;

  function output(): LogOutput {
    takes = true;
    text = '';
    most = Infinity;
    return new LogOutput((bytes) => {
      if (!takes) return failing('EAGAIN')();
      const taken = Math.min(bytes.length, most);
      text += Buffer.from(bytes.subarray(0, taken)).toString('latin1');
      return taken;
    });
  }

  it('writes a line at once', () => {
    const to = output();
    to.write('a\n');
    assert.deepEqual([text, to.waitingBytes, to.dropped], ['a\n', 0, 0]);
  });

  it('has lines wait for a reader that stands still, to a bound, and tells how many are missing', async () => {
    const to = output();
    const counted: string[] = [];
    to.onDropped = () => counted.push('line');
    to.onWritable = (lines) => {
      to.write(`${String(lines)} dropped\n`);
    };
    takes = false;
    const line = `${'x'.repeat(1_023)}\n`;
    const kept = unwrittenBytesMax / line.length;
    for (let index = 0; index < kept + 7; index++) to.write(line);
    assert.deepEqual([to.waitingBytes, to.dropped, counted.length], [unwrittenBytesMax, 7, 7]);
    takes = true;
    await until(
      'the lines to be written',
      () => to.waitingBytes === 0 && text.endsWith('dropped\n'),
    );
    assert.equal(text, `${line.repeat(kept)}7 dropped\n`);
  });

  it('goes on in the middle of a line that was taken in part', async () => {
    const to = output();
    most = 2;
    let writes = 0;
    const slow = new LogOutput((bytes) => {
      if (++writes === 2) return failing('EAGAIN')();
      text += Buffer.from(bytes.subarray(0, most)).toString('latin1');
      return Math.min(most, bytes.length);
    });
    slow.write('abcde\n');
    slow.write('fg\n');
    await until('both lines', () => slow.waitingBytes === 0);
    assert.equal(text, 'abcde\nfg\n');
    assert.equal(to.dropped, 0);
  });

  it('drops what nobody will ever read, and never throws', () => {
    for (const code of ['EPIPE', 'EIO', 'EBADF']) {
      const to = new LogOutput(failing(code));
      to.write('a\n');
      to.write('b\n');
      assert.deepEqual([to.dropped, to.waitingBytes], [2, 0], code);
    }
  });
});
