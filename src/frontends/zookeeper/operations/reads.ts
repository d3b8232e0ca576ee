import { isRefusal, type Refusal } from '../../../model/error-code.ts';
import { rootPath, type ZnodePath } from '../../../model/path.ts';
import type { NamesInParts, ReadQuery, ReadResult } from '../../../model/read.ts';
import type { ReadAnswer } from '../../../service/call.ts';
import type { WatchKind } from '../../../service/connection-watches.ts';
import type { Client, ZooKeeperRequest } from './client.ts';
import { readLookedUpPath, readMulti } from '../records/decode.ts';
import { endMulti, writeMultiError, writeMultiHeader } from '../records/encode.ts';
import { numberOfCode } from '../records/error-map.ts';
import type { JuteReader } from '../../../wire/jute/jute-reader.ts';
import type { JuteWriter } from '../../../wire/jute/jute-writer.ts';
import { ok, opCode } from '../../../wire/jute/protocol.ts';
import { answer, answerRefusal } from './answers.ts';

// Reads: of what this peer has applied, as ZooKeeper's.

const readOpsMax = 1_000;
/** Of what one multiRead answers: whatever comes after is refused one by one. */
const multiReadBytesMax = 16_777_216;
/** An answer from this size on counts as owed, and waits until there is room for it; smaller ones never do. */
const largeAnswerBytes = 16_384;
/** Of a list in one piece: a fraction of a millisecond. */
const pieceBytes = 262_144;
const textHeaderBytes = 4;

interface Lookup {
  /** Undefined: there is no such path, and so no znode. */
  readonly query: ReadQuery | undefined;
  readonly leaves: WatchKind | undefined;
}

const readOptions = { consistency: 'local', timeoutMs: 1_000 } as const;

export function read(client: Client, asked: ZooKeeperRequest, record: JuteReader): void {
  const { code } = asked;
  const { query, leaves } = readLookup(client, code, record);
  client.inOrder(() => {
    if (query === undefined) {
      answer(client, asked, { error: numberOfCode.noNode });
      return;
    }
    lookUp(client, query, (found) => {
      const refusal =
        leaves === undefined ? undefined : leaveWatch(client, found, { query, kind: leaves });
      if (refusal !== undefined) {
        if (!isRefusal(found)) closeNames(found.result);
        answerRefusal(client, asked, refusal);
      } else if (isRefusal(found)) answerRefusal(client, asked, found);
      else answerRead(client, asked, found);
    });
  });
}

/** Calls back before it returns: a local read waits for nothing. */
function lookUp(
  client: Client,
  query: ReadQuery,
  done: (found: ReadAnswer | Refusal) => void,
): void {
  client.door.service.readThen(query, client.asker, readOptions, done);
}

function answerRead(client: Client, asked: ZooKeeperRequest, { result, meta }: ReadAnswer): void {
  const { out } = client;
  const bytes = bytesOf(result);
  if (bytes >= largeAnswerBytes) {
    const close = (): void => {
      closeNames(result);
    };
    client.answerLarge(asked, { zxid: meta.zxid, bytes, close }, inPieces(asked.code, result));
    return;
  }
  out.beginFrame();
  out.replyHeader(asked.xid, meta.zxid, ok);
  writeRead(out, asked.code, result);
  out.endFrame();
  client.answered(asked, meta.zxid);
}

/** What a result takes when it is encoded, as far as that depends on it; of texts about. */
function bytesOf(result: ReadResult): number {
  if (result.read === 'data') return result.data?.length ?? 0;
  const many = namesInParts(result);
  if (many !== undefined) return many.length * textHeaderBytes + many.bytes;
  const texts = textsOf(result);
  let bytes = 0;
  if (texts !== undefined) for (const text of texts) bytes += textHeaderBytes + text.length;
  return bytes;
}

function textsOf(result: ReadResult): readonly string[] | undefined {
  if (result.read === 'names') return 'next' in result.names ? undefined : result.names;
  return result.read === 'ephemerals' ? result.paths : undefined;
}

/** The names of a result, when they are so many that they come in parts. */
function namesInParts(result: ReadResult): NamesInParts | undefined {
  return result.read === 'names' && 'next' in result.names ? result.names : undefined;
}

function closeNames(result: ReadResult): void {
  namesInParts(result)?.close();
}

/** Writes a result in pieces: true with the last. */
function inPieces(code: number, result: ReadResult): (to: JuteWriter) => boolean {
  const many = namesInParts(result);
  if (many !== undefined) return namesInPieces(code, result, many);
  const texts = textsOf(result) ?? [];
  let next = 0;
  return (to) => {
    if (next === 0) beginRead(to, result);
    const full = to.length + pieceBytes;
    while (next < texts.length && to.length < full) to.text(texts[next++] ?? '');
    if (next < texts.length) return false;
    if (result.read === 'names' && code === opCode.getChildren2) to.stat(result.stat);
    return true;
  };
}

