import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AnswerMeta, Caller } from '../../../service/call.ts';
import { provesMore } from '../../../wire/credentials.ts';
import { tracedBy } from '../../../wire/trace-context.ts';
import { ClientGone, readBody, readBodyThen, type BodyLimits } from './body.ts';
import { callerOf } from './caller.ts';
import { changesState } from './changes-state.ts';
import { refuseCoding } from './content-coding.ts';
import { smallAnswerBytesMax, type Connection } from './connection.ts';
import { decodeTimeout } from './decode.ts';
import type { HttpDoor } from './door.ts';
import {
  exposedHeaders,
  linesOf,
  metaLines,
  noCacheLines,
  noStore,
  pushAll,
  securityLinesOf,
  strictTransport,
  type HeaderList,
} from './headers.ts';
import { jsonBodyBytesMax } from './json-body.ts';
import { LargeAnswer, type SizedBody, type SizedDocument } from './large-answer.ts';
import {
  Problem,
  errorOfOurs,
  problemBody,
  problemHeaders,
  problemOf,
  stackOf,
} from './problem.ts';
import { endWith, putWithHead, writeHead, writeNow } from './node-response.ts';
import { prettyBytesFactor, prettyParts } from './pretty-json.ts';
import { Query } from './query.ts';
import { referenceFrom } from './reference.ts';
import { Room } from './room.ts';
import { bearerOf, signIn } from './sign-in.ts';

/** An answer that is given whole. */
export interface Reply {
  readonly status: number;
  /** Flat: name, value, name, value. */
  readonly headers?: HeaderList;
  /** Headers of words of ours and of numbers: see `linesOf`. */
  readonly lines?: string;
  /** Sent as UTF-8 when it is a string. Absent for 204 and 304. */
  readonly body?: Uint8Array | string;
  /** How the peer stood when it answered; taken from the service when it is left away. */
  readonly meta?: AnswerMeta;
  readonly closes?: boolean;
  /** The Content-Security-Policy of a page of ours, in place of that of data. */
  readonly policy?: string;
}

/** What goes with JSON that is written already. */
interface WrittenReply {
  readonly headers: HeaderList;
  readonly lines: string;
  readonly meta: AnswerMeta;
}

/** An answer that is written as it comes. */
export interface AnswerStream {
  /** Sends; false once the client takes no more for now. What is written all the same is kept for it. */
  write(bytes: string | Uint8Array): boolean;
  /** The same for what may be large: then always false, and it is made once there is room for it. */
  writeSized(body: SizedBody): boolean;
  isFull(): boolean;
  /** Ends the answer; a client that does not take what is left of it within the grace is cut off. */
  end(graceMs: number): void;
}

export interface ExchangeParts {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly connection: Connection;
  readonly expectsContinue: boolean;
}

const prettyParameter = /(?:^|&)pretty(?:=(?:true|1)?)?(?:&|$)/;

/** One request and its one answer. Every answer passes `send`, which knows that the client may have gone. */
export class Exchange {
  readonly door: HttpDoor;
  readonly request: IncomingMessage;
  readonly connection: Connection;
  /** The path of the URL as it came, and what follows the question mark. */
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly #response: ServerResponse;
  readonly #expectsContinue: boolean;
  #readableBy: string | undefined;
  #isPastGate = false;
  #closesConnection = false;
  #receivedBytes = 0;
  #smallBytes = 0;
  #isAnswered = false;
  /** Its answer is made, and leaves with those of others. */
  #isHeld = false;
  #isBeingTaken = false;
  #isHeldOpen = false;
  /** Of who has shown a token. */
  #principal: Caller | undefined;
  #room: Room | undefined;
  /** As a rule there is nothing to be done. */
  #whenOver: (() => void)[] | undefined;

