import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import type { SessionId } from '../../model/ids.ts';
import type { Limits } from '../../model/limits.ts';
import type { ReadQuery, ResultOf } from '../../model/read.ts';
import type { MultiRequest, RequestContext } from '../../model/request.ts';
import type {
  AnswerMeta,
  Caller,
  ReadAnswer,
  ReadOptions,
  SessionCredential,
  WriteAnswer,
  WriteOptions,
} from '../../service/call.ts';
import type { ConnectionWatches, ConnectionWatchesSink } from '../../service/connection-watches.ts';
import type {
  ClusterView,
  CoordinationService,
  PeerDescription,
} from '../../service/coordination-service.ts';
import { ServiceError } from '../../service/service-error.ts';
import {
  refuseTtl,
  validateMulti,
  validateQuery,
  validateTimeout,
} from '../../service/validate.ts';
import type { Outlet, OutletSink } from '../../service/watching.ts';
import { CredentialChecks, refusalOf } from './credentials.ts';
import type { Entrance } from './entrance.ts';
import { LocalLocks } from './local-locks.ts';
import { LocalMonitoring } from './local-monitoring.ts';
import { LocalSessions } from './local-sessions.ts';
import type { RunningPeer } from '../running-peer.ts';
import type { EnsembleServerOptions, ServerPorts } from '../options.ts';
import { recognizer, type Recognize } from './super-user.ts';
import { LocalOutlet } from './local-outlet.ts';

type Answer<Value> = (value: Value | Refusal) => void;

/** `CoordinationService` on this peer: checks what came, lets the parts do it, says what came of it. */
export class LocalService implements CoordinationService {
  readonly limits: Limits;
  readonly sessions: LocalSessions;
  readonly locks: LocalLocks;
  readonly monitoring: LocalMonitoring;
  readonly #ports: ServerPorts;
  readonly #options: EnsembleServerOptions;
  readonly #entrance: Entrance;
  readonly #credentials: CredentialChecks;
  readonly #recognize: Recognize;

  constructor(ports: ServerPorts, options: EnsembleServerOptions, entrance: Entrance) {
    this.limits = options.limits;
    this.#ports = ports;
    this.#options = options;
    this.#entrance = entrance;
    this.#credentials = new CredentialChecks(ports.hash);
    this.#recognize = recognizer(options.superDigest);
    this.monitoring = new LocalMonitoring({ entrance, options, clock: ports.clock });
    this.sessions = new LocalSessions({
      ...{ ports, options, entrance },
      credentials: this.#credentials,
      promise: this.#promise.bind(this),
      check: this.#check.bind(this),
    });
    this.locks = new LocalLocks({
      ...{ ports, options, entrance },
      promise: this.#promise.bind(this),
      admit: this.#admit.bind(this),
      recognize: this.#recognize,
    });
  }

  write(request: MultiRequest, caller: Caller, options: WriteOptions): Promise<WriteAnswer> {
    return new Promise((resolve, reject) => {
      this.writeThen(request, caller, options, settle(resolve, reject));
    });
  }