function namesInPieces(
  code: number,
  result: ReadResult,
  names: NamesInParts,
): (to: JuteWriter) => boolean {
  let hasBegun = false;
  return (to) => {
    if (!hasBegun) beginRead(to, result);
    hasBegun = true;
    const part = names.next(pieceBytes);
    for (const name of part) to.text(name);
    if (part.length > 0) return false;
    if (result.read === 'names' && code === opCode.getChildren2) to.stat(result.stat);
    return true;
  };
}

function writeRead(to: JuteWriter, code: number, result: ReadResult): void {
  if (result.read === 'data' || result.read === 'stat') {
    beginRead(to, result);
    return;
  }
  const write = inPieces(code, result);
  while (!write(to));
}

/** All but the texts of a list, and what comes after them. */
function beginRead(to: JuteWriter, result: ReadResult): void {
  switch (result.read) {
    case 'stat':
      to.stat(result.stat);
      return;
    case 'data':
      to.buffer(result.data);
      to.stat(result.stat);
      return;
    case 'acl':
      to.acl(result.acl);
      to.stat(result.stat);
      return;
    case 'names':
      to.int(result.names.length);
      return;
    case 'ephemerals':
      to.int(result.paths.length);
      return;
    case 'descendants':
      to.int(result.count);
      return;
    case 'children':
    case 'tree':
      throw new Error(`no operation of this protocol reads ${result.read}`);
  }
}

function readLookup(client: Client, code: number, record: JuteReader): Lookup {
  if (code === opCode.getEphemerals) {
    const { session } = client.attached;
    // ZooKeeper trims it.
    const prefix = record.text().trim();
    return { query: { read: 'ephemerals', path: rootPath, prefix, session }, leaves: undefined };
  }
  const path = readLookedUpPath(record);
  const takesWatch = code !== opCode.getAcl && code !== opCode.getAllChildrenNumber;
  const watches = takesWatch && record.bool();
  return {
    query: path === undefined ? undefined : queryOf(code, path),
    leaves: watches
      ? code === opCode.exists || code === opCode.getData
        ? 'data'
        : 'children'
      : undefined,
  };
}

function queryOf(code: number, path: ZnodePath): ReadQuery {
  switch (code) {
    case opCode.exists:
      return { read: 'stat', path };
    case opCode.getData:
      return { read: 'data', path };
    case opCode.getAcl:
      return { read: 'acl', path };
    case opCode.getAllChildrenNumber:
      return { read: 'descendants', path };
    default:
      return { read: 'names', path };
  }
}

/** Only `exists` leaves a watch where there is nothing. */
function leaveWatch(
  client: Client,
  found: ReadAnswer | Refusal,
  { query, kind }: { readonly query: ReadQuery; readonly kind: WatchKind },
): Refusal | undefined {
  if (isRefusal(found) && !(query.read === 'stat' && found.code === 'noNode')) return undefined;
  return client.attached.watches.add(query.path, kind);
}

export function multiRead(client: Client, asked: ZooKeeperRequest, record: JuteReader): void {
  const lookups = readMulti(record, readOpsMax, (code) => {
    if (code !== opCode.getData && code !== opCode.getChildren) return undefined;
    return { code, lookup: readLookup(client, code, record) };
  });
  client.inOrder(() => {
    let bytes = 0;
    // All are read at one place of the log, and only then encoded.
    const found = lookups.map(({ code, lookup: { query } }) => {
      let one: Found = { code, found: numberOfCode.noNode };
      if (bytes >= multiReadBytesMax) one = { code, found: numberOfCode.tooLarge };
      else if (query !== undefined) {
        lookUp(client, query, (read) => {
          one = { code, found: isRefusal(read) ? numberOf(read) : read.result };
        });
      }
      if (typeof one.found !== 'number') bytes += bytesOf(one.found);
      return one;
    });
    const write = allInPieces(found);
    if (bytes >= largeAnswerBytes) {
      const close = (): void => {
        for (const one of found) if (typeof one.found !== 'number') closeNames(one.found);
      };
      client.answerLarge(asked, { zxid: client.door.service.meta().zxid, bytes, close }, write);
    } else {
      answer(client, asked, {
        record: (to) => {
          while (!write(to));
        },
      });
    }
  });
}

/** What one op of a multiRead is answered: a result, or the number of an error. */
interface Found {
  readonly code: number;
  readonly found: ReadResult | number;
}

/** Writes the answers of a multiRead in pieces, one or a part of one at a time: true with the last. */
function allInPieces(all: readonly Found[]): (to: JuteWriter) => boolean {
  let next = 0;
  let writeOn: ((to: JuteWriter) => boolean) | undefined;
  return (to) => {
    const one = all[next];
    if (one === undefined) {
      endMulti(to);
      return true;
    }
    const { code, found } = one;
    if (typeof found === 'number') writeMultiError(to, found);
    else {
      if (writeOn === undefined) writeMultiHeader(to, code, ok);
      writeOn ??= inPieces(code, found);
      if (!writeOn(to)) return false;
      writeOn = undefined;
    }
    next++;
    return false;
  };
}

function numberOf({ code }: Refusal): number {
  const error = numberOfCode[code];
  return error === 'hangUp' ? numberOfCode.throttled : error;
}
