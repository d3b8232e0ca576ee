import assert from 'node:assert/strict';
import {
  connectionLoss,
  JuteClient,
  type Event,
  type Reply,
} from '../../support/zookeeper/jute-client.ts';
import type { Request } from '../../support/zookeeper/requests.ts';
import { sessions, type Asked, type Command } from './commands.ts';

/** Where one sequence of commands is played: an ensemble of ours, or a ZooKeeper. */
export interface Servers {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** What one command brought: to each session that has a connection, in the order in which it came. */
export interface Step {
  readonly command: Command;
  readonly received: readonly Received[];
}

export type Message = Reply | Event | { readonly kind: 'note'; readonly note: string };

interface Received {
  readonly session: string;
  readonly messages: readonly Message[];
}

export interface Played {
  readonly steps: readonly Step[];
  /** The name of each session of the sequence. */
  readonly names: ReadonlyMap<bigint, string>;
  /** What no server may do, whatever another does. */
  readonly wrong: readonly string[];
}

const timeoutMs = 30_000;
/** Whoever has not answered by then never will. */
const silenceMs = 10_000;
const rootWord = /^~/;

/** One who has a session, or will have: commands speak of these by number. */
class Player {
  readonly #servers: Servers;
  readonly #who: number;
  readonly #names: Map<bigint, string>;
  readonly #wrong: string[];
  client: JuteClient | undefined;
  mark = 0;
  #turn: number;
  #incarnation = 0;
  #session = 0n;
  #password: Buffer = Buffer.alloc(16);
  #seen = 0n;

  constructor(
    who: number,
    parts: { servers: Servers; names: Map<bigint, string>; wrong: string[] },
  ) {
    this.#who = who;
    this.#turn = who;
    this.#servers = parts.servers;
    this.#names = parts.names;
    this.#wrong = parts.wrong;
  }

  get name(): string {
    return `${String(this.#who)}.${String(this.#incarnation)}`;
  }

  get hasSession(): boolean {
    return this.#session !== 0n;
  }

  get seen(): bigint {
    const { client } = this;
    return client !== undefined && client.lastZxid > this.#seen ? client.lastZxid : this.#seen;
  }

  /** The connection that there is, or the one that comes back, or that of another session. */
  async present(): Promise<JuteClient> {
    return this.client ?? this.#arrive();
  }

