import { isRefusal, type Refusal } from '../../model/error-code.ts';
import type { Limits } from '../../model/limits.ts';
import type { ReadQuery, ResultOf } from '../../model/read.ts';
import type { MultiRequest } from '../../model/request.ts';
import type {
  AnswerMeta,
  Asker,
  Caller,
  ReadAnswer,
  ReadOptions,
  WriteAnswer,
  WriteOptions,
  WriteReceiver,
} from '../../service/call.ts';
import type { ConnectionWatches, ConnectionWatchesSink } from '../../service/connection-watches.ts';
import type {
  ClusterView,
  CoordinationService,
  PeerDescription,
} from '../../service/coordination-service.ts';
import {
  refuseTtl,
  validateMulti,
  validateQuery,
  validateTimeout,
} from '../../service/validate.ts';
import type { Outlet, OutletSink } from '../../service/watching.ts';
import { Admission, noClaim, settle } from './admission.ts';
import { KeyScopes } from './key-scopes.ts';
import type { Entrance } from './entrance.ts';
import { LocalAuth } from './local-auth.ts';
import { LocalConnectionWatches } from './local-connection-watches.ts';
import { LocalCopies } from './local-copies.ts';
import { LocalIdentities } from './local-identities.ts';
import { LocalLeadership } from './local-leadership.ts';
import { LocalLevels } from './local-levels.ts';
import { LocalLocks } from './local-locks.ts';
import { LocalLogLevel } from './local-log-level.ts';
import { LocalMembers } from './local-members.ts';
import { LocalMonitoring } from './local-monitoring.ts';
import { LocalOutlet } from './local-outlet.ts';
import { LocalRead, type AskedRead } from './local-read.ts';
import { LocalSessions } from './local-sessions.ts';
import { LocalWrite, type LocalWrites } from './local-write.ts';
import type { EnsembleServerOptions, ServerPorts } from '../options.ts';

const syncRequest = { kind: 'sync', op: 'sync', path: '' } as const;

/** Is `CoordinationService` on this peer: checks what came, lets the parts do it, says what came of it. */
export class LocalService implements CoordinationService {
  readonly limits: Limits;
  readonly sessions: LocalSessions;
  readonly locks: LocalLocks;
  readonly identities: LocalIdentities;
  readonly auth: LocalAuth;
  readonly copies: LocalCopies;
  readonly leadership: LocalLeadership;
  readonly levels: LocalLevels;
  readonly members: LocalMembers;
  readonly logLevel: LocalLogLevel;
  readonly monitoring: LocalMonitoring;
  readonly #ports: ServerPorts;
  readonly #options: EnsembleServerOptions;
  readonly #entrance: Entrance;
  readonly #admission: Admission;
  readonly #writes: LocalWrites;

  constructor(ports: ServerPorts, options: EnsembleServerOptions, entrance: Entrance) {
    const { clock } = ports;
    const admission = new Admission(entrance, options, ports);
    this.limits = options.limits;
    this.#ports = ports;
    this.#options = options;
    this.#entrance = entrance;
    this.#admission = admission;
    this.#writes = { admission, keyScopes: new KeyScopes(ports.hash), ports };
    this.sessions = new LocalSessions({ ports, options, admission });
    this.locks = new LocalLocks({ ports, admission });
    this.identities = new LocalIdentities({
      entrance,
      hash: ports.hash,
      audit: admission.audit,
      failures: admission.failures,
      validities: admission.validities,
      authenticator: options.authenticator,
    });
    this.auth = new LocalAuth(admission);
    this.copies = new LocalCopies(admission);
    this.leadership = new LocalLeadership(admission);
    this.levels = new LocalLevels(admission);
    this.members = new LocalMembers(admission, options, ports);
    this.logLevel = new LocalLogLevel(admission, ports);
    this.monitoring = new LocalMonitoring({ entrance, options, clock });
  }

  write(request: MultiRequest, caller: Caller, options: WriteOptions): Promise<WriteAnswer> {
    return new Promise((resolve, reject) => {
      this.writeThen(request, caller, options, { written: settle(resolve, reject) });
    });
  }

  writeThen(
    request: MultiRequest,
    caller: Caller,
    options: WriteOptions,
    receiver: WriteReceiver,
  ): void {
    this.#ports.metrics.count('writes');
    const invalid =
      validateTimeout(options.timeoutMs) ??
      validateMulti(request, options.idempotencyKey, this.limits) ??
      (this.#options.extendedTypes ? undefined : refuseTtl(request));
    const asked = { request, caller, options, receiver };
    this.#entrance.take(new LocalWrite(this.#writes, asked, invalid));
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

  #read<Query extends ReadQuery>(query: Query, asked: AskedRead<Query>): void {
    this.#ports.metrics.count('reads');
    const invalid = validateTimeout(asked.options.timeoutMs) ?? validateQuery(query, this.limits);
    this.#entrance.take(new LocalRead(this.#writes, query, asked, invalid));
  }

  sync(timeoutMs: number, asker: Partial<Asker> = {}): Promise<AnswerMeta> {
    const who = validateTimeout(timeoutMs) ?? noClaim;
    const asked = { request: syncRequest, asker };
    return this.#admission.promise(asked, who, timeoutMs, (peer, answer) => {
      peer.reads.confirm('sync', timeoutMs, (confirmed) => {
        answer(isRefusal(confirmed) ? confirmed : this.meta());
      });
    });
  }

  prove(asker: Asker, done: (refusal: Refusal | undefined) => void): void {
    this.#admission.prove(asker, done);
  }

  introduced(asker: Asker): void {
    this.#admission.introduced(asker);
  }

  openOutlet(caller: Caller, sink: OutletSink): Outlet {
    const { audit, times } = this.#admission;
    return new LocalOutlet({
      admission: this.#admission,
      identities: this.#admission.recognize(caller.identities),
      validity: caller.validity,
      sink: {
        send: (tag, item) => {
          if (item.kind === 'refused') audit.answered(caller, 'watch', '', item.refusal);
          return sink.send(tag, item);
        },
      },
      begun: (path) => times.timed({ kind: 'watch', op: 'watch', path }, caller, () => undefined),
      ended: (refusal) => {
        this.#admission.ended(caller, refusal);
      },
      read: (query, options, handlers) => {
        this.#read(query, { caller, options, ...handlers });
      },
    });
  }

  openConnectionWatches(sink: ConnectionWatchesSink): ConnectionWatches {
    const admission = this.#admission;
    return new LocalConnectionWatches({ admission, peer: admission.runningPeer() }, sink);
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

  noVoteBecause(): string | undefined {
    return this.#entrance.noVoteBecause();
  }

  unfinishedBecause(): string | undefined {
    return this.#entrance.peer?.reporting.unfinishedBecause();
  }
}
