import type { ServerErrorResponse } from '#grpc';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { isRefusal, refused, type Refusal } from '../../../model/error-code.ts';
import { withProof } from '../../../model/principal.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Account } from '../../../service/budget/budget.ts';
import { Introductions } from '../../../service/introductions.ts';
import type { ConnectionDemand } from '../../../service/budget/address-demands.ts';
import { Fifo } from '../../../base/fifo.ts';
import type { Urgency } from '../../../service/budget/crowd.ts';
import type { Work } from '../../../service/budget/work.ts';
import type { Caller } from '../../../service/call.ts';
import type { IdentityService } from '../../../service/identifying.ts';
import { bearerIn } from '../../../wire/credentials.ts';
import { handleOf } from '../../../sockets/socket-handle.ts';
import {
  callBytes,
  IncomingCall,
  partBytes,
  type CallsConnection,
  type PendingRead,
} from './incoming-call.ts';
import { costPerVisit, intakeCost, type Intake } from './intake.ts';

/** Of calls that one connection has sent, whole or in part, and that are not done. */
export const connectionReceivedBytesMax = 32 * 1_048_576;

/**
 * Reads of one connection that are carried out at a time. Once it is owed something large, it is fewer, a slice each: an
 * answer is copied when it is read, before anybody knows how large it is.
 */
export const readsAtOnce = { max: 32, whileOwed: 4 } as const;

/**
 * Calls in flight on one connection that are answered soon, as many as clients expect of any server: what may come of it
 * in one read, whoever sends it.
 */
export const callsMax = 100;

/** Calls in flight on one connection, with streams and waits that are held: these leave the others their room. */
export const callsAndHeldMax = 512;

/** So many more are allowed at a time. */
const allowedStep = 64;

/** It begins a session, or takes one up again. */
const sessionCall = '/quoll.v1.SessionService/Session';

/** They keep sessions alive, as polls for a lock do, or end one or a place in a queue. */
const urgentCalls: ReadonlySet<string> = new Set([
  '/quoll.v1.SessionService/TouchSession',
  '/quoll.v1.SessionService/CloseSession',
  '/quoll.v1.LockService/PollLock',
  '/quoll.v1.LockService/RenewLock',
  '/quoll.v1.LockService/ReleaseLock',
  '/quoll.v1.ElectionService/PollCampaign',
  '/quoll.v1.ElectionService/RenewCampaign',
  '/quoll.v1.ElectionService/Resign',
  '/grpc.health.v1.Health/Check',
]);

function urgencyOf(call: string): Urgency {
  if (call === sessionCall) return 'begins';
  return urgentCalls.has(call) ? 'urgent' : 'none';
}

export interface ConnectionSurroundings {
  readonly account: Account;
  readonly work: Work;
  readonly clock: Clock;
  readonly intake: Intake;
  /** Calls whose message is waited for, the longest first. */
  readonly awaited: Set<IncomingCall>;
  readonly identities: Pick<IdentityService, 'bearer' | 'stands'>;
  readonly statusOf: (refusal: Refusal) => ServerErrorResponse;
}

/**
 * One client's connection: counts what is received for calls that are not done, and what is made for it and not taken;
 * reads no further when too much has come in one turn.
 */
export class ClientConnection implements CallsConnection {
  readonly account: Account;
  readonly stranger: Caller;
  readonly introductions = new Introductions();
  readonly #socket: Socket;
  readonly #around: ConnectionSurroundings;
  readonly #calls = new Set<IncomingCall>();
  #isClosed = false;
  #receivedBytes = 0;
  #owedBytes = 0;
  #waiting = 0;
  readonly #reads = new Fifo<PendingRead>();
  #readsRunning = 0;
  #areReadsScheduled = false;
  /** What was taken in of it, in this turn. */
  #cost = 0;
  #turn = 0;
  #isPaused = false;
  /** Whom the last token that was shown here proved. */
  #signedIn: { readonly bearer: string; readonly caller: Caller } | undefined;
  readonly #demand: ConnectionDemand;
  /** Streams and waits that stay open, and how many calls its client knows that it may have. */
  #held = 0;
  #allowed = callsMax;
  #allow: (calls: number) => void = nothing;
  /** Calls that are to be begun, and of them those that wait for connections that ask for little. */
  #unbegun = 0;
  #standBack = 0;

