import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, loadOptions, type LoadOutcome } from '../../../src/config/load.ts';
import type { PeerOptions } from '../../../src/config/options.ts';
import type { SettingKey } from '../../../src/config/settings.ts';

/** `a.b` for each field `b` of a field `a`, and `a` where it may be a word by itself. */
type KeysOf<Options> = {
  [Name in keyof Options & string]-?: KeysAt<Name, NonNullable<Options[Name]>>;
}[keyof Options & string];

type KeysAt<Name extends string, Field> = Field extends
  string | number | boolean | readonly unknown[] | ((...given: never[]) => unknown)
  ? Name
  : `${Name}.${KeysOf<Field>}`;

// Does not compile when a setting has no option, or an option no setting.
export const everySettingIsAnOption: Exclude<
  SettingKey,
  KeysOf<Omit<PeerOptions, 'servers'>>
> extends never
  ? true
  : false = true;
export const everyOptionIsASetting: Exclude<
  KeysOf<Omit<PeerOptions, 'servers'>>,
  SettingKey | 'log.write'
> extends never
  ? true
  : false = true;

describe('the options of a peer', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-options-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const problems = (outcome: LoadOutcome): string[] => {
    assert.equal(outcome.kind, 'refused');
    return outcome.complaints.map(({ where, problem, fix }) => `${where}: ${problem} - ${fix}`);
  };

  it('mean what the same words mean in a file', () => {
    const options = {
      dataDir: join(folder, 'data'),
      serverId: 2,
      servers: { 1: '127.0.0.1:3001:3002', 2: '127.0.0.1:3003:3004:observer' },
      advertise: 'quoll.example',
      proxies: ['10.0.0.0/8', '::1'],
      http: { port: 0, allowedHosts: ['a.example', 'b.example'], allowedOrigins: ['http://a:*'] },
      grpc: { port: 'off' },
      limits: { dataBytesMax: 1_000 },
      peer: { tickMs: 30 },
      log: { level: 'debug' },
    };
    const file = join(folder, 'quoll.yaml');
    writeFileSync(file, JSON.stringify(options));
    const fromFile = loadConfig({ file, environment: {} });
    const fromOptions = loadOptions({
      ...options,
      log: { ...options.log, write: () => undefined },
    });
    assert.ok(fromFile.kind === 'loaded' && fromOptions.kind === 'loaded');
    assert.deepEqual(fromOptions.config, fromFile.config);
    assert.equal(fromOptions.config.role, 'observer');
  });

  it('come before no variable: the environment is not looked at', () => {
    process.env['QUOLL_HTTP_PORT'] = '1234';
    try {
      const outcome = loadOptions({ dataDir: folder });
      assert.equal(outcome.kind === 'loaded' && outcome.config.http?.port, 2180);
    } finally {
      delete process.env['QUOLL_HTTP_PORT'];
    }
  });

  it('are held against the myid of their directory', () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'myid'), '3');
    const [problem = ''] = problems(loadOptions({ dataDir: join(folder, 'data'), serverId: 1 }));
    assert.match(problem, /^options\.serverId: this is server 1, but .*myid says 3/);
  });

  it('may found an ensemble, once', () => {
    const outcome = loadOptions({ dataDir: folder, bootstrap: true });
    assert.equal(outcome.kind === 'loaded' && outcome.config.bootstrap, true);
  });

  it('are refused with every mistake at once, and nothing is made', () => {
    const dataDir = join(folder, 'none');
    const found = problems(
      loadOptions({
        dataDir,
        htp: { port: 1 },
        http: { port: '70000', hosts: [] },
        grpc: 'off',
        limits: { dataBytesMax: null, pathDepthMax: 1.5 },
        advertise: { host: 'a' },
        log: { level: 'info' },
        servers: { 0: 'x' },
        peer: { tickMs: NaN },
        __proto__: { bootstrap: true },
      }),
    );
    const expected = [
      /^options\.log: nobody takes the lines/,
      /^options\.htp\.port: there is no such option - Did you mean http\.port\?/,
      /^options\.http\.hosts: there is no such option - Did you mean http\.host\?/,
      /^options\.grpc: there is no such option/,
      /^options\.limits\.dataBytesMax: it is no text/,
      /^options\.limits\.pathDepthMax: limits\.pathDepthMax is "1\.5"/,
      /^options\.advertise: it is no text/,
      /^options\.http\.port: http\.port is "70000" - Write a port/,
      /^options\.servers\.0: .*N must be a number/,
      /^options\.peer\.tickMs: peer\.tickMs is "NaN"/,
    ];
    for (const pattern of expected) {
      assert.ok(
        found.some((line) => pattern.test(line)),
        `${String(pattern)} is not in\n${found.join('\n')}`,
      );
    }
    assert.equal(existsSync(dataDir), false);
  });

  for (const [name, options] of [
    ['nothing', undefined],
    ['null', null],
    ['a text', './data'],
    ['a list', ['./data']],
    ['an empty object', {}],
  ] as const) {
    it(`are refused when they are ${name}`, () => {
      assert.match(problems(loadOptions(options)).join('\n'), /nothing says where data is kept/);
    });
  }
});