  constructor(door: HttpDoor, { request, response, connection, expectsContinue }: ExchangeParts) {
    this.door = door;
    this.request = request;
    this.connection = connection;
    this.#response = response;
    this.#expectsContinue = expectsContinue;
    const url = request.url ?? '';
    const mark = url.indexOf('?');
    this.rawPath = mark < 0 ? url : url.slice(0, mark);
    this.rawQuery = mark < 0 ? '' : url.slice(mark + 1);
  }

  get method(): string {
    return this.request.method ?? '';
  }

  get headers(): IncomingHttpHeaders {
    return this.request.headers;
  }

  /**
   * Notes that the gate let it through: from here on answers say who gives them, and to the pages of `readableBy` too.
   */
  passedGate(readableBy: string | undefined): void {
    this.#isPastGate = true;
    this.#readableBy = readableBy;
  }

  get isReadableByOrigin(): boolean {
    return this.#readableBy !== undefined;
  }

  query(known: readonly string[]): Query {
    return Query.parse(this.rawQuery, known);
  }

  /** Says how long the client lets this request take. Without a `query`, for a route that takes no other parameter. */
  timeoutMs(query = this.query(['timeout'])): number {
    return decodeTimeout(query, this.door.requestTimeoutMs);
  }

  /** Calls `go` once it is known who shows a token, if the request has one; at once as a rule. */
  signIn(go: () => void): void {
    const { authorization } = this.headers;
    const { identities } = this.door.service;
    const bearer = bearerOf(identities, authorization, changesState(this.method));
    if (bearer === undefined) {
      go();
      return;
    }
    signIn(identities, { connection: this.connection, bearer }, (outcome) => {
      if (outcome instanceof Problem) this.fail(outcome);
      else {
        this.#principal = outcome;
        go();
      }
    });
  }

  /** Who asks, but for a session that the request names. */
  get principal(): Caller {
    const principal = this.#principal ?? this.connection.stranger;
    const traceparent = this.headers['traceparent'];
    return traceparent === undefined ? principal : tracedBy(principal, traceparent);
  }

  caller(): Caller {
    const { headers, principal } = this;
    return this.introduce(
      provesMore(headers) ? callerOf(headers, principal, this.unreadable) : principal,
    );
  }

  /** The same for a route that names the session in its URL: who asks, whatever it says of a session. */
  asker(): Caller {
    const { headers, principal } = this;
    const { authorization } = headers;
    if (authorization === undefined) return principal;
    return callerOf({ authorization }, principal, this.unreadable);
  }

  /** Has a proof taken down that can't be read. */
  readonly unreadable = (): void => {
    this.door.service.identities.unreadable(this.principal);
  };

  /** Says who this is, to whom it may concern; gives the caller back. */
  introduce(caller: Caller): Caller {
    this.connection.introductions.meet(this.door.service, caller);
    return caller;
  }

  /** Reads the body. Throws or rejects with a `Problem` when it is coded, longer, or there is no room for it now. */
  body(bytesMax: number): Promise<Buffer> {
    return readBody(this.request, this.#bodyLimits(bytesMax));
  }

  /**
   * Does the same without a promise, for hot paths: what is wrong with the body, and what `take` throws, is answered with.
   * Nothing is called when the client goes away before its request is whole.
   */
  bodyThen(bytesMax: number, take: (body: Buffer) => void): void {
    readBodyThen(this.request, this.#bodyLimits(bytesMax), (body) => {
      try {
        if (body instanceof Problem) this.fail(body);
        else take(body);
      } catch (error) {
        this.fail(error);
      }
    });
  }

  #bodyLimits(bytesMax: number): BodyLimits {
    refuseCoding(this.headers['content-encoding']);
    const declared = Number(this.headers['content-length'] ?? 0);
    if (this.#expectsContinue && declared <= bytesMax) this.#response.writeContinue();
    const claim = (bytes: number): boolean => this.#claim(bytes);
    return { bytesMax, claim, pace: this.door.bodyPace, address: this.connection.address };
  }

  #atEnd(run: () => void): void {
    (this.#whenOver ??= []).push(run);
  }