  async #arrive(): Promise<JuteClient> {
    const client = await JuteClient.open(this.#nextAddress());
    const isNew = this.#session === 0n;
    const reply = await patiently(
      client,
      client.handshake({
        timeoutMs,
        lastZxidSeen: this.seen,
        ...(!isNew && { session: this.#session, password: this.#password }),
      }),
    );
    assert.ok(reply !== undefined, `${this.#servers.name} hung up on ${this.name}`);
    assert.equal(reply.timeoutMs, timeoutMs, `${this.#servers.name}: ${this.name}`);
    if (isNew) {
      this.#incarnation++;
      this.#session = reply.session;
      this.#password = reply.password;
      this.#names.set(reply.session, `session ${this.name}`);
    } else {
      assert.equal(reply.session, this.#session);
      assert.deepEqual(reply.password, this.#password);
    }
    this.client = client;
    this.mark = 0;
    return client;
  }

  async move(): Promise<void> {
    const before = await this.present();
    this.#seen = this.seen;
    await this.#arrive();
    await patiently(before, before.closed);
    this.#noteWrong(before);
  }

  async drop(): Promise<void> {
    const client = await this.present();
    client.destroy();
    await client.closed;
    this.forget();
  }

  /** What the server said to the wrong password. */
  async intrude(): Promise<string> {
    // ZooKeeper cuts the owner's connection before it looks at the password.
    await this.drop();
    const client = await JuteClient.open(this.#nextAddress());
    const reply = await client.handshake({
      timeoutMs,
      session: this.#session,
      password: Buffer.alloc(16, 1),
    });
    await patiently(client, client.closed);
    if (reply === undefined) return 'hung up';
    return `${String(reply.timeoutMs)} ${String(reply.session)} ${reply.password.toString('hex')}`;
  }

  async close(): Promise<void> {
    const client = await this.present();
    await patiently(client, client.ask({ op: 'closeSession' }));
    await patiently(client, client.closed);
    this.#session = 0n;
  }

  /** The connection is gone. */
  forget(): void {
    const { client } = this;
    if (client === undefined) return;
    this.#seen = this.seen;
    this.#noteWrong(client);
    this.client = undefined;
  }

  #noteWrong({ wrong }: JuteClient): void {
    this.#wrong.push(...wrong.map((each) => `${this.#servers.name} to ${this.name}: ${each}`));
  }

  #nextAddress(): string {
    const { addresses } = this.#servers;
    const address = addresses[this.#turn++ % addresses.length];
    assert.ok(address !== undefined);
    return address;
  }
}

/**
 * Plays the commands one after the other. After each, every session asks for a sync: what it had to be told of the command
 * is there before the answer, at whatever server it is.
 */
export async function play(
  servers: Servers,
  commands: readonly Command[],
  root: string,
): Promise<Played> {
  const names = new Map<bigint, string>();
  const wrong: string[] = [];
  const players = Array.from(
    { length: sessions },
    (_, who) => new Player(who, { servers, names, wrong }),
  );
  const steps: Step[] = [];
  try {
    for (const player of players) await player.present();
    const made = await players[0]?.client?.ask({
      op: 'create',
      path: root,
      data: 'root',
      flags: 0,
      acl: [{ perms: 31, scheme: 'world', id: 'anyone' }],
    });
    assert.equal(made?.err, 0, `${servers.name} makes ${root}`);
    await collect(players);
    for (const command of commands) {
      const player = players[command.who];
      assert.ok(player !== undefined);
      const note = await carryOut(player, command, root);
      const received = await collect(players);
      if (note !== undefined) {
        received.push({ session: player.name, messages: [{ kind: 'note', note }] });
      }
      steps.push({ command, received });
    }
  } finally {
    for (const player of players) {
      // Also one that has no connection now: its ephemerals are not for the next sequence to see.
      if (player.hasSession) await player.close();
      player.forget();
    }
  }
  return { steps, names, wrong };
}

async function carryOut(
  player: Player,
  command: Command,
  root: string,
): Promise<string | undefined> {
  switch (command.kind) {
    case 'ask': {
      const client = await player.present();
      const requests = command.requests.map(
        (asked) => atRoot(requestOf(asked, player.seen), root) as Request,
      );
      const replies = await patiently(client, Promise.all(client.askAll(requests)));
      const isOver = replies.some(({ op, err }) => err === connectionLoss || op === 'unknown');
      if (isOver) await patiently(client, client.closed);
      return undefined;
    }
    case 'auth': {
      const client = await player.present();
      const { scheme, auth } = command;
      const { err } = await patiently(client, client.ask({ op: 'auth', scheme, auth }));
      if (err !== 0) await patiently(client, client.closed);
      return undefined;
    }
    case 'sasl': {
      const client = await player.present();
      await patiently(client, client.ask({ op: 'sasl', token: 'x' }));
      return undefined;
    }
    case 'close':
      await player.close();
      return undefined;
    case 'drop':
      await player.drop();
      return undefined;
    case 'move':
      await player.move();
      return undefined;
    case 'intrude':
      return player.intrude();
  }
}

/** Gives a connection up that stays silent: what was asked on it is then answered as lost. */
async function patiently<Value>(client: JuteClient, answer: Promise<Value>): Promise<Value> {
  const giveUp = setTimeout(() => {
    client.wrong.push('no answer');
    client.destroy();
  }, silenceMs);
  try {
    return await answer;
  } finally {
    clearTimeout(giveUp);
  }
}

function requestOf(asked: Asked, seen: bigint): Request {
  if (asked.op !== 'setWatches' && asked.op !== 'setWatches2') return asked;
  return { ...asked, since: asked.since === 'seen' ? seen : 0n };
}

function atRoot(value: unknown, root: string): unknown {
  if (typeof value === 'string') return value.replace(rootWord, root);
  if (Array.isArray(value)) return value.map((each) => atRoot(each, root));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, atRoot(each, root)]));
}

async function collect(players: readonly Player[]): Promise<Received[]> {
  await Promise.all(
    players.map(
      async ({ client }) => client && patiently(client, client.ask({ op: 'sync', path: '/' })),
    ),
  );
  return players.flatMap((player) => {
    const { client, mark, name } = player;
    if (client === undefined) return [];
    const messages: Message[] = client.received.slice(mark);
    player.mark = client.received.length;
    if (client.isClosed) {
      messages.push({ kind: 'note', note: 'closed' });
      player.forget();
    } else messages.pop();
    return messages.length === 0 ? [] : [{ session: name, messages }];
  });
}
