import type { ConnectionId } from '../model/ids.ts';
import type {
  CloseReason,
  PeerMessage,
  ServiceMessage,
  ZabMessage,
} from '../model/peer-message.ts';
import type { WriteRequest } from '../model/request.ts';
import type { ZabCore } from '../zab/ready.ts';
import type { Bulk } from './bulk/bulk.ts';
import type { HandOvers } from './requests/hand-overs.ts';
import type { PeerClocks } from './peer-clocks.ts';
import type { ClusterReporting } from './reports/cluster-reporting.ts';
import type { WritePath } from './requests/write-path.ts';
import type { LogRelay } from './watch/log-relay.ts';
import type { SessionLiveness } from './sessions/liveness.ts';

interface MessageRouterParts {
  readonly zab: ZabCore;
  readonly bulk: Bulk;
  readonly writes: WritePath;
  readonly sessions: SessionLiveness;
  readonly reporting: ClusterReporting;
  readonly relay: LogRelay;
  readonly handOvers: HandOvers;
  readonly clocks: PeerClocks;
  /** What this peer's wall clock says, for its leader. */
  tellClock(connection: ConnectionId, id: number): void;
  /** A learner's clock was read. */
  clockRead(): void;
  close(connection: ConnectionId, reason: CloseReason): void;
}

/**
 * Brings a message of another peer to whom it is for. What only a leader or only a learner may be told is refused by the
 * other, and a leader listens only to learners that it has brought up to date.
 */
export class MessageRouter {
  readonly #parts: MessageRouterParts;

  constructor(parts: MessageRouterParts) {
    this.#parts = parts;
  }

  receive(connection: ConnectionId, message: PeerMessage): void {
    const fromLeader = connection === this.#parts.zab.status.leaderConnection;
    // A snapshot that did not come from the leader is a violation, which the core knows how to answer.
    if (fromLeader && this.#parts.bulk.takes(connection, message)) return;
    this.dispatch(connection, message);
  }

  /** All but snapshots. */
  dispatch(connection: ConnectionId, message: PeerMessage): void {
    if (message.kind === 'pong') this.#parts.bulk.onTaken(connection, message);
    if (message.kind === 'ackEpoch') this.#parts.clocks.met(connection);
    if (!isServiceMessage(message)) {
      // Only by a word that the core takes, and before anybody learns that there is no leader now.
      const gaveWay = this.#parts.zab.receive(connection, message);
      if (gaveWay) this.#parts.writes.handedBack(connection);
      return;
    }
    const { status } = this.#parts.zab;
    const fromLeader = connection === status.leaderConnection;
    const fromLearner = status.role === 'leading' && this.#parts.zab.isReady(connection);
    // Before it is up to date: its clock counts when the leader begins.
    if (message.kind === 'clock') this.#onClock(connection, message);
    else if (isForEither(message)) {
      if (fromLeader || fromLearner) this.#asEither(connection, message);
      else this.#refuse(connection, message);
    } else if (isForLeader(message)) {
      if (fromLearner) this.#asLeader(connection, message);
      else this.#refuse(connection, message);
    } else if (fromLeader) this.#asLearner(connection, message);
    else this.#refuse(connection, message);
  }

  #asLeader(connection: ConnectionId, message: ForLeader): void {
    const { writes, sessions, reporting } = this.#parts;
    switch (message.kind) {
      case 'request':
        if (isLeadersOwn(message.request)) this.#refuse(connection, message);
        else writes.onRequest(connection, message);
        return;
      case 'touch':
        sessions.onTouch(connection, message);
        return;
      case 'handOver':
        this.#parts.handOvers.onAsked(connection, message);
        return;
      case 'report':
        reporting.onReport(connection, message.report);
    }
  }

  #asEither(connection: ConnectionId, message: ForEither): void {
    const { relay } = this.#parts;
    if (message.kind === 'logRequest') relay.onRequest(connection, message);
    else relay.onPiece(connection, message);
  }

  #onClock(connection: ConnectionId, message: ClockTold): void {
    if (this.#parts.clocks.told(connection, message)) this.#parts.clockRead();
    else this.#refuse(connection, message);
  }

  #asLearner(connection: ConnectionId, message: ForLearner): void {
    const { writes, sessions, reporting } = this.#parts;
    switch (message.kind) {
      case 'askClock':
        this.#parts.tellClock(connection, message.id);
        return;
      case 'proposed':
      case 'replay':
      case 'nothing':
      case 'refusal':
        writes.onVerdict(message);
        return;
      case 'touched':
        sessions.onTouched(message);
        return;
      case 'handOverRefused':
        this.#parts.handOvers.onRefused(message);
        return;
      case 'reports':
        reporting.onReports(message.reports);
    }
  }

  #refuse(connection: ConnectionId, message: ServiceMessage): void {
    this.#parts.close(connection, {
      code: 'protocol',
      detail: `${message.kind} is not for this peer to take from that one`,
    });
  }
}

type ForLeader = Extract<ServiceMessage, { kind: 'request' | 'touch' | 'report' | 'handOver' }>;

type ClockTold = Extract<ServiceMessage, { kind: 'clock' }>;

type ForLearner = Exclude<ServiceMessage, ForLeader | ForEither | ClockTold>;

type ForEither = Extract<ServiceMessage, { kind: 'logRequest' | 'logPiece' }>;

const serviceKinds = {
  request: 'leader',
  touch: 'leader',
  report: 'leader',
  handOver: 'leader',
  handOverRefused: 'learner',
  proposed: 'learner',
  replay: 'learner',
  nothing: 'learner',
  refusal: 'learner',
  touched: 'learner',
  askClock: 'learner',
  clock: 'clocks',
  reports: 'learner',
  logRequest: 'either',
  logPiece: 'either',
} as const satisfies Record<ServiceMessage['kind'], 'leader' | 'learner' | 'either' | 'clocks'>;

/** What a leader decides upon by its own clock: nobody may ask it to. */
function isLeadersOwn(request: WriteRequest): boolean {
  if (request.kind === 'closeSession') return request.reason === 'expired';
  return request.kind === 'reap';
}

function isServiceMessage(message: ZabMessage | ServiceMessage): message is ServiceMessage {
  return message.kind in serviceKinds;
}

function isForEither(message: ServiceMessage): message is ForEither {
  return serviceKinds[message.kind] === 'either';
}

function isForLeader(message: ServiceMessage): message is ForLeader {
  return serviceKinds[message.kind] === 'leader';
}
