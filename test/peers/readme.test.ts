import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClusterJson } from '../support/ensemble.ts';
import { until } from '../support/until.ts';

// The tour of the README, run as it stands there. A block whose fence says `console tour` holds commands (`$ …`) and what
// they print; in that, `…` stands for anything within a line, and a line of `…` alone for any further lines.

const root = fileURLToPath(new URL('../../../', import.meta.url));
const program = join('dist', 'program', 'main.js');

interface Step {
  readonly command: string;
  readonly shown: readonly string[];
}

function tourOf(markdown: string): Step[] {
  const blocks = [...markdown.matchAll(/^```console tour\n([^]*?)^```$/gm)].map(
    ([, block = '']) => block,
  );
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...shown] = part.trimEnd().split('\n');
        return { command, shown };
      }),
  );
}

function patternOf(shown: readonly string[]): RegExp {
  const lines = shown.map((line) =>
    line === '…'
      ? '[^]*'
      : line
          .split('…')
          .map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
          .join('.*'),
  );
  return new RegExp(`^${lines.join('\n')}$`);
}

/** One bash for the whole tour, as a reader has it. */
class Shell {
  readonly #bash: ChildProcess;
  #output = '';
  #commands = 0;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#bash = spawn('bash', ['--norc', '--noprofile'], {
      cwd: root,
      env: environment,
      stdio: 'pipe',
    });
    for (const stream of [this.#bash.stdout, this.#bash.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
  }

  async run(command: string): Promise<string> {
    const end = `--end of command ${String(++this.#commands)}--`;
    this.#output = '';
    this.#bash.stdin?.write(`${command}\nprintf '\\n%s\\n' '${end}'\n`);
    await until(`the end of: ${command}`, () => this.#output.includes(`\n${end}\n`), 60_000);
    return this.#output.slice(0, this.#output.indexOf(`\n${end}\n`)).trimEnd();
  }

  async end(): Promise<void> {
    if (this.#bash.exitCode !== null || this.#bash.signalCode !== null) return;
    const ended = once(this.#bash, 'exit');
    // Whatever it is at: a command that hangs must not keep the peers alive.
    this.#bash.kill('SIGKILL');
    await ended;
  }
}

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
    shell = new Shell({ ...process.env, PEER_1: peers[0]?.[2], QUOLL_URL: undefined });
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
