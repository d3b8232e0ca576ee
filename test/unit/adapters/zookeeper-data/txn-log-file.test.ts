import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Adler32 } from '../../../../src/adapters/zookeeper-data/adler32.ts';
import { DataTree } from '../../../../src/adapters/zookeeper-data/data-tree.ts';
import { addInitialZnodes } from '../../../../src/adapters/zookeeper-data/initial-znodes.ts';
import { readTxnLog } from '../../../../src/adapters/zookeeper-data/txn-log-file.ts';
import { pathOf, type Znode } from '../../../../src/adapters/zookeeper-data/znode.ts';

// Records as ZooKeeper writes them, by hand.

const fileHeader = '5a4b4c47' + '00000002' + '0000000000000000';
const openAcl = '00000001' + '0000001f' + text('world') + text('anyone');
const session = '1000000000000001';

function text(value: string): string {
  return int(Buffer.byteLength(value)) + Buffer.from(value).toString('hex');
}

function int(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** A TxnHeader and a record, with the checksum and the byte that ends it. */
function logged(zxid: number, type: number, record: string, by = session): string {
  const header = by + int(0) + int(0) + int(zxid) + int(0) + int(1_000 + zxid) + int(type);
  const bytes = Buffer.from(header + record, 'hex');
  return (
    int(0) + int(new Adler32().add(bytes).value) + int(bytes.length) + bytes.toString('hex') + '42'
  );
}

function create(path: string, parentCreates: number, isEphemeral = false): string {
  return `${text(path)}${text('')}${openAcl}${isEphemeral ? '01' : '00'}${int(parentCreates)}`;
}

describe("a ZooKeeper's txn log", () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-txn-log-'));
    file = join(folder, 'log.1');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function replay(hex: string): { tree: DataTree; zxids: number[]; cut: string | undefined } {
    writeFileSync(file, Buffer.from(hex, 'hex'));
    const tree = new DataTree();
    addInitialZnodes(tree);
    const zxids: number[] = [];
    const cut = readTxnLog(file, ({ header, txn }) => {
      zxids.push(header.zxid.counter);
      tree.process(header, txn);
    });
    return { tree, zxids, cut };
  }

  function names(tree: DataTree): string[] {
    const found: string[] = [];
    const open: Znode[] = [...(tree.root.children?.values() ?? [])];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (!pathOf(at).startsWith('/zookeeper')) found.push(pathOf(at));
      open.push(...(at.children?.values() ?? []));
    }
    return found.sort();
  }

  it('is read with all kinds of txns, to the zeros that were laid ahead', () => {
    const multi =
      int(2) + int(1) + sized(create('/m', 4)) + int(5) + sized(text('/a') + text('two') + int(1));
    const failed = int(2) + int(-1) + sized(int(0)) + int(-1) + sized(int(-103));
    const { tree, zxids, cut } = replay(
      fileHeader +
        logged(1, -10, int(30_000)) +
        logged(2, 1, create('/a', 1)) +
        logged(3, 15, create('/e', 2, true)) +
        logged(4, 19, text('/box') + text('') + openAcl + int(3)) +
        logged(5, 14, multi) +
        logged(6, 14, failed) +
        logged(7, -1, int(-101)) +
        logged(8, 21, text('/ttl') + text('') + openAcl + int(5) + int(0) + int(60_000)) +
        logged(9, 7, text('/a') + openAcl + int(1)) +
        logged(10, -11, int(1) + text('/e')) +
        logged(11, 2, text('/m')) +
        '00'.repeat(500),
    );
    assert.deepEqual(zxids, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assert.equal(cut, undefined);
    assert.deepEqual(names(tree), ['/a', '/box', '/ttl']);
    const a = tree.find('/a');
    assert.deepEqual([a?.version, a?.aversion, a?.mzxid.counter, a?.mtime], [1, 1, 5, 1_005]);
    assert.equal(Buffer.from(a?.data ?? []).toString(), 'two');
    assert.deepEqual(tree.find('/box')?.owned, { kind: 'container' });
    assert.deepEqual(tree.find('/ttl')?.owned, { kind: 'ttl', ttlMs: 60_000 });
    assert.deepEqual([tree.root.creates, tree.root.pzxid.counter], [5, 11]);
  });

  it('may be of 3.4: a create without the count of its parent, a closeSession without paths, or with a digest', () => {
    const old = text('/old') + text('') + openAcl + '01';
    const digest = int(2) + int(0) + int(7);
    for (const closing of ['', digest]) {
      const { tree } = replay(fileHeader + logged(1, 1, old) + logged(2, -11, closing));
      assert.deepEqual(names(tree), []);
      assert.deepEqual([tree.root.creates, tree.root.pzxid.counter], [1, 2]);
    }
  });

  it('is applied upon what it has done already, as ZooKeeper does it', () => {
    const twice =
      logged(1, 1, create('/a', 1)) + logged(2, 1, create('/a/b', 1)) + logged(3, 2, text('/a/b'));
    const { tree } = replay(fileHeader + twice + twice);
    assert.deepEqual(names(tree), ['/a']);
    assert.deepEqual([tree.root.creates, tree.root.pzxid.counter], [1, 1]);
    const a = tree.find('/a');
    assert.deepEqual([a?.creates, a?.pzxid.counter], [1, 3]);
  });

  it('ends where a record was being written, and is refused where good ones follow a bad one', () => {
    const [first, second, third] = [
      logged(1, 1, create('/a', 1)),
      logged(2, 1, create('/b', 2)),
      logged(3, 1, create('/c', 3)),
    ];
    const torn = replay(fileHeader + first + second.slice(0, 60) + '00'.repeat(300));
    assert.deepEqual(torn.zxids, [1]);
    assert.match(torn.cut ?? '', /ends with a part of a record at byte \d+, which is left out/);
    const short = replay(fileHeader + first + second.slice(0, -2));
    assert.deepEqual(short.zxids, [1]);

    const at = 16 + first.length / 2;
    const flipped =
      second.slice(0, 80) + (second.slice(80, 82) === 'ff' ? '00' : 'ff') + second.slice(82);
    assert.throws(() => replay(fileHeader + first + flipped + third + '00'.repeat(300)), {
      message: new RegExp(
        `log\\.1: damaged at byte ${String(at)}: behind it, at byte \\d+, the log goes on with 0x3`,
      ),
    });
    const zeroed = '00'.repeat(second.length / 2);
    assert.throws(() => replay(fileHeader + first + zeroed + third), { name: 'DamagedFile' });
  });

  it('may have only just been begun; what is no log, or of another version, is refused', () => {
    assert.match(replay('').cut ?? '', /is empty/);
    assert.match(replay('00'.repeat(64)).cut ?? '', /only just begun/);
    assert.throws(() => replay('5a4b534e' + fileHeader.slice(8)), /does not begin as a txn log/);
    assert.throws(
      () => replay('5a4b4c47' + int(3) + fileHeader.slice(16)),
      /version 3 .* not known/,
    );
    assert.throws(
      () => replay(fileHeader + logged(1, 99, '')),
      /the txn at byte 16 is not known here/,
    );
  });
});

function sized(record: string): string {
  return int(record.length / 2) + record;
}
