import { isRefusal, type Refusal } from '../../../model/error-code.ts';
import { rootPath, type ZnodePath } from '../../../model/path.ts';
import type { ReadQuery, ReadResult } from '../../../model/read.ts';
import type { ReadAnswer } from '../../../service/call.ts';
import type { WatchKind } from '../../../service/connection-watches.ts';
import type { Client, ZooKeeperRequest } from './client.ts';
import { readLookedUpPath, readMulti } from '../records/decode.ts';
import { endMulti, writeMultiError, writeMultiHeader } from '../records/encode.ts';
import { numberOfCode } from '../records/error-map.ts';
import type { JuteReader } from '../jute/jute-reader.ts';
import type { JuteWriter } from '../jute/jute-writer.ts';
import { ok, opCode } from '../records/protocol.ts';
import { answer, answerRefusal } from './answers.ts';

// Reads: of what this peer has applied, as ZooKeeper's.

const readOpsMax = 1_000;
/** Of what one multiRead answers: whatever comes after is refused one by one. */
const multiReadBytesMax = 16_777_216;

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
      if (refusal !== undefined) answerRefusal(client, asked, refusal);
      else if (isRefusal(found)) answerRefusal(client, asked, found);
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
  const { door, identities } = client;
  door.service.readThen(query, { identities }, readOptions, done);
}

function answerRead(client: Client, asked: ZooKeeperRequest, { result, meta }: ReadAnswer): void {
  const { out } = client;
  out.beginFrame();
  out.replyHeader(asked.xid, meta.zxid, ok);
  writeRead(out, asked.code, result);
  out.endFrame();
  client.answered(asked, meta.zxid);
}

function writeRead(to: JuteWriter, code: number, result: ReadResult): void {
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
      to.texts(result.names);
      if (code === opCode.getChildren2) to.stat(result.stat);
      return;
    case 'ephemerals':
      to.texts(result.paths);
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
    answer(client, asked, {
      record: (to) => {
        const full = to.length + multiReadBytesMax;
        for (const { code, lookup } of lookups) {
          if (to.length >= full) writeMultiError(to, numberOfCode.tooLarge);
          else if (lookup.query === undefined) writeMultiError(to, numberOfCode.noNode);
          else {
            lookUp(client, lookup.query, (found) => {
              if (isRefusal(found)) writeMultiError(to, numberOf(found));
              else {
                writeMultiHeader(to, code, ok);
                writeRead(to, code, found.result);
              }
            });
          }
        }
        endMulti(to);
      },
    });
  });
}

function numberOf({ code }: Refusal): number {
  const error = numberOfCode[code];
  return error === 'hangUp' ? numberOfCode.throttled : error;
}
