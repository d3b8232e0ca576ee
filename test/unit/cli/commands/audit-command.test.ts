import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../../../src/cli/run-cli.ts';
import type { AuditRecord } from '../../../../src/model/audit.ts';
import { QuollProcesses } from '../../../support/cli/quoll-processes.ts';
import { RecordingTerminal } from '../../../support/cli/recording-terminal.ts';

const hour = 3_600_000;

function record(more: Partial<AuditRecord>): string {
  const first: AuditRecord = {
    time: new Date(Date.now()).toISOString(),
    server: 1,
    event: 'refused',
    who: ['digest:ann'],
    from: '10.0.0.7',
    door: 'http',
    op: 'set',
    path: '/app/keys',
    verdict: 'refused',
    code: 'noAuth',
  };
  return `${JSON.stringify({ ...first, ...more })}\n`;
}

describe('quoll audit', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-audit-'));
    file = join(folder, 'audit.log');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const quoll = async (...words: string[]) => {
    const terminal = new RecordingTerminal();
    const nothing = () => Promise.reject(new Error('not here'));
    const parts = {
      startPeer: nothing,
      inspect: nothing,
      keyTools: nothing,
      copyTools: nothing,
      importZooKeeper: nothing,
    };
    const code = await runCommand(['node', 'quoll', 'audit', file, ...words], parts, terminal);
    return { code, output: terminal.output, errors: terminal.errors };
  };
  const pathsOf = async (...words: string[]): Promise<unknown[]> => {
    const { code, output } = await quoll('-o', 'json', ...words);
    assert.equal(code, 0);
    const lines = output.split('\n').filter((line) => line !== '');
    return lines.map((line) => (JSON.parse(line) as AuditRecord).path);
  };

  it('reads what has moved up first, in order', async () => {
    writeFileSync(`${file}.10`, record({ path: '/1' }));
    writeFileSync(`${file}.2`, record({ path: '/2' }));
    writeFileSync(`${file}.1`, record({ path: '/3' }) + record({ path: '/4' }));
    writeFileSync(file, record({ path: '/5' }));
    writeFileSync(`${file}.old`, record({ path: '/never' }));
    assert.deepEqual(await pathsOf(), ['/1', '/2', '/3', '/4', '/5']);
  });

  it('shows a table to people, and nothing that a terminal obeys', async () => {
    writeFileSync(
      file,
      record({ time: '2030-01-02T03:04:05.678Z', times: 7 }) +
        record({ event: 'started', who: [], path: '/\u001b[2J\nx', verdict: 'done' }),
    );
    const { output } = await quoll();
    const [heading, first, second, end] = output.split('\n');
    assert.match(heading ?? '', /^TIME +EVENT +VERDICT +FROM +DOOR +OPERATION +PATH +WHO +MORE$/);
    assert.match(
      first ?? '',
      /^2030-01-02T03:04:05\.678Z +refused +noAuth +10\.0\.0\.7 +http +set +\/app\/keys +digest:ann +7 times$/,
    );
    assert.match(second ?? '', /started .*\/\\u001b\[2J\\u000ax/);
    assert.equal(end, '');
  });

  it('shows those that were asked for', async () => {
    writeFileSync(
      file,
      [
        record({ path: '/a', time: new Date(Date.now() - 2 * hour).toISOString() }),
        record({ path: '/app' }),
        record({ path: '/apple', event: 'acl' }),
        record({ path: '/app/b', who: ['digest:bob', 'x509:CN=ops'], from: '10.0.0.8' }),
      ].join(''),
    );
    assert.deepEqual(await pathsOf('--since', '1h'), ['/app', '/apple', '/app/b']);
    const at = new Date(Date.now() - hour).toISOString();
    assert.deepEqual(await pathsOf('--since', at), ['/app', '/apple', '/app/b']);
    assert.deepEqual(await pathsOf('--path', '/app'), ['/app', '/app/b']);
    assert.deepEqual((await pathsOf('--path', '/')).length, 4);
    assert.deepEqual(await pathsOf('--event', 'acl,auth'), ['/apple']);
    for (const who of ['bob', 'digest:bob', 'x509:CN=ops', '10.0.0.8']) {
      assert.deepEqual(await pathsOf('--who', who), ['/app/b'], who);
    }
    assert.deepEqual(await pathsOf('--who', 'bo'), []);
  });

  it('leaves out what is no record, and says so', async () => {
    writeFileSync(
      file,
      `${record({ path: '/a' })}{"time":"20\n[]\nnull\n${record({ path: '/b' })}`,
    );
    const { output, errors, code } = await quoll('-o', 'json');
    assert.equal(output.split('\n').length, 3);
    assert.equal(code, 0);
    assert.match(errors, /3 lines are no records/);
  });

  it('says what is wrong with what was asked', async () => {
    const missing = await quoll();
    assert.equal(missing.code, 1);
    assert.match(missing.errors, /audit\.log can't be read: ENOENT[^]*audit\.file/);
    writeFileSync(file, '');
    for (const [words, about] of [
      [['--event', 'refusd'], /there is no event "refusd"/],
      [['--since', 'yesterday'], /"yesterday" is no time/],
      [['--path', 'app'], /not a path/],
    ] as const) {
      const { code, errors } = await quoll(...words);
      assert.equal(code, 2);
      assert.match(errors, about);
    }
  });

  it('goes on with what comes, also when files move up', async () => {
    const processes = new QuollProcesses();
    try {
      writeFileSync(file, record({ path: '/first' }));
      const run = processes.start('audit', file, '--follow', '-o', 'json');
      await run.says(/\/first/);
      appendFileSync(file, record({ path: '/second' }));
      renameSync(file, `${file}.1`);
      writeFileSync(file, record({ path: '/third' }));
      await run.says(/\/third/);
      renameSync(`${file}.1`, `${file}.2`);
      renameSync(file, `${file}.1`);
      writeFileSync(file, record({ path: '/fourth' }));
      await run.says(/\/fourth/);
      const told = run.output.match(/\/(first|second|third|fourth)/g);
      assert.deepEqual(told, ['/first', '/second', '/third', '/fourth']);
    } finally {
      await processes.end();
    }
  });
});
