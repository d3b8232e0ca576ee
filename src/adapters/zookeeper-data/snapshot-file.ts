import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { openAcl, type Acl } from '../../model/acl.ts';
import { MalformedRecord, type JuteReader } from '../../wire/jute/jute-reader.ts';
import type { Zxid } from '../../model/zxid.ts';
import { DamagedFile } from './damaged-file.ts';
import { DataTree } from './data-tree.ts';
import { RecordSource } from './record-source.ts';
import { unsnappied } from './snappy.ts';
import { readAcl } from './txns.ts';
import { ownedBy, type Znode } from './znode.ts';

/** `ZKSN` */
const magic = 0x5a4b_534e;
const knownVersion = 2;
const chunkBytes = 1_048_576;
/** The id of the open ACL, which no cache holds. */
const openAclId = 'ffffffffffffffff';
/** A checksum, then `/`. */
const sealBytes = 13;
const digestBytes = 20;
const lastZxidBytes = 8;
const digestPart = digestBytes + sealBytes;
const lastZxidPart = lastZxidBytes + sealBytes;

export interface Snapshot {
  readonly tree: DataTree;
  readonly sessions: number;
}

/**
 * Reads a snapshot as ZooKeeper 3.4 to 3.9 write it: plain, `.gz` or `.snappy`. Throws `DamagedFile` for one that is not
 * whole: a ZooKeeper leaves such a one behind when it ends while writing, and starts from the one before.
 */
export async function readSnapshot(file: string, progress: (znodes: number) => void) {
  const source = new RecordSource(file, contentOf(file));
  try {
    return await readFrom(source, file, progress);
  } catch (error) {
    if (error instanceof DamagedFile || isOfTheDisk(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new DamagedFile(file, `it can't be read behind byte ${String(source.offset)}: ${reason}`);
  }
}

/** The snapshot's own bytes, out of the form that its name says. */
async function* contentOf(file: string): AsyncGenerator<Buffer> {
  const raw = createReadStream(file, { highWaterMark: chunkBytes });
  if (file.endsWith('.gz')) {
    raw.on('error', (error) => gunzip.destroy(error));
    const gunzip = createGunzip({ chunkSize: chunkBytes });
    yield* raw.pipe(gunzip) as AsyncIterable<Buffer>;
  } else if (file.endsWith('.snappy')) yield* unsnappied(raw as AsyncIterable<Buffer>);
  else yield* raw as AsyncIterable<Buffer>;
}

async function readFrom(
  source: RecordSource,
  file: string,
  progress: (znodes: number) => void,
): Promise<Snapshot> {
  await readHeader(source, file);
  const sessions = await source.next((reader) => reader.int());
  for (let left = sessions; left > 0; left--) {
    await source.next((reader) => [reader.words(), reader.int()]);
  }
  const acls = await readAcls(source);
  const tree = new DataTree();
  await source.each(readZnode, (record) => {
    if (record === undefined) return false;
    placeZnode(tree, record, acls, file);
    if (tree.count % 50_000 === 0) progress(tree.count);
    return true;
  });
  await checkSeal(source, file);
  await readRest(source, file);
  return { tree, sessions };
}

async function readHeader(source: RecordSource, file: string): Promise<void> {
  const header = await source.next((reader) => {
    const found = { magic: reader.int(), version: reader.int() };
    reader.words();
    return found;
  });
  if (header.magic !== magic) throw new DamagedFile(file, 'it does not begin as a snapshot does');
  if (header.version !== knownVersion) {
    throw new DamagedFile(file, `version ${String(header.version)} of the format is not known`);
  }
}

async function readAcls(source: RecordSource): Promise<ReadonlyMap<string, Acl>> {
  const acls = new Map([[openAclId, openAcl]]);
  for (let left = await source.next((reader) => reader.int()); left > 0; left--) {
    const [id, acl] = await source.next((reader) => [readId(reader), readAcl(reader)] as const);
    acls.set(id, acl);
  }
  return acls;
}

function readId(reader: JuteReader): string {
  const { high, low } = reader.words();
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

interface ZnodeRecord {
  readonly path: string;
  readonly acl: string;
  readonly znode: Omit<Znode, 'name' | 'parent' | 'children' | 'acl'>;
}

/** Undefined for the `/` that ends the tree: the root itself is the empty path. */
function readZnode(reader: JuteReader): ZnodeRecord | undefined {
  const path = reader.someText();
  if (path === '/') return undefined;
  const data = reader.ownBuffer();
  const acl = readId(reader);
  const czxid = readZxid(reader);
  const mzxid = readZxid(reader);
  const times = { ctime: reader.milliseconds(), mtime: reader.milliseconds() };
  const counts = { version: reader.int(), creates: reader.int(), aversion: reader.int() };
  const { high, low } = reader.words();
  const pzxid = readZxid(reader);
  return {
    path,
    acl,
    znode: {
      data,
      czxid,
      ...times,
      ...counts,
      owned: ownedBy(high, low),
      // Most are equal: one object for all of them.
      mzxid: sameAs(czxid, mzxid),
      pzxid: sameAs(czxid, pzxid),
    },
  };
}

function sameAs(kept: Zxid, read: Zxid): Zxid {
  return kept.epoch === read.epoch && kept.counter === read.counter ? kept : read;
}

function readZxid(reader: JuteReader): Zxid {
  const zxid = reader.zxid();
  if (zxid === undefined) throw new RangeError('a zxid above 63 bits');
  return zxid;
}

function placeZnode(
  tree: DataTree,
  { path, acl, znode }: ZnodeRecord,
  acls: ReadonlyMap<string, Acl>,
  file: string,
): void {
  const known = acls.get(acl);
  const shared = known === undefined ? undefined : tree.shared(known);
  if (path === '') {
    Object.assign(tree.root, { ...znode, acl: shared });
    return;
  }
  const slash = path.lastIndexOf('/');
  const parent = slash === -1 ? undefined : tree.find(path.slice(0, slash));
  if (parent === undefined) throw new DamagedFile(file, `${path} stands there without its parent`);
  const name = path.slice(slash + 1);
  tree.place(parent, { name, parent, children: undefined, acl: shared, ...znode });
}

async function checkSeal(source: RecordSource, file: string): Promise<void> {
  const sum = source.checksum;
  const at = source.offset;
  const seal = await source.next((reader) => {
    const { high, low } = reader.words();
    return { high, low, end: reader.textOrNull() };
  });
  if (seal.high !== 0 || seal.low !== sum) {
    throw new DamagedFile(file, `the checksum at byte ${String(at)} is not that of what is before`);
  }
}

/** What came later to the format, each with a seal of its own: a digest (3.6), the zxid that was applied last (3.9). */
async function readRest(source: RecordSource, file: string): Promise<void> {
  const left = await source.left(digestPart + lastZxidPart + 1);
  const lengths =
    left === digestPart || left === digestPart + lastZxidPart
      ? [digestBytes, ...(left === digestPart ? [] : [lastZxidBytes])]
      : left === lastZxidPart
        ? [lastZxidBytes]
        : [];
  if (lengths.length === 0 && left > 0) {
    throw new DamagedFile(file, `bytes behind its end, at byte ${String(source.offset)}`);
  }
  for (const length of lengths) {
    await source.next((reader) => {
      if (reader.left < length) throw new MalformedRecord('less than that');
      for (let words = length / 4; words > 0; words--) reader.int();
    });
    await checkSeal(source, file);
  }
}

/** It is no word about the file's content. */
function isOfTheDisk(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
