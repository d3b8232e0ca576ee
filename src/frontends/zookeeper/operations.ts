import { isRefusal, type Refusal } from '../../model/error-code.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { ReadQuery, ReadResult } from '../../model/read.ts';
import type { MultiRequest } from '../../model/request.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { ReadAnswer, WriteAnswer } from '../../service/call.ts';
import type { WatchKind } from '../../service/connection-watches.ts';
import { digestIdentity } from '../../wire/credentials.ts';
import type { Connection } from './connection.ts';
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
  badArguments,
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
} from './replies.ts';

/** One request as it came: `record` is good for the call alone. */
export interface Incoming {
  readonly xid: number;
  readonly code: number;
  readonly record: JuteReader;
}

const readOpsMax = 1_000;

/** Takes in one request. It is answered now or later, in its turn. */
export function dispatch(connection: Connection, request: Incoming): void {
  try {
    route(connection, request);
  } catch (error) {
    if (!(error instanceof MalformedRecord)) throw error;
    refuse(connection, request.xid, marshallingError);
  }
}

/** The protocol has no number of its own for it: BADARGUMENTS, and the connection goes on. */
export function refuseTooLarge(connection: Connection, xid: number): void {
  refuse(connection, xid, badArguments);
}

function route(connection: Connection, request: Incoming): void {
  const { xid, code, record } = request;
  switch (code) {
    case opCode.ping:
      connection.inOrder(() => {
        answer(connection, xid);
      });
      return;
    case opCode.exists:
    case opCode.getData:
    case opCode.getAcl:
    case opCode.getChildren:
    case opCode.getChildren2:
    case opCode.getEphemerals:
    case opCode.getAllChildrenNumber:
      read(connection, request);
      return;
    case opCode.multi:
      writeMulti(connection, request);
      return;
    case opCode.multiRead:
      multiRead(connection, request);
      return;
    case opCode.sync:
      sync(connection, xid, record.textOrNull() ?? '');
      return;
    case opCode.setWatches:
    case opCode.setWatches2:
      setWatches(connection, request);
      return;
    case opCode.addWatch:
    case opCode.checkWatches:
    case opCode.removeWatches:
      watchOperation(connection, request);
      return;
    case opCode.auth:
      authenticate(connection, xid, record);
      return;
    case opCode.whoAmI:
      whoAmI(connection, xid);
      return;
    case opCode.sasl:
      refuseSasl(connection, xid);
      return;
    case opCode.reconfig:
      refuse(connection, xid, connection.door.reconfigEnabled ? unimplemented : reconfigDisabled);
      return;
    case opCode.closeSession:
      closeSession(connection, xid);
      return;
    default:
      writeOne(connection, request);
  }
}

// Answers.

function answer(
  connection: Connection,
  xid: number,
  {
    zxid = connection.door.service.meta().zxid,
    error = ok,
    record,
  }: {
    readonly zxid?: Zxid;
    readonly error?: number;
    readonly record?: (to: JuteWriter) => void;
  } = {},
): void {
  const { out } = connection;
  out.beginFrame();
  out.replyHeader(xid, zxid, error);
  record?.(out);
  out.endFrame();
  connection.scheduleFlush();
}

function refuse(connection: Connection, xid: number, error: number): void {
  connection.inOrder(() => {
    answer(connection, xid, { error });
  });
}

/** In the turn of the request. */
function answerRefusal(connection: Connection, xid: number, { code }: Refusal): void {
  const error = errorNumbers[code];
  if (error === 'hangUp') connection.hangUp();
  else answer(connection, xid, { error });
}

// Reads: of what this peer has applied, as ZooKeeper's.

interface Lookup {
  /** Undefined: there is no such path, and so no znode. */
  readonly query: ReadQuery | undefined;
  readonly leaves: WatchKind | undefined;
}

const readOptions = { consistency: 'local', timeoutMs: 1_000 } as const;

