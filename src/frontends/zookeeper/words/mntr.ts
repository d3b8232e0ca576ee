import type { LeaderFigures } from '../../../service/monitoring.ts';
import type { Latency } from './statistics.ts';
import { decimal, lines, whole } from './format.ts';
import { fullVersion, serverState } from './server-words.ts';
import type { WordSources } from './sources.ts';

type Figure = readonly [name: string, value: string | number | undefined];

const stateNames: Readonly<Record<string, string>> = {
  leader: 'leading',
  follower: 'following',
  observer: 'observing',
};

/**
 * Answers `mntr` with ZooKeeper's names, each for what it means there, or as near to it as the docs say; none without a
 * figure of ours.
 */
export function mntr(sources: WordSources): string {
  const { service, statistics, host } = sources;
  const figures = service.monitoring.figures();
  const { isAlone } = figures;
  const leadership = isAlone ? undefined : service.monitoring.leadership();
  const { minMs, avgMs, maxMs } = statistics.latency;
  return text([
    ['version', fullVersion(sources)],
    ['server_state', serverState(figures)],
    ['peer_state', isAlone ? undefined : `${stateNames[figures.role] ?? figures.role} - broadcast`],
    ['znode_count', figures.znodes],
    ['watch_count', figures.watches],
    ['ephemerals_count', figures.ephemerals],
    ['approximate_data_size', figures.dataBytes],
    ['global_sessions', figures.sessions],
    ['local_sessions', 0],
    ['quorum_size', isAlone ? undefined : figures.voters],
    ['uptime', whole(figures.uptimeMs)],
    ['num_alive_connections', statistics.connectionCount],
    ['outstanding_requests', statistics.outstanding],
    ['packets_received', statistics.received],
    ['packets_sent', statistics.sent],
    ['min_latency', whole(minMs)],
    ['avg_latency', decimal(avgMs)],
    ['max_latency', whole(maxMs)],
    ...latency('readlatency', statistics.reads),
    ...latency('updatelatency', statistics.updates),
    ['connection_request_count', statistics.sessionsCreated + statistics.sessionsResumed],
    ['connection_revalidate_count', statistics.sessionsResumed],
    ['connection_rejected', statistics.rejectedCount],
    ['connection_drop_count', statistics.droppedCount],
    ['open_file_descriptor_count', host.openFiles()],
    ['max_file_descriptor_count', host.openFilesMax()],
    ...(leadership === undefined ? [] : leading(leadership)),
  ]);
}

function leading(leadership: LeaderFigures): readonly Figure[] {
  const { followers, nonVotingFollowers, observers, proposalBytes } = leadership;
  const learners = followers + observers;
  return [
    ['learners', learners],
    // What it was called until 3.5.
    ['followers', learners],
    ['synced_followers', followers],
    ['synced_non_voting_followers', nonVotingFollowers],
    ['synced_observers', observers],
    ['pending_syncs', leadership.pendingSyncs],
    ['leader_uptime', whole(leadership.leadingMs)],
    ['last_proposal_size', proposalBytes?.last ?? -1],
    ['min_proposal_size', proposalBytes?.min ?? -1],
    ['max_proposal_size', proposalBytes?.max ?? -1],
  ];
}

function latency(
  name: string,
  { count, totalMs, minMs, avgMs, maxMs }: Latency,
): readonly Figure[] {
  return [
    [`avg_${name}`, decimal(avgMs)],
    [`min_${name}`, whole(minMs)],
    [`max_${name}`, whole(maxMs)],
    [`cnt_${name}`, count],
    [`sum_${name}`, whole(totalMs)],
  ];
}

function text(figures: readonly Figure[]): string {
  return lines(
    ...figures.flatMap(([name, value]) =>
      value === undefined ? [] : [`zk_${name}\t${String(value)}`],
    ),
  );
}
