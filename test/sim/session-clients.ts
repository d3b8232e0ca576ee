import { fromUtf8 } from '../../src/base/bytes.ts';
import { openAcl } from '../../src/model/acl.ts';
import { type TreeOp } from '../../src/model/request.ts';
import type { EnsembleServer } from '../../src/server/ensemble-server.ts';
import type {
  Caller,
  ReadOptions,
  SessionCredential,
  WriteAnswer,
} from '../../src/service/call.ts';
import { ask, path, requestTimeoutMs, sleep, type Outcome } from './asking.ts';
import { NeverBack, numberedPath, SeenHistory, type NumberedWrite } from './checkers/seen.ts';
import type { PeerNode } from './peer-node.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';
import { check, create, remove, set } from '../support/model/requests.ts';

interface World {
  readonly scheduler: Scheduler;
  readonly random: Prng;
  readonly nodes: readonly PeerNode[];
  /** A rule was broken; the simulation must end. */
  readonly fail: (cause: unknown) => void;
}

const sessionTimeoutMs = 2_000;

/** A session at one peer: its carrier, until that peer dies. */
interface Life {
  readonly node: PeerNode;
  readonly incarnation: number;
  readonly credential: SessionCredential;
  /** What this client has seen, by its answers in the order they came. */
  readonly seen: NeverBack;
  sent: number;
  readonly flips: boolean;
}

/** Clients whose order counts: they send without waiting, read where they write, and ask again under one key. */
export class SessionClients {
  readonly history = new SeenHistory();
  readonly #world: World;
  #names = 0;
  #isStopped = false;

  constructor(world: World) {
    this.#world = world;
  }

  start(): void {
    const lives = [
      () => this.#inOrder(),
      () => this.#inOrder(),
      () => this.#againByKey(),
      () => this.#contending(),
    ];
    for (const live of lives) live().catch(this.#world.fail);
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #inOrder(): Promise<void> {
    const { random, nodes } = this.#world;
    while (this.#isGoing()) {
      await this.#sleep(random.exponential(300));
      const node = random.pick(nodes);
      const secret = random.bytes(16);
      const opened = await this.#ask(node, ({ service }) =>
        service.sessions.open({ timeoutMs: sessionTimeoutMs, secret, requestTimeoutMs }),
      );
      if (opened.told !== 'done') continue;
      const credential = { session: opened.value.session, secret };
      const seen = new NeverBack();
      // Also at another peer than the one that opened it, which may not have heard of it yet.
      const carrier = random.chance(0.5) ? node : random.pick(nodes);
      const { incarnation } = carrier;
      const flips = random.chance(0.5);
      const life = { node: carrier, incarnation, credential, seen, sent: 0, flips };
      for (let bursts = 2 + random.below(6); bursts > 0 && this.#goesOn(life); bursts--) {
        const answers = await this.#burst(life);
        if (random.chance(0.6)) await Promise.all(answers);
        if (this.#goesOn(life)) await this.#readBack(life);
        await this.#sleep(random.exponential(50));
      }
      await this.#ask(random.pick(nodes), ({ service }) =>
        service.sessions.close(credential, requestTimeoutMs),
      );
    }
  }

