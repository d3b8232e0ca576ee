import { fromUtf8 } from '../../src/base/bytes.ts';
import { openAcl } from '../../src/model/acl.ts';
import { type OpResult, type TreeOp } from '../../src/model/request.ts';
import type { EnsembleServer } from '../../src/server/ensemble-server.ts';
import type { Caller, SessionCredential, WriteAnswer } from '../../src/service/call.ts';
import { ask, path, requestTimeoutMs, sleep, type Outcome } from './asking.ts';
import type { RegisterAnswer, RegisterCall, RegisterOp } from './checkers/linearizability.ts';
import type { ConfirmedTouch } from './checkers/session-bound.ts';
import type { PeerNode } from './peer-node.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';
import { create, remove, set } from '../support/model/requests.ts';

const registers = 3;
const sessionTimeoutMs = 2_000;

interface Told {
  readonly name: string;
  readonly told: Outcome<unknown>['told'];
}

/** What clients were told, for the checkers. */
export class ClientHistory {
  readonly calls = new Map<string, RegisterCall[]>();
  /** Creates of names that are used once: children of `/h`. */
  readonly creates: Told[] = [];
  /** Multis of two creates, `/m/<name>-a` and `/m/<name>-b`. */
  readonly multis: Told[] = [];
  /** Creates under one idempotency key, tried again and again: data of the children of `/i`. */
  readonly retried: Told[] = [];
  /** Names given to sequential creates, in the order of their answers. */
  readonly sequenceNames: string[] = [];
  readonly touches: ConfirmedTouch[] = [];
  answers = 0;
  unknown = 0;

  call(key: string, call: RegisterCall): void {
    const calls = this.calls.get(key) ?? [];
    calls.push(call);
    this.calls.set(key, calls);
  }

  forget(key: string, call: RegisterCall): void {
    const calls = this.calls.get(key) ?? [];
    this.calls.set(
      key,
      calls.filter((other) => other !== call),
    );
  }
}

/** Clients of the whole-peer ring: each does one thing after the other, at any peer, through `CoordinationService`. */
export class Clients {
  readonly history = new ClientHistory();
  readonly #scheduler: Scheduler;
  readonly #random: Prng;
  readonly #nodes: readonly PeerNode[];
  readonly #thinkMs: number;
  #names = 0;
  #isStopped = false;

  constructor(
    world: {
      readonly scheduler: Scheduler;
      readonly random: Prng;
      readonly nodes: readonly PeerNode[];
    },
    thinkMs: number,
  ) {
    this.#scheduler = world.scheduler;
    this.#random = world.random;
    this.#nodes = world.nodes;
    this.#thinkMs = thinkMs;
  }

  start(count: number): void {
    for (let client = 0; client < count; client++) void this.#live();
    for (let client = 0; client < 3; client++) void this.#liveWithSessions();
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #live(): Promise<void> {
    while (!this.#isStopped) {
      await this.#sleep(this.#random.exponential(this.#thinkMs));
      const node = this.#random.pick(this.#nodes);
      if (node.server === undefined) continue;
      const dice = this.#random.below(10);
      if (dice < 6) await this.#useRegister(node);
      else if (dice === 6) await this.#createOnce(node);
      else if (dice === 7) await this.#createTwo(node);
      else if (dice === 8) await this.#createWithKey();
      else await this.#createSequential(node);
    }
  }

