import { bracketed } from '../../../base/bracketed.ts';
import { formatZxid } from '../../../model/zxid.ts';
import type { PeerFigures } from '../../../service/monitoring.ts';
import { connectionLines } from './connection-words.ts';
import { linesInParts, type Parts } from './parts.ts';
import { decimal, lines, whole } from './format.ts';
import type { WordSources } from './sources.ts';

// srvr, stat, conf, dirs, envi, hash.

/** The ZooKeeper whose protocol and words this is. Whoever decides by a version what a server can do decides by that. */
const spokenVersion = '3.9.0';

/**
 * `3.9.0-quoll-0.1.0, built on 11/24/2026 22:06 GMT`. Three numbers and a dash: kazoo, aiozk, Datadog and scanners read the
 * version so. The date is written as ZooKeeper did until 3.5, because go-zookeeper takes no other.
 */
export function fullVersion({ service, host }: WordSources): string {
  const [date = '', time = ''] = new Date(host.builtMs).toISOString().split('T');
  const [year = '', month = '', day = ''] = date.split('-');
  const { version } = service.describe();
  return `${spokenVersion}-quoll-${version}, built on ${month}/${day}/${year} ${time.slice(0, 5)} GMT`;
}

/** Gives the state as ZooKeeper names it: `standalone` is an ensemble of one, whatever its zoo.cfg says. */
export function serverState({ role, isAlone }: PeerFigures): string {
  return isAlone ? 'standalone' : role;
}

export function srvr(sources: WordSources): string {
  return lines(`Zookeeper version: ${fullVersion(sources)}`) + summary(sources);
}

export function* stat(sources: WordSources): Parts {
  yield lines(`Zookeeper version: ${fullVersion(sources)}`, 'Clients:');
  yield* linesInParts(connectionLines(sources.statistics, 'brief'));
  yield summary(sources);
}

function summary({ service, statistics }: WordSources): string {
  const figures = service.monitoring.figures();
  const { minMs, avgMs, maxMs } = statistics.latency;
  const state = serverState(figures);
  const sizes = service.monitoring.leadership()?.proposalBytes;
  const { last, min, max } = sizes ?? { last: -1, min: -1, max: -1 };
  return lines(
    `Latency min/avg/max: ${whole(minMs)}/${decimal(avgMs)}/${whole(maxMs)}`,
    `Received: ${String(statistics.received)}`,
    `Sent: ${String(statistics.sent)}`,
    `Connections: ${String(statistics.connectionCount)}`,
    `Outstanding: ${String(statistics.outstanding)}`,
    `Zxid: ${formatZxid(figures.zxid)}`,
    `Mode: ${state}`,
    `Node count: ${String(figures.znodes)}`,
    ...(state === 'leader'
      ? [`Proposal sizes last/min/max: ${String(last)}/${String(min)}/${String(max)}`]
      : []),
  );
}

export function conf({ service, configuration, clientPort, isSecure, host }: WordSources): string {
  const { serverId, dataDir, zookeeperDoor } = configuration;
  const { sessionTimeoutMsMin, sessionTimeoutMsMax } = service.limits;
  // Log and snapshots are one file, and so is the directory of both.
  const bytes = String(host.directoryBytes(dataDir));
  const own = lines(
    `clientPort=${String(isSecure ? -1 : clientPort)}`,
    `secureClientPort=${String(isSecure ? clientPort : -1)}`,
    `dataDir=${dataDir}`,
    `dataDirSize=${bytes}`,
    `dataLogDir=${dataDir}`,
    `dataLogSize=${bytes}`,
    `tickTime=${String(configuration.peer.tickMs)}`,
    `maxClientCnxns=${String(zookeeperDoor.connectionsPerAddressMax)}`,
    `minSessionTimeout=${String(sessionTimeoutMsMin)}`,
    `maxSessionTimeout=${String(sessionTimeoutMsMax)}`,
    'clientPortListenBacklog=-1',
    `serverId=${String(serverId)}`,
  );
  return service.monitoring.figures().isAlone ? own : own + ensemble(configuration);
}

/** The last line ends the answer without a line feed, as in ZooKeeper. */
function ensemble({ serverId, role, servers, peer }: WordSources['configuration']): string {
  const self = servers.find(({ id }) => id === serverId);
  const members = servers.map(
    ({ id, host, quorumPort, electionPort, role: itsRole }) =>
      `server.${String(id)}=${bracketed(host)}:${String(quorumPort)}:${String(electionPort)}:${itsRole}`,
  );
  return `${lines(
    `initLimit=${String(peer.initLimitTicks)}`,
    `syncLimit=${String(peer.syncLimitTicks)}`,
    'electionAlg=3',
    `electionPort=${String(self?.electionPort ?? -1)}`,
    `quorumPort=${String(self?.quorumPort ?? -1)}`,
    `peerType=${role === 'observer' ? '1' : '0'}`,
    'membership: ',
    ...members,
  )}version=0`;
}

export function dirs({ configuration, host }: WordSources): string {
  const bytes = String(host.directoryBytes(configuration.dataDir));
  return lines(`datadir_size: ${bytes}`, `logdir_size: ${bytes}`);
}

export function envi(sources: WordSources): string {
  const own = sources.host.environment().map(([name, value]) => `${name}=${value}`);
  return lines('Environment:', `zookeeper.version=${fullVersion(sources)}`, ...own);
}

/** Answers `hash`, in hex, as `quoll inspect` shows it. */
export function hash({ service }: WordSources): string {
  return lines(
    ...service.monitoring
      .digests()
      .map(({ zxid, digest }) => `${formatZxid(zxid).slice(2)}: ${digest}`),
  );
}
