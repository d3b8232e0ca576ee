import type { Writable } from '../../base/writable.ts';
import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import type { Limits } from '../../model/limits.ts';
import type { RequestContext } from '../../model/request.ts';
import { addressOf, isSuper, type Identity } from '../../model/acl.ts';
import type { Asker, Caller, SessionCredential } from '../../service/call.ts';
import { ServiceError } from '../../service/service-error.ts';
import type { EnsembleServerOptions, ServerPorts } from '../options.ts';
import type { RunningPeer } from '../running-peer.ts';
import { Budget } from '../../service/budget/budget.ts';
import { AuditTrail } from './audit-trail.ts';
import { AuthFailures } from './auth-failures.ts';
import { CredentialChecks, refusalOf, type CredentialVerdict } from './credentials.ts';
import type { AnswerCallback, Entrance } from './entrance.ts';
import type { OtherRequest, TimedAsker } from './noted-request.ts';
import { RequestTimes } from './request-times.ts';
import { SlowRequests } from './slow-requests.ts';
import { SuperUser } from './super-user.ts';
import { Validities } from './validities.ts';

/** Names who asks, and the session that it speaks for, if any: it is looked at before anything is done. */
export type Claim = Partial<Caller>;

/** The claim of who asks in nobody's name. */
export const noClaim: Claim = Object.freeze({});

/** What outlives the request by which somebody came to have it. */
export type KeptKind = 'sessions' | 'queuePlaces' | 'copies';

/** What is asked that is no plain read or write, and by whom. */
export interface OtherAsked {
  readonly request: OtherRequest;
  readonly asker: TimedAsker;
  /** How long it has been waited as asked. */
  readonly waitedMs?: () => number;
}

/** A request that is looked at. */
export interface Admissible {
  admitted(peer: RunningPeer): void;
  answer(refusal: Refusal): void;
}

/** What is done once a request has come in. */
type Admitted<Value> = (peer: RunningPeer, answer: AnswerCallback<Value>) => void;

/**
 * The way in that all parts of the service share: a request is taken in while this peer runs, is what it should be,
 * and comes from who it says. Only then is it run, and it is answered exactly once in every case.
 */
export class Admission {
  readonly entrance: Entrance;
  readonly limits: Limits;
  /** Of sessions' secrets: for whoever has another answer than a refusal for a session that is gone. */
  readonly credentials: CredentialChecks;
  readonly audit: AuditTrail;
  readonly failures: AuthFailures;
  readonly validities: Validities;
  readonly times: RequestTimes;
  readonly #budget: Budget;
  readonly #superUser: SuperUser;
  /** Many requests in a row are of one caller. */
  #last: { readonly caller: Caller; readonly context: RequestContext } | undefined;

  constructor(
    entrance: Entrance,
    {
      limits,
      superDigest,
      budget,
      auditedBelow,
      isRevoked,
      slowRequestMs,
      tuning: { sliceMs },
    }: Pick<
      EnsembleServerOptions,
      | 'limits'
      | 'superDigest'
      | 'budget'
      | 'auditedBelow'
      | 'isRevoked'
      | 'slowRequestMs'
      | 'tuning'
    >,
    ports: Pick<ServerPorts, 'hash' | 'clock' | 'metrics' | 'logger' | 'audit' | 'tracing'>,
  ) {
    this.entrance = entrance;
    this.limits = limits;
    this.credentials = new CredentialChecks({ ...ports, sliceMs });
    this.#budget = budget ?? new Budget();
    this.audit = new AuditTrail(ports.audit, auditedBelow);
    this.validities = new Validities(entrance, ports.clock, isRevoked);
    this.failures = new AuthFailures(ports, this.audit);
    this.times = new RequestTimes(
      ports,
      () => entrance.peer?.course,
      new SlowRequests(ports, slowRequestMs),
    );
    this.#superUser = new SuperUser(superDigest, this.failures);
  }

  /**
   * Runs a request once it may come in, perhaps before this returns; `done` is called with what `run` answers, or with
   * why it was not run. `who`: what the request claims, or else what is wrong with it.
   */
  enter<Value>(
    who: Claim | Refusal,
    timeoutMs: number,
    done: AnswerCallback<Value>,
    run: Admitted<Value>,
  ): void {
    this.entrance.enter<Value>(done, (peer, answer) => {
      const admitted = (to: RunningPeer): void => {
        run(to, answer);
      };
      this.judge(peer, who, timeoutMs, { admitted, answer });
    });
  }

