import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEnsemble, type Ensemble } from '../../src/index.ts';
import { PeerCommands } from '../support/cli/peer-commands.ts';
import { until } from '../support/until.ts';

describe('tokens at the command line', function () {
  this.timeout(60_000);
  let ensemble: Ensemble;
  let commands: PeerCommands;
  let folder: string;
  const at = (name: string): string => join(folder, name);
  const quoll = (...args: readonly string[]): Promise<string> => commands.ran(0, ...args);
  const wrong = async (code: number, ...args: readonly string[]): Promise<string> => {
    const run = commands.start(args, { environment: { XDG_CONFIG_HOME: folder } });
    assert.equal(await run.ends(), code, run.output + run.errors);
    return run.errors;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-tokens-'));
    ensemble = await startEnsemble({ grpc: { port: 'off' } });
    commands = new PeerCommands(ensemble);
    // Tokens are the administrators' to make.
    await quoll('auth', 'init', 'ip:127.0.0.1');
  });
  after(async () => {
    await commands.end();
    await ensemble.stop();
    rmSync(folder, { recursive: true });
  });

  it('are made into a file of mode 600, and shown nowhere else', async () => {
    const file = at('ci.token');
    const said = await quoll(
      ...['auth', 'token', 'new', 'ci', '--group', 'builders', '--expires', '90d', '--out', file],
    );
    const token = readFileSync(file, 'utf8').trim();
    assert.match(token, /^quoll_[A-Za-z0-9_-]{43}$/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.ok(!said.includes(token));
    const listed = await quoll('auth', 'token', 'list');
    assert.match(listed, /ci +builders +until \d{4}-/);
    const stored = await quoll('auth', 'token', 'list', '-o', 'json');
    assert.ok(!stored.includes(token) && !stored.includes('sha256'));
    assert.match(await wrong(1, 'auth', 'token', 'new', 'ci', '--out', at('x')), /already/);
    assert.match(await wrong(1, 'auth', 'token', 'new', 'c2', '--out', file), /EEXIST/);
  });

  it('are shown by a file, by a variable, or after a login; never as an argument', async () => {
    const file = at('ci.token');
    assert.match(await quoll('whoami', '--token-file', file), /token:ci\ngroup:builders\n/);
    const byVariable = commands.start(['whoami'], { environment: { QUOLL_TOKEN_FILE: file } });
    assert.equal(await byVariable.ends(), 0, byVariable.errors);
    assert.match(byVariable.output, /token:ci/);

    const environment = { XDG_CONFIG_HOME: folder };
    const run = async (args: readonly string[], input?: string): Promise<string> => {
      const started = commands.start(args, { environment, input });
      assert.equal(await started.ends(), 0, started.output + started.errors);
      return started.output;
    };
    assert.match(await run(['login'], readFileSync(file, 'utf8')), /token:ci/);
    assert.equal(statSync(at('quoll/logins.json')).mode & 0o777, 0o600);
    assert.match(await run(['whoami']), /token:ci/);
    await run(['create', '/mine', 'x']);
    assert.match(await run(['logout']), /Forgotten/);
    assert.doesNotMatch(await run(['whoami']), /token:ci/);
    assert.match(await run(['logout']), /none/);
  });

  it('are refused where others may read them, and where they would go in plaintext', async () => {
    writeFileSync(at('open.token'), `quoll_${'A'.repeat(43)}\n`);
    chmodSync(at('open.token'), 0o644);
    assert.match(await wrong(2, 'whoami', '--token-file', at('open.token')), /chmod 600/);
    assert.match(await wrong(2, 'whoami', '--token-file', at('none')), /ENOENT/);
    writeFileSync(at('empty.token'), 'two words\n', { mode: 0o600 });
    assert.match(await wrong(2, 'whoami', '--token-file', at('empty.token')), /There is no token/);
    const away = ['--url', 'http://quoll.example:2180', '--token-file', at('ci.token')];
    assert.match(await wrong(2, 'whoami', ...away), /in plaintext/);
  });

  it('work beside a session, and end when they are revoked, with the stream that they hold open', async () => {
    const file = at('ci.token');
    const session = (await quoll('session', 'open', '--token-file', file)).trim();
    await quoll(
      'create',
      '/e',
      'x',
      '--kind',
      'ephemeral',
      '--session',
      session,
      '--token-file',
      file,
    );
    const watching = commands.start(['watch', '/', '-r', '--token-file', file]);
    await until('the watch', async () => {
      await quoll('set', '/e', 'y');
      return watching.output.includes('/e');
    });
    await quoll('auth', 'token', 'revoke', 'ci');
    assert.equal(await watching.ends(), 1, watching.output + watching.errors);
    assert.match(watching.errors, /Authentication failed/);
    assert.match(await wrong(1, 'whoami', '--token-file', file), /Authentication failed/);
    assert.match(await wrong(3, 'auth', 'token', 'revoke', 'ci'), /no "ci"|does not exist/);
  });
});
