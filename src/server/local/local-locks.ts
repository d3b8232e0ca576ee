import { toBase64Url } from '../../base/base64url.ts';
import { isRefusal, mayHaveHappened, type Refusal } from '../../model/error-code.ts';
import { superIdentities, type Identity } from '../../model/acl.ts';
import type { SessionId } from '../../model/ids.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { ReleaseLockRequest, RequestContext } from '../../model/request.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { AnswerMeta, Caller } from '../../service/call.ts';
import { parseLockId } from '../../service/lock-id.ts';
import type {
  LeadershipSink,
  LeadershipView,
  LockAcquire,
  LockService,
  LockStatus,
  LockWaitOptions,
  QueueView,
  Waiting,
} from '../../service/locking.ts';
import { validateData, validateTimeout } from '../../service/validate.ts';
import {
  validateAcquire,
  validateLockId,
  validateLockQueue,
  validateWait,
} from '../../service/validate-lock.ts';
import { noClaim, type Admission, type Claim } from './admission.ts';
import type { AnswerCallback } from './entrance.ts';
import {
  acquireRequest,
  askedOf,
  clampTtl,
  tooManyPlaces,
  whoEnters,
  whoHolds,
  withoutIndex,
  type OwnSession,
  type Leaving,
  type Look,
  type PlaceOf,
} from './lock-requests.ts';
import type { WriteResult } from '../requests/write-path.ts';
import { LockKeys } from '../locks/keys.ts';
import {
  aheadOf,
  contendersOf,
  fencedOut,
  isHeldWith,
  leaderOf,
  lockLost,
  standingOf,
  unreadable,
  type Standing,
} from '../locks/standing.ts';
import {
  tooManyWaits,
  type LockWait,
  type LockWaitRequest,
  type LockWaitResult,
} from '../locks/waits.ts';
import type { RunningPeer } from '../running-peer.ts';
import type { ServerPorts } from '../options.ts';

interface LocalLocksParts {
  readonly ports: Pick<ServerPorts, 'clock' | 'hash' | 'random'>;
  readonly admission: Admission;
}

const lockIdBytes = 16;
/** Whose write it is that has shown the lockId: whatever the contender's ACL says, it is the owner's. */
const ofOwner: RequestContext = Object.freeze({ identities: superIdentities });

/** Is `LockService` on this peer: the leader decides who is in the queue, this peer says how it stands. */
export class LocalLocks implements LockService {
  readonly #parts: LocalLocksParts;

  constructor(parts: LocalLocksParts) {
    this.#parts = parts;
  }

  acquire(request: LockAcquire, caller: Caller, options: LockWaitOptions): Waiting<LockStatus> {
    const { ports, admission } = this.#parts;
    const { limits } = admission;
    const { timeoutMs } = options;
    const lockId = request.lockId ?? toBase64Url(ports.random.bytes(lockIdBytes));
    const { queue } = request;
    const who =
      validateWait(options, limits) ??
      validateAcquire(request, caller.credential !== undefined, limits) ??
      whoEnters(caller);
    const place = { op: 'acquireLock', queue, lockId, caller, timeoutMs };
    return this.#waiting(place, who, (peer, answer, opened) => {
      const { waits } = peer.locks;
      // Before it enters: who is in the queue already is not to be told that there is no room.
      const giveBack = waits.reserve();
      if (giveBack === undefined) {
        answer(tooManyWaits());
        return;
      }
      const entered = (place: Omit<LockWaitRequest, keyof LockWaitOptions> | Refusal): void => {
        giveBack();
        if (isRefusal(place)) answer(place);
        else {
          const { key, czxid, isPlaceKnown, asksFirst, isCounted } = place;
          // Its own fields first: V8 gives a copy with more fields behind it a hidden class of its own.
          const wait = { queue, key, czxid, isPlaceKnown, asksFirst, isCounted, ...options };
          opened(waits.open(wait, this.#statusTo(peer, { queue, lockId, caller }, answer)));
        }
      };
      const untilMs = ports.clock.now() + timeoutMs;
      // Only now is it asked who comes, so that the room is there by the time that this is known.
      admission.admit(peer, caller, timeoutMs, (refusal) => {
        if (refusal !== undefined) entered(refusal);
        else this.#enter(peer, { request, lockId, caller, untilMs }, entered);
      });
    });
  }

