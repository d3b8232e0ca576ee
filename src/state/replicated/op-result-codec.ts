import { ByteReader, ByteWriter, MalformedBytes, roomFor } from '../../base/bytes.ts';
import type { SessionId } from '../../model/ids.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { OpResult, WriteOutcome } from '../../model/request.ts';
import type { Stat } from '../../model/stat.ts';
import { readZxid, writeZxid } from '../../model/zxid.ts';

// Results as the idempotency table keeps them and snapshots hold them: bytes, a tenth of what the objects would take.

const opCodes = ['create', 'set', 'delete', 'setAcl', 'check'] as const;

export type RecordedOutcome = Pick<WriteOutcome, 'results' | 'branch'>;

/** What a result has beside its path and stat, and what a stat has without an owner. */
const leastBytes = 5;
const statBytes = 64;

export function encodeRecordedOutcome({ results, branch }: RecordedOutcome): Uint8Array {
  const writer = new ByteWriter().bool(branch === 'orElse').u32(results.length);
  if (results.length > 1) writer.reserve(bytesAbout(results));
  for (const result of results) {
    writer.u8(opCodes.indexOf(result.op)).text(result.path);
    if ('stat' in result) writeStat(writer, result.stat);
    if (result.op === 'delete') writer.u32(result.deleted);
  }
  return writer.detach();
}

/** Many results take a megabyte: a buffer that grows to that copies it several times. */
function bytesAbout(results: readonly OpResult[]): number {
  let bytes = 0;
  let longest = 0;
  for (const result of results) {
    const { length } = result.path;
    bytes += leastBytes + length + ('stat' in result ? statBytes : 0);
    longest = Math.max(longest, length);
  }
  return roomFor(bytes, longest);
}

/** Reads what `encodeRecordedOutcome` wrote; throws `MalformedBytes`. */
export function decodeRecordedOutcome(bytes: Uint8Array): RecordedOutcome {
  const reader = new ByteReader(bytes);
  const branch = reader.bool() ? 'orElse' : 'ops';
  const results: OpResult[] = [];
  for (let left = reader.count(5); left > 0; left--) {
    const op = opCodes[reader.u8()];
    if (op === undefined) throw new MalformedBytes('an unknown op in a recorded outcome');
    results.push(readResult(reader, op));
  }
  reader.end();
  return { results, branch };
}

function readResult(reader: ByteReader, op: OpResult['op']): OpResult {
  const path = reader.text() as ZnodePath;
  switch (op) {
    case 'check':
      return { op, path };
    case 'delete':
      return { op, path, deleted: reader.u32() };
    case 'create':
    case 'set':
    case 'setAcl':
      return { op, path, stat: readStat(reader) };
  }
}

function writeStat(writer: ByteWriter, stat: Stat): void {
  writeZxid(writer, stat.czxid);
  writeZxid(writer, stat.mzxid);
  writer.u53(stat.ctime).u53(stat.mtime);
  writer.i32(stat.version).i32(stat.cversion).i32(stat.aversion);
  writer.text(stat.ephemeralOwner).u32(stat.dataLength).u32(stat.numChildren);
  writeZxid(writer, stat.pzxid);
}

function readStat(reader: ByteReader): Stat {
  return {
    czxid: readZxid(reader),
    mzxid: readZxid(reader),
    ctime: reader.u53(),
    mtime: reader.u53(),
    version: reader.i32(),
    cversion: reader.i32(),
    aversion: reader.i32(),
    ephemeralOwner: reader.text() as SessionId,
    dataLength: reader.u32(),
    numChildren: reader.u32(),
    pzxid: readZxid(reader),
  };
}
