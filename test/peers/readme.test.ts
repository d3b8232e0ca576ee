import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClusterJson } from '../support/ensemble.ts';
import { patternOf, Shell, tourOf } from '../support/docs/tour.ts';
import { until } from '../support/until.ts';

// The tour of the README, run as it stands there: see test/support/docs/tour.ts.

const root = fileURLToPath(new URL('../../../', import.meta.url));
const program = join('dist', 'program', 'main.js');

/** Of the peer whose HTTP door is at that port. */
async function zookeeperPort(httpPort: string | undefined): Promise<string | undefined> {
  const response = await fetch(`http://127.0.0.1:${String(httpPort)}/v1/cluster`);
  const { self, peers } = (await response.json()) as ClusterJson;
  return peers.find(({ id }) => id === self.id)?.zookeeper.split(':')[1];
}

describe('README.md', function () {
  this.timeout(180_000);
  const steps = tourOf(readFileSync(join(root, 'README.md'), 'utf8'));
  let folder: string | undefined;
  let dev: ChildProcess;
  let shell: Shell | undefined;
  let said = '';

  before(() => {
    assert.equal(spawnSync('curl', ['--version']).error, undefined, 'curl is missing');
    folder = mkdtempSync(join(tmpdir(), 'quoll-readme-'));
    const args = [program, 'dev', '--base-port', '0', '--data', folder];
    dev = spawn(process.execPath, args, { cwd: root, stdio: 'pipe' });
    for (const stream of [dev.stdout, dev.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    }
  });

  after(async () => {
    if (shell !== undefined) await shell.end();
    if (folder === undefined) return;
    if (dev.exitCode === null && dev.signalCode === null) {
      dev.kill('SIGTERM');
      await once(dev, 'close');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('has a tour that does what it shows', async () => {
    assert.ok(steps.length > 15, `only ${String(steps.length)} commands were found`);
    await until(
      'the banner',
      () => said.includes('Ctrl-C') || (dev.exitCode !== null && assert.fail(said)),
      90_000,
    );
    const peers = [...said.matchAll(/peer \d {2}http:\/\/127\.0\.0\.1:(\d+) {2}pid (\d+)/g)];
    assert.equal(peers.length, 3, said);
    const [first, second, third] = peers.map(([, port = '']) => port);
    const ports: Readonly<Record<string, string | undefined>> = {
      2180: first,
      2190: second,
      2200: third,
      2191: await zookeeperPort(second),
      2201: await zookeeperPort(third),
    };
    const environment = { ...process.env, PEER_1: peers[0]?.[2], QUOLL_URL: undefined };
    shell = new Shell(root, environment);
    // Debian's own has kazoo; another python3 on the PATH may not.
    await shell.run('python3() { /usr/bin/python3 "$@"; }');
    for (const { command, shown } of steps) {
      const mapped = command.replace(
        /127\.0\.0\.1:(\d+)/g,
        (_, port: string) => `127.0.0.1:${ports[port] ?? assert.fail(`an unknown port: ${port}`)}`,
      );
      const printed = await shell.run(mapped);
      assert.match(printed, patternOf(shown), `$ ${command}\n${printed}`);
    }
  });

  it('shows no output that anything would match', () => {
    assert.doesNotMatch('{"path":"/a"}', patternOf(['{"path":"/b",…}']));
    assert.doesNotMatch('one\ntwo', patternOf(['one']));
    assert.match('one\ntwo\nthree', patternOf(['o…e', '…']));
  });
});