  /** Into the queue, once for each lockId; then there is something to wait for. */
  #enter(
    peer: RunningPeer,
    asked: {
      readonly request: LockAcquire;
      readonly lockId: string;
      readonly caller: Caller;
      readonly untilMs: number;
    },
    done: (place: Omit<LockWaitRequest, keyof LockWaitOptions> | Refusal) => void,
  ): void {
    const { request, lockId, caller, untilMs } = asked;
    const { writes, sessions, locks } = peer;
    const { queue } = request;
    const keys = this.#keys(queue, lockId);
    const place = keys.contender();
    const ownSession =
      caller.credential === undefined ? this.#ownSession(request, keys, lockId) : undefined;
    const wanted = acquireRequest(request, place, ownSession);
    // A lockId that nobody else knows can't come again.
    const key = request.lockId === undefined ? undefined : keys.idempotencyKey();
    const nowMs = this.#parts.ports.clock.now();
    const { admission } = this.#parts;
    const giveBack = admission.keep('queuePlaces', caller.identities);
    if (giveBack === undefined) {
      done(tooManyPlaces());
      return;
    }
    const context = admission.contextOf(caller, key);
    writes.submit(wanted, context, untilMs - nowMs, (result) => {
      admission.audit.wroteQueue(caller, 'acquireLock', queue, result);
      if (isRefusal(result)) {
        if (!mayHaveHappened(result)) giveBack();
        else this.#keepLater(peer, { queue, key: place }, giveBack);
        done(result);
        return;
      }
      const isNew = !result.replayed && ownSession !== undefined;
      if (isNew) sessions.opened(ownSession.session, nowMs);
      const [entered] = result.results;
      if (result.replayed || entered?.op !== 'create') giveBack();
      else locks.places.taken(entered.path, giveBack);
      done({
        queue,
        key: place,
        ...(entered?.op === 'create' ? { czxid: entered.stat.czxid } : {}),
        isPlaceKnown: true,
        asksFirst: !isNew,
        isCounted: true,
      });
    });
  }

  /** Of a place it was not heard whether it was taken: it is, if it is there after a while. */
  #keepLater(
    { applier, locks }: RunningPeer,
    place: { readonly queue: ZnodePath; readonly key: string },
    giveBack: () => void,
  ): void {
    const { ports, admission } = this.#parts;
    ports.clock.after(admission.limits.sessionTimeoutMsMax, () => {
      const standing = standingOf(applier.state, place);
      if (standing === undefined) giveBack();
      else locks.places.taken(standing.contender.path, giveBack);
    });
  }

  poll(
    queue: ZnodePath,
    lockId: string,
    caller: Caller,
    options: LockWaitOptions,
  ): Waiting<LockStatus> {
    return this.#poll({ queue, lockId, caller, isCounted: true }, options);
  }

  renew(queue: ZnodePath, lockId: string, caller: Caller, timeoutMs: number): Promise<LockStatus> {
    return this.#poll({ queue, lockId, caller, isCounted: false }, { waitMs: 0, timeoutMs }).result;
  }

  #poll(
    { isCounted, ...place }: PlaceOf & { readonly isCounted: boolean },
    options: LockWaitOptions,
  ): Waiting<LockStatus> {
    const { timeoutMs } = options;
    const { queue, lockId, caller } = place;
    const who =
      validateWait(options, this.#parts.admission.limits) ??
      this.#invalidPlace(queue, lockId) ??
      whoHolds(caller);
    return this.#waiting({ op: 'holdLock', timeoutMs, ...place }, who, (peer, answer, opened) => {
      const ungranted = this.#ungranted(peer, place);
      if (ungranted !== undefined) {
        answer(ungranted);
        return;
      }
      const key = this.#keys(queue, lockId).contender();
      const wait = { queue, key, ...options, isPlaceKnown: false, asksFirst: true, isCounted };
      opened(peer.locks.waits.open(wait, this.#statusTo(peer, place, answer)));
    });
  }

  release(
    queue: ZnodePath,
    lockId: string,
    caller: Caller,
    options: { readonly token?: Zxid; readonly timeoutMs: number },
  ): Promise<AnswerMeta> {
    const asked = () => ({ identities: this.#parts.admission.recognize(caller.identities) });
    return this.#leave({ queue, lockId, who: whoHolds(caller), context: asked }, options);
  }

  /** By right of whoever the leader is told of. */
  #leave(
    { queue, lockId, who: leaving, context }: Leaving,
    { token, timeoutMs }: { readonly token?: Zxid; readonly timeoutMs: number },
  ): Promise<AnswerMeta> {
    const who = validateTimeout(timeoutMs) ?? this.#invalidPlace(queue, lockId) ?? leaving;
    const asked = askedOf('releaseLock', queue, leaving);
    return this.#parts.admission.promise(asked, who, timeoutMs, (peer, answer) => {
      const keys = this.#keys(queue, lockId);
      const contender = keys.contender();
      const ownSession = keys.ownSession();
      const named = { kind: 'releaseLock', queue, contender, ownSession } as const;
      const request = token === undefined ? named : { token, ...named };
      this.#release(peer, { request, context: context(), timeoutMs }, (released, result) => {
        this.#parts.admission.audit.wroteQueue(leaving, 'releaseLock', queue, result);
        answer(released);
      });
    });
  }

  check(queue: ZnodePath, token: Zxid, caller: Caller, timeoutMs: number): Promise<AnswerMeta> {
    const asked = { op: 'checkLock', queue, caller, verb: 'lock' } as const;
    return this.#confirmed(asked, timeoutMs, ({ applier }) =>
      isHeldWith(applier.state, queue, token) ? this.#meta() : fencedOut(queue),
    );
  }

  view(queue: ZnodePath, caller: Caller, timeoutMs: number): Promise<QueueView> {
    const asked = { op: 'viewQueue', queue, caller };
    return this.#confirmed(asked, timeoutMs, ({ applier }, identities) => ({
      queue,
      ...contendersOf(applier.state, queue, identities),
      meta: this.#meta(),
    }));
  }

  proclaim(
    queue: ZnodePath,
    lockId: string,
    caller: Caller,
    { data, timeoutMs }: { readonly data: Uint8Array; readonly timeoutMs: number },
  ): Promise<LockStatus> {
    const { admission } = this.#parts;
    const who =
      validateTimeout(timeoutMs) ??
      this.#invalidPlace(queue, lockId) ??
      validateData(queue, data, admission.limits) ??
      whoHolds(caller);
    return admission.promise(askedOf('proclaim', queue, caller), who, timeoutMs, (peer, answer) => {
      this.#place(peer, { queue, lockId, caller, timeoutMs }, (place) => {
        if (isRefusal(place)) answer(place);
        else this.#proclaim(peer, { queue, lockId, caller, data, timeoutMs, place }, answer);
      });
    });
  }

  leadership(
    queue: ZnodePath,
    caller: Caller,
    timeoutMs: number,
  ): Promise<LeadershipView & { readonly meta: AnswerMeta }> {
    const asked = { op: 'leadership', queue, caller };
    return this.#confirmed(asked, timeoutMs, ({ applier }, identities) => ({
      zxid: applier.applied,
      leader: leaderOf(applier.state, queue, identities),
      meta: this.#meta(),
    }));
  }

  observe(
    queue: ZnodePath,
    caller: Caller,
    sink: LeadershipSink,
  ): { drained(): void; close(): void } {
    const { admission } = this.#parts;
    const { peer } = admission.entrance;
    // Before recovery is over there is nothing to be told, and its door is not open.
    if (peer === undefined) return { drained: () => undefined, close: () => undefined };
    const observed = peer.locks.observers.open(queue, admission.recognize(caller.identities), {
      send: (view) => sink.send(view),
      refused: (refusal) => {
        admission.audit.answered(caller, 'observe', queue, refusal);
        sink.refused(refusal);
      },
    });
    const forget = admission.validities.whenOver(caller.validity, (refusal) => {
      observed.close();
      admission.ended(caller, refusal);
      sink.refused(refusal);
    });
    return {
      drained: () => {
        observed.drained();
      },
      close: () => {
        forget();
        observed.close();
      },
    };
  }

  /** A write that only the holder's contender takes. */
  #proclaim(
    peer: RunningPeer,
    proclaimed: {
      readonly queue: ZnodePath;
      readonly lockId: string;
      readonly caller: Caller;
      readonly data: Uint8Array;
      readonly timeoutMs: number;
      readonly place: Standing;
    },
    answer: AnswerCallback<LockStatus>,
  ): void {
    const { queue, lockId, caller, data, timeoutMs, place } = proclaimed;
    const { path, czxid } = place.contender;
    const ops = [
      { op: 'checkLock', path: queue, token: czxid },
      { op: 'set', path, data, expected: { version: -1, czxid } },
    ] as const;
    const request = { kind: 'multi', single: false, ops } as const;
    peer.writes.submit(request, ofOwner, timeoutMs, (result) => {
      this.#parts.admission.audit.wroteQueue(caller, 'proclaim', queue, result);
      // The contender went with its session or its release: it leads no more.
      if (isRefusal(result) && result.code === 'noNode') answer(fencedOut(queue));
      else if (isRefusal(result)) answer(withoutIndex(result));
      else answer(this.#status(peer, lockId, { state: 'granted', standing: place }));
    });
  }

  /** The session of a lock whose client brings none. */
  #ownSession({ ttlMs }: LockAcquire, keys: LockKeys, lockId: string): OwnSession {
    const secret = parseLockId(lockId) ?? new Uint8Array(0);
    return {
      session: keys.ownSession(),
      timeoutMs: clampTtl(ttlMs, this.#parts.admission.limits),
      secretHash: this.#parts.ports.hash.sha256(secret),
    };
  }

  /** A release that was lost on its way is sent again: when the place is gone then, it is released. */
  #release(
    peer: RunningPeer,
    {
      request,
      context,
      timeoutMs,
    }: {
      readonly request: ReleaseLockRequest;
      readonly context: RequestContext;
      readonly timeoutMs: number;
    },
    answer: (released: AnswerMeta | Refusal, result: WriteResult) => void,
  ): void {
    const { clock } = this.#parts.ports;
    const untilMs = clock.now() + timeoutMs;
    let unknown: Refusal | undefined;
    const judged = (result: WriteResult): void => {
      if (!isRefusal(result)) answer(this.#meta(), result);
      else if (unknown !== undefined && result.code === 'lockLost') answer(this.#meta(), unknown);
      else if (result.code === 'connectionLoss' && clock.now() < untilMs) {
        if (result.applied !== 'no') unknown ??= result;
        peer.writes.submit(request, context, untilMs - clock.now(), judged);
      } else answer(unknown ?? result, unknown ?? result);
    };
    peer.writes.submit(request, context, timeoutMs, judged);
  }

  /**
   * The contender, which may have entered at another peer a moment ago. While grants are on, what was granted is looked at
   * behind a barrier too: the leader is told of the owner alone.
   */
  #place(
    peer: RunningPeer,
    { timeoutMs, ...place }: PlaceOf & { readonly timeoutMs: number },
    done: (place: Standing | Refusal) => void,
  ): void {
    const { queue, lockId } = place;
    const key = this.#keys(queue, lockId).contender();
    const { applier, reads } = peer;
    const found = standingOf(applier.state, { queue, key });
    if (found !== undefined && !applier.state.grants.isOn) {
      done(found);
      return;
    }
    reads.confirm('barrier', timeoutMs, (confirmed) => {
      if (isRefusal(confirmed)) done(confirmed);
      else {
        const standing = standingOf(applier.state, { queue, key });
        done(this.#ungranted(peer, place) ?? standing ?? lockLost(queue));
      }
    });
  }

  #ungranted(
    { applier }: RunningPeer,
    { queue, caller }: Pick<PlaceOf, 'queue' | 'caller'>,
  ): Refusal | undefined {
    const { admission } = this.#parts;
    const identities = admission.recognize(caller.identities);
    const refusal = applier.state.grants.refusal('lock', queue, identities);
    if (refusal !== undefined) admission.audit.answered(caller, 'holdLock', queue, refusal);
    return refusal;
  }

  /** A look at a queue, behind a barrier: for who may READ its directory by then. */
  #confirmed<Value extends object>(
    asked: Look,
    timeoutMs: number,
    look: (peer: RunningPeer, identities: readonly Identity[]) => Value | Refusal,
  ): Promise<Value> {
    const { admission } = this.#parts;
    const { queue, caller, verb = 'read' } = asked;
    const who = validateTimeout(timeoutMs) ?? validateLockQueue(queue, admission.limits) ?? caller;
    const timed = askedOf(asked.op, queue, caller);
    return admission.promise<Value>(timed, who, timeoutMs, (peer, answer) => {
      const identities = admission.recognize(caller.identities);
      admission.barrier(peer, caller, timeoutMs, (refusal) => {
        if (refusal !== undefined) {
          answer(refusal);
          return;
        }
        const barred = unreadable(peer.applier.state, queue, { identities, verb });
        if (barred !== undefined) admission.audit.answered(caller, asked.op, queue, barred);
        answer(barred ?? look(peer, identities));
      });
    });
  }

  #waiting(
    place: PlaceOf & { readonly op: string; readonly timeoutMs: number },
    who: Claim | Refusal,
    action: (
      peer: RunningPeer,
      answer: AnswerCallback<LockStatus>,
      opened: (wait: LockWait) => void,
    ) => void,
  ): Waiting<LockStatus> {
    let wait: LockWait | undefined;
    let isCancelled = false;
    const abandon = (): void => {
      // Best effort: whom this does not reach, the end of the session does.
      const leaving = { ...place, who: noClaim, context: () => ofOwner };
      this.#leave(leaving, place).catch(() => undefined);
    };
    let isAbandoned = false;
    const opened = (open: LockWait): void => {
      wait = open;
      if (isCancelled) open.end();
      if (isAbandoned) abandon();
    };
    const { admission } = this.#parts;
    const asked = askedOf(place.op, place.queue, place.caller, () => wait?.restedMs ?? 0);
    const result = admission.promise<LockStatus>(asked, who, place.timeoutMs, (peer, answer) => {
      const answerOnce = admission.whileValid(who, answer, (refusal) => {
        admission.ended(place.caller, refusal);
        isCancelled = true;
        wait?.end();
      });
      action(peer, answerOnce, opened);
    });
    return {
      result,
      cancel: (withPlace) => {
        isCancelled = true;
        wait?.end();
        if (!withPlace || isAbandoned) return;
        isAbandoned = true;
        // Before it is in the queue there is nothing to leave yet.
        if (wait !== undefined) abandon();
      },
    };
  }

  /** What was granted when the wait began may have been taken back meanwhile. */
  #statusTo(
    peer: RunningPeer,
    place: PlaceOf,
    answer: AnswerCallback<LockStatus>,
  ): (result: LockWaitResult) => void {
    return (result) => {
      if (isRefusal(result)) answer(result);
      else answer(this.#ungranted(peer, place) ?? this.#status(peer, place.lockId, result));
    };
  }

  #status(
    peer: RunningPeer,
    lockId: string,
    { state, standing }: { readonly state: 'granted' | 'queued'; readonly standing: Standing },
  ): LockStatus {
    const { path, owner, mode, czxid } = standing.contender;
    return {
      state,
      lockId,
      session: owner,
      path,
      mode,
      token: czxid,
      ahead: state === 'granted' ? 0 : aheadOf(standing),
      expiresInMs: this.#expiresInMs(peer, owner),
      meta: this.#meta(),
    };
  }

  #expiresInMs({ applier, sessions }: RunningPeer, session: SessionId): number {
    const found = applier.state.session(session);
    return found === undefined ? 0 : sessions.expiresInMs(session, found.timeoutMs);
  }

  #invalidPlace(queue: ZnodePath, lockId: string): Refusal | undefined {
    return validateLockQueue(queue, this.#parts.admission.limits) ?? validateLockId(lockId);
  }

  #keys(queue: ZnodePath, lockId: string): LockKeys {
    return new LockKeys(this.#parts.ports.hash, queue, lockId);
  }

  #meta(): AnswerMeta {
    return this.#parts.admission.entrance.meta();
  }
}
