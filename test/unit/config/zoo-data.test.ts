import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { loadConfig, type LoadOutcome } from '../../../src/config/load.ts';

describe("a directory with ZooKeeper's data", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-zoo-data-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (name: string): void => {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), '');
  };
  const load = (...lines: readonly string[]): LoadOutcome => {
    const file = join(folder, 'zoo.cfg');
    writeFileSync(file, [`dataDir=${join(folder, 'data')}`, ...lines].join('\n'));
    return loadConfig({ file, environment: {} });
  };
  const said = (outcome: LoadOutcome): readonly string[] => [
    ...(outcome.kind === 'refused' ? outcome.complaints : []).map(
      ({ where, problem }) => `${basename(where)}: ${problem}`,
    ),
    ...outcome.notices
      .filter(({ level }) => level === 'warn')
      .map(({ where, text }) => `${basename(where)} warns: ${text}`),
  ];

  for (const name of ['version-2/snapshot.0', 'version-2/log.1a', 'version-2/currentEpoch']) {
    it(`is not begun anew beside ${name}`, () => {
      write(`data/${name}`);
      assert.match(said(load())[0] ?? '', /^zoo\.cfg:1: \S+ holds the data of a ZooKeeper/);
      // A peer that has been there already goes on.
      write('data/node.db');
      assert.deepEqual(said(load()), []);
    });
  }

  it('is known by its log alone, and by its snapshots when it is named itself', () => {
    write('logs/version-2/log.1');
    const withLog = load(`dataLogDir=${join(folder, 'logs')}`);
    assert.match(said(withLog)[0] ?? '', /^zoo\.cfg:2: \S+logs holds the data of a ZooKeeper/);
    write('data/snapshot.100000001');
    assert.match(said(load())[0] ?? '', /^zoo\.cfg:1: \S+ holds the data of a ZooKeeper/);
  });

  it('that is empty is used, with a warning', () => {
    mkdirSync(join(folder, 'data', 'version-2'), { recursive: true });
    const outcome = load();
    assert.equal(outcome.kind, 'loaded');
    assert.match(said(outcome)[0] ?? '', /^zoo\.cfg:1 warns: a ZooKeeper was set up in/);
  });
});
