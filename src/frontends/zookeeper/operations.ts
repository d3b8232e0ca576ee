import { isRefusal, type Refusal } from '../../model/error-code.ts';
import { rootPath, zookeeperConfigPath, type ZnodePath } from '../../model/path.ts';
import type { ReadQuery, ReadResult } from '../../model/read.ts';
import type { MultiRequest } from '../../model/request.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { ReadAnswer, WriteAnswer } from '../../service/call.ts';
import type { WatchKind } from '../../service/connection-watches.ts';
import { digestIdentity } from '../../wire/credentials.ts';
import type { Asked, Client } from './client.ts';
import {
  neverHolds,
  readLookedUpPath,
  readMulti,
  readOp,
  readPath,
  readPaths,
  type Decoded,
} from './decode.ts';
import { MalformedRecord, type JuteReader } from './jute-reader.ts';
import type { JuteWriter } from './jute-writer.ts';
import {
  authFailed,
  errorNumbers,
  marshallingError,
  noWatcher,
  ok,
  opCode,
  reconfigDisabled,
  unimplemented,
} from './protocol.ts';
import {
  endMulti,
  writeMultiError,
  writeMultiErrors,
  writeMultiHeader,
  writeMultiResults,
  writeResult,
} from './encode.ts';

/** Versions begin at 0 and wrap long after any ensemble has ended. */
const neverAVersion = -2_147_483_648;
const readOpsMax = 1_000;
/** Of what one multiRead answers: whatever comes after is refused one by one. */
const multiReadBytesMax = 16_777_216;

/** Takes in one request. It is answered now or later, in its turn. */
export function dispatch(client: Client, asked: Asked, record: JuteReader): void {
  try {
    route(client, asked, record);
  } catch (error) {
    if (error instanceof MalformedRecord) refuse(client, asked, marshallingError);
    else {
      // A defect of ours in one request is no reason to end the peer.
      const { logger } = client.door;
      logger.log('error', 'zookeeperRequestFailed', { code: asked.code, cause: String(error) });
      client.hangUp();
    }
  }
}

function route(client: Client, asked: Asked, record: JuteReader): void {
  switch (asked.code) {
    case opCode.ping:
      client.inOrder(() => {
        answer(client, asked);
      });
      return;
    case opCode.exists:
    case opCode.getData:
    case opCode.getAcl:
    case opCode.getChildren:
    case opCode.getChildren2:
    case opCode.getEphemerals:
    case opCode.getAllChildrenNumber:
      read(client, asked, record);
      return;
    case opCode.multi:
      writeMulti(client, asked, record);
      return;
    case opCode.multiRead:
      multiRead(client, asked, record);
      return;
    case opCode.sync:
      sync(client, asked, record.textOrNull());
      return;
    case opCode.setWatches:
    case opCode.setWatches2:
      setWatches(client, asked, record);
      return;
    case opCode.addWatch:
    case opCode.checkWatches:
    case opCode.removeWatches:
      watchOperation(client, asked, record);
      return;
    case opCode.auth:
      authenticate(client, asked, record);
      return;
    case opCode.whoAmI:
      whoAmI(client, asked);
      return;
    case opCode.sasl:
      refuseSasl(client, asked);
      return;
    case opCode.reconfig:
      reconfig(client, asked);
      return;
    case opCode.closeSession:
      closeSession(client, asked);
      return;
    default:
      writeOne(client, asked, record);
  }
}

// Answers.

function answer(
  client: Client,
  asked: Asked,
  {
    zxid = client.door.service.meta().zxid,
    error = ok,
    record,
  }: {
    readonly zxid?: Zxid;
    readonly error?: number;
    readonly record?: (to: JuteWriter) => void;
  } = {},
): void {
  const { out } = client;
  out.beginFrame();
  out.replyHeader(asked.xid, zxid, error);
  record?.(out);
  out.endFrame();
  client.answered(asked, zxid);
}

function refuse(client: Client, asked: Asked, error: number): void {
  client.inOrder(() => {
    answer(client, asked, { error });
  });
}

/** In the turn of the request. */
function answerRefusal(client: Client, asked: Asked, { code }: Refusal): void {
  const error = errorNumbers[code];
  if (error === 'hangUp') client.hangUp();
  else answer(client, asked, { error });
}

// Reads: of what this peer has applied, as ZooKeeper's.

interface Lookup {
  /** Undefined: there is no such path, and so no znode. */
  readonly query: ReadQuery | undefined;
  readonly leaves: WatchKind | undefined;
}