function read(connection: Connection, { xid, code, record }: Incoming): void {
  const { query, leaves } = readLookup(connection, code, record);
  connection.inOrder(() => {
    if (query === undefined) {
      answer(connection, xid, { error: errorNumbers.noNode });
      return;
    }
    lookUp(connection, query, (found) => {
      const refusal =
        leaves === undefined ? undefined : leaveWatch(connection, found, { query, kind: leaves });
      if (refusal !== undefined) answerRefusal(connection, xid, refusal);
      else if (isRefusal(found)) answerRefusal(connection, xid, found);
      else answerRead(connection, { xid, code }, found);
    });
  });
}

/** Calls back before it returns: a local read waits for nothing. */
function lookUp(
  connection: Connection,
  query: ReadQuery,
  done: (found: ReadAnswer | Refusal) => void,
): void {
  const { door, identities } = connection;
  door.service.readThen(query, { identities }, readOptions, done);
}

function answerRead(
  connection: Connection,
  { xid, code }: { readonly xid: number; readonly code: number },
  { result, meta }: ReadAnswer,
): void {
  const { out } = connection;
  out.beginFrame();
  out.replyHeader(xid, meta.zxid, ok);
  writeRead(out, code, result);
  out.endFrame();
  connection.scheduleFlush();
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

function readLookup(connection: Connection, code: number, record: JuteReader): Lookup {
  if (code === opCode.getEphemerals) {
    const { session } = connection.attached;
    const path = readLookedUpPath(record);
    const query = path === undefined ? undefined : ({ read: 'ephemerals', path, session } as const);
    return { query, leaves: undefined };
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
  connection: Connection,
  found: ReadAnswer | Refusal,
  { query, kind }: { readonly query: ReadQuery; readonly kind: WatchKind },
): Refusal | undefined {
  if (isRefusal(found) && !(query.read === 'stat' && found.code === 'noNode')) return undefined;
  return connection.attached.watches.add(query.path, kind);
}

function multiRead(connection: Connection, { xid, record }: Incoming): void {
  const lookups = readMulti(record, readOpsMax, (code) => {
    if (code !== opCode.getData && code !== opCode.getChildren) return undefined;
    return { code, lookup: readLookup(connection, code, record) };
  });
  connection.inOrder(() => {
    answer(connection, xid, {
      record: (to) => {
        for (const { code, lookup } of lookups) {
          if (lookup.query === undefined) writeMultiError(to, errorNumbers.noNode);
          else
            lookUp(connection, lookup.query, (found) => {
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

function writeOne(connection: Connection, { xid, code, record }: Incoming): void {
  const decoded = readOp(code, record, connection.door);
  if (decoded === undefined) refuse(connection, xid, unimplemented);
  else if ('error' in decoded) refuse(connection, xid, decoded.error);
  else
    write(connection, { kind: 'multi', single: true, ops: [decoded.op] }, (written) => {
      if (isRefusal(written)) answerRefusal(connection, xid, written);
      else {
        const { zxid, results } = written.outcome;
        answer(connection, xid, {
          zxid,
          record: (to) => {
            writeResult(to, code, results[0]);
          },
        });
      }
    });
}

function writeMulti(connection: Connection, { xid, record }: Incoming): void {
  const { opsPerMultiMax } = connection.door.service.limits;
  const decoded = readMulti(record, opsPerMultiMax, (code) => {
    const op = code === opCode.setAcl ? undefined : readOp(code, record, connection.door);
    return op && { code, decoded: op };
  });
  if (decoded.length === 0) {
    connection.inOrder(() => {
      answer(connection, xid, { record: endMulti });
    });
    return;
  }
  const errors = decoded.map((each) => errorOf(each.decoded));
  const ops = decoded.map((each) => ('op' in each.decoded ? each.decoded.op : neverHolds));
  write(connection, { kind: 'multi', single: false, ops }, (written) => {
    if (!isRefusal(written)) {
      const { zxid, results } = written.outcome;
      answer(connection, xid, {
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
      answerRefusal(connection, xid, written);
    else
      answer(connection, xid, {
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
  connection: Connection,
  request: MultiRequest,
  written: (answer: WriteAnswer | Refusal) => void,
): void {
  const { door, caller } = connection;
  connection.attached.pipeline.submit('write', (give) => {
    door.service.writeThen(request, caller, { timeoutMs: door.requestTimeoutMs }, (result) => {
      give(() => {
        written(result);
      });
    });
  });
}

function sync(connection: Connection, xid: number, path: string): void {
  const { service, requestTimeoutMs } = connection.door;
  connection.attached.pipeline.submit('write', (give) => {
    service.sync(requestTimeoutMs).then(
      () => {
        give(() => {
          answer(connection, xid, {
            record: (to) => {
              to.text(path);
            },
          });
        });
      },
      () => {
        connection.hangUp();
      },
    );
  });
}

function closeSession(connection: Connection, xid: number): void {
  const { door, attached } = connection;
  const { session, password, carrier, pipeline } = attached;
  connection.isClosingSession = true;
  pipeline.submit('alone', (give) => {
    door.service.closeSession({ session, secret: password }, door.requestTimeoutMs, carrier).then(
      ({ zxid }) => {
        give(() => {
          answer(connection, xid, { zxid });
          connection.end();
        });
      },
      () => {
        connection.hangUp();
      },
    );
  });
}

// Watches.

function setWatches(connection: Connection, { xid, code, record }: Incoming): void {
  const since = record.zxid() ?? { epoch: 0, counter: 0 };
  const [data, exists, children] = [readPaths(record), readPaths(record), readPaths(record)];
  const isSecond = code === opCode.setWatches2;
  const persistent = isSecond ? readPaths(record) : [];
  const recursive = isSecond ? readPaths(record) : [];
  connection.inOrder(() => {
    const registered = { since, data, exists, children, persistent, recursive };
    const refusal = connection.attached.watches.resume(registered);
    if (refusal !== undefined) answerRefusal(connection, xid, refusal);
    else answer(connection, xid);
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

function watchOperation(connection: Connection, { xid, code, record }: Incoming): void {
  const path = readPath(record);
  const number = record.int();
  const kinds =
    code === opCode.addWatch ? addedKinds.slice(number, number + 1) : kindsOfType[number];
  if (kinds === undefined || kinds.length === 0 || number < 0) throw new MalformedRecord('a type');
  const { watches } = connection.attached;
  connection.inOrder(() => {
    if (path === undefined) answer(connection, xid, { error: badArguments });
    else if (code === opCode.addWatch) {
      const [kind = 'persistent'] = kinds;
      const refusal = watches.add(path, kind);
      if (refusal !== undefined) answerRefusal(connection, xid, refusal);
      else
        answer(connection, xid, {
          record: (to) => {
            to.int(ok);
          },
        });
    } else {
      const there = kinds.filter((kind) => watches.has(path, kind));
      if (code === opCode.removeWatches) for (const kind of there) watches.remove(path, kind);
      answer(connection, xid, { error: there.length > 0 ? ok : noWatcher });
    }
  });
}

// Who asks.

/** Answered at once, ahead of what is under way, as in ZooKeeper. */
function authenticate(connection: Connection, xid: number, record: JuteReader): void {
  record.int();
  const scheme = record.text();
  const proof = Buffer.from(record.buffer() ?? []).toString('utf8');
  if (scheme === 'digest') connection.prove(digestIdentity(proof));
  else if (scheme !== 'ip') {
    answer(connection, xid, { error: authFailed });
    connection.end();
    return;
  }
  answer(connection, xid);
}

function whoAmI(connection: Connection, xid: number): void {
  connection.inOrder(() => {
    const { identities } = connection;
    answer(connection, xid, {
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
function refuseSasl(connection: Connection, xid: number): void {
  connection.inOrder(() => {
    answer(connection, xid, {
      record: (to) => {
        to.buffer(null);
      },
    });
  });
}
