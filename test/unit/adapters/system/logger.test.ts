import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { createLogger, type LoggerOptions } from '../../../../src/adapters/system/logger.ts';
import { serverId } from '../../../../src/model/ids.ts';
import { zxid } from '../../../../src/model/zxid.ts';
import type { Logger } from '../../../../src/ports/logger.ts';

class Lines extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

function logging(options: Partial<LoggerOptions> = {}): {
  readonly logger: Logger;
  readonly to: Lines;
} {
  const to = new Lines();
  return { logger: createLogger({ level: 'info', form: 'json', to, ...options }), to };
}

function onlyLine(to: Lines): Record<string, unknown> {
  const lines = to.text.split('\n');
  assert.equal(lines.length, 2);
  assert.equal(lines[1], '');
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

const bidi = '\u202e';

describe('logger', () => {
  it('writes an event as one line of JSON', () => {
    const { logger, to } = logging({ server: serverId(3) });
    logger.log('info', 'leading', { epoch: 7 });
    const { time, ...line } = onlyLine(to);
    assert.deepEqual(line, { level: 'info', event: 'leading', server: 3, epoch: 7 });
    assert.match(String(time), /^\d{4}-\d\d-\d\dT.*Z$/);
  });

  for (const form of ['json', 'human'] as const) {
    it(`does not end a process whose ${form} lines can't be written`, function () {
      // What a full disk says to every write; only Linux has it.
      if (process.platform !== 'linux') this.skip();
      const full = openSync('/dev/full', 'w');
      const module = new URL('../../../../src/adapters/system/logger.js', import.meta.url).href;
      const script = `
        const { createLogger } = await import(${JSON.stringify(module)});
        const logger = createLogger({ level: 'info', form: '${form}' });
        for (let line = 0; line < 3; line++) {
          logger.log('info', 'line', { line });
          await new Promise(setImmediate);
        }
        process.stderr.write('alive');`;
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--input-type=module', '--eval', script],
        { stdio: ['ignore', full, 'pipe'], encoding: 'utf8' },
      );
      closeSync(full);
      assert.equal(stderr, 'alive');
      assert.equal(status, 0);
    });
  }

  for (const reader of ['pipe', 'socket'] as const) {
    it(`does not wait for a reader of a ${reader} that stands still`, async function () {
      if (process.platform !== 'linux') this.skip();
      const folder = mkdtempSync(join(tmpdir(), 'quoll-log-'));
      const fifo = join(folder, 'fifo');
      execFileSync('mkfifo', [fifo]);
      // Opened for both, so that there is a reader, who reads nothing.
      const pipe = openSync(fifo, 'r+');
      const module = new URL('../../../../src/adapters/system/logger.js', import.meta.url).href;
      const script = `
        const { createLogger } = await import(${JSON.stringify(module)});
        const logger = createLogger({ level: 'info', form: 'json' });
        for (let line = 0; line < 2_000; line++) logger.log('info', 'x'.repeat(1_000));
        process.stderr.write('alive');`;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        stdio: ['ignore', reader === 'pipe' ? pipe : 'pipe', 'pipe'],
      });
      let said = '';
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
      const [code] = (await once(child, 'exit')) as [number | null];
      closeSync(pipe);
      rmSync(folder, { recursive: true });
      assert.deepEqual([said, code], ['alive', 0]);
    });
  }

  for (const form of ['json', 'human'] as const) {
    it(`never throws, whatever its ${form} lines are to tell`, () => {
      const { logger, to } = logging({ form });
      const thrower = {
        get value(): string {
          throw new Error('not to be told');
        },
      };
      logger.log('error', 'event', thrower);
      logger.log('error', 'event', { inner: thrower });
      assert.equal(to.text.split('\n').length, 3);
      assert.match(to.text, /event/);
      const nowhere = createLogger({
        level: 'info',
        form,
        to: {
          write() {
            throw new Error('no such place');
          },
        },
      });
      nowhere.log('error', 'event', { field: 1 });
    });
  }

  it('needs no fields', () => {
    const { logger, to } = logging();
    logger.log('warn', 'looking');
    assert.equal(onlyLine(to)['event'], 'looking');
  });

  it('leaves out what is below its level', () => {
    const { logger, to } = logging({ level: 'warn' });
    logger.log('info', 'a');
    logger.log('debug', 'b');
    assert.equal(to.text, '');
    logger.log('error', 'c');
    assert.equal(onlyLine(to)['level'], 'error');
    const silent = logging({ level: 'silent' });
    silent.logger.log('error', 'd');
    assert.equal(silent.to.text, '');
  });

  it('shows zxids as hex and other values so that a person can read them', () => {
    const { logger, to } = logging();
    const error = new Error('outer', { cause: new RangeError('inner') });
    logger.log('info', 'values', {
      at: zxid(1, 2),
      position: { zxid: zxid(1, 3), chain: 'ab' },
      big: 2n ** 63n,
      bytes: Uint8Array.of(1, 255),
      many: new Uint8Array(1_000),
      seen: new Map([[1, new Set(['a'])]]),
      nan: Number.NaN,
      missing: undefined,
      error,
    });
    const line = onlyLine(to);
    assert.equal(line['at'], '0x10000000002');
    assert.deepEqual(line['position'], { zxid: '0x10000000003', chain: 'ab' });
    assert.equal(line['big'], '9223372036854775808');
    assert.equal(line['bytes'], '01ff');
    assert.match(String(line['many']), /^(00){64}… 1000 bytes$/);
    assert.deepEqual(line['seen'], [[1, ['a']]]);
    assert.equal(line['nan'], 'NaN');
    const shown = line['error'] as { message: string; stack: string[]; cause: { message: string } };
    assert.equal(shown.message, 'outer');
    assert.equal(shown.cause.message, 'inner');
    assert.ok(shown.stack.length > 1);
  });

  it('does not let a field stand in for what the line says itself', () => {
    const { logger, to } = logging({ server: serverId(1) });
    logger.log('info', 'real', { event: 'forged', level: 'error', time: 'never', server: 9 });
    const line = onlyLine(to);
    assert.equal(to.text.match(/"event":/g)?.length, 1);
    assert.deepEqual([line['event'], line['level'], line['server']], ['real', 'info', 1]);
    assert.deepEqual([line['event_'], line['server_']], ['forged', 9]);
  });

  for (const form of ['json', 'human'] as const) {
    it(`writes hostile text on one ${form} line, escaped`, () => {
      const { logger, to } = logging({ form });
      const hostile = `a\r\n{"level":"error"}\u001b[2J\u009b2J\u0000\u007f\u2028${bidi}"z`;
      logger.log('warn', 'hostile', { why: hostile, [hostile]: 1, __proto__: hostile });
      assert.equal(to.text.split('\n').length, 2, JSON.stringify(to.text));
      assert.doesNotMatch(to.text.slice(0, -1), /[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
      assert.match(to.text, /\\u009b2J/);
    });
  }

  it('bounds what a line takes', () => {
    const { logger, to } = logging();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    logger.log('info', 'large', {
      text: 'x'.repeat(1_000_000),
      list: Array.from({ length: 100_000 }, (_, index) => index),
      circle,
    });
    assert.ok(to.text.length < 10_000, String(to.text.length));
  });

  it('writes lines that a person can read', () => {
    const { logger, to } = logging({ form: 'human' });
    logger.log('info', 'leading', { epoch: 7, at: zxid(7, 0) });
    assert.match(
      to.text,
      /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: leading \{"epoch":7,"at":"0x70000000000"\}\n$/,
    );
  });
});