const readOptions = { consistency: 'local', timeoutMs: 1_000 } as const;

function read(client: Client, asked: Asked, record: JuteReader): void {
  const { code } = asked;
  const { query, leaves } = readLookup(client, code, record);
  client.inOrder(() => {
    if (query === undefined) {
      answer(client, asked, { error: errorNumbers.noNode });
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

function answerRead(client: Client, asked: Asked, { result, meta }: ReadAnswer): void {
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

function multiRead(client: Client, asked: Asked, record: JuteReader): void {
  const lookups = readMulti(record, readOpsMax, (code) => {
    if (code !== opCode.getData && code !== opCode.getChildren) return undefined;
    return { code, lookup: readLookup(client, code, record) };
  });
  client.inOrder(() => {
    answer(client, asked, {
      record: (to) => {
        const full = to.length + multiReadBytesMax;
        for (const { code, lookup } of lookups) {
          if (to.length >= full) writeMultiError(to, errorNumbers.tooLarge);
          else if (lookup.query === undefined) writeMultiError(to, errorNumbers.noNode);
          else
            lookUp(client, lookup.query, (found) => {
              if (isRefusal(found)) writeMultiError(to, numberOf(found));
              else {
                writeMultiHeader(to, code, ok);
                writeRead(to, code, found.result);
              }
            });
        }
        endMulti(to);
      },
    });
  });
}

function numberOf({ code }: Refusal): number {
  const error = errorNumbers[code];
  return error === 'hangUp' ? errorNumbers.throttled : error;
}

// Writes.

function writeOne(client: Client, asked: Asked, record: JuteReader): void {
  const { code } = asked;
  const decoded = readOp(code, record, client.door);
  if (decoded === undefined) refuse(client, asked, unimplemented);
  else if ('error' in decoded) refuse(client, asked, decoded.error);
  else
    write(client, { kind: 'multi', single: true, ops: [decoded.op] }, (written) => {
      if (isRefusal(written)) answerRefusal(client, asked, written);
      else {
        const { zxid, results } = written.outcome;
        answer(client, asked, {
          zxid,
          record: (to) => {
            writeResult(to, code, results[0]);
          },
        });
      }
    });
}

function writeMulti(client: Client, asked: Asked, record: JuteReader): void {
  const { opsPerMultiMax } = client.door.service.limits;
  const decoded = readMulti(record, opsPerMultiMax, (code) => {
    const op = code === opCode.setAcl ? undefined : readOp(code, record, client.door);
    return op && { code, decoded: op };
  });
  if (decoded.length === 0) {
    client.inOrder(() => {
      answer(client, asked, { record: endMulti });
    });
    return;
  }
  const errors = decoded.map((each) => errorOf(each.decoded));
  const ops = decoded.map((each) => ('op' in each.decoded ? each.decoded.op : neverHolds));
  write(client, { kind: 'multi', single: false, ops }, (written) => {
    if (!isRefusal(written)) {
      const { zxid, results } = written.outcome;
      answer(client, asked, {
        zxid,
        record: (to) => {
          writeMultiResults(
            to,
            decoded.map((each) => each.code),
            results,
          );
        },
      });
      return;
    }
    const index = written.failedIndex;
    const error = index === undefined ? undefined : (errors[index] ?? errorNumbers[written.code]);
    if (index === undefined || error === undefined || error === 'hangUp')
      answerRefusal(client, asked, written);
    else
      answer(client, asked, {
        record: (to) => {
          writeMultiErrors(to, ops.length, { index, error });
        },
      });
  });
}

function errorOf(decoded: Decoded): number | undefined {
  return 'error' in decoded ? decoded.error : undefined;
}

function write(
  client: Client,
  request: MultiRequest,
  written: (answer: WriteAnswer | Refusal) => void,
): void {
  const { door, caller } = client;
  client.attached.pipeline.submit('write', (give) => {
    door.service.writeThen(request, caller, { timeoutMs: door.requestTimeoutMs }, (result) => {
      give(() => {
        written(result);
      });
    });
  });
}

function sync(client: Client, asked: Asked, path: string | null): void {
  const { service, requestTimeoutMs } = client.door;
  client.attached.pipeline.submit('write', (give) => {
    service.sync(requestTimeoutMs).then(
      () => {
        give(() => {
          answer(client, asked, {
            record: (to) => {
              to.textOrNull(path);
            },
          });
        });
      },
      () => {
        client.hangUp();
      },
    );
  });
}

/** Built or not, only who may write `/zookeeper/config` is told more than that. */
function reconfig(client: Client, asked: Asked): void {
  if (!client.door.reconfigEnabled) {
    refuse(client, asked, reconfigDisabled);
    return;
  }
  // No znode is ever at this version: the ACL is asked, and nothing is changed.
  const expected = { version: neverAVersion };
  const op = { op: 'set', path: zookeeperConfigPath, data: null, expected } as const;
  write(client, { kind: 'multi', single: true, ops: [op] }, (written) => {
    const isBarred = isRefusal(written) && written.code !== 'badVersion';
    if (isBarred) answerRefusal(client, asked, written);
    else answer(client, asked, { error: unimplemented });
  });
}

function closeSession(client: Client, asked: Asked): void {
  const { door, attached } = client;
  const { session, password, carrier, pipeline } = attached;
  client.isClosingSession = true;
  pipeline.submit('alone', (give) => {
    door.service.sessions.close({ session, secret: password }, door.requestTimeoutMs, carrier).then(
      ({ zxid }) => {
        give(() => {
          answer(client, asked, { zxid });
          client.end();
        });
      },
      () => {
        client.hangUp();
      },
    );
  });
}

// Watches.

function setWatches(client: Client, asked: Asked, record: JuteReader): void {
  const { code } = asked;
  const since = record.zxid() ?? { epoch: 0, counter: 0 };
  const [data, exists, children] = [readPaths(record), readPaths(record), readPaths(record)];
  const isSecond = code === opCode.setWatches2;
  const persistent = isSecond ? readPaths(record) : [];
  const recursive = isSecond ? readPaths(record) : [];
  client.inOrder(() => {
    const registered = { since, data, exists, children, persistent, recursive };
    const refusal = client.attached.watches.resume(registered);
    if (refusal !== undefined) answerRefusal(client, asked, refusal);
    else answer(client, asked);
  });
}

/** AddWatchMode, and which kinds a WatcherType stands for. */
const addedKinds: readonly WatchKind[] = ['persistent', 'recursive'];
const kindsOfType: Readonly<Record<number, readonly WatchKind[]>> = {
  1: ['children'],
  2: ['data'],
  3: ['data', 'children', 'persistent', 'recursive'],
  4: ['persistent'],
  5: ['recursive'],
};

function watchOperation(client: Client, asked: Asked, record: JuteReader): void {
  const { code } = asked;
  const path = readPath(record);
  const number = record.int();
  const kinds =
    code === opCode.addWatch ? addedKinds.slice(number, number + 1) : kindsOfType[number];
  if (kinds === undefined || kinds.length === 0 || number < 0) throw new MalformedRecord('a type');
  const { watches } = client.attached;
  client.inOrder(() => {
    if (code === opCode.addWatch) {
      const [kind = 'persistent'] = kinds;
      // Nothing ever happens at what is no path; ZooKeeper takes the watch all the same.
      const refusal = path === undefined ? undefined : watches.add(path, kind);
      if (refusal !== undefined) answerRefusal(client, asked, refusal);
      else
        answer(client, asked, {
          record: (to) => {
            to.int(ok);
          },
        });
    } else {
      const there = path === undefined ? [] : kinds.filter((kind) => watches.has(path, kind));
      if (path !== undefined && code === opCode.removeWatches)
        for (const kind of there) watches.remove(path, kind);
      answer(client, asked, { error: there.length > 0 ? ok : noWatcher });
    }
  });
}

// Who asks.

/** Answered at once, ahead of what is under way, as in ZooKeeper. */
function authenticate(client: Client, asked: Asked, record: JuteReader): void {
  record.int();
  const scheme = record.text();
  const proof = Buffer.from(record.buffer() ?? []).toString('utf8');
  if (scheme === 'ip' || (scheme === 'digest' && client.prove(digestIdentity(proof)))) {
    answer(client, asked);
    return;
  }
  answer(client, asked, { error: authFailed });
  client.end();
}

function whoAmI(client: Client, asked: Asked): void {
  client.inOrder(() => {
    const { identities } = client;
    answer(client, asked, {
      record: (to) => {
        to.int(identities.length);
        for (const { scheme, id } of identities) {
          to.text(scheme);
          to.text(scheme === 'digest' ? (id.split(':', 1)[0] ?? '') : id);
        }
      },
    });
  });
}

/** As a ZooKeeper that is not set up for it: no error, and no token to go on with. */
function refuseSasl(client: Client, asked: Asked): void {
  client.inOrder(() => {
    answer(client, asked, {
      record: (to) => {
        to.buffer(null);
      },
    });
  });
}
