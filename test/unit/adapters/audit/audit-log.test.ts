import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AuditFailed,
  auditAgainAfterMs,
  auditWaitingBytesMax,
  AuditLog,
  type AuditLogOptions,
} from '../../../../src/adapters/audit/audit-log.ts';
import { auditTextMax } from '../../../../src/adapters/audit/audit-line.ts';
import type { AuditEvent, AuditRecord } from '../../../../src/model/audit.ts';
import { serverId } from '../../../../src/model/ids.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { until } from '../../../support/until.ts';

const who = [
  { scheme: 'ip', id: '10.0.0.7' },
  { scheme: 'digest', id: 'ann:secretHash' },
] as const;

function write(path: string): AuditEvent {
  const zxid = { epoch: 1, counter: 2 };
  return { event: 'write', who, door: 'http', op: 'set', path, zxid };
}

function recordsOf(file: string): AuditRecord[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as AuditRecord);
}

describe('the audit log', () => {
  let folder: string;
  let file: string;
  let clock: HandClock;
  let logged: unknown[];
  let lost: number;
  let fatal: AuditFailed | undefined;
  let open: AuditLog[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-audit-'));
    mkdirSync(join(folder, 'logs'));
    file = join(folder, 'logs', 'audit.log');
    clock = new HandClock();
    logged = [];
    lost = 0;
    fatal = undefined;
    open = [];
  });

  afterEach(async () => {
    for (const log of open) await log.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(more: Partial<AuditLogOptions> = {}): Promise<AuditLog> {
    const log = new AuditLog({
      file,
      maxBytes: 1_000_000,
      keep: 3,
      onFailure: 'warn',
      server: serverId(2),
      clock,
      logger: { log: (level, event, fields) => void logged.push([level, event, fields]) },
      metrics: {
        count: (name, by = 1) => void (lost += name === 'audit_lost' ? by : 0),
        gauge: () => undefined,
        observe: () => undefined,
      },
      onFatal: (failure) => (fatal = failure),
      ...more,
    });
    await log.open();
    open.push(log);
    return log;
  }

  const written = (count: number) =>
    until(`${String(count)} records`, () => recordsOf(file).length === count);

  it('is a line of JSON for each record, which is the own user’s alone', async () => {
    clock.wallOffsetMs = Date.parse('2030-01-02T03:04:05.678Z');
    const log = await start();
    log.record(write('/a'));
    log.record({ event: 'refused', who, door: 'grpc', op: 'set', path: '/b', code: 'noAuth' });
    await written(2);
    const [first, second] = recordsOf(file);
    assert.deepEqual(first, {
      time: '2030-01-02T03:04:05.678Z',
      server: 2,
      event: 'write',
      who: ['digest:ann'],
      from: '10.0.0.7',
      door: 'http',
      op: 'set',
      path: '/a',
      verdict: 'done',
      zxid: '0x10000000002',
    });
    assert.deepEqual([second?.verdict, second?.code], ['refused', 'noAuth']);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(!readFileSync(file, 'utf8').includes('secretHash'));
  });

  it('obeys nobody who names a znode, and has its lines to itself', async () => {
    const log = await start();
    log.record(write(`/${'x'.repeat(auditTextMax)}`));
    log.record(write('/a\n{"event":"acl"}\u001b[2J\u009b2J\u202e'));
    await written(2);
    const text = readFileSync(file, 'utf8');
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    assert.equal(recordsOf(file)[1]?.path, '/a\n{"event":"acl"}\u001b[2J\u009b2J\u202e');
  });

  it('makes way for a new file when it is full, and keeps so many', async () => {
    const log = await start({ maxBytes: 2_000, keep: 2 });
    for (let each = 0; each < 60; each++) {
      log.record(write(`/n${String(each)}`));
      await until('it is written', () => readFileSync(file, 'utf8').includes(`/n${String(each)}"`));
    }
    const names = readdirSync(join(folder, 'logs')).sort();
    assert.deepEqual(names, ['audit.log', 'audit.log.1', 'audit.log.2']);
    const paths = [`${file}.2`, `${file}.1`, file].flatMap((each) =>
      recordsOf(each).map(({ path }) => path),
    );
    assert.equal(paths.at(-1), '/n59');
    const first = Number(paths[0]?.slice(2));
    assert.deepEqual(
      paths,
      paths.map((_, index) => `/n${String(first + index)}`),
    );
    for (const name of names) {
      const { size, mode } = statSync(join(folder, 'logs', name));
      assert.ok(size <= 2_000, `${name}: ${String(size)}`);
      assert.equal(mode & 0o777, 0o600);
    }
  });

  it('goes on behind what is there, and behind a line that a crash has cut off', async () => {
    writeFileSync(file, '{"whole":true}\n{"cut');
    chmodSync(file, 0o644);
    const log = await start();
    log.record(write('/a'));
    await log.stop();
    const [whole, cut, next] = readFileSync(file, 'utf8').split('\n');
    assert.deepEqual([whole, cut], ['{"whole":true}', '{"cut']);
    assert.match(next ?? '', /"path":"\/a"/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('has all that was recorded when it stops, floods as well', async () => {
    const log = await start();
    for (let each = 0; each < 5_000; each++) log.record(write(`/n${String(each)}`));
    for (let each = 0; each < 100; each++) log.record({ event: 'refused', who, op: 'set' });
    await log.stop();
    const records = recordsOf(file);
    assert.equal(records.filter(({ event }) => event === 'write').length, 5_000);
    assert.equal(
      records.reduce((sum, { event, times = 1 }) => sum + (event === 'refused' ? times : 0), 0),
      100,
    );
  });

  it('goes on in a new file when somebody has moved it away', async () => {
    const log = await start();
    log.record(write('/a'));
    await written(1);
    renameSync(file, `${file}.away`);
    log.record(write('/b'));
    await until('the new file', () => existsSync(file) && recordsOf(file).length === 1);
    assert.equal(recordsOf(file)[0]?.path, '/b');
  });

  it('says once that the disk does not take it, keeps what it can, and goes on', async () => {
    const log = await start();
    rmSync(join(folder, 'logs'), { recursive: true });
    log.record(write('/a'));
    await until('it is said', () => logged.length === 1);
    log.record(write('/b'));
    clock.pass(auditAgainAfterMs);
    clock.pass(auditAgainAfterMs);
    assert.match(JSON.stringify(logged), /"error","auditFailed".*ENOENT/);
    assert.equal(logged.length, 1);
    mkdirSync(join(folder, 'logs'));
    await until('it goes on', () => {
      clock.pass(auditAgainAfterMs);
      return logged.length > 1 && existsSync(file) && recordsOf(file).length === 2;
    });
    assert.deepEqual(logged[1], ['info', 'auditGoesOn', { file, lost: 0 }]);
    assert.equal(lost, 0);
  });

  it('counts what it had to let go, and says so in the file', async () => {
    const log = await start({ maxBytes: 10 * auditWaitingBytesMax });
    rmSync(join(folder, 'logs'), { recursive: true });
    const long = `/${'x'.repeat(auditTextMax - 1)}`;
    const times = Math.ceil(auditWaitingBytesMax / auditTextMax) + 50;
    for (let each = 0; each < times; each++) log.record(write(long));
    await until('it is said', () => logged.length > 0);
    assert.ok(lost > 0);
    mkdirSync(join(folder, 'logs'));
    await until('it goes on', () => {
      clock.pass(auditAgainAfterMs);
      return existsSync(file) && recordsOf(file).some(({ event }) => event === 'lost');
    });
    const records = recordsOf(file);
    assert.equal(records.find(({ event }) => event === 'lost')?.times, lost);
    assert.equal(records.filter(({ event }) => event === 'write').length + lost, times);
    assert.equal(fatal, undefined);
  });

  it('ends the peer when that is what is wanted', async () => {
    const log = await start({ onFailure: 'stop' });
    rmSync(join(folder, 'logs'), { recursive: true });
    log.record(write('/a'));
    const failure = await until('the end', () => fatal);
    assert.match(failure.message, /audit\.log can't be written: ENOENT.*\n.*onFailure: stop/);
  });

  it('is refused at once when its file can’t be opened', async () => {
    appendFileSync(join(folder, 'plain'), '');
    await assert.rejects(start({ file: join(folder, 'plain', 'audit.log') }), /ENOTDIR/);
  });
});
