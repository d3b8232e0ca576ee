import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecoverReport, RestoreReport } from '../../src/config/copy-tools.ts';
import { quoll, quollRefuses, quollSays } from '../support/cli/quoll.ts';
import { get, put } from '../support/client.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { program } from '../support/program.ts';
import { SocketClient } from '../support/socket-client.ts';
import { until } from '../support/until.ts';
import { WrittenHistory } from '../support/written-history.ts';

describe('drills: copies of a living ensemble', function () {
  this.timeout(300_000);
  let folder: string;
  const ensembles: TestEnsemble[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-copies-'));
  });

  afterEach(async () => {
    for (const ensemble of ensembles.splice(0)) await ensemble.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function anEnsemble(
    peers: number,
    more: Omit<Parameters<typeof startEnsemble>[0], 'peers'> = {},
  ): Promise<TestEnsemble> {
    const ensemble = await startEnsemble({ peers, ...more });
    ensembles.push(ensemble);
    return ensemble;
  }

  async function restored(from: string, ...more: readonly string[]): Promise<TestEnsemble> {
    const made = await anEnsemble(1, { start: false });
    const [peer] = made.peers;
    assert.ok(peer);
    await quollSays('restore', from, '--data-dir', peer.dataDir, '--server-id', '1', ...more);
    peer.start();
    await made.ready();
    return made;
  }

  it('follows the log through the death of peers, and restores to any zxid and time in between', async () => {
    const ensemble = await anEnsemble(3);
    const history = new WrittenHistory('/history');
    const copy = join(folder, 'followed');
    const url = ensemble.peers.map(({ http }) => http).join(',');
    const follow = (): Promise<string> =>
      quollSays('backup', '--follow', copy, '--once', '--url', url);
    await follow();
    for (let round = 0; round < 5; round++) {
      const writer = await ensemble.leader();
      for (let count = 0; count < 20; count++) await history.write(writer);
      await follow();
      if (round === 2) {
        await writer.end('SIGKILL');
        writer.start();
        await writer.ready();
      }
    }
    assert.ok(readdirSync(copy).length >= 5, readdirSync(copy).join(' '));
    for (const index of [0, 25, 60, 99]) {
      const zxid = history.zxidOf(index);
      const made = await restored(copy, '--at', `0x${zxid.toString(16)}`);
      assert.deepEqual(await history.found(made.peer(1)), history.at(zxid), `at ${String(index)}`);
    }
    const middle = history.timeOf(50);
    const made = await restored(copy, '--at', new Date(middle).toISOString());
    assert.deepEqual(await history.found(made.peer(1)), history.at(history.lastUntil(middle)));

    const target = ['--data-dir', join(folder, 'never'), '--server-id', '1'];
    const beyond = await quollRefuses('restore', copy, '--at', '0x7fff0000000000', ...target);
    assert.match(beyond, /reaches to 0x/);
    const [gone = ''] = readdirSync(copy).filter((name) => name.endsWith('.log'));
    renameSync(join(copy, gone), join(folder, gone));
    const lost = `0x${history.zxidOf(99).toString(16)}`;
    assert.match(await quollRefuses('restore', copy, '--at', lost, ...target), /missing/);
    assert.equal(existsSync(join(folder, 'never', 'node.db')), false);
  });

  it('begins with a new state where no log reaches back, and restores to neither side of the gap but what is there', async () => {
    const lines = ['snapshot.afterTxns=500', 'retention.keepTxns=5', 'retention.keepMs=0'];
    const ensemble = await anEnsemble(1, { lines: lines.map((line) => `quoll.${line}`) });
    const peer = ensemble.peer(1);
    const history = new WrittenHistory('/history');
    const copy = join(folder, 'followed');
    for (let count = 0; count < 5; count++) await history.write(peer);
    const follow = ['backup', '--follow', copy, '--once', '--url', peer.http];
    assert.match(await quollSays(...follow), /^a state up to 0x/);
    const [first] = readdirSync(copy);
    const between = `0x${(history.last + 1n).toString(16)}`;
    await put(peer, '/c', '');
    const socket = await SocketClient.open(peer.http);
    for (let count = 0; count < 3_000; count++) socket.send('set', { path: '/c', data: 'x' });
    await socket.ok('sync');
    await socket.close();
    await until('the log to be cut', () => peer.log.includes('"logCompacted"'));
    await history.write(peer);
    assert.match(await quollSays(...follow), /^a new state up to 0x/);
    const names = readdirSync(copy).sort();
    assert.deepEqual([names.length, names[0]], [2, first]);
    const target = ['--data-dir', join(folder, 'never'), '--server-id', '1'];
    const refused = await quollRefuses('restore', copy, '--at', between, ...target);
    assert.match(
      refused,
      /reaches to 0x.*what comes after is missing, or begins with a later state/,
    );
    const early = await quollRefuses('restore', copy, '--at', '0x1', ...target);
    assert.match(early, /begins at 0x/);
    assert.equal(existsSync(join(folder, 'never', 'node.db')), false);
    const made = await restored(copy);
    assert.deepEqual(await history.found(made.peer(1)), history.at(history.last));
  });

  it('follows until it is told to stop, as often as it is told to', async () => {
    const ensemble = await anEnsemble(1);
    const peer = ensemble.peer(1);
    const copy = join(folder, 'followed');
    const args = ['backup', '--follow', copy, '--every', '50ms', '--url', peer.http];
    const following = spawn(process.execPath, [program, ...args], { stdio: 'ignore' });
    const parts = (kind: '.state' | '.log'): number =>
      existsSync(copy) ? readdirSync(copy).filter((name) => name.endsWith(kind)).length : 0;
    await until('a state', () => parts('.state') === 1);
    await put(peer, '/a', '1');
    await until('what came after', () => parts('.log') === 1);
    await put(peer, '/a', '2', '');
    await until('and after that', () => parts('.log') === 2);
    following.kill('SIGTERM');
    await once(following, 'close');
    const made = await restored(copy);
    assert.equal(await (await get(made.peer(1), '/a')).text(), '2');
    const wrong = await quoll('backup', '--follow', copy, '--every', 'often', '--url', peer.http);
    assert.equal(wrong.code, 2);
    assert.match(wrong.errors, /--every/);
  });

  it('refuses a followed copy of which a part was cut, altered, or is of a newer version', async () => {
    const ensemble = await anEnsemble(1);
    const peer = ensemble.peer(1);
    const copy = join(folder, 'followed');
    const follow = ['backup', '--follow', copy, '--once', '--url', peer.http];
    await quollSays(...follow);
    await put(peer, '/a', 'x'.repeat(2_000));
    await quollSays(...follow);
    const file = join(copy, readdirSync(copy).find((name) => name.endsWith('.log')) ?? '');
    const bytes = readFileSync(file);
    const altered = Uint8Array.from(bytes);
    altered[bytes.length >> 1] = (altered[bytes.length >> 1] ?? 0) ^ 1;
    const target = ['--data-dir', join(folder, 'never'), '--server-id', '1'];
    for (const [changed, why] of [
      [bytes.subarray(0, bytes.length - 9), /it is cut off/],
      [altered, /it was altered/],
      [Buffer.concat([Buffer.from('quoll copy 9\n'), bytes.subarray(13)]), /has format 9/],
    ] as const) {
      writeFileSync(file, changed);
      assert.match(await quollRefuses('restore', copy, ...target), why);
      // It would go on from what is not there.
      assert.match(await quollRefuses(...follow), why);
    }
    assert.equal(existsSync(join(folder, 'never', 'node.db')), false);
    writeFileSync(file, bytes);
    await quollSays('restore', copy, ...target);
  });

  it('restores without roles, grants and tokens where that is asked for', async () => {
    const ensemble = await anEnsemble(1);
    const peer = ensemble.peer(1);
    const at = ['--url', peer.http];
    await put(peer, '/a', 'x');
    await quollSays('auth', 'init', 'ip:127.0.0.1', ...at);
    const json = { 'Content-Type': 'application/json' };
    for (const [place, document] of [
      ['roles/reader', { rules: [{ prefix: '/', verbs: ['read'] }] }],
      ['grants/ann', { principals: ['digest:ann:x='], roles: ['reader'] }],
      ['tokens/ci', { sha256: 'a'.repeat(64), groups: [] }],
    ] as const) {
      const url = `${peer.http}/v1/auth/${place}`;
      const answer = await fetch(url, {
        method: 'PUT',
        headers: json,
        body: JSON.stringify(document),
      });
      assert.ok(answer.ok, await answer.text());
    }
    const file = join(folder, 'copy.quoll');
    await quollSays('backup', file, ...at);
    const znodesOf = async (...more: readonly string[]): Promise<string> => {
      const dataDir = join(folder, `made${String(more.length)}`);
      await quollSays('restore', file, '--data-dir', dataDir, '--server-id', '1', ...more);
      return quollSays('inspect', dataDir, '--znodes');
    };
    assert.match(await znodesOf(), /\/zookeeper\/quoll\/auth\/grants\/admins/);
    const without = await znodesOf('--without-auth');
    assert.doesNotMatch(without, /quoll\/auth\/[a-z]+\//);
    assert.match(without, /\/a\b/);
    const made = await restored(file, '--without-auth');
    const { body } = await made.peer(1).ask('/v1/auth');
    assert.match(body, /"on":\s*false/);
    assert.equal(await (await get(made.peer(1), '/a')).text(), 'x');
  });

  it('refuses to follow another ensemble into the same directory', async () => {
    const [one, two] = [await anEnsemble(1), await anEnsemble(1)];
    const copy = join(folder, 'followed');
    for (const ensemble of [one, two]) await put(ensemble.peer(1), '/a', 'x');
    await quollSays('backup', '--follow', copy, '--once', '--url', one.peer(1).http);
    await put(two.peer(1), '/b', 'x');
    const { code, errors } = await quoll(
      ...['backup', '--follow', copy, '--once', '--url', two.peer(1).http],
    );
    assert.equal(code, 1);
    assert.match(errors, /of the ensemble [0-9a-f]{16}/);
  });

  it('recovers from the one peer that is left, in place, and makes the others of it', async () => {
    const ensemble = await anEnsemble(3);
    const history = new WrittenHistory('/history');
    const survivor = ensemble.peer(2);
    for (let count = 0; count < 30; count++) await history.write(survivor);
    const errors = await quollRefuses('recover', '--data-dir', survivor.dataDir);
    assert.match(errors, /Another process is using/);
    for (const peer of ensemble.peers) await peer.end('SIGKILL');
    for (const id of [1, 3]) ensemble.peer(id).wipe();

    const told = await quollSays('recover', '--data-dir', survivor.dataDir, '--dry-run');
    assert.match(told, /Lost is what servers 1, 3 had acknowledged without it/);
    const report = JSON.parse(
      await quollSays('recover', '--data-dir', survivor.dataDir, '-o', 'json'),
    ) as RecoverReport;
    assert.ok(report.keptAside !== undefined && existsSync(report.keptAside));
    for (const id of [1, 3]) {
      const to = ['--to', ensemble.peer(id).dataDir, '--server-id', String(id)];
      await quollSays('recover', '--data-dir', report.keptAside, ...to);
    }
    for (const peer of ensemble.peers) peer.start();
    await ensemble.ready();
    for (const peer of ensemble.peers) {
      assert.deepEqual(await history.found(peer), history.at(history.last));
    }
    const before = history.last;
    await history.write(ensemble.peer(1));
    assert.ok(history.last > before);
  });

  it('keeps two restores of one copy apart', async () => {
    const ensemble = await anEnsemble(1);
    await put(ensemble.peer(1), '/a', 'x');
    const file = join(folder, 'copy.quoll');
    await quollSays('backup', file, '--url', ensemble.peer(1).http);
    const made = await anEnsemble(3, { start: false });
    const epochs = [];
    for (const [id, generation] of [
      [1, 1],
      [2, 1],
      [3, 2],
    ] as const) {
      const target = ['--data-dir', made.peer(id).dataDir, '--server-id', String(id)];
      const more = ['--generation', String(generation), '-o', 'json'];
      const report = await quollSays('restore', file, ...target, ...more);
      epochs.push((JSON.parse(report) as RestoreReport).epoch);
    }
    assert.equal((epochs[2] ?? 0) - (epochs[0] ?? 0), 65_536);
    for (const peer of made.peers) peer.start();
    await made.peer(3).logs(/seedsDiffer/);
    assert.notEqual((await made.peer(1).ask('/readyz')).status, 200);

    for (const peer of made.peers) await peer.end('SIGKILL');
    for (const id of [1, 2]) made.peer(id).start('--bootstrap');
    await made.ready();
    made.peer(3).start();
    await made.peer(3).logs(/foreignPeer/);
    await made.peer(3).end('SIGKILL');
    made.peer(3).wipe();
    made.peer(3).start();
    await made.peer(3).ready();
    assert.equal(await (await get(made.peer(3), '/a', '?consistency=local')).text(), 'x');
  });

  it('exports a subtree, and imports it again, elsewhere, after a break, and over what differs', async () => {
    const ensemble = await anEnsemble(1);
    const peer = ensemble.peer(1);
    for (let count = 0; count < 250; count++) {
      await put(peer, `/app/n${String(count)}`, `value ${String(count)}`, 'create&parents');
    }
    await put(peer, '/app/raw', new Uint8Array([0xff, 0, 1]));
    for (const query of ['name=ttl&kind=ttl&ttl=1h', 'name=box&kind=container']) {
      const made = await fetch(`${peer.http}/v1/nodes/app?${query}`, { method: 'POST', body: 'x' });
      assert.equal(made.status, 201, await made.text());
    }
    const file = join(folder, 'app.ndjson');
    writeFileSync(file, await quollSays('export', '/app', '--url', peer.http));
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    assert.match(lines.at(-1) ?? '', /"end":true,"count":254/);
    assert.ok(lines.some((line) => line.includes('"ttlMs":3600000')));

    const at = ['--url', peer.http];
    const importAgain = (...more: readonly string[]): Promise<string> =>
      quollSays('import', file, '--to', '/copy/of/it', ...at, ...more);
    assert.match(await importAgain(), /^created 254, changed 0, equal 0/);
    assert.match(await importAgain(), /^created 0, changed 0, equal 254/);
    await quollSays('delete', '/copy/of/it/n7', ...at);
    await quollSays('set', '/copy/of/it/raw', 'other', ...at);
    assert.match(await quollRefuses('import', file, '--to', '/copy/of/it', ...at), /differs/);
    assert.match(
      await importAgain('--skip-existing'),
      /^created [01], changed 0, equal 25[23], skipped 1/,
    );
    assert.match(await importAgain('--overwrite'), /changed 1, equal 253/);
    const again = await quollSays('export', '/copy/of/it', ...at);
    assert.deepEqual(again.trimEnd().split('\n').slice(1, -1), lines.slice(1, -1));

    const before = await quollSays('export', '/copy', ...at);
    for (const text of [
      lines.slice(0, -1).join('\n'),
      lines.join('\n').replace('value 3"', 'value 4"'),
      lines.join('\n').replace('"version":1', '"version":9'),
    ]) {
      writeFileSync(file, text);
      assert.match(await quollRefuses('import', file, ...at), /can't be imported/);
    }
    assert.equal(
      (await quollSays('export', '/copy', ...at)).split('\n').length,
      before.split('\n').length,
    );
  });
});
