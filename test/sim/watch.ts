import type { ConnectionId, ServerId } from '../../src/model/ids.ts';
import type { LogChange } from '../../src/model/log-change.ts';
import type { LogEntry, LogPosition } from '../../src/model/log-entry.ts';
import type { Notification, ZabMessage } from '../../src/model/peer-message.ts';
import { compareZxid, type Zxid } from '../../src/model/zxid.ts';
import type { BarrierAnswer, ZabEvent } from '../../src/zab/ready.ts';
import { coreCheckers } from './checkers/all.ts';
import type { DiskWork } from './disk.ts';
import type { Faults, FaultyNode } from './faults.ts';
import { Ghost, show, who } from './ghost.ts';
import { InvariantViolated, type Checker, type NodeView } from './node-view.ts';

export type WatchedNode = NodeView & FaultyNode;

/** What a node tells the simulator, at the instant it happens. Any of these may kill the node. */
export interface Watcher {
  booted(node: WatchedNode): void;
  sending(node: WatchedNode, connection: ConnectionId, message: ZabMessage): void;
  sent(node: WatchedNode, message: ZabMessage): void;
  notifying(node: WatchedNode, notification: Notification, to: ServerId): void;
  received(node: WatchedNode, connection: ConnectionId, message: ZabMessage): void;
  persisting(node: WatchedNode, changes: readonly LogChange[]): void;
  beforeDurable(node: WatchedNode, work: readonly DiskWork[]): void;
  afterDurable(node: WatchedNode, work: readonly DiskWork[]): void;
  delivering(node: WatchedNode, entry: LogEntry): void;
  installed(node: WatchedNode, at: LogPosition): void;
  event(node: WatchedNode, event: ZabEvent): void;
  barrier(node: WatchedNode, answer: BarrierAnswer): void;
}

/** Shows what nodes do to the ghost, the checkers and the faults, in this order. */
export class RuleWatch implements Watcher {
  readonly ghost: Ghost;
  readonly #checkers: Checker[];
  readonly figures = {
    elections: 0,
    epochs: 0,
    snapshotsSent: 0,
    truncations: 0,
    readmissions: 0,
    handOvers: 0,
  };
  /** Set before the first node starts. */
  faults: Faults | undefined;
  onBarrier: (node: NodeView, answer: BarrierAnswer) => void = () => undefined;

  /** `more`: the rules of one ring alone. */
  constructor(
    nodes: readonly NodeView[],
    more: readonly Checker[] = [],
    withGhost: (ghost: Ghost) => readonly Checker[] = () => [],
  ) {
    this.ghost = new Ghost(nodes, (node, entry, index) => {
      for (const checker of this.#checkers) checker.decided?.(node, entry, index);
    });
    this.#checkers = [...coreCheckers(this.ghost), ...more, ...withGhost(this.ghost)];
  }

  /** One more rule, before anything happens. */
  add(checker: Checker): void {
    this.#checkers.push(checker);
  }

  booted(node: WatchedNode): void {
    for (const checker of this.#checkers) checker.booted?.(node);
  }

  sending(node: WatchedNode, connection: ConnectionId, message: ZabMessage): void {
    const commit = committedBy(message);
    if (commit !== undefined) this.ghost.decide(node, commit);
    for (const checker of this.#checkers) checker.sending?.(node, connection, message);
    if (message.kind === 'snap') this.figures.snapshotsSent++;
    if (message.kind === 'trunc') this.figures.truncations++;
  }

  sent(node: WatchedNode, message: ZabMessage): void {
    this.faults?.sent(node, message);
  }

  notifying(node: WatchedNode, notification: Notification, to: ServerId): void {
    for (const checker of this.#checkers) checker.notifying?.(node, notification, to);
  }

  received(node: WatchedNode, connection: ConnectionId, message: ZabMessage): void {
    for (const checker of this.#checkers) checker.received?.(node, connection, message);
  }

  persisting(node: WatchedNode, changes: readonly LogChange[]): void {
    for (const checker of this.#checkers) checker.persisting?.(node, changes);
  }

  beforeDurable(node: WatchedNode, work: readonly DiskWork[]): void {
    this.faults?.beforeDurable(node, work);
  }

  afterDurable(node: WatchedNode, work: readonly DiskWork[]): void {
    for (const checker of this.#checkers) checker.becameDurable?.(node);
    this.faults?.afterDurable(node, work);
  }

  delivering(node: WatchedNode, entry: LogEntry): void {
    for (const checker of this.#checkers) checker.delivering?.(node, entry);
    if (node.status.role === 'leading') this.faults?.committed(node, entry.zxid.epoch);
  }

  installed(node: WatchedNode, at: LogPosition): void {
    if (compareZxid(at.zxid, node.applied.zxid) < 0) {
      throw new InvariantViolated('I6', `a snapshot takes ${who(node)} back to ${show(at.zxid)}`);
    }
  }

  event(node: WatchedNode, event: ZabEvent): void {
    for (const checker of this.#checkers) checker.event?.(node, event);
    switch (event.event) {
      case 'looking':
        this.figures.elections++;
        this.faults?.looking(node);
        break;
      case 'readmitting':
        this.figures.readmissions++;
        break;
      case 'admitting':
      case 'membershipChanged':
        this.faults?.atChange(node, event.event);
        break;
      case 'handedOver':
        this.figures.handOvers++;
        break;
      case 'protocolViolation':
        throw new InvariantViolated('protocol', `${who(node)}: ${event.detail}`);
      case 'established':
        this.figures.epochs++;
        this.faults?.established(node);
        break;
      default:
        break;
    }
  }

  barrier(node: WatchedNode, answer: BarrierAnswer): void {
    this.onBarrier(node, answer);
  }
}

/** The commit point that a leader's message tells; undefined when it tells none. */
function committedBy(message: ZabMessage): Zxid | undefined {
  switch (message.kind) {
    case 'commit':
      return message.zxid;
    case 'upToDate':
    case 'proposal':
    case 'ping':
      return message.commit;
    case 'inform':
      return message.entries.at(-1)?.zxid;
    default:
      return undefined;
  }
}
