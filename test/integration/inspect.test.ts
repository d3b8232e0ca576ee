import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { put } from '../support/client.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';
import { program } from '../support/program.ts';

interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

function inspect(dataDir: string, ...flags: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const args = [program, 'inspect', dataDir, ...flags];
    execFile(process.execPath, args, (error, output, errors) => {
      if (error === null) resolve({ code: 0, output, errors });
      else if (typeof error.code === 'number') resolve({ code: error.code, output, errors });
      else reject(new Error('it came to no exit code', { cause: error }));
    });
  });
}

const recorded = join(process.cwd(), 'test/recorded');

/** Makes the data directory that a release left, and gives what was read of it then. */
function unpack(file: string, dataDir: string): Readonly<Record<string, unknown>> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const [first = '', ...packed] = readFileSync(file, 'utf8').trim().split('\n');
  for (const line of packed) {
    const [name = '', base64 = ''] = line.split(' ');
    const bytes = gunzipSync(Buffer.from(base64, 'base64'));
    writeFileSync(join(dataDir, name), bytes, { mode: 0o600 });
  }
  return JSON.parse(first.slice('expected '.length)) as Readonly<Record<string, unknown>>;
}

/** A container that was never used: a peer that leads removes it at once. */
const isDueByNow = (path: string): boolean => path === '/kept';

describe('quoll inspect', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;
  let peer: PeerProcess;

  async function aPeer(...lines: readonly string[]): Promise<void> {
    ensemble = await startEnsemble({ peers: 1, lines });
    peer = ensemble.peer(1);
  }

  afterEach(async () => {
    await ensemble.stop();
  });

  for (const name of readdirSync(recorded).filter((file) => file.startsWith('directory-'))) {
    it(`shows what the last release left behind (${name}), and a peer goes on from there`, async () => {
      ensemble = await startEnsemble({ peers: 1, start: false });
      peer = ensemble.peer(1);
      const expected = unpack(join(recorded, name), peer.dataDir);
      const { code, output, errors } = await inspect(peer.dataDir, '--znodes');
      assert.equal(code, 0, errors);
      assert.match(output, /^snapshot +at 0x[0-9a-f]+: 1 chunk/m);
      assert.ok(output.includes(`The tree at ${String(expected['tree'])}`), output);
      peer.start();
      await peer.ready();
      for (const [path, hex] of Object.entries(expected)) {
        if (!path.startsWith('/') || isDueByNow(path)) continue;
        const found = await (await fetch(`${peer.http}/v1/nodes${path}`)).arrayBuffer();
        assert.equal(Buffer.from(found).toString('hex'), hex, path);
      }
      const listed = await fetch(`${peer.http}/v1/nodes/plain?children&limit=1000`);
      const { children } = (await listed.json()) as { readonly children: readonly string[] };
      assert.deepEqual(children, expected['children']);
      const { level } = (await peer.cluster()) as { readonly level?: number };
      assert.equal(level, 1);
    });
  }

  it('shows what a killed peer left behind, and changes nothing', async () => {
    await aPeer();
    assert.equal((await put(peer, '/app', 'hello')).status, 201);
    assert.equal((await put(peer, '/app', 'bye')).status, 200);
    assert.equal((await put(peer, '/app/raw', new Uint8Array([0xff, 0, 1]))).status, 201);
    const { clusterId } = await peer.cluster();
    await peer.end('SIGKILL');
    const before = contentsOf(peer.dataDir);

    const { code, output, errors } = await inspect(peer.dataDir, '--log', '--znodes');
    assert.equal(code, 0, errors);
    assert.deepEqual(contentsOf(peer.dataDir), before);
    assert.match(output, /^server +1, started once$/m);
    assert.match(output, new RegExp(`^ensemble +${clusterId}$`, 'm'));
    assert.match(output, /^epochs +accepted 1, current 1$/m);
    assert.match(output, /^log +0x10000000001 to 0x10000000004: 4 entries, /m);
    assert.match(output, /^0x10000000001 .*epoch begins, voters 1 \([0-9a-f]{8}\)$/m);
    assert.match(output, /^0x10000000002 .*create \/app "hello"$/m);
    assert.match(output, /^0x10000000003 .*set \/app to version 1 "bye"$/m);
    assert.match(output, /^0x10000000004 .*create \/app\/raw 3 bytes$/m);
    assert.match(output, /^\/app {2}"bye" {2}version 1$/m);
    assert.doesNotMatch(output, /would not start/);
  });

  it('builds the tree from a snapshot and the log after it', async () => {
    await aPeer('quoll.snapshot.afterTxns=10');
    for (let index = 0; index < 15; index++) {
      assert.equal((await put(peer, `/n${String(index)}`, 'x')).status, 201);
    }
    await until('a snapshot', () => peer.log.includes('snapshotTaken'));
    assert.equal((await put(peer, '/last', 'after it')).status, 201);
    // Whatever was acknowledged is noted as committed after an orderly end and a start.
    assert.equal(await peer.end('SIGTERM'), 0);
    peer.start();
    await peer.ready();
    assert.equal(await peer.end('SIGTERM'), 0);

    const { output } = await inspect(peer.dataDir, '--znodes');
    assert.match(output, /^snapshot +at 0x100000000[0-9a-f]{2}: 1 chunk, /m);
    for (let index = 0; index < 15; index++) {
      assert.match(output, new RegExp(`^/n${String(index)} {2}"x" {2}version 0$`, 'm'));
    }
    assert.match(output, /^\/last {2}"after it" {2}version 0$/m);
  });

  it('names the damage, and shows the rest', async () => {
    await aPeer();
    assert.equal((await put(peer, '/app', 'FINDME')).status, 201);
    assert.equal(await peer.end('SIGTERM'), 0);
    const file = join(peer.dataDir, 'node.db');
    const at = readFileSync(file).indexOf('FINDME');
    assert.ok(at > 0);
    const descriptor = openSync(file, 'r+');
    writeSync(descriptor, 'f', at);
    closeSync(descriptor);

    const { output } = await inspect(peer.dataDir);
    assert.match(output, /^server +1, started once$/m);
    assert.match(output, /would not start on this[^]*the checksum of row/);
  });

  it('says what the guard misses', async () => {
    await aPeer();
    assert.equal((await put(peer, '/app', 'hello')).status, 201);
    assert.equal(await peer.end('SIGTERM'), 0);
    rmSync(join(peer.dataDir, 'guard'));
    const { output } = await inspect(peer.dataDir);
    assert.match(output, /would not start on this[^]*the guard file is missing/);
  });

  it('says so when there is nothing to show', async () => {
    await aPeer();
    const { code, errors } = await inspect(ensemble.folder);
    assert.equal(code, 1);
    assert.match(errors, /there is no node\.db in it/);
  });
});

function contentsOf(folder: string): Record<string, string> {
  const names = readdirSync(folder).sort();
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );
}
