import type { DataTree } from '../adapters/zookeeper-data/data-tree.ts';
import {
  childCount,
  childrenInOrder,
  znodesFrom,
  type Znode,
} from '../adapters/zookeeper-data/znode.ts';
import { ByteWriter } from '../base/bytes.ts';
import type { Acl } from '../model/acl.ts';
import { zxidHigh, zxidLow, type Zxid } from '../model/zxid.ts';
import {
  recordKind,
  writeAclRecord,
  writeHeader,
  writeZnodeRecord,
  znodeWords,
} from '../state/snapshot/snapshot-format.ts';
import { createsMax } from '../state/tree/versions.ts';
import { rootId } from '../state/tree/znode-tree.ts';
import { field } from '../state/tree/znode-records.ts';

const chunkBytes = 1_048_576;

/**
 * Gives a ZooKeeper's tree as a snapshot of ours, for `StateMachine.beginImport`. Znodes stand in the order of their paths,
 * so that it is the same whichever peer's files the tree came from, and in whichever order those had it.
 */
export function* snapshotOf(tree: DataTree, zxid: Zxid): Generator<Uint8Array> {
  const buffer = new ByteWriter(chunkBytes + 65_536);
  writeHeader(buffer, {
    zxid,
    timeMs: latestTimeIn(tree),
    idEnd: rootId + tree.count,
    znodes: tree.count,
    sessions: 0,
    writes: 0,
    digest: '',
  });
  const acls = new Map<Acl, number>();
  const words = new Uint32Array(znodeWords);
  let nextId = rootId;
  const open: { readonly znode: Znode; readonly parent: number }[] = [
    { znode: tree.root, parent: 0 },
  ];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { znode, parent } = at;
    const id = nextId++;
    const acl = aclNumber(znode.acl ?? [], acls, buffer);
    fillWords(words, znode);
    const { name, data } = znode;
    writeZnodeRecord(buffer, { id, parent, acl, words, name, kind: znode.owned.kind, data });
    // The last is taken first.
    for (const child of [...childrenInOrder(znode)].reverse()) {
      open.push({ znode: child, parent: id });
    }
    if (buffer.length < chunkBytes) continue;
    yield buffer.take();
    buffer.reset();
  }
  buffer.u8(recordKind.end);
  yield buffer.take();
}

/** Writes the ACL when it was not written before. */
function aclNumber(acl: Acl, acls: Map<Acl, number>, buffer: ByteWriter): number {
  const known = acls.get(acl);
  if (known !== undefined) return known;
  const number = acls.size + 1;
  acls.set(acl, number);
  writeAclRecord(buffer, number, acl);
  return number;
}

function fillWords(words: Uint32Array, znode: Znode): void {
  setZxid(words, field.czxidHigh, znode.czxid);
  setZxid(words, field.mzxidHigh, znode.mzxid);
  setZxid(words, field.pzxidHigh, znode.pzxid);
  setWide(words, field.ctimeHigh, znode.ctime);
  setWide(words, field.mtimeHigh, znode.mtime);
  words[field.version] = znode.version;
  // A negative one is a ZooKeeper's whose sequence numbers have run over.
  words[field.creates] = znode.creates < 0 ? createsMax : znode.creates;
  words[field.aversion] = znode.aversion;
  setWide(words, field.ownerHigh, znode.owned.kind === 'ttl' ? znode.owned.ttlMs : 0);
  words[field.numChildren] = childCount(znode);
}

function setZxid(words: Uint32Array, column: number, zxid: Zxid): void {
  words[column] = zxidHigh(zxid);
  words[column + 1] = zxidLow(zxid);
}

function setWide(words: Uint32Array, column: number, value: number): void {
  words[column] = Math.floor(value / 0x1_0000_0000);
  words[column + 1] = value;
}

function latestTimeIn({ root }: DataTree): number {
  let latest = 0;
  for (const { ctime, mtime } of znodesFrom(root)) latest = Math.max(latest, ctime, mtime);
  return latest;
}
