import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkClock,
  checkDescriptors,
  checkDisk,
  checkNode,
  checkPort,
  checkReach,
  clockOff,
} from '../../../../src/cli/commands/checks.ts';

describe('what quoll check measures', () => {
  let folder: string;
  let server: Server;
  let place: { readonly host: string; readonly port: number };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-checks-'));
    server = createServer((socket) => socket.end());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    place = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  });

  after(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('knows the versions of Node that Quoll runs on', () => {
    const verdicts = [
      '18.20.4',
      '20.18.9',
      '20.19.0',
      '21.7.0',
      '22.11.0',
      '22.12.0',
      '24.1.0',
    ].map((version) => checkNode(version).verdict);
    assert.deepEqual(verdicts, ['bad', 'bad', 'ok', 'bad', 'bad', 'ok', 'ok']);
    assert.equal(checkNode().verdict, 'ok');
  });

  it('times the disk below a directory that is not there yet, and leaves nothing there', () => {
    const [sync, space, ...more] = checkDisk(join(folder, 'not', 'yet'));
    assert.deepEqual([sync?.what, space?.what, more], ['fsync', 'disk space', []]);
    assert.match(sync?.found ?? '', /^[\d.]+ ms in the median, [\d.]+ ms at 95 % of 60$/);
    assert.match(space?.found ?? '', /^\d+ MiB free of \d+ MiB$/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('says what to do about a directory that is none', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const [only, ...more] = checkDisk(file);
    assert.deepEqual([only?.verdict, more], ['bad', []]);
    assert.match(only?.found ?? '', /ENOTDIR/);
    assert.match(only?.fix ?? '', /a directory that this user may write to/);
    rmSync(file);
  });

  it('reads how many descriptors are allowed, where a system tells', () => {
    const limit = (soft: string): string => `Max open files            ${soft}   1048576   files\n`;
    const verdictOf = (soft: string): unknown => checkDescriptors(limit(soft))[0]?.verdict;
    assert.deepEqual(['256', '1024', '65536', 'unlimited'].map(verdictOf), [
      'bad',
      'warn',
      'ok',
      'ok',
    ]);
    assert.deepEqual(checkDescriptors(''), []);
  });

  it('tells a free port from one that is taken, and from one that can never be had', async () => {
    assert.equal((await checkPort('http port', place)).verdict, 'warn');
    assert.equal((await checkPort('http port', { ...place, port: 0 })).verdict, 'ok');
    const foreign = await checkPort('http port', { host: '192.0.2.1', port: place.port });
    assert.deepEqual([foreign.verdict, foreign.found], ['bad', 'EADDRNOTAVAIL']);
  });

  it('reaches a port, or says why it does not', async () => {
    const reached = await checkReach('quorum port of server 2,', place);
    assert.match(reached.found, /^[\d.]+ ms to connect$/);
    const gone = createServer();
    gone.listen(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, 'close');
    const missed = await checkReach('quorum port of server 2,', { host: '127.0.0.1', port });
    assert.deepEqual([missed.verdict, missed.found], ['warn', 'not reached: ECONNREFUSED']);
  });

  it('knows of a clock what whole seconds and the time of an answer can tell', async () => {
    const at = { begun: 100_000, ended: 100_200 };
    // What was told as 99 s may have been 99.999.
    assert.equal(clockOff({ ...at, told: 99_000 }), 0);
    assert.equal(clockOff({ ...at, told: 100_000 }), 0);
    assert.equal(clockOff({ ...at, told: 80_000 }), 19_000);
    assert.equal(clockOff({ ...at, told: 130_000 }), 29_800);
    const silent = await checkClock(new URL('http://127.0.0.1:1'), undefined);
    assert.equal(silent.verdict, 'warn');
  });
});
