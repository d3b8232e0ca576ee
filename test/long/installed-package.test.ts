import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm, pack, type Packed } from '../support/packed.ts';
import { until } from '../support/until.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const megabyte = 1_000_000;

describe('the package, installed by npm in an empty place', function () {
  this.timeout(600_000);
  let folder: string;
  let packed: Packed;
  let installed: string;
  let quoll: string;
  const children: ChildProcess[] = [];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-npm-'));
    packed = pack(folder);
    const prefix = join(folder, 'prefix');
    npm(['install', '--global', '--prefix', prefix, packed.file], folder);
    installed = join(prefix, 'lib/node_modules/quoll');
    quoll = join(prefix, 'bin/quoll');
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** In an empty folder, with nothing on the PATH but Node's and the system's. */
  function start(...args: readonly string[]): { child: ChildProcess; output: () => string } {
    const child = spawn(quoll, args, { cwd: emptyFolder(), stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    return { child, output: () => output };
  }

  function emptyFolder(): string {
    return mkdtempSync(join(folder, 'empty-'));
  }

  function ran(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync(quoll, args, { encoding: 'utf8', cwd: folder });
    assert.equal(status, 0, stdout + stderr);
    return stdout;
  }

  it('has what it needs and nothing else, within a few megabytes', () => {
    const { paths, bytes, unpackedBytes } = packed;
    const tops = [...new Set(paths.map((path) => path.split('/').slice(0, 2).join('/')))];
    const wanted = ['dist/program', 'dist/src', 'dist/vendor', 'clients/console', 'deploy/systemd'];
    const whole = /^(docs|examples|openapi|proto)\//;
    const single = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
    assert.deepEqual(
      tops.filter((top) => !wanted.includes(top) && !single.includes(top) && !whole.test(top)),
      [],
    );
    for (const path of [
      ...single,
      'openapi/quoll.yaml',
      'docs/runbook.md',
      'dist/src/index.d.ts',
    ]) {
      assert.ok(paths.includes(path), path);
    }
    assert.deepEqual(
      paths.filter((path) =>
        /\.test\.|tsbuildinfo|^dist\/(test|scripts)|\/\.|^dist\/src.*\.map$/.test(path),
      ),
      [],
    );
    assert.ok(bytes < 5 * megabyte, `${String(bytes)} bytes packed`);
    assert.ok(unpackedBytes < 22 * megabyte, `${String(unpackedBytes)} bytes unpacked`);
  });

  it('holds no path of the machine that made it', () => {
    // Its checkout, and what lies hidden in the home: caches, versions of Node.
    const places = [root, `${homedir()}/.`];
    const strangers = packed.paths.filter((path) => {
      const text = readFileSync(join(installed, path), 'latin1');
      return places.some((place) => text.includes(place));
    });
    assert.deepEqual(strangers, []);
  });

  it('brings what runs alone, and no install script but the one that makes SQLite', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly devDependencies: Readonly<Record<string, string>>;
    };
    const modules = join(installed, 'node_modules');
    const names = readdirSync(modules).flatMap((name) =>
      name.startsWith('@')
        ? readdirSync(join(modules, name)).map((each) => `${name}/${each}`)
        : [name],
    );
    assert.ok(names.includes('better-sqlite3'));
    assert.deepEqual(
      names.filter((name) => name in devDependencies),
      [],
    );
    const scripted = names.filter((name) => {
      if (name.startsWith('.')) return false;
      const manifest = readFileSync(join(modules, name, 'package.json'), 'utf8');
      const { scripts = {} } = JSON.parse(manifest) as { readonly scripts?: object };
      return ['preinstall', 'install', 'postinstall'].some((script) => script in scripts);
    });
    assert.deepEqual(scripted, ['better-sqlite3']);
  });

  it('quoll dev runs an ensemble that the command line works with', async () => {
    const dev = start('dev', '--base-port', '0');
    const [, url = ''] = await until(
      'the ensemble',
      () => /Quoll is ready[^]*?(http:\S+)/.exec(dev.output()) ?? undefined,
    );
    assert.equal(ran('create', '--url', url, '/greeting', 'hello').trim(), '/greeting');
    assert.equal(ran('get', '--url', url, '/greeting').trim(), 'hello');
    assert.equal(ran('healthcheck', '--url', url), 'ok\n');
    dev.child.kill('SIGINT');
    assert.deepEqual(await once(dev.child, 'exit'), [0, null], dev.output());
  });

  it('quoll server serves, page and reference too', async () => {
    const server = start(
      'server',
      ...['--http-port', '0', '--grpc-port', '0', '--zookeeper-port', '0'],
    );
    const [, at = ''] = await until(
      'the doors',
      () => /"http":"([^"]+)"/.exec(server.output()) ?? undefined,
    );
    await until('a leader', async () => (await fetch(`http://${at}/readyz`)).ok);
    for (const path of ['/', '/docs', '/openapi.json', '/metrics', '/v1/info']) {
      const answer = await fetch(`http://${at}${path}`);
      assert.equal(answer.status, 200, path);
      assert.ok((await answer.text()).length > 100, path);
    }
    server.child.kill('SIGTERM');
    assert.deepEqual(await once(server.child, 'exit'), [0, null], server.output());
  });

  it('is imported by a program', () => {
    const place = emptyFolder();
    mkdirSync(join(place, 'node_modules'));
    symlinkSync(installed, join(place, 'node_modules/quoll'));
    writeFileSync(
      join(place, 'program.mjs'),
      `import { startEnsemble } from 'quoll';
      const ensemble = await startEnsemble({ peers: 3 });
      const at = ensemble.urls[0] + '/v1/nodes/a';
      await fetch(at + '?create', { method: 'PUT', body: 'x' });
      console.log(await (await fetch(at)).text());
      await ensemble.stop();`,
    );
    const { status, stdout, stderr } = spawnSync(process.execPath, ['program.mjs'], {
      cwd: place,
      encoding: 'utf8',
    });
    assert.deepEqual([status, stdout], [0, 'x\n'], stderr);
  });
});
