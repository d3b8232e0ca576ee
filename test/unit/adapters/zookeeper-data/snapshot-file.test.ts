import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Adler32 } from '../../../../src/adapters/zookeeper-data/adler32.ts';
import { readSnapshot } from '../../../../src/adapters/zookeeper-data/snapshot-file.ts';
import { childrenInOrder } from '../../../../src/adapters/zookeeper-data/znode.ts';

// Snapshots as ZooKeeper writes them, by hand.

const header = '5a4b534e' + '00000002' + 'ffffffffffffffff';
const oneSession = '00000001' + '1000000000000001' + '00007530';
const oneAcl =
  '00000001' + '0000000000000001' + '00000001' + '0000001f' + text('world') + text('anyone');
const open = '0000000000000001';
const end = text('/');

function text(value: string): string {
  return int(Buffer.byteLength(value)) + Buffer.from(value).toString('hex');
}

function int(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

function long(value: number): string {
  return int(0) + int(value);
}

function znode(path: string, data: string | null, owner = long(0), acl = open): string {
  const bytes = data === null ? int(-1) : text(data);
  const stat =
    long(3) + long(4) + long(1_000) + long(2_000) + int(1) + int(7) + int(2) + owner + long(5);
  return text(path) + bytes + acl + stat;
}

/** With the checksum of all before it. */
function sealed(hex: string): string {
  return hex + int(0) + int(new Adler32().add(Buffer.from(hex, 'hex')).value) + end;
}

const tree =
  header +
  oneSession +
  oneAcl +
  znode('', '') +
  znode('/a', 'one') +
  znode('/a/null', null) +
  znode('/box', '', '8000000000000000') +
  znode('/eph', '', '1000000000000001') +
  znode('/ttl', '', 'ff000000' + int(60_000)) +
  end;

describe("a ZooKeeper's snapshot", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-snapshot-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  async function read(bytes: Buffer | string, name = 'snapshot.9') {
    const file = join(folder, name);
    writeFileSync(file, typeof bytes === 'string' ? Buffer.from(bytes, 'hex') : bytes);
    return readSnapshot(file, () => undefined);
  }

  it('holds every field of a stat, each kind of znode, and what came to the format later', async () => {
    const digest = long(9) + int(2) + long(77);
    const forms = [sealed(tree), sealed(sealed(tree) + digest), sealed(sealed(tree) + long(9))];
    for (const form of [...forms, sealed(sealed(sealed(tree) + digest) + long(9))]) {
      const { tree: found, sessions } = await read(form);
      assert.equal(sessions, 1);
      assert.equal(found.count, 6);
      assert.deepEqual(
        childrenInOrder(found.root).map(({ name, owned }) => [name, owned.kind]),
        [
          ['a', 'persistent'],
          ['box', 'container'],
          ['eph', 'ephemeral'],
          ['ttl', 'ttl'],
        ],
      );
      const a = found.find('/a');
      assert.deepEqual(
        [a?.czxid.counter, a?.mzxid.counter, a?.pzxid.counter, a?.ctime, a?.mtime],
        [3, 4, 5, 1_000, 2_000],
      );
      assert.deepEqual([a?.version, a?.creates, a?.aversion], [1, 7, 2]);
      assert.equal(found.find('/a/null')?.data, null);
      assert.deepEqual(found.find('/ttl')?.owned, { kind: 'ttl', ttlMs: 60_000 });
    }
  });

  it('may be compressed', async () => {
    const bytes = gzipSync(Buffer.from(sealed(tree), 'hex'));
    assert.equal((await read(bytes, 'snapshot.9.gz')).tree.count, 6);
    await assert.rejects(read(bytes.subarray(0, 100), 'snapshot.9.gz'), { name: 'DamagedFile' });
  });

  it('that is cut off, changed, or not one at all is refused with its name', async () => {
    const whole = Buffer.from(sealed(tree), 'hex');
    for (let length = 0; length < whole.length; length += 7) {
      await assert.rejects(read(whole.subarray(0, length)), { name: 'DamagedFile' });
    }
    const changed = Buffer.from(whole);
    changed.writeUInt8(0x78, whole.indexOf('one'));
    await assert.rejects(read(changed), /snapshot\.9: the checksum at byte \d+ is not that/);
    await assert.rejects(read('5a4b4c47' + sealed(tree).slice(8)), /does not begin as a snapshot/);
    await assert.rejects(read(sealed(tree) + '00'), /bytes behind its end/);
    const orphan = header + oneSession + oneAcl + znode('', '') + znode('/x/y', '') + end;
    await assert.rejects(read(sealed(orphan)), /\/x\/y stands there without its parent/);
  });

  it('may name an ACL that it does not hold: the txns behind it say which', async () => {
    const fuzzy =
      header + oneSession + oneAcl + znode('', '') + znode('/late', '', long(0), long(9)) + end;
    const { tree: found } = await read(sealed(fuzzy));
    assert.equal(found.find('/late')?.acl, undefined);
  });
});
