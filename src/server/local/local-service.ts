import { toHex } from '../../base/hex.ts';
import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import { parseSessionIdHex, type SessionId } from '../../model/ids.ts';
import type { Limits } from '../../model/limits.ts';
import type { ReadQuery, ResultOf } from '../../model/read.ts';
import type { MultiRequest, RequestContext } from '../../model/request.ts';
import type {
  AnswerMeta,
  Caller,
  ReadAnswer,
  ReadOptions,
  SessionCredential,
  SessionView,
  WriteAnswer,
  WriteOptions,
} from '../../service/call.ts';
import type { ConnectionWatches, ConnectionWatchesSink } from '../../service/connection-watches.ts';
import type {
  CarriedSession,
  ClusterView,
  CoordinationService,
  PeerDescription,
} from '../../service/coordination-service.ts';
import { ServiceError } from '../../service/service-error.ts';
import {
  clampSessionTimeout,
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
import type { RunningPeer } from '../running-peer.ts';
import type { EnsembleServerOptions, ServerPorts } from '../options.ts';
import { sessionGone } from '../sessions/touches.ts';
import { recognizer, type Recognize } from './super-user.ts';
import { LocalOutlet } from './local-outlet.ts';

type Answer<Value> = (value: Value | Refusal) => void;

/** `CoordinationService` on this peer: checks what came, lets the parts do it, says what came of it. */
export class LocalService implements CoordinationService {
  readonly limits: Limits;
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

  openSession(options: {
    readonly timeoutMs: number;
    readonly secret: Uint8Array;
    readonly session?: SessionId;
    readonly requestTimeoutMs: number;
  }): Promise<SessionView> {
    return this.#promise((peer, answer) => {
      this.#open(peer, options, answer);
    });
  }

  openCarried(options: {
    readonly timeoutMs: number;
    readonly secret: Uint8Array;
    readonly requestTimeoutMs: number;
  }): Promise<CarriedSession> {
    return this.#promise((peer, answer) => {
      const owner = this.#newCarrier();
      this.#open(peer, { ...options, owner }, (view) => {
        answer('kind' in view ? view : { carrier: owner, view });
      });
    });
  }

  touchSession(credential: SessionCredential, timeoutMs: number): Promise<SessionView> {
    return this.#promise((peer, answer) => {
      this.#check(peer, credential, timeoutMs, (refusal) => {
        if (refusal !== undefined) {
          answer(refusal);
          return;
        }
        this.#beat(peer, credential.session, timeoutMs, answer);
      });
    });
  }

  closeSession(
    credential: SessionCredential,
    timeoutMs: number,
    carrier?: string,
  ): Promise<AnswerMeta> {
    return this.#promise((peer, answer) => {
      this.#credentials.check(peer, credential, timeoutMs, (verdict) => {
        if (verdict !== 'valid') {
          answer(verdict === 'gone' ? this.meta() : (refusalOf(verdict) ?? sessionGone()));
          return;
        }
        const request = {
          kind: 'closeSession',
          session: credential.session,
          reason: 'closed',
        } as const;
        const context = { identities: [], ...(carrier === undefined ? {} : { owner: carrier }) };
        peer.forwarding.submit(request, context, timeoutMs, (result) => {
          const isGone = !('kind' in result) || result.code === 'sessionExpired';
          answer(isGone ? this.meta() : result);
        });
      });
    });
  }

  attachCarrier(credential: SessionCredential, timeoutMs: number): Promise<CarriedSession> {
    return this.#promise((peer, answer) => {
      this.#check(peer, credential, timeoutMs, (refusal) => {
        if (refusal !== undefined) {
          answer(refusal);
          return;
        }
        const { session } = credential;
        const carrier = this.#newCarrier();
        const request = { kind: 'moveSession', session, owner: carrier } as const;
        const askedAtMs = this.#ports.clock.now();
        peer.forwarding.submit(request, { identities: [] }, timeoutMs, (result) => {
          if ('kind' in result) {
            answer(result);
            return;
          }
          peer.sessions.opened(session, askedAtMs);
          const view = this.#sessionView(peer, session);
          answer('kind' in view ? view : { carrier, view });
        });
      });
    });
  }

  sessionHeard(session: SessionId): void {
    this.#entrance.peer?.sessions.heard(session);
  }

  onSessionLeft(
    session: SessionId,
    carrier: string | undefined,
    left: (why: 'ended' | 'moved') => void,
  ): () => void {
    const { peer } = this.#entrance;
    if (peer === undefined) throw new ServiceError(this.#notStarted());
    const { carriers, applier } = peer;
    const stop = carriers.listen(session, carrier, left);
    // What happened before anybody listened is told as well.
    carriers.check(session, applier.state.session(session)?.owner);
    return stop;
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

  #open(
    peer: RunningPeer,
    options: {
      readonly timeoutMs: number;
      readonly secret: Uint8Array;
      readonly session?: SessionId;
      readonly owner?: string;
      readonly requestTimeoutMs: number;
    },
    answer: Answer<SessionView>,
  ): void {
    const { timeoutMs, secret, owner, requestTimeoutMs } = options;
    const invalid = validateTimeout(timeoutMs) ?? validateTimeout(requestTimeoutMs);
    if (invalid !== undefined) {
      answer(invalid);
      return;
    }
    const session = options.session ?? this.#newSessionId();
    const request = {
      kind: 'createSession',
      session,
      timeoutMs: clampSessionTimeout(timeoutMs, this.limits),
      secretHash: this.#ports.hash.sha256(secret),
      ...(owner === undefined ? {} : { owner }),
    } as const;
    const askedAtMs = this.#ports.clock.now();
    peer.forwarding.submit(request, { identities: [] }, requestTimeoutMs, (result) => {
      if ('kind' in result) {
        answer(result);
        return;
      }
      if (result.replayed) {
        this.#beat(peer, session, requestTimeoutMs, answer);
        return;
      }
      peer.sessions.opened(session, askedAtMs);
      answer(this.#sessionView(peer, session));
    });
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

  #beat(
    peer: RunningPeer,
    session: SessionId,
    timeoutMs: number,
    answer: Answer<SessionView>,
  ): void {
    peer.sessions.heartbeat(session, timeoutMs, (failed) => {
      answer(failed ?? this.#sessionView(peer, session));
    });
  }

  #sessionView(peer: RunningPeer, session: SessionId): SessionView | Refusal {
    const found = peer.applier.state.session(session);
    if (found === undefined) return sessionGone();
    const { timeoutMs } = found;
    const expiresInMs = peer.sessions.expiresInMs(session, timeoutMs);
    return { session, timeoutMs, expiresInMs, meta: this.meta() };
  }

  /** Unique in the ensemble: by chance, and by a name for whoever reads a log. */
  #newCarrier(): string {
    return `${String(this.#options.self)}-${toHex(this.#ports.random.bytes(8))}`;
  }

  #notStarted(): Refusal {
    return refused('noQuorum', 'This peer is still loading its data. Try again, or ask another.');
  }

  /** 63 random bits, never all zero. */
  #newSessionId(): SessionId {
    for (;;) {
      const hex = toHex(this.#ports.random.bytes(8));
      const id = parseSessionIdHex(
        (Number.parseInt(hex.slice(0, 1), 16) & 7).toString(16) + hex.slice(1),
      );
      if (id !== undefined) return id;
    }
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
