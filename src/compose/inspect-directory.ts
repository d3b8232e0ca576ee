import { inspect as openDirectory, type Inspection } from '../adapters/sqlite/inspect.ts';
import { MalformedBytes } from '../base/bytes.ts';
import type { InspectRequest } from '../config/inspect-request.ts';
import { decodeMembership, type Membership } from '../model/membership.ts';
import { compareZxid, formatZxid } from '../model/zxid.ts';
import { describeEntry, describeVoters } from './inspect-log.ts';
import { printZnodes } from './inspect-znodes.ts';

/**
 * Shows what the data directory of a peer that does not run holds, and changes nothing in it. Throws when there is
 * nothing to show; what is damaged is told last and does not keep the rest from being shown.
 */
export async function inspectDirectory(
  request: InspectRequest,
  print: (line: string) => void,
): Promise<void> {
  // Everything below reads files and waits for nothing; the caller gets a promise, as of any command.
  await Promise.resolve();
  const inspection = openDirectory(request.dataDir);
  const problems = [...inspection.problems, ...lostAccordingToGuard(inspection)];
  const tryTo = (what: string, show: () => void): void => {
    try {
      show();
    } catch (error) {
      problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  try {
    for (const [name, value] of summaryOf(inspection, lastMembership(inspection))) {
      print(`${name.padEnd(10)}  ${value}`);
    }
    if (request.showLog) {
      tryTo('the log cannot be shown any further', () => {
        printLog(inspection, print);
      });
    }
    if (request.showZnodes) {
      tryTo('the znodes cannot be shown', () => {
        printZnodes(inspection, print);
      });
    }
  } finally {
    inspection.close();
  }
  if (problems.length > 0) print('\nA peer would not start on this, or not as it is:');
  for (const problem of problems) print(`  ${problem}`);
}

function summaryOf(
  { state, guard, log }: Inspection,
  membership: Membership | null,
): readonly (readonly [string, string])[] {
  const { snapshot, base } = state;
  const starts = state.incarnation === 1 ? 'once' : `${String(state.incarnation)} times`;
  const range =
    log.first === undefined
      ? `empty after ${formatZxid(base.zxid)}`
      : `${formatZxid(log.first)} to ${formatZxid(log.last.zxid)}: ${count(log.entries, 'entry', 'entries')}, ${size(log.bytes)}`;
  return [
    ['server', `${String(state.serverId)}, started ${starts}`],
    ['identity', state.nonce],
    ['ensemble', membership?.clusterId ?? 'none: this peer has founded or joined nothing yet'],
    ['voters', membership === null ? '-' : describeVoters(membership)],
    ['epochs', `accepted ${String(state.acceptedEpoch)}, current ${String(state.currentEpoch)}`],
    ['log', range],
    ['committed', `${formatZxid(state.commit)}, as far as this peer had noted it`],
    [
      'snapshot',
      snapshot === null
        ? 'none'
        : `at ${formatZxid(snapshot.at.zxid)}: ${count(snapshot.chunks, 'chunk', 'chunks')}, ${size(snapshot.bytes)}`,
    ],
    [
      'guard',
      guard === undefined
        ? 'missing or damaged'
        : `log reached ${formatZxid(guard.acked.zxid)}, accepted epoch ${String(guard.acceptedEpoch)}`,
    ],
  ];
}

/** What the guard remembers and the log does not hold (see guard.ts of the store). */
function lostAccordingToGuard({ state, guard, log }: Inspection): readonly string[] {
  if (guard === undefined) {
    return state.acceptedEpoch === 0 ? [] : ['the guard file is missing or damaged'];
  }
  const lost: string[] = [];
  if (guard.nonce !== state.nonce) lost.push('guard file and database come from different peers');
  if (guard.acceptedEpoch > state.acceptedEpoch) {
    lost.push(`epoch ${String(guard.acceptedEpoch)} had been accepted`);
  }
  if (compareZxid(guard.acked.zxid, log.last.zxid) > 0) {
    lost.push(`the log had reached ${formatZxid(guard.acked.zxid)}`);
  }
  return lost;
}

/** In force at the end of the log, as far as it can be read. */
function lastMembership(inspection: Inspection): Membership | null {
  const { state } = inspection;
  let last = state.baseMembership ?? state.founded;
  try {
    for (const { kind, payload } of inspection.entries()) {
      if (kind !== 'txn') last = decodeMembership(payload);
    }
  } catch (error) {
    // The inspection names the place among its problems.
    if (!(error instanceof MalformedBytes)) throw error;
  }
  return last;
}

function printLog(inspection: Inspection, print: (line: string) => void): void {
  print('');
  for (const entry of inspection.entries()) {
    const isKnown = compareZxid(entry.zxid, inspection.state.commit) <= 0;
    print(
      `${formatZxid(entry.zxid)}${isKnown ? '' : ' (not known to be committed)'}  ${describeEntry(entry)}`,
    );
  }
}

function count(number: number, one: string, many: string): string {
  return `${String(number)} ${number === 1 ? one : many}`;
}

function size(bytes: number): string {
  if (bytes < 1_024) return count(bytes, 'byte', 'bytes');
  const kib = bytes / 1_024;
  return kib < 1_024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1_024).toFixed(1)} MiB`;
}
