import type { LogChange } from '../../src/model/log-change.ts';
import type { LogEntry } from '../../src/model/log-entry.ts';
import { versionOf } from '../../src/model/membership.ts';
import type { ZabMessage } from '../../src/model/peer-message.ts';
import type { Zxid } from '../../src/model/zxid.ts';
import type { ZabEvent } from '../../src/zab/ready.ts';

// Golden scripts read like the paper: its names, zxids as epoch.counter, payloads in quotes.

function position(zxid: Zxid): string {
  return `${String(zxid.epoch)}.${String(zxid.counter)}`;
}

/** Text, unless it is one of many large ones. */
export function formatPayload(payload: Uint8Array): string {
  return payload.length > 1_000
    ? `${String(payload.length / 1_024)} KiB`
    : new TextDecoder().decode(payload);
}

function entries(list: readonly LogEntry[]): string {
  return list
    .map(({ zxid, kind, payload }) =>
      kind === 'txn'
        ? `${position(zxid)} "${formatPayload(payload)}"`
        : `${position(zxid)} ${kind}`,
    )
    .join(', ');
}

/** Undefined for heartbeats: they would drown the rest. */
export function formatMessage(message: ZabMessage): string | undefined {
  switch (message.kind) {
    case 'learnerInfo':
      return `${message.role.toUpperCase()}INFO acceptedEpoch=${String(message.acceptedEpoch)}`;
    case 'leaderInfo':
      return `LEADERINFO epoch=${String(message.epoch)}`;
    case 'twin':
      return `TWIN of ${message.livesAt}`;
    case 'farewell':
      return `FAREWELL by membership ${position(message.version)}`;
    case 'ackEpoch':
      return `ACKEPOCH currentEpoch=${String(message.currentEpoch)} last=${position(message.last.zxid)}`;
    case 'diff':
      return `DIFF from=${position(message.from.zxid)} to=${position(message.to)}`;
    case 'trunc':
      return `TRUNC to=${position(message.to.zxid)}`;
    case 'retreat':
      return `RETREAT last=${position(message.last.zxid)}`;
    case 'snap':
      return `SNAP at=${position(message.at.zxid)}`;
    case 'snapChunk':
    case 'snapEnd':
      return undefined;
    case 'newLeader':
      return `NEWLEADER ${String(message.epoch)}.0 end=${position(message.end.zxid)}`;
    case 'ack':
      return `ACK ${position(message.zxid)}`;
    case 'upToDate':
      return `UPTODATE commit=${position(message.commit)}`;
    case 'proposal':
      return `PROPOSAL ${entries(message.entries)}`;
    case 'commit':
      return `COMMIT ${position(message.zxid)}`;
    case 'inform':
      return `INFORM ${entries(message.entries)}`;
    case 'lead':
      return `LEAD ${String(message.leader)}, which has all up to ${position(message.last)}`;
    case 'ping':
    case 'pong':
      return undefined;
    case 'syncRequest':
      return `SYNC ${message.mode}`;
    case 'syncReply':
      return `SYNC reply ${position(message.zxid)}`;
  }
}

export function formatPersist(change: LogChange): string | undefined {
  switch (change.kind) {
    case 'found':
      return 'founded';
    case 'acceptEpoch':
      return `acceptedEpoch=${String(change.epoch)}`;
    case 'append':
      return change.entries.length === 0
        ? `commit=${position(change.commit)}`
        : entries(change.entries);
    case 'adopt': {
      const parts = [
        change.snapshot === null ? '' : ` snapshot=${position(change.snapshot.zxid)}`,
        change.truncateTo === null ? '' : ` cut to ${position(change.truncateTo.zxid)}`,
        change.entries.length === 0 ? '' : ` with ${entries(change.entries)}`,
      ];
      return `currentEpoch=${String(change.epoch)}${parts.join('')}`;
    }
  }
}

export function formatEvent(event: ZabEvent): string | undefined {
  switch (event.event) {
    case 'seedsDiffer':
      return `seeds differ: ${event.others.map(({ id }) => String(id)).join(' ')}`;
    case 'looking':
      return `LOOKING: ${event.why}`;
    case 'elected':
      return `elects ${String(event.leader)}`;
    case 'established':
      return `is established in epoch ${String(event.epoch)}`;
    case 'protocolViolation':
      return `sees a violation: ${event.detail}`;
    case 'readmitting':
      return `readmits ${String(event.learner)}`;
    case 'admitting':
      return `gives ${String(event.learner)} its vote`;
    case 'learnerRemoved':
      return `parts with ${String(event.learner)}, removed by ${position(event.version)}`;
    case 'membershipHeard':
      return `hears of membership ${position(versionOf(event.membership))}`;
    case 'demoted':
      return 'has no vote any more';
    case 'removed':
      return `is no member any more, by ${position(event.version)}`;
    case 'membershipChanged':
      return `has new voters: ${event.membership.voters.map(({ nonce }) => nonce).join(' ')}`;
    case 'founded':
      return 'founds the ensemble';
    case 'waitingForVoters':
      return `waits for voters ${event.missing.join(' ')}`;
    case 'waitingForReadmission':
      return 'waits to be readmitted';
    case 'foreignPeer':
      return `hears ${String(event.from)} of another ensemble`;
    case 'twinRefused':
      return `refuses a twin of ${String(event.learner)}`;
    case 'isTwin':
      return 'is a twin';
    case 'learnerLost':
      return `loses learner ${String(event.learner)}: ${event.why}`;
    case 'handingOver':
      return `hands over to ${String(event.to)}`;
    case 'handOverAbandoned':
      return `goes on leading: ${event.why}`;
    case 'leaderSpeaksOlder':
      return `speaks ${String(event.protocol)} with ${String(event.leader)}`;
    case 'levelRaised':
      return `is at level ${String(event.level)}`;
    case 'handedOver':
    case 'leading':
    case 'learnerReady':
    case 'learnerSynchronizing':
    case 'upToDate':
      return undefined;
  }
}
