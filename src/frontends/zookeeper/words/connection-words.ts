import { noSession, type SessionId } from '../../../model/ids.ts';
import { formatZxid } from '../../../model/zxid.ts';
import type { MonitoredSession } from '../../../service/monitoring.ts';
import type { ConnectionStatistics } from './statistics.ts';
import { dateText, hexOfSession, whole } from './format.ts';
import { linesInParts, sortInSteps, type Parts } from './parts.ts';
import type { WordSources } from './sources.ts';

// cons, dump, wchs, wchc, wchp: what there is of connections, sessions and watches.

export function cons({ statistics }: WordSources): Parts {
  return linesInParts(connectionLines(statistics, 'full'));
}

/** With an empty line behind them. */
export function* connectionLines(
  { connections }: WordSources['statistics'],
  detail: 'brief' | 'full',
): Generator<string> {
  for (const open of connections) yield connectionLine(open, detail);
  yield '';
}

/** Java's -1, for a connection that has had no answer. */
const noZxid = '0xffffffffffffffff';

/**
 * Gives the line of a connection, ` /127.0.0.1:52824[1](queued=0,recved=5,sent=6,sid=0x…,…)`; the number in brackets is
 * 1 while it is read from.
 */
function connectionLine(of: ConnectionStatistics, detail: 'brief' | 'full'): string {
  const { latency, lastCxid, lastZxid } = of;
  const fields = [
    `queued=${String(of.outstanding)}`,
    `recved=${String(of.packetsReceived)}`,
    `sent=${String(of.packetsSent)}`,
  ];
  if (detail === 'full' && of.session !== noSession) {
    fields.push(
      `sid=${hexOfSession(of.session)}`,
      `lop=${of.lastOperation}`,
      `est=${whole(of.establishedMs)}`,
      `to=${String(of.timeoutMs)}`,
      ...(lastCxid >= 0 ? [`lcxid=0x${lastCxid.toString(16)}`] : []),
      `lzxid=${lastZxid === undefined ? noZxid : formatZxid(lastZxid)}`,
      `lresp=${whole(of.lastResponseMs)}`,
      `llat=${whole(of.lastLatencyMs)}`,
      `minlat=${whole(latency.minMs)}`,
      `avglat=${whole(latency.avgMs)}`,
      `maxlat=${whole(latency.maxMs)}`,
    );
  }
  return ` /${of.remote}[${of.isAsking ? '0' : '1'}](${fields.join(',')})`;
}

/** Text, or undefined for work on the way to it. */
type Lines = Generator<string | undefined>;

/** Answers `dump`. Of connections it says what ZooKeeper says of them over Netty, which is nothing. */
export function dump(sources: WordSources): Parts {
  return linesInParts(dumpLines(sources));
}

function* dumpLines({ service, host }: WordSources): Lines {
  const { monitoring } = service;
  const { role } = monitoring.figures();
  yield 'SessionTracker dump:';
  if (role === 'leader') yield* expiring(monitoring.sessions(), host.now());
  else yield* known(monitoring.sessions());
  const ephemerals: { readonly session: SessionId; readonly paths: readonly string[] }[] = [];
  for (const each of monitoring.ephemerals()) {
    if (each.paths.length > 0) ephemerals.push(each);
    yield undefined;
  }
  yield 'ephemeral nodes dump:';
  yield `Sessions with Ephemerals (${String(ephemerals.length)}):`;
  for (const { session, paths } of ephemerals) {
    yield `${hexOfSession(session)}:`;
    for (const path of paths) yield `\t${path}`;
  }
  yield 'Connections dump:';
}

/** The leader knows when each will end, should nobody hear of it again; to the second. */
function* expiring(sessions: Iterable<MonitoredSession>, nowMs: number): Lines {
  const ending = new Map<number, SessionId[]>();
  let count = 0;
  for (const { session, expiresInMs = 0 } of sessions) {
    const second = Math.ceil((nowMs + expiresInMs) / 1_000);
    add(ending, second, session);
    count++;
    yield undefined;
  }
  yield `Session Sets (${String(ending.size)})/(${String(count)}):`;
  for (const [second, ids] of [...ending].sort(([earlier], [later]) => earlier - later)) {
    yield `${String(ids.length)} expire at ${dateText(second * 1_000)}:`;
    for (const id of ids) yield `\t${hexOfSession(id)}`;
  }
}

function* known(sessions: Iterable<MonitoredSession>): Lines {
  const sorted = yield* sortInSteps(sessions, (left, right) => left.session < right.session);
  yield `Global Sessions(${String(sorted.length)}):`;
  for (const { session, timeoutMs } of sorted) {
    yield `${hexOfSession(session)}\t${String(timeoutMs)}ms`;
  }
}

export function wchs(sources: WordSources): Parts {
  return linesInParts(watchCounts(sources));
}

function* watchCounts({ connections }: WordSources): Lines {
  const paths = new Set<string>();
  let watching = 0;
  let watches = 0;
  for (const connection of connections) {
    const before = watches;
    for (const path of connection.watchedPaths()) {
      paths.add(path);
      watches++;
      yield undefined;
    }
    if (watches > before) watching++;
    yield undefined;
  }
  yield `${String(watching)} connections watching ${String(paths.size)} paths`;
  yield `Total watches:${String(watches)}`;
}

export function wchc(sources: WordSources): Parts {
  return linesInParts(watchesByConnection(sources));
}

function* watchesByConnection({ connections }: WordSources): Lines {
  for (const connection of connections) {
    let isFirst = true;
    for (const path of connection.watchedPaths()) {
      if (isFirst) yield hexOfSession(connection.statistics.session);
      isFirst = false;
      yield `\t${path}`;
    }
    yield undefined;
  }
  yield '';
}

export function wchp(sources: WordSources): Parts {
  return linesInParts(watchesByPath(sources));
}

function* watchesByPath({ connections }: WordSources): Lines {
  const sessionsOf = new Map<string, SessionId[]>();
  for (const connection of connections) {
    for (const path of connection.watchedPaths()) {
      add(sessionsOf, path, connection.statistics.session);
      yield undefined;
    }
    yield undefined;
  }
  for (const [path, sessions] of sessionsOf) {
    yield path;
    for (const session of sessions) yield `\t${hexOfSession(session)}`;
  }
  yield '';
}

function add<Key, Value>(all: Map<Key, Value[]>, key: Key, value: Value): void {
  const others = all.get(key);
  if (others === undefined) all.set(key, [value]);
  else others.push(value);
}