  /** Opens a session, keeps it alive for a while, then closes it, walks away or comes back when it is nearly over. */
  async #liveWithSessions(): Promise<void> {
    while (!this.#isStopped) {
      await this.#sleep(this.#random.exponential(500));
      const secret = this.#random.bytes(16);
      const sentAtMs = this.#scheduler.nowMs;
      const opened = await this.#ask(this.#random.pick(this.#nodes), ({ service }) =>
        service.sessions.open({ timeoutMs: sessionTimeoutMs, secret, requestTimeoutMs }),
      );
      if (opened.told !== 'done') continue;
      const { session } = opened.value;
      this.history.touches.push({ session, sentAtMs });
      await this.#useSession({ session, secret });
    }
  }

  async #useSession(credential: SessionCredential): Promise<void> {
    for (let beats = this.#random.below(7); beats >= 0 && !this.#isStopped; beats--) {
      if (this.#random.chance(0.5)) await this.#createEphemeral(credential);
      await this.#sleep(this.#random.between(0.1, 0.7) * sessionTimeoutMs);
      await this.#touch(credential);
    }
    switch (this.#random.below(4)) {
      case 0:
        return;
      case 1:
        await this.#sleep(this.#random.between(0.9, 1.2) * sessionTimeoutMs);
        await this.#createEphemeral(credential);
        return;
      case 2:
        await this.#close(credential);
        return;
      default:
        await this.#closeAmidWrites(credential);
    }
  }

  async #createEphemeral(credential: SessionCredential): Promise<void> {
    const ephemeral = create(`/e/${this.#name()}`, { kind: 'ephemeral', parents: true });
    const caller = { identities: [], credential };
    await this.#confirm(credential, () =>
      this.#write(this.#random.pick(this.#nodes), [ephemeral], { caller }),
    );
  }

  async #touch(credential: SessionCredential): Promise<void> {
    await this.#confirm(credential, () =>
      this.#ask(this.#random.pick(this.#nodes), ({ service }) =>
        service.sessions.touch(credential, requestTimeoutMs),
      ),
    );
  }

  async #close(credential: SessionCredential): Promise<void> {
    await this.#ask(this.#random.pick(this.#nodes), ({ service }) =>
      service.sessions.close(credential, requestTimeoutMs),
    );
  }

  /** The session's writes reach the leader before, while and after its end is under way. */
  async #closeAmidWrites(credential: SessionCredential): Promise<void> {
    const closing = this.#close(credential);
    const writes: Promise<void>[] = [];
    for (let count = 0; count < 3; count++) {
      writes.push(this.#createEphemeral(credential));
      await this.#sleep(this.#random.exponential(2));
    }
    await Promise.all([closing, ...writes]);
  }

  /** Remembers a request of the session that was answered with success: S2 counts from when it was sent. */
  async #confirm(
    { session }: SessionCredential,
    call: () => Promise<Outcome<unknown>>,
  ): Promise<void> {
    const sentAtMs = this.#scheduler.nowMs;
    const { told } = await call();
    if (told === 'done') this.history.touches.push({ session, sentAtMs });
  }

  async #useRegister(node: PeerNode): Promise<void> {
    const key = `/r/${String(this.#random.below(registers))}`;
    const calledAt = this.#scheduler.nowMs;
    const op = this.#registerOp();
    const pending: RegisterCall = {
      op,
      calledAt,
      answeredAt: Number.POSITIVE_INFINITY,
      answer: undefined,
    };
    // Whoever dies with the call may have made the change: it counts as long as nobody has said otherwise.
    if (op.op !== 'read') this.history.call(key, pending);
    const answer =
      op.op === 'read' ? await this.#read(node, key) : await this.#change(node, key, op);
    if (answer === 'unknown') return;
    this.history.forget(key, pending);
    // Refused without effect, and for no reason of the register's own: as if it had never been called.
    if (answer === 'never') return;
    this.history.call(key, { op, calledAt, answeredAt: this.#scheduler.nowMs, answer });
  }

  #registerOp(): RegisterOp {
    const value = this.#name();
    const dice = this.#random.below(10);
    if (dice < 5) return { op: 'read' };
    if (dice < 7) return { op: 'set', value };
    if (dice < 8) return { op: 'cas', value, version: this.#random.below(4) };
    return dice < 9 ? { op: 'create', value } : { op: 'delete' };
  }

  async #read(node: PeerNode, key: string): Promise<RegisterAnswer | 'never' | 'unknown'> {
    const outcome = await this.#ask(node, ({ service }) =>
      service.read(
        { read: 'data', path: path(key) },
        { identities: [] },
        { consistency: 'linearizable', timeoutMs: requestTimeoutMs },
      ),
    );
    if (outcome.told === 'done') {
      const { data, stat } = outcome.value.result;
      const value = data === null ? '' : fromUtf8(data);
      return { answer: 'read', state: { value, version: stat.version } };
    }
    if (outcome.told === 'unknown') return 'unknown';
    return outcome.refusal.code === 'noNode' ? { answer: 'read', state: undefined } : 'never';
  }

  async #change(
    node: PeerNode,
    key: string,
    op: Exclude<RegisterOp, { op: 'read' }>,
  ): Promise<RegisterAnswer | 'never' | 'unknown'> {
    const outcome = await this.#write(node, [registerChange(key, op)]);
    if (outcome.told === 'unknown') return 'unknown';
    if (outcome.told === 'done') {
      return { answer: 'done', version: versionOf(outcome.value.outcome.results[0]) };
    }
    const { code } = outcome.refusal;
    const isOwn = code === 'noNode' || code === 'nodeExists' || code === 'badVersion';
    return isOwn ? { answer: 'refused', code } : 'never';
  }

  async #createOnce(node: PeerNode): Promise<void> {
    const name = this.#name();
    const { told } = await this.#write(node, [create(`/h/${name}`, { parents: true })]);
    this.history.creates.push({ name, told });
  }

  async #createTwo(node: PeerNode): Promise<void> {
    const name = this.#name();
    const { told } = await this.#write(node, [
      create(`/m/${name}-a`, { parents: true }),
      create(`/m/${name}-b`, { parents: true }),
    ]);
    this.history.multis.push({ name, told });
  }

  /** Tried again at other peers until the answer is known, under one key. */
  async #createWithKey(): Promise<void> {
    const name = this.#name();
    const op = create(`/i/n-`, { data: name, parents: true, sequential: true });
    let told: Outcome<unknown>['told'] = 'unknown';
    for (let attempt = 0; attempt < 5 && told !== 'done' && !this.#isStopped; attempt++) {
      const answer = await this.#write(this.#random.pick(this.#nodes), [op], { key: name });
      // A refusal of a later attempt says nothing of an earlier one.
      if (answer.told !== 'refused') told = answer.told;
      await this.#sleep(this.#random.between(0, 200));
    }
    this.history.retried.push({ name, told });
  }

  async #createSequential(node: PeerNode): Promise<void> {
    const op = create('/q/n-', { parents: true, sequential: true });
    const answer = await this.#write(node, [op]);
    if (answer.told !== 'done') return;
    const result = answer.value.outcome.results[0];
    if (result?.op === 'create') this.history.sequenceNames.push(result.path);
  }

  #write(
    node: PeerNode,
    ops: readonly TreeOp[],
    { caller = { identities: [] }, key }: { caller?: Caller; key?: string } = {},
  ): Promise<Outcome<WriteAnswer>> {
    return this.#ask(node, ({ service }) =>
      service.write({ kind: 'multi', single: ops.length === 1, ops }, caller, {
        timeoutMs: requestTimeoutMs,
        ...(key === undefined ? {} : { idempotencyKey: key }),
      }),
    );
  }

  async #ask<Value>(
    node: PeerNode,
    call: (server: EnsembleServer) => Promise<Value>,
  ): Promise<Outcome<Value>> {
    // Each on a connection of its own: a peer that stood still reads them in any order.
    const outcome = await ask(this.#scheduler, node, call, call);
    if (outcome.told === 'unknown') this.history.unknown++;
    else this.history.answers++;
    return outcome;
  }

  #sleep(ms: number): Promise<void> {
    return sleep(this.#scheduler, ms);
  }

  #name(): string {
    return String(++this.#names);
  }
}

function registerChange(key: string, op: Exclude<RegisterOp, { op: 'read' }>): TreeOp {
  switch (op.op) {
    case 'set':
      return set(key, op.value, { orCreate: { acl: openAcl, parents: true } });
    case 'cas':
      return set(key, op.value, { expected: { version: op.version } });
    case 'create':
      return create(key, { data: op.value, parents: true });
    case 'delete':
      return remove(key);
  }
}

function versionOf(result: OpResult | undefined): number | undefined {
  return result?.op === 'create' || result?.op === 'set' ? result.stat.version : undefined;
}
