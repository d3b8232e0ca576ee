import { setTimeout as delay } from 'node:timers/promises';
import type { Acl } from '../../model/acl.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { JuteReader } from '../../wire/jute/jute-reader.ts';
import { opCode } from '../../wire/jute/protocol.ts';
import type { Change, Found, Outcome, Side } from './side.ts';
import {
  ConnectionLost,
  TlsRefused,
  ZooKeeperClient,
  type Introduction,
} from './zookeeper-client.ts';

const noNode = -101;
const noAuth = -102;
/** What is so because somebody else was quicker: no node, no children for ephemerals, exists, not empty. */
const racing = new Set([noNode, -108, -110, -111]);
/** Without any server that answers for so long, the copy ends. */
const unavailableMsMax = 60_000;
const pauseMsMin = 50;
const pauseMsMax = 2_000;
const lookAgainMsByDefault = 5_000;
const persistentFlags = 0;

export interface ZooKeeperSideOptions extends Introduction {
  readonly warn: (what: string) => void;
  /** How often all is looked at where a server knows no persistent watches. */
  readonly lookAgainMs?: number;
}

/** An ensemble by ZooKeeper's protocol: a ZooKeeper, or a Quoll with that door. */
export class ZooKeeperSide implements Side {
  readonly #addresses: readonly string[];
  readonly #options: ZooKeeperSideOptions;
  #at = 0;
  #client: Promise<ZooKeeperClient> | undefined;
  #isClosed = false;

  constructor(addresses: readonly string[], options: ZooKeeperSideOptions) {
    this.#addresses = addresses;
    this.#options = options;
  }