  #claim(bytes: number): boolean {
    if (!this.connection.takeReceived(bytes)) return false;
    this.#receivedBytes += bytes;
    return true;
  }

  /** Gives back what is held: no answer will come any more, since it is sent, or its client has gone. */
  over(): void {
    this.#isAnswered = true;
    if (this.#receivedBytes > 0) this.connection.giveBackReceived(this.#receivedBytes);
    this.#receivedBytes = 0;
    this.connection.giveBackSmall(this.#smallBytes);
    this.#smallBytes = 0;
    const whenOver = this.#whenOver;
    if (whenOver === undefined) return;
    this.#whenOver = undefined;
    for (const run of whenOver) run();
  }

  /**
   * Reads the body as a JSON document, whole before it is understood; the service has the exact limit of what it
   * carries.
   */
  jsonBody(): Promise<Buffer> {
    return this.body(jsonBodyBytesMax(this.door.service.limits));
  }

  /** True once an answer was given after which nothing on this connection may be carried out. */
  get closesConnection(): boolean {
    return this.#closesConnection;
  }

  get isOver(): boolean {
    return this.#isAnswered || this.#response.headersSent || this.#response.destroyed;
  }

  /** Says whether its answer may be minutes away: whoever ends his side meanwhile is taken to have left. */
  get isHeldOpen(): boolean {
    return this.#isHeldOpen && !this.#isAnswered;
  }

  /**
   * Readies it for an answer that may be minutes away: silence is no trouble, and `gone` is called when the client
   * leaves without it. Throws a `Problem` when as many are held as may be, `ClientGone` when the client has left.
   */
  hold(gone: () => void): void {
    const { letGo } = this.connection;
    this.#isHeldOpen = true;
    if (letGo !== undefined) {
      letGo();
      throw new ClientGone();
    }
    this.keepOpen(gone);
  }

  /** Does the same for one that begins at once and takes its time: a client that says no more is given it. */
  keepOpen(gone: () => void): void {
    const { account } = this.connection;
    if (!account.take('heldRequests')) {
      throw new Problem(
        'throttled',
        'too many requests and streams are held open for this address, or for all: end some of them, or use another peer',
        { limit: this.door.budget.limits.heldRequests.each },
      );
    }
    this.#atEnd(() => {
      account.giveBack('heldRequests');
    });
    this.outlast(gone);
  }

  /** Does the same for one that needs no place, since it waits for nobody but the ensemble. */
  outlast(gone: () => void): void {
    const over = this.connection.outlast();
    this.#atEnd(() => {
      over();
      if (!this.#response.writableFinished) gone();
    });
  }

  /** Begins an answer without an end: it lasts as long as its connection. To be held first. */
  stream(type: string, drained: () => void): AnswerStream {
    const response = this.#response;
    // Some proxies collect an answer before they pass it on, unless they are told not to.
    const headers = ['Content-Type', type, ...noStore, 'X-Accel-Buffering', 'no'];
    // Not in chunks: bytes that many streams share go out as they are.
    response.useChunkedEncodingByDefault = false;
    this.#writeHead({ status: 200, headers, closes: true }, undefined);
    response.flushHeaders();
    let isWritten = false;
    let large: LargeAnswer | undefined;
    const taken = (): void => {
      large?.over();
      large = undefined;
    };
    this.#atEnd(taken);
    response.on('drain', () => {
      if (large !== undefined && !isWritten) {
        large.drained();
        return;
      }
      taken();
      drained();
    });
    const write = (bytes: Uint8Array | string): boolean =>
      response.writableEnded || response.write(bytes);
    return {
      write,
      writeSized: (body) => {
        if (body.bytes <= smallAnswerBytesMax) return write(body.whole());
        isWritten = false;
        const { connection } = this;
        large = new LargeAnswer({ debtors: this.door.debtors, connection }, body, {
          begin: () => undefined,
          write: (part) => writeNow(response, part),
          end: () => {
            isWritten = true;
            if (response.writableNeedDrain) return;
            taken();
            drained();
          },
          cut: () => this.request.socket.destroy(),
        });
        large.start();
        return false;
      },
      isFull: () => large !== undefined || response.writableNeedDrain,
      end: (graceMs) => {
        response.end();
        const cut = this.door.clock.after(graceMs, () => response.destroy());
        response.once('close', () => {
          cut.cancel();
        });
      },
    };
  }

  /** Carries it out while requests of the same turn are taken in: an answer that is given at once leaves with theirs. */
  whileTaken(run: () => void): void {
    this.#isBeingTaken = true;
    run();
    this.#isBeingTaken = false;
  }

  send(reply: Reply): void {
    if (this.isOver) return;
    this.#isAnswered = true;
    const response = this.#response;
    const { body } = reply;
    const bytes = body === undefined ? 0 : Buffer.byteLength(body);
    this.#writeHead(reply, body === undefined ? undefined : bytes);
    if (body !== undefined && !putWithHead(response, body, bytes)) endWith(response, body, bytes);
    // Behind others of its connection it leaves when they are gone.
    else if (response.socket === null) response.end();
    else {
      this.#isHeld = true;
      if (this.#isBeingTaken) this.door.flushes.addTogether(this);
      else this.door.flushes.add(this);
    }
  }

  /** Sends an answer that is held: to be called ahead of whatever ends the connection, too. */
  flush(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#response.end();
  }

  /** `bytes`: what the body has, where that is known and there is one. */
  #writeHead(reply: Omit<Reply, 'body'>, bytes: number | undefined): void {
    const { status, headers: given = none, lines = '' } = reply;
    const headers = given.slice();
    this.#pushTransport(headers);
    if (reply.closes === true || this.door.isStopping() || this.connection.isOutdated) {
      this.#closesConnection = true;
      headers.push('Connection', 'close');
    }
    if (bytes !== undefined) headers.push('Content-Length', String(bytes));
    writeHead(this.#response, status, {
      headers,
      lines:
        securityLinesOf(reply.policy) +
        (given.includes('Cache-Control') ? '' : noCacheLines) +
        (this.#isPastGate ? this.#identityLines(reply.meta) : '') +
        lines,
    });
  }

  /**
   * Sends an answer that may be large. A small one is made and sent at once; a large one, once there is room for it, part
   * by part as its client takes it.
   */
  sendSized(reply: Omit<Reply, 'body'>, body: SizedBody): void {
    if (this.isOver) return;
    if (this.isSmall(body.bytes)) this.send({ body: body.whole(), ...reply });
    else {
      this.#isAnswered = true;
      this.#sendLarge(reply, body);
    }
  }

  /** Says whether an answer of so many bytes may be sent at once, and counts it if so: to be asked right before that. */
  isSmall(bytes: number): boolean {
    if (this.method === 'HEAD') return true;
    if (this.#room !== undefined || !this.connection.takeSmall(bytes)) return false;
    this.#smallBytes = bytes;
    return true;
  }

  /** Calls `read` once there is room for an answer of so many bytes: what is large is read no sooner. */
  withRoom(bytes: number, read: () => void): void {
    if (this.isOver) return;
    const room = new Room(this.connection.account, bytes);
    this.#room = room;
    this.#atEnd(() => {
      room.giveBack();
    });
    this.#inTurn(() => {
      room.ask(() => {
        // Not all at once when there is room for many: each is copied out of the tree.
        this.door.work.addLarge(this.connection.address, () => {
          if (!this.isOver) read();
          return true;
        });
      });
    });
  }

  #sendLarge(reply: Omit<Reply, 'body'>, body: SizedBody): void {
    const response = this.#response;
    const { socket } = this.request;
    const { connection } = this;
    const place = { debtors: this.door.debtors, connection, room: this.#room };
    const answer = new LargeAnswer(place, body, {
      begin: () => {
        this.#writeHead(reply, body.isExact === true ? body.bytes : undefined);
      },
      write: (part) => writeNow(response, part),
      end: () => response.end(),
      cut: () => socket.destroy(),
    });
    this.#atEnd(() => {
      answer.over();
    });
    response.on('drain', () => {
      answer.drained();
    });
    this.#inTurn(() => {
      answer.start();
    });
  }

  /** An answer that waits for earlier ones must not keep others from the room that it waits with. */
  #inTurn(run: () => void): void {
    if (this.#response.socket === null) this.#response.once('socket', run);
    else run();
  }

  sendSizedJson(
    status: number,
    { bytes, document, parts }: SizedDocument,
    more: Omit<Reply, 'status' | 'body'> = {},
  ): void {
    const isPretty = this.isPretty;
    this.sendSized(
      { status, ...more, lines: jsonLines + (more.lines ?? '') },
      {
        bytes: isPretty ? bytes * prettyBytesFactor : bytes,
        whole: () => this.#jsonText(document()),
        *parts() {
          yield* isPretty ? prettyParts(parts()) : parts();
          yield '\n';
        },
      },
    );
  }

  sendJson(status: number, document: object, more: Omit<Reply, 'status' | 'body'> = {}): void {
    const lines = jsonLines + (more.lines ?? '');
    // Its own fields first: V8 gives a copy with more fields behind it a hidden class of its own.
    this.send({ status, body: this.#jsonText(document), ...more, lines });
  }

  /** Sends JSON that is written already, on one line. */
  sendJsonText(status: number, text: string, { headers, lines, meta }: WrittenReply): void {
    const body = this.isPretty ? this.#jsonText(JSON.parse(text) as object) : `${text}\n`;
    this.send({ status, headers, lines: jsonLines + lines, meta, body });
  }

  /**
   * Says whether JSON is to be set out for reading. By the query as it came: a refusal of the query is set out as well.
   */
  get isPretty(): boolean {
    return this.rawQuery !== '' && prettyParameter.test(this.rawQuery);
  }

  /** With a line break at its end, for those who read it in a terminal. */
  #jsonText(document: object): string {
    return `${JSON.stringify(document, undefined, this.isPretty ? 2 : undefined)}\n`;
  }

  /** Gives a reference to another resource of this door, by its path, for `Location` and `Link`. */
  reference(path: string): string {
    return referenceFrom(this.rawPath, path, this.headers);
  }

  /**
   * Answers with what was thrown: refusals and problems as they are; anything else is an error of ours, told to the
   * log and not to the client.
   */
  fail(error: unknown): void {
    if (error instanceof ClientGone) return;
    const problem = problemOf(error);
    if (problem === undefined) {
      this.door.logger.log('error', 'restRequestFailed', {
        method: this.method,
        path: this.rawPath,
        stack: stackOf(error),
      });
    }
    this.#sendProblem(problem ?? new Problem('internal', errorOfOurs));
  }

  #sendProblem(problem: Problem): void {
    const headers: HeaderList = ['Content-Type', 'application/problem+json', ...noStore];
    for (const [name, value] of Object.entries(problemHeaders(problem))) headers.push(name, value);
    const body = problemBody(problem, {
      instance: this.rawPath,
      changesState: changesState(this.method),
      hasIdempotencyKey: this.headers['idempotency-key'] !== undefined,
    });
    const text = this.isPretty ? this.#jsonText(JSON.parse(body) as object) : `${body}\n`;
    this.send({
      status: problem.status,
      headers,
      body: text,
      closes: problem.fields.closes ?? false,
    });
  }

  #pushTransport(headers: HeaderList): void {
    if (this.door.isSecure) pushAll(headers, strictTransport(this.headers.host));
    if (this.#readableBy === undefined) return;
    headers.push('Access-Control-Allow-Origin', this.#readableBy);
    headers.push('Access-Control-Expose-Headers', exposedHeaders);
  }

  #identityLines(meta = this.door.service.meta()): string {
    return metaLines(meta) + this.door.peerLines();
  }
}

const none: readonly string[] = [];
const jsonLines = linesOf(['Content-Type', 'application/json']);