  /** Looks at a request that has come in, by what it claims: it is admitted, perhaps before this returns, or refused. */
  judge(peer: RunningPeer, who: Claim | Refusal, timeoutMs: number, asked: Admissible): void {
    if (isRefusal(who)) asked.answer(who);
    else this.judgeClaim(peer, who, timeoutMs, asked);
  }

  /** As `judge`, where nothing is wrong with what it claims by itself. */
  judgeClaim(peer: RunningPeer, who: Claim, timeoutMs: number, asked: Admissible): void {
    if (this.#superUser.isUnheard(who)) {
      this.#throttle(asked, who);
      return;
    }
    const over = this.validities.refusal(who.validity);
    if (over !== undefined) {
      asked.answer(over);
      return;
    }
    const unproved = this.#unproved(peer, who);
    if (unproved === undefined) {
      asked.admitted(peer);
      return;
    }
    this.#checkFor(asked, { peer, credential: unproved, asker: who }, timeoutMs);
  }

  /** Apart, as what follows: nearly no request comes here, and a function costs whoever makes it. */
  #throttle(asked: Admissible, who: Claim): void {
    this.failures.throttle(who, 'super', (refusal) => {
      asked.answer(refusal);
    });
  }

  #checkFor(
    asked: Admissible,
    {
      peer,
      ...unproved
    }: {
      readonly peer: RunningPeer;
      readonly credential: SessionCredential;
      readonly asker: Partial<Asker>;
    },
    timeoutMs: number,
  ): void {
    this.#check(peer, unproved, timeoutMs, (refusal) => {
      if (refusal === undefined) asked.admitted(peer);
      else asked.answer(refusal);
    });
  }

  /** Looks at a new proof, as `CoordinationService.prove` says. */
  prove(asker: Partial<Asker>, done: (refusal: Refusal | undefined) => void): void {
    if (this.#superUser.isUnheard(asker)) this.failures.throttle(asker, 'super', done);
    else done(undefined);
  }

  /** Takes down who has proved something; guesses at the super user's password prove nothing. */
  introduced(asker: Asker): void {
    if (this.#superUser.isUnheard(asker)) return;
    const known = this.recognize(asker.identities);
    const proved = known.filter((each) => each.scheme !== 'ip' && !this.#superUser.isWrong(each));
    if (proved.length > 0) this.audit.authenticated({ ...asker, identities: known });
  }

  /** Gives the identities of a caller, and `super` with them for who has proved the digest that is configured. */
  recognize(identities: readonly Identity[]): readonly Identity[] {
    return this.#superUser.recognize(identities);
  }

  /**
   * Takes one more of what is kept for who asks; undefined when it would be too many. Called once, the answer gives it
   * back. The share is that of an address, since anybody may call himself by any digest; only the super user has one of
   * its own, wherever it comes from.
   */
  keep(kind: KeptKind, identities: readonly Identity[] | undefined): (() => void) | undefined {
    const known = this.recognize(identities ?? []);
    const account = this.#budget.open(isSuper(known) ? 'super' : addressOf(identities));
    const isTaken = account.take(kind);
    // What is taken keeps the account.
    account.close();
    return isTaken
      ? () => {
          account.giveBack(kind);
        }
      : undefined;
  }

  /** Runs a request as `enter` does, and gives its answer as a promise. */
  promise<Value extends object>(
    { request, asker, waitedMs }: OtherAsked,
    who: Claim | Refusal,
    timeoutMs: number,
    run: Admitted<Value>,
  ): Promise<Value> {
    return new Promise((resolve, reject) => {
      const done = settle<Value>(resolve, reject);
      this.enter(who, timeoutMs, this.times.timed(request, asker, done, waitedMs), run);
    });
  }

  /**
   * Gives the answer of what changes nothing while it waits: when what was proved ends first, it is that, and then
   * `ended` is called.
   */
  whileValid<Value>(
    who: Claim | Refusal,
    answer: AnswerCallback<Value>,
    ended: (refusal: Refusal) => void,
  ): AnswerCallback<Value> {
    if (isRefusal(who) || who.validity === undefined) return answer;
    const forget = this.validities.whenOver(who.validity, (refusal) => {
      answer(refusal);
      ended(refusal);
    });
    return (value) => {
      forget();
      answer(value);
    };
  }

  /**
   * Takes down that something of its own has ended with what it rested on. A WebSocket ends as a whole, and is taken down
   * as that.
   */
  ended(asker: Partial<Asker>, refusal: Refusal): void {
    if (asker.door !== 'websocket') this.audit.ended(asker, refusal);
  }

  /**
   * Waits until this peer has all that was acknowledged before, and looks again then at what was proved: this peer may not
   * have known of its end.
   */
  barrier(
    peer: RunningPeer,
    { validity }: Claim,
    timeoutMs: number,
    done: (refusal: Refusal | undefined) => void,
  ): void {
    peer.reads.confirm('barrier', timeoutMs, (confirmed) => {
      done(isRefusal(confirmed) ? confirmed : this.validities.refusal(validity));
    });
  }

  /** Checks who asks, of a request that was let in already; a valid session is alive by that alone. */
  admit(
    peer: RunningPeer,
    claim: Claim,
    timeoutMs: number,
    done: (refusal: Refusal | undefined) => void,
  ): void {
    const unproved = this.#unproved(peer, claim);
    if (unproved === undefined) done(undefined);
    else {
      this.#check(peer, { credential: unproved, asker: claim }, timeoutMs, done);
    }
  }

  /** Gives what the leader is told of who asks. */
  contextOf(caller: Caller, idempotencyKey: string | undefined): RequestContext {
    const { identities, credential, carrier } = caller;
    const known = this.recognize(identities);
    const last = this.#last;
    const isLast = last?.caller === caller && last.context.identities === known;
    if (isLast && idempotencyKey === undefined) return last.context;
    const context: Writable<RequestContext> = { identities: known };
    if (credential !== undefined) context.session = credential.session;
    if (carrier !== undefined) context.owner = carrier;
    if (idempotencyKey === undefined) this.#last = { caller, context };
    else context.idempotencyKey = idempotencyKey;
    return context;
  }

  /** Gives the peer for what has no answer to refuse with. Throws a `ServiceError` before this peer has its data. */
  runningPeer(): RunningPeer {
    const { peer } = this.entrance;
    if (peer !== undefined) return peer;
    const detail = 'This peer is still loading its data. Try again, or ask another.';
    throw new ServiceError(refused('noQuorum', detail));
  }

  /** What is still to be checked: nothing of who speaks for no session, or through the session's carrier. */
  #unproved(peer: RunningPeer, { credential, carrier }: Claim): SessionCredential | undefined {
    if (credential === undefined || carrier === undefined) return credential;
    if (!this.#isCarriedBy(peer, credential, carrier)) return credential;
    peer.sessions.heard(credential.session);
    return undefined;
  }

  #check(
    peer: RunningPeer,
    {
      credential,
      asker,
    }: { readonly credential: SessionCredential; readonly asker: Partial<Asker> },
    timeoutMs: number,
    done: (refusal: Refusal | undefined) => void,
  ): void {
    this.credentials.check(peer, credential, timeoutMs, (verdict) => {
      if (verdict !== 'valid') {
        this.refuse(verdict, asker, done);
        return;
      }
      const identities = this.recognize(asker.identities ?? []);
      const strange = this.credentials.strange(peer, credential, identities);
      if (strange === undefined) peer.sessions.heard(credential.session);
      this.audit.answered(asker, 'keepSession', '/', strange);
      done(strange);
    });
  }

  /**
   * Gives the refusal for what was found of a secret. Only wrong ones are throttled: the right one can't be guessed, and
   * who has it is not to lose its session by what others at its address do.
   */
  refuse(
    verdict: CredentialVerdict,
    asker: Partial<Asker>,
    done: (refusal: Refusal | undefined) => void,
  ): void {
    if (verdict !== 'wrong') done(refusalOf(verdict));
    else if (this.failures.isBeyond(addressOf(asker.identities))) {
      this.failures.throttle(asker, 'session', done);
    } else {
      this.failures.failed(asker, 'session');
      done(refusalOf(verdict));
    }
  }

  /** A carrier's name is random and never told: who has it has shown the secret when it was given. */
  #isCarriedBy(peer: RunningPeer, { session }: SessionCredential, carrier: string): boolean {
    const { owner } = peer.applier.state.session(session) ?? {};
    return owner === carrier && !this.credentials.isWaiting(session);
  }
}

/** Makes the callback that settles a promise: a refusal rejects it, as a `ServiceError`. */
export function settle<Value extends object>(
  resolve: (value: Value) => void,
  reject: (error: ServiceError) => void,
): AnswerCallback<Value> {
  return (value) => {
    if (isRefusal(value)) reject(new ServiceError(value));
    else resolve(value);
  };
}
