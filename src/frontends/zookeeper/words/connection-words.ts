import { noSession, type SessionId } from '../../../model/ids.ts';
import { formatZxid } from '../../../model/zxid.ts';
import type { MonitoredSession } from '../../../service/monitoring.ts';
import type { ConnectionStatistics } from './statistics.ts';
import { dateText, hexOfSession, lines, whole } from './format.ts';
import type { WordSources } from './sources.ts';

// cons, dump, wchs, wchc, wchp: what there is of connections, sessions and watches.

export function cons({ statistics }: WordSources): string {
  return lines(...[...statistics.connections].map((open) => connectionLine(open, 'full')), '');
}

/** Java's -1, for a connection that has had no answer. */
const noZxid = '0xffffffffffffffff';

/**
 * Gives the line of a connection, ` /127.0.0.1:52824[1](queued=0,recved=5,sent=6,sid=0x…,…)`; the number in brackets is
 * 1 while it is read from.
 */
export function connectionLine(of: ConnectionStatistics, detail: 'brief' | 'full'): string {
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

/** Answers `dump`. Of connections it says what ZooKeeper says of them over Netty, which is nothing. */
export function dump(sources: WordSources): string {
  const { monitoring } = sources.service;
  const sessions = [...monitoring.sessions()];
  const { role } = monitoring.figures();
  const ephemerals = [...monitoring.ephemerals()];
  return lines(
    'SessionTracker dump:',
    ...(role === 'leader' ? expiring(sessions, sources.host.now()) : known(sessions)),
    'ephemeral nodes dump:',
    `Sessions with Ephemerals (${String(ephemerals.length)}):`,
    ...ephemerals.flatMap(({ session, paths }) => [
      `${hexOfSession(session)}:`,
      ...paths.map((path) => `\t${path}`),
    ]),
    'Connections dump:',
  );
}

/** The leader knows when each will end, should nobody hear of it again; to the second. */
function expiring(sessions: readonly MonitoredSession[], nowMs: number): readonly string[] {
  const ending = new Map<number, SessionId[]>();
  for (const { session, expiresInMs = 0 } of sessions) {
    const second = Math.ceil((nowMs + expiresInMs) / 1_000);
    const sameTime = ending.get(second);
    if (sameTime === undefined) ending.set(second, [session]);
    else sameTime.push(session);
  }
  return [
    `Session Sets (${String(ending.size)})/(${String(sessions.length)}):`,
    ...[...ending]
      .sort(([earlier], [later]) => earlier - later)
      .flatMap(([second, ids]) => [
        `${String(ids.length)} expire at ${dateText(second * 1_000)}:`,
        ...ids.map((id) => `\t${hexOfSession(id)}`),
      ]),
  ];
}

function known(sessions: readonly MonitoredSession[]): readonly string[] {
  const sorted = sessions.toSorted((left, right) => (left.session < right.session ? -1 : 1));
  return [
    `Global Sessions(${String(sessions.length)}):`,
    ...sorted.map(({ session, timeoutMs }) => `${hexOfSession(session)}\t${String(timeoutMs)}ms`),
  ];
}

/** Those that watch anything, and what. */
function watching({ connections }: WordSources): readonly (readonly [SessionId, string[]])[] {
  const all: [SessionId, string[]][] = [];
  for (const connection of connections) {
    const paths = [...connection.watchedPaths()];
    if (paths.length > 0) all.push([connection.statistics.session, paths]);
  }
  return all;
}

export function wchs(sources: WordSources): string {
  const all = watching(sources);
  const paths = all.flatMap(([, watched]) => watched);
  return lines(
    `${String(all.length)} connections watching ${String(new Set(paths).size)} paths`,
    `Total watches:${String(paths.length)}`,
  );
}

export function wchc(sources: WordSources): string {
  return lines(
    ...watching(sources).flatMap(([session, paths]) => [
      hexOfSession(session),
      ...paths.map((path) => `\t${path}`),
    ]),
    '',
  );
}

export function wchp(sources: WordSources): string {
  const sessionsOf = new Map<string, SessionId[]>();
  for (const [session, paths] of watching(sources)) {
    for (const path of paths) {
      const others = sessionsOf.get(path);
      if (others === undefined) sessionsOf.set(path, [session]);
      else others.push(session);
    }
  }
  return lines(
    ...[...sessionsOf].flatMap(([path, sessions]) => [
      path,
      ...sessions.map((session) => `\t${hexOfSession(session)}`),
    ]),
    '',
  );
}
