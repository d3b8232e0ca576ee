import { Chain, Linked } from '../../base/chain.ts';
import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import { firstLevel, newestLevel } from '../../model/level.ts';
import { zeroZxid } from '../../model/zxid.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { AnswerMeta } from '../../service/call.ts';
import type { ClusterView } from '../../service/coordination-service.ts';
import type { Guard } from '../guarded-ports.ts';
import type { RunningPeer } from '../running-peer.ts';
import type { EnsembleServerOptions, ServerPorts } from '../options.ts';

/** Is called with what came of a request, or why nothing did. */
export type AnswerCallback<Value> = (value: Value | Refusal) => void;

/** A request from when it comes in until it is answered, once. To be extended by what is asked: all of it in one object. */
export abstract class Entering<Value> extends Linked {
  /** Where it came in. */
  protected abstract get entrance(): Entrance;

  /** Gives the answer, unless it has one. */
  answer(value: Value | Refusal): void {
    if (!this.entrance.leaves(this)) return;
    if (isRefusal(value)) this.entrance.count(value);
    this.answered(value);
  }

  /** Does what is asked; it has been let in. */
  abstract run(peer: RunningPeer): void;
  /** Is called once, with what came of it or why nothing did. */
  abstract answered(value: Value | Refusal): void;
}

/** One that is run and answered by functions. */
class CalledEntering<Value> extends Entering<Value> {
  protected readonly entrance: Entrance;
  readonly #action: (peer: RunningPeer, answer: AnswerCallback<Value>) => void;
  readonly #done: AnswerCallback<Value>;

  constructor(
    entrance: Entrance,
    action: (peer: RunningPeer, answer: AnswerCallback<Value>) => void,
    done: AnswerCallback<Value>,
  ) {
    super();
    this.entrance = entrance;
    this.#action = action;
    this.#done = done;
  }

  run(peer: RunningPeer): void {
    this.#action(peer, (value) => {
      this.answer(value);
    });
  }

  answered(value: Value | Refusal): void {
    this.#done(value);
  }
}

/** Lets requests in: only while this peer runs, and never past the end of it. */
export class Entrance {
  readonly startedAtMs: number;
  readonly #guard: Guard;
  readonly #options: EnsembleServerOptions;
  readonly #metrics: Metrics;
  #peer: RunningPeer | undefined;
  #isStopping = false;
  #lastMeta: AnswerMeta | undefined;
  /** Of requests that have no answer yet. */
  readonly #unanswered = new Chain<Entering<never>>();

  constructor(
    guard: Guard,
    options: EnsembleServerOptions,
    ports: Pick<ServerPorts, 'clock' | 'metrics'>,
  ) {
    this.#guard = guard;
    this.#options = options;
    this.#metrics = ports.metrics;
    this.startedAtMs = ports.clock.wall();
  }

  /** Gives the peer, or undefined until recovery is over. */
  get peer(): RunningPeer | undefined {
    return this.#peer;
  }

  open(peer: RunningPeer): void {
    this.#peer = peer;
  }

  /** Takes nothing new in. What came in before is still answered. */
  close(): void {
    this.#isStopping = true;
  }

  /** Tells all who wait that the end has come: nobody is left waiting, and nobody is told more than is known. */
  abandon(): void {
    this.#isStopping = true;
    for (const entering of this.#unanswered.toArray()) {
      entering.answer(
        refused(
          'connectionLoss',
          'This peer has stopped before it could answer. Ask another one what became of it.',
        ),
      );
    }
  }

  /** Requests that have no answer yet. */
  get unanswered(): number {
    return this.#unanswered.size;
  }

  /** Runs `action` unless it can't be taken in; `done` is called exactly once in either case. */
  enter<Value>(
    done: AnswerCallback<Value>,
    action: (peer: RunningPeer, answer: AnswerCallback<Value>) => void,
  ): void {
    this.take(new CalledEntering(this, action, done));
  }

  /** As `enter`. */
  take(entering: Entering<never>): void {
    const peer = this.#peer;
    if (peer === undefined || this.#isClosed) {
      entering.answered(this.#hindrance());
      return;
    }
    this.#unanswered.add(entering);
    if (!this.#guard.call(runEntering, entering, peer)) entering.answer(hasFailed());
  }

  /** For requests alone: it is answered. False when it was before. */
  leaves(entering: Entering<never>): boolean {
    return this.#unanswered.delete(entering);
  }

  /** Runs as `enter` does, for what has no single answer; says why when it was not let in. */
  let(action: (peer: RunningPeer) => void): Refusal | undefined {
    const peer = this.#peer;
    if (peer === undefined || this.#isClosed) return this.#hindrance();
    return this.#guard.run(() => {
      action(peer);
    })
      ? undefined
      : hasFailed();
  }

  /** This peer has stopped, or failed. */
  get isOver(): boolean {
    return this.#guard.isHalted;
  }

  /** Runs for what is open already; nothing happens after the end, and the answer is false. */
  run(action: () => void): boolean {
    return this.#guard.run(action);
  }

  get #isClosed(): boolean {
    return this.#isStopping || this.#guard.isHalted;
  }

  #hindrance(): Refusal {
    return this.#isClosed
      ? refused('shuttingDown', 'This peer is shutting down. Send the request to another one.')
      : refused(
          'noQuorum',
          'This peer is still loading its data. Send the request again, or to another one.',
        );
  }

  /** For requests alone. */
  count({ code }: Refusal): void {
    this.#metrics.count('refusals');
    if (code === 'throttled') this.#metrics.count('throttled');
  }

  meta(): AnswerMeta {
    const peer = this.#peer;
    if (peer === undefined) return { zxid: zeroZxid, role: 'looking', leaderContactMs: undefined };
    const { ticksSinceLeader } = peer.zab.status;
    const zxid = peer.applier.applied;
    const { role } = peer.reporting;
    const leaderContactMs =
      ticksSinceLeader === undefined ? undefined : ticksSinceLeader * this.#options.tickMs;
    const last = this.#lastMeta;
    // As for all reads between two writes.
    if (last?.zxid === zxid && last.role === role && last.leaderContactMs === leaderContactMs) {
      return last;
    }
    return (this.#lastMeta = { zxid, role, leaderContactMs });
  }

  unreadyBecause(): string | undefined {
    if (this.#isClosed) return 'shutting down';
    const peer = this.#peer;
    if (peer === undefined) return 'loading data';
    if (peer.zab.status.isServing) return undefined;
    return peer.waitsFor === undefined ? 'no leader known' : `no leader known: ${peer.waitsFor}`;
  }

  noVoteBecause(): string | undefined {
    return this.#peer?.reporting.noVoteBecause();
  }

  viewBeforeStart(): ClusterView {
    const { self } = this.#options;
    return {
      clusterId: '',
      leaderId: undefined,
      epoch: 0,
      level: firstLevel,
      newestLevel,
      self: { id: self, role: 'looking', lastZxid: zeroZxid },
      peers: [],
    };
  }
}

function runEntering(entering: Entering<never>, peer: RunningPeer): void {
  entering.run(peer);
}

function hasFailed(): Refusal {
  return refused('internal', 'This peer has failed and stops. Ask another one.');
}