  #isGoing(): boolean {
    return !this.#isStopped;
  }

  #goesOn({ node, incarnation }: Life): boolean {
    return this.#isGoing() && node.server !== undefined && node.incarnation === incarnation;
  }

  /** Sends a row of writes, some of which fail by what others before them did. */
  async #burst(life: Life): Promise<readonly Promise<void>[]> {
    const { random } = this.#world;
    const answers: Promise<void>[] = [];
    for (let left = 1 + random.below(8); left > 0 && this.#goesOn(life); left--) {
      answers.push(this.#sendNext(life));
      if (random.chance(0.5)) await this.#sleep(random.exponential(2));
    }
    return answers;
  }

  async #sendNext(life: Life): Promise<void> {
    const { random } = this.#world;
    const { session } = life.credential;
    const name = numberedPath(session, ++life.sent);
    const write: NumberedWrite = { path: name, told: 'unknown', zxid: undefined };
    this.history.writes.push(write);
    // In half of the lives each keyed write fails but for the one that is sent right after it.
    const isKeyed = life.flips ? life.sent % 2 === 0 : random.chance(0.4);
    const key = isKeyed ? { key: `${session}-${String(life.sent)}` } : {};
    const caller = { identities: [], credential: life.credential };
    const answer = await this.#write(life.node, this.#numbered(life, name), { caller, ...key });
    write.told = answer.told;
    if (answer.told !== 'done') return;
    const { outcome, meta } = answer.value;
    write.zxid = outcome.zxid;
    this.#saw(life, meta.zxid);
  }

  #numbered({ credential, sent, flips }: Life, name: string): TreeOp[] {
    const gate = `/g/${credential.session}`;
    const ops: TreeOp[] = [
      create(name, { data: String(sent), parents: true }),
      setOrCreate(`/v/${credential.session}`, String(sent)),
    ];
    const step = flips ? [2, 0, 3, 1][sent % 4] : this.#world.random.below(5);
    switch (step) {
      case 0:
        return [create(gate, { parents: true }), ...ops];
      case 1:
        return [remove(gate), ...ops];
      case 2:
        return [check(gate), ...ops];
      default:
        return ops;
    }
  }

  /** Read-your-writes at the carrier, and with what was seen, at any other peer. */
  async #readBack(life: Life): Promise<void> {
    const { random, nodes } = this.#world;
    const { newest } = life.seen;
    const isHere = random.chance(0.5) || newest === undefined;
    const node = isHere ? life.node : random.pick(nodes);
    const { incarnation } = node;
    const options: ReadOptions = {
      ...(isHere ? { consistency: 'local' } : { consistency: 'session', minZxid: newest }),
      timeoutMs: requestTimeoutMs,
    };
    const at = `/v/${life.credential.session}`;
    const caller = { identities: [], credential: life.credential };
    const answer = await this.#ask(node, ({ service }) =>
      service.read({ read: 'data', path: path(at) }, caller, options),
    );
    if (answer.told !== 'done') return;
    const { result, meta } = answer.value;
    const value = result.data === null ? '' : fromUtf8(result.data);
    const { mzxid } = result.stat;
    this.history.values.push({ path: at, value, mzxid });
    // Several are under way at one time: only what was asked at one peer, or with what was seen, may be compared.
    if (node === life.node && incarnation === life.incarnation) this.#saw(life, meta.zxid);
    else if (newest !== undefined) {
      const other = new NeverBack();
      other.saw(newest, 'before');
      other.saw(meta.zxid, `peer ${String(node.id)}`);
    }
  }

  #saw({ seen, node, incarnation }: Life, zxid: Parameters<NeverBack['saw']>[0]): void {
    if (node.incarnation === incarnation) seen.saw(zxid, `peer ${String(node.id)}`);
  }

  /** Asks again, at once and at other peers, also when it is known to be done: one effect, one answer. */
  async #againByKey(): Promise<void> {
    const { random, nodes } = this.#world;
    while (this.#isGoing()) {
      await this.#sleep(random.exponential(150));
      const key = `key-${String(++this.#names)}`;
      const op = create('/k/n-', { data: key, parents: true, sequential: true });
      const answers: { zxid: WriteAnswer['outcome']['zxid']; path: string }[] = [];
      this.history.keyed.set(key, answers);
      const once = async (): Promise<void> => {
        const answer = await this.#write(random.pick(nodes), [op], { key });
        if (answer.told !== 'done') return;
        const { zxid, results } = answer.value.outcome;
        answers.push({ zxid, path: results[0]?.path ?? '' });
      };
      for (let rounds = 1 + random.below(4); rounds > 0 && this.#isGoing(); rounds--) {
        await Promise.all(Array.from({ length: 1 + random.below(3) }, once));
        await this.#sleep(random.exponential(200));
      }
    }
  }

  /** Errors tell of what others do: they must not tell of what never came to be. */
  async #contending(): Promise<void> {
    const { random, nodes } = this.#world;
    while (this.#isGoing()) {
      await this.#sleep(random.exponential(60));
      const name = `/u/${String(++this.#names)}`;
      const pick = (): PeerNode => random.pick(nodes);
      const creates = [pick(), pick(), pick()].map((node) =>
        this.#write(node, [create(name, { parents: true })]),
      );
      await Promise.all(creates.map((creating) => this.#note(name, 'nodeExists', creating)));
      if ((await creates[0])?.told !== 'done') continue;
      const removing = this.#write(pick(), [remove(name)]);
      await this.#sleep(random.exponential(3));
      await this.#note(name, 'noNode', this.#write(pick(), [set(name, '')]));
      await removing;
    }
  }

  async #note(
    at: string,
    code: 'nodeExists' | 'noNode',
    answering: Promise<Outcome<WriteAnswer>>,
  ): Promise<void> {
    const answer = await answering;
    if (answer.told === 'refused' && answer.refusal.code === code) {
      this.history.said.push({ path: at, code });
    }
  }

  #write(
    node: PeerNode,
    ops: readonly TreeOp[],
    { caller = { identities: [] }, key }: { caller?: Caller; key?: string } = {},
  ): Promise<Outcome<WriteAnswer>> {
    const keyed = key === undefined ? {} : { idempotencyKey: key };
    return this.#ask(node, ({ service }) =>
      service.write({ kind: 'multi', single: ops.length === 1, ops }, caller, {
        timeoutMs: requestTimeoutMs,
        ...keyed,
      }),
    );
  }

  #ask<Value>(
    node: PeerNode,
    call: (server: EnsembleServer) => Promise<Value>,
  ): Promise<Outcome<Value>> {
    return ask(this.#world.scheduler, node, call);
  }

  #sleep(ms: number): Promise<void> {
    return sleep(this.#world.scheduler, ms);
  }
}

function setOrCreate(at: string, data: string): TreeOp {
  return set(at, data, { orCreate: { acl: openAcl, parents: true } });
}
