import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Lock {
  readonly packages: Readonly<Record<string, { dev?: boolean; hasInstallScript?: boolean }>>;
}

interface Manifest {
  readonly bin: { readonly quoll: string };
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
}

const read = (file: string): unknown => JSON.parse(readFileSync(`${root}${file}`, 'utf8'));
const manifest = read('package.json') as Manifest;

/** Lays the package and its dependencies out in `folder` as an installation would: what it is built with is not there. */
function install(folder: string): void {
  const modules = join(folder, 'node_modules');
  const files = manifest.files.filter((file) => !file.startsWith('!'));
  for (const file of ['package.json', ...files]) {
    cpSync(join(root, file), join(modules, 'quoll', file), { recursive: true });
  }
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name), 'junction');
  }
}

describe('the published package', () => {
  it('brings no program that runs when it is installed, but for the one that compiles SQLite', () => {
    const { packages } = read('package-lock.json') as Lock;
    const withScripts = Object.entries(packages)
      .filter(([, { dev, hasInstallScript }]) => dev !== true && hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    assert.deepEqual(withScripts, ['better-sqlite3']);
  });

  it('holds what it brings of others, with the licences', () => {
    assert.ok(manifest.files.includes('dist/vendor'));
    for (const file of ['swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt', 'LICENSE']) {
      assert.ok(existsSync(`${root}dist/vendor/swagger-ui/${file}`), file);
    }
    const licences = readFileSync(`${root}dist/vendor/grpc/LICENSES`, 'utf8');
    for (const name of ['@grpc/grpc-js', '@grpc/reflection', 'grpc-health-check', 'protobufjs']) {
      assert.match(licences, new RegExp(`^${name} \\d.*\\)$`, 'm'));
    }
    const ofProgram = readFileSync(`${root}dist/program/LICENSES`, 'utf8');
    for (const name of ['express', 'ws', 'zod', 'commander', '@peculiar/x509']) {
      assert.match(ofProgram, new RegExp(`^${name} \\d.*\\)$`, 'm'), name);
    }
  });

  // test/long/installed-package.test.ts installs it as npm does.
  it('needs nothing of what it was built with: all doors open where it is installed', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'quoll-installed-'));
    try {
      install(folder);
      const program = `
        import { startPeer } from 'quoll';
        const any = { port: 0 };
        const peer = await startPeer({ dataDir: 'data', http: any, zookeeper: any, grpc: any });
        console.log(Object.keys(peer.addresses).join(' '));
        await peer.stop();`;
      writeFileSync(join(folder, 'program.mjs'), program);
      const { status, stdout, stderr } = spawnSync(process.execPath, ['program.mjs'], {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
      assert.match(stdout, /\bgrpc\b/);
      const command = join(folder, 'node_modules', 'quoll', manifest.bin.quoll);
      const told = spawnSync(process.execPath, [command, 'inspect', 'data'], {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.equal(told.status, 0, told.stderr);
      assert.match(told.stdout, /^server +1\b/);
      const tls = ['tls', 'new', 'keys', '--hosts', 'localhost', '--peers', '1'];
      const made = spawnSync(process.execPath, [command, ...tls], {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.equal(made.status, 0, made.stderr);
      assert.ok(existsSync(join(folder, 'keys', 'peer-1.key')));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
