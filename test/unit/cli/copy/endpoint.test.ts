import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endpointOf } from '../../../../src/cli/copy/endpoint.ts';
import { RestSide } from '../../../../src/cli/copy/rest-side.ts';
import { ZooKeeperSide } from '../../../../src/cli/copy/zookeeper-side.ts';

describe('an end of a copy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quoll-endpoint-'));
  const authFile = join(folder, 'auth');

  after(() => {
    rmSync(folder, { recursive: true });
  });

  const opened = (typed: string, file?: string) =>
    endpointOf(typed, {
      options: { output: 'text' },
      authFile: file,
      warn: () => undefined,
    });

  it('is a place in an ensemble, by the protocol that is named', () => {
    for (const [typed, kind, root] of [
      ['zookeeper://zk1:2181,zk2:2181/app', ZooKeeperSide, '/app'],
      ['zookeeper://zk1', ZooKeeperSide, '/'],
      ['zookeeper+tls://[::1]:2281/a%20b', ZooKeeperSide, '/a b'],
      ['http://one:2180,two:2180/a/b', RestSide, '/a/b'],
      ['https://one:2180/', RestSide, '/'],
    ] as const) {
      const { side, root: found } = opened(typed);
      assert.ok(side instanceof kind, typed);
      assert.equal(found, root);
    }
  });

  it('is refused where it is none, with how to write it', () => {
    for (const typed of ['zk1:2181/app', 'zookeeper:///app', 'ftp://one/', '/app']) {
      assert.throws(() => opened(typed), { exitCode: 2, message: /no place to copy/ });
    }
    assert.throws(() => opened('http://one/a%'), { message: /stands for nothing/ });
    assert.throws(() => opened('http://one/a/'), { message: /is not a path/ });
  });

  it('takes who to be out of a file that nobody else may read, for the protocol that has a use for it', () => {
    assert.throws(() => opened('zookeeper://one/', join(folder, 'none')), {
      message: /can't be read/,
    });
    writeFileSync(authFile, 'digest:super:secret\n', { mode: 0o600 });
    assert.ok(opened('zookeeper://one/', authFile).side instanceof ZooKeeperSide);
    assert.throws(() => opened('http://one/', authFile), { message: /takes no digest/ });
    writeFileSync(authFile, 'secret\n');
    assert.throws(() => opened('zookeeper://one/', authFile), { message: /who to be/ });
    chmodSync(authFile, 0o644);
    assert.throws(() => opened('zookeeper://one/', authFile), { message: /Others may read/ });
  });
});
