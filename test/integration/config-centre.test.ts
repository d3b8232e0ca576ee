import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { put } from '../support/client.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { until } from '../support/until.ts';

// examples/config-centre as its README tells it, with peers that are processes and one that is killed.

const folder = fileURLToPath(new URL('../../../examples/config-centre/', import.meta.url));

class Program {
  readonly child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  output = '';

  constructor(...args: readonly string[]) {
    this.child = spawn(process.execPath, args, { cwd: folder, stdio: 'pipe' });
    this.#closed = once(this.child, 'close');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  async says(pattern: RegExp): Promise<void> {
    await until(String(pattern), () => {
      if (pattern.test(this.output)) return true;
      if (this.child.exitCode !== null) throw new Error(`it ended:\n${this.output}`);
      return false;
    });
  }

  async ends(): Promise<unknown> {
    const [code] = await this.#closed;
    return code;
  }

  async end(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.#closed;
  }
}

describe('the configuration centre', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;
  let programs: Program[];

  before(async () => {
    ensemble = await startEnsemble({ peers: 3 });
    const created = await put(ensemble.peer(2), '/config/app', '{"n":0}', 'create&parents');
    assert.equal(created.status, 201);
  });
  after(async () => {
    await ensemble.stop();
  });
  beforeEach(() => {
    programs = [];
  });
  afterEach(async () => {
    for (const program of programs) await program.end();
  });

  const start = (script: string, ...args: readonly string[]): Program => {
    const program = new Program(join(folder, script), ...args);
    programs.push(program);
    return program;
  };
  const set = async (value: string): Promise<void> => {
    assert.equal((await put(ensemble.peer(2), '/config/app', value, '')).status, 200);
  };

  it('has an application that follows every version, through the death of the peer it watches', async () => {
    const urls = [1, 2, 3].map((id) => ensemble.peer(id).http).join(',');
    const app = start('app.mjs', urls, '/config/app');
    await app.says(/applied version 0: \{"n":0\}/);
    for (let n = 1; n <= 20; n++) {
      if (n === 10) await ensemble.peer(1).end('SIGKILL');
      // 412: an answer was lost, and this had been written.
      await until('a write that is taken', async () =>
        [200, 412].includes(
          (
            await put(
              ensemble.peer(2),
              '/config/app',
              `{"n":${String(n)}}`,
              `version=${String(n - 1)}`,
            )
          ).status,
        ),
      );
    }
    await set('this is no JSON');
    await app.says(/kept what was there: version 21 is no JSON/);
    const applied = [...app.output.matchAll(/applied version (\d+): \{"n":(\d+)\}/g)];
    assert.deepEqual(
      applied.map(([, version, n]) => [Number(version), Number(n)]),
      Array.from({ length: 21 }, (_, n) => [n, n]),
    );
    assert.match(app.output, /is gone/);
    ensemble.peer(1).start();
    await ensemble.ready();
  });

  it('has a roll-back that writes over what was shown, and over nothing else', async () => {
    const { http } = ensemble.peer(3);
    const read = async (): Promise<string> => (await fetch(`${http}/v1/nodes/config/app`)).text();
    await set('{"colour":"red"}');
    const one = start('rollback.mjs', http, '/config/app', 'app-v1.json');
    await one.says(/now, version \d+: \{"colour":"red"\}[^]*Roll back\?/);
    one.child.stdin?.end('yes\n');
    assert.equal(await one.ends(), 0, one.output);
    assert.match(one.output, /rolled back: version \d+/);
    assert.deepEqual(JSON.parse(await read()), { colour: 'green', workers: 4 });

    await set('{"colour":"red"}');
    const two = start('rollback.mjs', http, '/config/app', 'app-v1.json');
    await two.says(/Roll back\?/);
    await set('{"colour":"violet"}');
    two.child.stdin?.end('yes\n');
    assert.equal(await two.ends(), 4, two.output);
    assert.match(
      two.output,
      /not rolled back: somebody changed it meanwhile, to \{"colour":"violet"\}/,
    );
    assert.equal(await read(), '{"colour":"violet"}');

    const three = start('rollback.mjs', http, '/config/app', 'app-v1.json');
    await three.says(/Roll back\?/);
    three.child.stdin?.end('no\n');
    assert.equal(await three.ends(), 0);
    assert.equal(await read(), '{"colour":"violet"}');
    assert.equal(await start('rollback.mjs', http, '/none', 'app-v1.json').ends(), 1);
  });
});
