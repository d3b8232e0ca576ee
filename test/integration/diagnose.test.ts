import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { writeNewSecret } from '../../src/config/secret.ts';
import { digestIdentity } from '../../src/wire/credentials.ts';
import { CommandRun } from '../support/cli/peer-commands.ts';
import { startEnsemble, type TestEnsemble } from '../support/ensemble.ts';
import { newTokenText } from '../support/identity/static-tokens.ts';
import { program } from '../support/program.ts';

interface Part {
  readonly part: string;
  readonly peer?: string;
  readonly status?: number;
  readonly failed?: string;
  readonly body?: unknown;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly lines?: readonly unknown[];
  readonly leftOut?: number;
  readonly refusedAt?: readonly string[];
}

/** A word that is found wherever it goes. */
const planted = (what: string): string => `planted${what}${randomBytes(4).toString('hex')}`;

describe('quoll diagnose', function () {
  this.timeout(60_000);
  const znodeName = planted('Name');
  const znodeData = planted('Data');
  const lockName = planted('Lock');
  const auditedName = planted('Audited');
  const superDigest = digestIdentity(`root:${planted('Password')}`).id;
  const token = newTokenText();
  const sessionSecret = randomBytes(24).toString('base64url');
  let ensemble: TestEnsemble;
  let peerSecret: string;
  let logFile: string;
  let tokenFile: string;
  const at = (name: string): string => join(ensemble.folder, name);

  before(async () => {
    ensemble = await startEnsemble({
      peers: 3,
      lines: [`quoll.auth.superDigest=${superDigest}`],
    });
    const secretFile = at('secret');
    writeNewSecret(secretFile);
    peerSecret = readFileSync(secretFile, 'utf8').trim();
    tokenFile = at('token');
    writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
    const { http } = ensemble.peer(1);
    const made = await Promise.all([
      fetch(`${http}/v1/nodes/${znodeName}?create`, { method: 'PUT', body: znodeData }),
      fetch(`${http}/v1/locks/${lockName}`, { method: 'POST', body: '{"ttlMs":60000}' }),
    ]);
    for (const answer of made) assert.ok(answer.ok, await answer.text());
    logFile = at('peer.log');
    const events = [
      { level: 'warn', event: 'somethingNew', path: `/${znodeName}`, [`/${znodeName}`]: 1 },
      { level: 'warn', event: 'somethingElse', why: `no /${znodeName}: ${znodeData}`, ms: 12 },
      { level: 'info', event: 'presented', token, secret: sessionSecret, digest: superDigest },
      { level: 'info', event: 'said', why: `by ${token}, ${sessionSecret}, ${superDigest}` },
      { level: 'info', event: 'said', cause: { message: peerSecret, data: znodeData } },
    ];
    const lines = events.map((event) => JSON.stringify(event));
    writeFileSync(logFile, [ensemble.peer(1).log, ...lines, `at /${znodeName}`, ''].join('\n'));
  });
  after(() => ensemble.stop());

  const run = async (code: number, ...args: readonly string[]): Promise<CommandRun> => {
    const started = new CommandRun(
      [program, 'diagnose', ...args],
      { QUOLL_URL: ensemble.peer(1).http },
      { input: undefined },
    );
    assert.equal(await started.ends(), code, started.output + started.errors);
    return started;
  };
  const textOf = (file: string): string => gunzipSync(readFileSync(file)).toString('utf8');
  const partsOf = (file: string): readonly Part[] =>
    textOf(file)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Part);
  const secrets = (): readonly string[] => [
    ...[superDigest, superDigest.split(':')[1] ?? '', token, sessionSecret, peerSecret],
    znodeData,
  ];

  it('has all of every peer, and says what it writes before and after', async () => {
    const file = at('all.ndjson.gz');
    const { output } = await run(0, file);
    assert.match(output, /is going to hold:[^]*PART +PEER +FOUND[^]*Wrote .*all\.ndjson\.gz/);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const parts = partsOf(file);
    for (const { http } of ensemble.peers) {
      const of = parts.filter(({ peer }) => peer === http);
      assert.deepEqual(
        of.map(({ part, status }) => [part, status]),
        ['/readyz?verbose', '/v1/cluster', '/v1/info', '/v1/members', '/metrics'].map((path) => [
          path,
          200,
        ]),
      );
    }
    assert.equal(parts[0]?.part, 'machine');
  });

  it('tells no secret, no data and no name', async () => {
    const file = at('without.ndjson.gz');
    const config = at('with-secrets.yaml');
    const peer = { secretFile: at('secret') };
    const auth = { superDigest };
    const audit = { file: at('audit.log'), writesBelow: [`/${auditedName}`] };
    const dataDir = at('nobody');
    writeFileSync(config, JSON.stringify({ serverId: 1, dataDir, peer, auth, audit }));
    await run(0, file, '--config', config, '--log', logFile, '--token-file', tokenFile);
    const text = textOf(file);
    for (const word of [...secrets(), znodeName, lockName, auditedName]) {
      assert.ok(!text.includes(word), word);
    }
    const parts = partsOf(file);
    const shown = parts.find(({ part }) => part === 'configuration')?.config;
    assert.equal((shown?.['auth'] as { superDigest: string }).superDigest, '(left out)');
    assert.equal((shown?.['peer'] as { secretFile: string }).secretFile, at('secret'));
    const log = parts.find(({ part }) => part === 'log');
    const ofEvent = (name: string) =>
      log?.lines?.find((line) => (line as { event: string }).event === name);
    assert.deepEqual(ofEvent('somethingElse'), {
      level: 'warn',
      event: 'somethingElse',
      why: '(left out)',
      ms: 12,
    });
    assert.ok(ofEvent('listening') !== undefined);
    assert.equal(log?.leftOut, 1);
  });

  it('leaves paths in with --paths, and secrets out all the same', async () => {
    const file = at('paths.ndjson.gz');
    const { output } = await run(0, file, '--log', logFile, '--paths');
    assert.match(output, /WITH paths of znodes/);
    const text = textOf(file);
    assert.ok(text.includes(`/${znodeName}`));
    for (const word of secrets().filter((each) => each !== znodeData)) {
      assert.ok(!text.includes(word), word);
    }
  });

  it('is written also when no peer answers, and of a configuration that is refused', async () => {
    const file = at('alone.ndjson.gz');
    const config = at('wrong.yaml');
    writeFileSync(config, JSON.stringify({ auth: { superDigest: peerSecret }, [znodeName]: 1 }));
    const { output } = await run(0, file, '--url', 'http://127.0.0.1:9', '--config', config);
    assert.match(output, /No peer answers at http:\/\/127\.0\.0\.1:9/);
    const parts = partsOf(file);
    assert.ok(parts.some(({ failed }) => failed !== undefined));
    assert.ok((parts.find(({ part }) => part === 'configuration')?.refusedAt ?? []).length > 0);
    assert.ok(!textOf(file).includes(peerSecret));
  });

  it('writes over nothing, and says what it could not read', async () => {
    const file = at('there');
    writeFileSync(file, 'mine');
    assert.match((await run(2, file)).errors, /EEXIST/);
    assert.equal(readFileSync(file, 'utf8'), 'mine');
    assert.match((await run(2, at('new'), '--log', at('none'))).errors, /ENOENT/);
  });
});