  writeThen(
    request: MultiRequest,
    caller: Caller,
    options: WriteOptions,
    done: Answer<WriteAnswer>,
  ): void {
    const { timeoutMs, idempotencyKey } = options;
    this.#ports.metrics.count('writes');
    this.#entrance.enter<WriteAnswer>(done, (peer, answer) => {
      const invalid =
        validateTimeout(timeoutMs) ??
        validateMulti(request, idempotencyKey, this.limits) ??
        (this.#options.extendedTypes ? undefined : refuseTtl(request));
      if (invalid !== undefined) {
        answer(invalid);
        return;
      }
      const untilMs = this.#ports.clock.now() + timeoutMs;
      this.#admit(peer, caller, timeoutMs, (refusal) => {
        if (refusal !== undefined) {
          answer(refusal);
          return;
        }
        const context: RequestContext = {
          identities: this.#recognize(caller.identities),
          ...(caller.credential === undefined ? {} : { session: caller.credential.session }),
          ...(caller.carrier === undefined ? {} : { owner: caller.carrier }),
          ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        };
        const { clock, metrics } = this.#ports;
        peer.forwarding.submit(request, context, untilMs - clock.now(), (result) => {
          metrics.observe('write_ms', clock.now() - untilMs + timeoutMs);
          answer('kind' in result ? result : { outcome: result, meta: this.meta() });
        });
      });
    });
  }

  read<Query extends ReadQuery>(
    query: Query,
    caller: Caller,
    options: ReadOptions,
  ): Promise<ReadAnswer<ResultOf<Query>>> {
    return new Promise((resolve, reject) => {
      this.readThen(query, caller, options, settle(resolve, reject));
    });
  }

  readThen<Query extends ReadQuery>(
    query: Query,
    caller: Caller,
    options: ReadOptions,
    done: (answer: ReadAnswer<ResultOf<Query>> | Refusal) => void,
  ): void {
    this.#read(query, { caller, options, done });
  }

  #read<Query extends ReadQuery>(
    query: Query,
    asked: {
      readonly caller: Caller;
      readonly options: ReadOptions;
      /** In the turn in which it was read, ahead of `done`. */
      readonly beforeAnswer?: (result: ResultOf<Query> | Refusal) => void;
      readonly done: (answer: ReadAnswer<ResultOf<Query>> | Refusal) => void;
    },
  ): void {
    const { caller, options, beforeAnswer, done } = asked;
    this.#ports.metrics.count('reads');
    this.#entrance.enter(done, (peer, answer) => {
      const invalid = validateTimeout(options.timeoutMs) ?? validateQuery(query, this.limits);
      if (invalid !== undefined) {
        answer(invalid);
        return;
      }
      const untilMs = this.#ports.clock.now() + options.timeoutMs;
      this.#admit(peer, caller, options.timeoutMs, (refusal) => {
        if (refusal !== undefined) {
          answer(refusal);
          return;
        }
        const timeoutMs = untilMs - this.#ports.clock.now();
        peer.reads.read(
          query,
          this.#recognize(caller.identities),
          { ...options, timeoutMs },
          (result) => {
            // The result is that of the query's own kind: the state answers what it was asked.
            const own = result as ResultOf<Query> | Refusal;
            beforeAnswer?.(own);
            answer('kind' in own ? own : { result: own, meta: this.meta() });
          },
        );
      });
    });
  }

  sync(timeoutMs: number): Promise<AnswerMeta> {
    return this.#promise((peer, answer) => {
      const invalid = validateTimeout(timeoutMs);
      if (invalid !== undefined) {
        answer(invalid);
        return;
      }
      peer.reads.confirm('sync', timeoutMs, (confirmed) => {
        answer('kind' in confirmed ? confirmed : this.meta());
      });
    });
  }

  openOutlet(caller: Caller, sink: OutletSink): Outlet {
    return new LocalOutlet({
      ...{ entrance: this.#entrance, limits: this.limits, sink },
      identities: this.#recognize(caller.identities),
      read: (query, options, handlers) => {
        this.#read(query, { caller, options, ...handlers });
      },
    });
  }

  openConnectionWatches(sink: ConnectionWatchesSink): ConnectionWatches {
    const { peer } = this.#entrance;
    if (peer === undefined) throw new ServiceError(this.#notStarted());
    return peer.watches.openConnection(
      { guard: this.#entrance, limits: this.limits, recognize: this.#recognize },
      sink,
    );
  }

  cluster(): ClusterView {
    return this.#entrance.peer?.reporting.view() ?? this.#entrance.viewBeforeStart();
  }

  describe(): PeerDescription {
    const { peer, startedAtMs } = this.#entrance;
    const counts = peer?.applier.state.counts;
    return {
      version: this.#options.version,
      serverId: this.#options.self,
      clusterId: peer?.zab.status.clusterId ?? '',
      limits: this.limits,
      startedAtMs,
      znodes: counts?.znodes ?? 0,
      sessions: counts?.sessions ?? 0,
    };
  }

  meta(): AnswerMeta {
    return this.#entrance.meta();
  }

  unreadyBecause(): string | undefined {
    return this.#entrance.unreadyBecause();
  }

  /** Checks who calls; a valid session is alive by that alone. */
  #admit(
    peer: RunningPeer,
    { credential, carrier }: Caller,
    timeoutMs: number,
    done: (refusal: Refusal | undefined) => void,
  ): void {
    if (credential === undefined) done(undefined);
    else if (carrier !== undefined && this.#isCarriedBy(peer, credential.session, carrier)) {
      peer.sessions.heard(credential.session);
      done(undefined);
    } else this.#check(peer, credential, timeoutMs, done);
  }

  /** A carrier's name is random and never told: who has it has shown the secret when it was given. */
  #isCarriedBy(peer: RunningPeer, session: SessionId, carrier: string): boolean {
    const { owner } = peer.applier.state.session(session) ?? {};
    return owner === carrier && !this.#credentials.isWaiting(session);
  }

  #check(
    peer: RunningPeer,
    credential: SessionCredential,
    timeoutMs: number,
    done: (refusal: Refusal | undefined) => void,
  ): void {
    const invalid = validateTimeout(timeoutMs);
    if (invalid !== undefined) {
      done(invalid);
      return;
    }
    this.#credentials.check(peer, credential, timeoutMs, (verdict) => {
      if (verdict === 'valid') peer.sessions.heard(credential.session);
      done(refusalOf(verdict));
    });
  }

  #notStarted(): Refusal {
    return refused('noQuorum', 'This peer is still loading its data. Try again, or ask another.');
  }

  #promise<Value extends object>(
    action: (peer: RunningPeer, answer: Answer<Value>) => void,
  ): Promise<Value> {
    return new Promise((resolve, reject) => {
      this.#entrance.enter<Value>(settle(resolve, reject), action);
    });
  }
}

function settle<Value extends object>(
  resolve: (value: Value) => void,
  reject: (error: ServiceError) => void,
): Answer<Value> {
  return (value) => {
    if (isRefusal(value)) reject(new ServiceError(value));
    else resolve(value);
  };
}
