import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { headersOfNode, pack } from '../support/packed.ts';
import { until } from '../support/until.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...headersOfNode(), ...process.env },
    maxBuffer: 1e8,
  });
  assert.equal(status, 0, `${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

const hasProgram = (name: string): boolean =>
  spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;

describe('the Debian package', function () {
  this.timeout(600_000);
  let folder: string;
  let file: string;
  let unpacked: string;

  before(function () {
    // Made and looked at where there is Debian.
    if (!hasProgram('dpkg-deb')) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'quoll-debian-'));
    file = run(join(root, 'deploy/debian/build.sh'), pack(folder).file, folder).trim();
    unpacked = join(folder, 'unpacked');
    run('dpkg-deb', '--extract', file, unpacked);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('lays out program, unit, user and documents, all of them root’s', () => {
    const lines = run('dpkg-deb', '--contents', file).trim().split('\n');
    const paths = lines.map((line) => line.replace(/^.* \.\//, '/'));
    for (const path of [
      ...[
        '/usr/bin/quoll -> ../lib/quoll/dist/program/main.js',
        '/lib/systemd/system/quoll.service',
      ],
      ...['/usr/lib/sysusers.d/quoll.conf', '/usr/share/doc/quoll/docs/runbook.md'],
      '/usr/lib/quoll/node_modules/better-sqlite3/build/Release/better_sqlite3.node',
    ]) {
      assert.ok(paths.includes(path), path);
    }
    assert.deepEqual(
      lines.filter((line) => !/^\S+ root\/root /.test(line)),
      [],
    );
    assert.deepEqual(
      paths.filter((path) => /\.(c|h|cpp|gyp)$|\.map$.*src|^\/(etc|var)\//.test(path)),
      [],
    );
    const depends = run('dpkg-deb', '--field', file, 'Depends');
    const major = process.versions.node.split('.')[0] ?? '';
    assert.match(depends, new RegExp(`nodejs \\(>= ${major}`));
    const unit = readFileSync(join(unpacked, 'lib/systemd/system/quoll.service'), 'utf8');
    assert.match(unit, /^ExecStart=\/usr\/bin\/quoll server /m);
  });

  it('runs from where it is unpacked', async () => {
    const doors = ['--http-port', '0', '--grpc-port', '0', '--zookeeper-port', '0'];
    const peer = spawn(join(unpacked, 'usr/bin/quoll'), ['server', ...doors], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      let log = '';
      peer.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
      const [, at = ''] = await until('the doors', () => /"http":"([^"]+)"/.exec(log) ?? undefined);
      await until('a leader', async () => (await fetch(`http://${at}/readyz`)).ok);
      assert.equal((await fetch(`http://${at}/docs`)).status, 200);
      peer.kill('SIGTERM');
      assert.deepEqual(await once(peer, 'exit'), [0, null]);
    } finally {
      peer.kill('SIGKILL');
    }
  });

  it('has no mistake that lintian knows', function () {
    if (!hasProgram('lintian')) this.skip();
    const { stdout } = spawnSync('lintian', ['--allow-root', file], { encoding: 'utf8' });
    // Whose it is, its maker says (DEBEMAIL).
    const mistakes = stdout.split('\n').filter((line) => line.startsWith('E: '));
    assert.deepEqual(
      mistakes.filter(
        (line) => !/bogus-mail-host|mail-address-malformed|root-in-contact/.test(line),
      ),
      [],
    );
  });
});