  constructor(socket: Socket, stranger: Caller, around: ConnectionSurroundings) {
    this.account = around.account;
    this.stranger = stranger;
    this.#socket = socket;
    this.#around = around;
    this.#demand = around.work.demands.open(around.account.holder);
    socket.on('close', () => {
      this.#closed();
    });
  }

  /** Made for its client, and not taken yet. */
  get owedBytes(): number {
    return this.#owedBytes;
  }

  /** Is there an answer for which there is no room yet? */
  get isWaiting(): boolean {
    return this.#waiting > 0;
  }

  /** What its client has taken so far. */
  get takenBytes(): number {
    return this.#socket.bytesWritten - this.#socket.writableLength;
  }

  /** Its client is told by `allow` that it may have more calls in flight than `callsMax`. */
  allowsBy(allow: (calls: number) => void): void {
    this.#allow = allow;
  }

  /** A call has come: the library learns of it by `begin`, now or when it is its turn. */
  opened(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    begin: (call: IncomingCall) => void,
  ): void {
    const { awaited, clock, work } = this.#around;
    const call = new IncomingCall(this, stream, { headers, since: clock.now() });
    work.came(this.#demand);
    this.#spend(intakeCost.begin);
    this.#calls.add(call);
    awaited.add(call);
    this.#receive(call, callBytes);
    // Both come once; for `once`, Node would make two objects more.
    stream.on('close', () => {
      this.#drop(call);
    });
    // Until the library hears of it, nobody does.
    stream.on('error', nothing);
    this.#inTurn(urgencyOf(headers[':path'] ?? ''), () => {
      if (this.#isClosed || call.isOver || stream.destroyed) return;
      this.#signIn(call, headers.authorization, () => {
        if (this.#isClosed || call.isOver || stream.destroyed) return;
        this.#listenTo(stream, call);
        begin(call);
      });
    });
  }

  #inTurn(urgency: Urgency, begin: () => void): void {
    const { clock, intake, work } = this.#around;
    const { holder } = this.account;
    work.waiting(this.#demand, ++this.#unbegun);
    if (!work.standsBack(this.#demand)) {
      intake.take(holder, intakeCost.call, () => {
        this.#unbegun--;
        begin();
      });
      return;
    }
    this.#standBack++;
    const beginLater = (): boolean => {
      this.#unbegun--;
      this.#standBack--;
      begin();
      return true;
    };
    work.putOff(this.#demand, holder, beginLater, urgency);
    // Of one of a crowd few come, and what keeps its sessions alive may be behind them.
    if (this.#demand.isAhead(clock.now())) this.#pause();
  }

  /** Finds out who shows a token before anything of its call is looked at: at once when that is known. */
  #signIn(call: IncomingCall, authorization: string | undefined, go: () => void): void {
    const bearer = bearerIn(authorization);
    if (bearer === undefined) {
      go();
      return;
    }
    const { identities, statusOf } = this.#around;
    const known = this.#signedIn;
    if (known?.bearer === bearer && identities.stands(known.caller)) {
      call.isOf(known.caller);
      go();
      return;
    }
    identities.bearer(bearer, this.stranger, (proof) => {
      if (isRefusal(proof)) call.refusal = statusOf(proof);
      else {
        call.isOf(withProof(this.stranger, proof));
        this.#signedIn = { bearer, caller: call.caller };
      }
      go();
    });
  }

  #listenTo(stream: ServerHttp2Stream, call: IncomingCall): void {
    stream.on('data', (part: Buffer) => {
      this.#spend(intakeCost.data);
      if (call.isOpenEnded && !call.isWithinMessage) {
        this.#await(call);
        this.#readOnInTurn();
      }
      if (call.comesInParts(part.length)) this.#receive(call, part.length + partBytes);
      else this.destroy();
      call.take?.(part);
    });
  }

  /** What is behind a message of a call that sends many. */
  #readOnInTurn(): void {
    if (this.#around.work.standsBack(this.#demand)) this.#pause();
  }

  came(): void {
    this.#around.work.came(this.#demand);
  }

  /** Carries a read out, when there is room for it; the call says `readDone` once its answer is made. */
  read(read: PendingRead): void {
    if (
      this.#reads.length === 0 &&
      this.#readsRunning < this.#readsMax() &&
      this.#owedBytes === 0
    ) {
      this.#startRead(read);
    } else {
      this.#reads.push(read);
      this.#readOn();
    }
  }

  /** For calls alone. */
  readDone(): void {
    this.#readsRunning--;
    if (this.#reads.length > 0) this.#readOn();
  }

  /** For calls alone: counts what has come for one of them; false when that is more than there may be. */
  receives(bytes: number): boolean {
    if (this.#receivedBytes + bytes > connectionReceivedBytesMax) return false;
    if (!this.account.take('receivedBytes', bytes)) return false;
    this.#receivedBytes += bytes;
    return true;
  }

  /** For calls alone. */
  receivedLess(bytes: number): void {
    this.#receivedBytes -= bytes;
    this.account.giveBack('receivedBytes', bytes);
  }

  /** For calls alone. What was allowed once stays so. */
  holds(calls: number): void {
    this.#held += calls;
    const room = allowedStep * Math.round(this.#held / allowedStep);
    const allowed = Math.min(callsAndHeldMax, callsMax + room);
    if (allowed <= this.#allowed || this.#isClosed) return;
    this.#allowed = allowed;
    this.#allow(allowed);
  }

  /** For calls alone. */
  owes(bytes: number): void {
    this.#owedBytes += bytes;
  }

  /** For calls alone. */
  waits(answers: number): void {
    this.#waiting += answers;
    if (this.#reads.length > 0) this.#readOn();
  }

  /** Ends a call, and lets go of all that its client sends on. */
  refuse(call: IncomingCall, status: ServerErrorResponse): void {
    call.refuse(status);
    this.#around.clock.soon(() => {
      call.reset();
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #readsMax(): number {
    if (this.isWaiting) return 0;
    return this.#owedBytes > 0 ? readsAtOnce.whileOwed : readsAtOnce.max;
  }

  #startRead(read: PendingRead): void {
    if (!read.call.beginsRead()) return;
    this.#readsRunning++;
    read.run();
  }

  #readOn(): void {
    if (this.#areReadsScheduled || this.#readsRunning >= this.#readsMax()) return;
    this.#areReadsScheduled = true;
    this.#around.work.add(this.account.holder, () => {
      if (this.#readsRunning < this.#readsMax()) {
        const next = this.#reads.shift();
        if (next !== undefined) this.#startRead(next);
      }
      const goesOn = this.#reads.length > 0 && this.#readsRunning < this.#readsMax();
      this.#areReadsScheduled = goesOn;
      return !goesOn;
    });
  }

  #receive(call: IncomingCall, bytes: number): void {
    if (call.receive(bytes)) return;
    const detail =
      'This peer holds as much of your requests as it may: wait for answers before you send more, or send it again later.';
    this.refuse(call, this.#around.statusOf(refused('throttled', detail)));
  }

  /** Of a call that sends many messages, one that has begun is waited for. */
  #await(call: IncomingCall): void {
    const { awaited, clock } = this.#around;
    call.since = clock.now();
    awaited.delete(call);
    awaited.add(call);
  }

  #spend(cost: number): void {
    const { intake } = this.#around;
    if (intake.turn !== this.#turn) {
      this.#turn = intake.turn;
      this.#cost = 0;
    }
    this.#cost += cost;
    intake.spend(cost);
    if (this.#cost > costPerVisit) this.#pause();
  }

  #pause(): void {
    const handle = handleOf(this.#socket);
    if (handle === null || this.#isClosed || this.#isPaused) return;
    this.#isPaused = true;
    handle.readStop();
    this.#around.intake.wait(this.account.holder, costPerVisit, () => {
      this.#resumeInTurn();
    });
  }

  /** Behind its calls that stand back, and those of others. */
  #resumeInTurn(): void {
    const { work } = this.#around;
    if (this.#standBack === 0 && !work.standsBack(this.#demand)) {
      this.#resume();
      return;
    }
    work.putOff(this.#demand, this.account.holder, () => {
      if (this.#standBack > 0) return false;
      this.#resume();
      return true;
    });
  }

  #resume(): void {
    this.#isPaused = false;
    handleOf(this.#socket)?.readStart();
  }

  #drop(call: IncomingCall): void {
    if (!this.#calls.delete(call)) return;
    this.#around.awaited.delete(call);
    call.close();
  }

  #closed(): void {
    this.#isClosed = true;
    for (const call of this.#calls) this.#drop(call);
    this.account.close();
    this.#demand.close();
  }
}

const nothing = (): void => undefined;
