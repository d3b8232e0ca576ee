import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type LoadOutcome } from '../../../src/config/load.ts';

describe('a zoo.cfg', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-zoo-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const load = (...lines: readonly string[]): LoadOutcome & { readonly kind: 'loaded' } => {
    const file = join(folder, 'zoo.cfg');
    writeFileSync(file, lines.join('\n'));
    const outcome = loadConfig({ file, flags: { serverId: '1', tls: 'off' }, environment: {} });
    assert.ok(outcome.kind === 'loaded', JSON.stringify(outcome));
    return outcome;
  };

  it('has of two lines for one key the later alone, as Java does: a wrong one before it is a warning', () => {
    const { config, notices } = load('minSessionTimeout=0x10', 'minSessionTimeout=-1');
    assert.equal(config.limits.sessionTimeoutMsMin, 2_000);
    const texts = notices.map(({ where, text }) => `${where}: ${text}`).join('; ');
    assert.match(texts, /zoo\.cfg:1: .*zoo\.cfg:2 counts instead/);
  });

  it('has a peer listen where its server line says when clientPortAddress is every address', () => {
    const server = 'server.1=127.0.0.1:2888:3888;127.0.0.2:2181';
    const host = (key: string): string | undefined =>
      load('clientPort=2181', `${key}=0.0.0.0`, server).config.zookeeper?.host;
    assert.equal(host('clientPortAddress'), '127.0.0.2');
    assert.equal(host('quoll.zookeeper.host'), '0.0.0.0');
  });
});