  async read(path: string): Promise<Found> {
    return this.#use(async (client) => {
      const text = (to: { text(value: string): void }): void => {
        to.text(path);
      };
      const [data, acl] = await Promise.all([
        client.ask(opCode.getData, (to) => {
          to.text(path);
          to.bool(false);
        }),
        client.ask(opCode.getAcl, text),
      ]);
      if (data.error === noNode || acl.error === noNode) return 'absent';
      if (data.error === noAuth) return 'hidden';
      check(data.error, path);
      const bytes = data.record.buffer();
      const { isEphemeral, numChildren } = readStat(data.record);
      const entries = acl.error === 0 ? acl.record.acl() : undefined;
      return { data: bytes, acl: entries, isEphemeral, numChildren };
    });
  }

  async children(path: string): Promise<readonly string[]> {
    return this.#use(async (client) => {
      const reply = await client.ask(opCode.getChildren, (to) => {
        to.text(path);
        to.bool(false);
      });
      if (reply.error === noNode || reply.error === noAuth) return [];
      check(reply.error, path);
      return reply.record.texts();
    });
  }

  create(
    path: string,
    { data, acl }: { readonly data: Uint8Array | null; readonly acl: Acl },
  ): Promise<Outcome> {
    return this.#change(opCode.create, (to) => {
      to.text(path);
      to.buffer(data);
      to.acl(acl);
      to.int(persistentFlags);
    });
  }

  setData(path: string, data: Uint8Array | null): Promise<Outcome> {
    return this.#change(opCode.setData, (to) => {
      to.text(path);
      to.buffer(data);
      to.int(-1);
    });
  }

  setAcl(path: string, acl: Acl): Promise<Outcome> {
    return this.#change(opCode.setAcl, (to) => {
      to.text(path);
      to.acl(acl);
      to.int(-1);
    });
  }

  remove(path: string): Promise<Outcome> {
    return this.#change(opCode.delete, (to) => {
      to.text(path);
      to.int(-1);
    });
  }

  async *changes(path: string, signal: AbortSignal): AsyncGenerator<Change> {
    for (let begun = false; !signal.aborted; begun = true) {
      const events = new EventQueue(signal);
      const error = await this.#use(async (client) => {
        client.onEvent = (changed) => {
          events.add(changed);
        };
        return client.watchAll(path);
      });
      yield { kind: begun ? 'all' : 'begun' };
      if (error !== 0) {
        yield* this.#lookAgainAndAgain(signal);
        return;
      }
      for await (const changed of events.taken()) yield { kind: 'path', path: changed };
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = await this.#client?.catch(() => undefined);
    await client?.close();
  }

  /** Who is asked for what he does not know closes the connection, too: the next question makes another. */
  async *#lookAgainAndAgain(signal: AbortSignal): AsyncGenerator<Change> {
    const { warn, lookAgainMs = lookAgainMsByDefault } = this.#options;
    warn(
      `that ZooKeeper knows no persistent watches (3.6 does): all is compared every ${String(lookAgainMs / 1_000)} s`,
    );
    while (!signal.aborted) {
      await delay(lookAgainMs, undefined, { signal }).catch(() => undefined);
      yield { kind: 'all' };
    }
  }

  #change(code: number, write: Parameters<ZooKeeperClient['ask']>[1]): Promise<Outcome> {
    return this.#use(async (client) => {
      const { error } = await client.ask(code, write);
      if (error === 0) return 'done';
      return racing.has(error) ? 'moved' : { refused: nameOf(error) };
    });
  }

  /** Asks again on another connection when one is lost: whoever changes something looks at what is there first. */
  async #use<T>(ask: (client: ZooKeeperClient) => Promise<T>): Promise<T> {
    const giveUpAtMs = performance.now() + unavailableMsMax;
    for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(2 * pauseMs, pauseMsMax)) {
      const connecting = (this.#client ??= this.#connect());
      try {
        return await ask(await connecting);
      } catch (error) {
        if (error instanceof TlsRefused) throw notSpokenTo(error);
        if (!(error instanceof ConnectionLost)) throw error;
        // Later it is a server that goes, or can't serve just now.
        if (error.isUnheard && this.#at <= this.#addresses.length) throw unheard(error);
        if (this.#client === connecting) this.#client = undefined;
        if (this.#isClosed || performance.now() > giveUpAtMs) throw unavailable(error);
        await delay(pauseMs);
      }
    }
  }

  #connect(): Promise<ZooKeeperClient> {
    const address = this.#addresses[this.#at++ % this.#addresses.length] ?? '';
    return ZooKeeperClient.connect(address, this.#options);
  }
}

/** Paths of events as they come, until the connection ends or the signal says so. */
class EventQueue {
  readonly #signal: AbortSignal;
  #paths: string[] = [];
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(path: string | undefined): void {
    if (path === undefined) this.#isOver = true;
    else this.#paths.push(path);
    this.#wake();
  }

  async *taken(): AsyncGenerator<string> {
    const stop = (): void => {
      this.add(undefined);
    };
    this.#signal.addEventListener('abort', stop, { once: true });
    while (!this.#signal.aborted) {
      yield* this.#paths.splice(0);
      if (this.#paths.length > 0) continue;
      if (this.#isOver) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#signal.removeEventListener('abort', stop);
  }
}

function readStat(reader: JuteReader): { isEphemeral: boolean; numChildren: number } {
  for (let longs = 4; longs > 0; longs--) reader.words();
  for (let ints = 3; ints > 0; ints--) reader.int();
  const { high, low } = reader.words();
  reader.int();
  return { isEphemeral: high !== 0 || low !== 0, numChildren: reader.int() };
}

function check(error: number, path: string): void {
  if (error === 0) return;
  throw new CommandFailed(exitCode.error, `${path} can't be read: ${nameOf(error)}`);
}

function nameOf(error: number): string {
  if (error === noAuth) return 'not allowed';
  if (error === -114) return 'its ACL is not taken there';
  return error === -8 ? 'not a request that it takes' : `ZooKeeper's error ${String(error)}`;
}

function unavailable(cause: ConnectionLost): CommandFailed {
  return new CommandFailed(exitCode.unavailable, cause.message, {
    hint: 'Run the same command again: it goes on with what is not there yet.',
    cause,
  });
}

function notSpokenTo(cause: TlsRefused): CommandFailed {
  return new CommandFailed(exitCode.unavailable, cause.message, { hint: cause.hint, cause });
}

function unheard(cause: ConnectionLost): CommandFailed {
  return new CommandFailed(exitCode.unavailable, `${cause.message}, before a word`, {
    hint: 'Where its port speaks plaintext, write zookeeper:// for zookeeper+tls://. It may want a certificate of ours, from an authority that it knows: --cert FILE --key FILE. Or it serves nobody now.',
    cause,
  });
}
