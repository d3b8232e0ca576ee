import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Random } from '../../ports/random.ts';
import type { Caller } from '../../service/call.ts';
import type { CoordinationService } from '../../service/coordination-service.ts';
import type { Budget } from '../../service/budget/budget.ts';
import type { Work } from '../../service/budget/work.ts';
import type { Door } from '../../service/door.ts';
import { DoorGuard, guardedClock } from '../../service/door-guard.ts';
import { RepeatedLog } from '../../service/repeated-log.ts';
import { Entrance, type Secured } from '../entrance/entrance.ts';
import { Flushes } from '../entrance/flushes.ts';
import { ZooKeeperConnection } from './connection.ts';
import type { Holding, ZooKeeperDoor } from './door.ts';
import { EventFlushes } from './event-flushes.ts';
import { Notifications } from './records/notifications.ts';
import { DoorStatistics } from './words/statistics.ts';
import { hostFacts } from './words/host-facts.ts';
import {
  TraceMask,
  type HostFacts,
  type ShownConfiguration,
  type WordSources,
} from './words/sources.ts';
import { answerWord, beginningOf } from './words/words.ts';

export interface ZooKeeperDoorOptions extends Secured {
  readonly service: CoordinationService;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
  /** The protocol has no deadlines: what takes longer ends the connection. */
  readonly requestTimeoutMs: number;
  /** Off: TTL znodes are answered UNIMPLEMENTED, as ZooKeeper does without extendedTypesEnabled. */
  readonly extendedTypes: boolean;
  readonly reconfigEnabled: boolean;
  /** Users may sign in by SASL also where no TLS is spoken. */
  readonly saslWithoutTls?: boolean;
  /** In all; more are closed as they come. 0: no limit. */
  readonly connectionsMax: number;
  /** From one address. 0: as many as leave `othersShare` of `connectionsMax` to others. */
  readonly connectionsPerAddressMax: number;
  /** Shared with the other doors. */
  readonly budget: Budget;
  readonly work: Work;
  /** What four-letter words are answered, and what they show of the configuration. */
  readonly configuration: ShownConfiguration;
}

/** How long a peer may be without a leader before its clients are sent to look for another peer. */
const unreadyGraceMs = 500;
const readinessEveryMs = 100;
/** A fraction of the least time that a session may be silent. */
const showLifeEveryMs = 1_000;
/** How long a client that has connected may take to say so. */
const connectWithinMs = 10_000;
const lingerMs = 2_000;
/** Of all connections: no single address has these, unless the settings say how many one may have. */
export const othersShare = 0.1;

/** Makes the door for ZooKeeper's clients. The sessions of a door that stops live on at other peers. */
export function createZooKeeperDoor(options: ZooKeeperDoorOptions): Door {
  return new JuteDoor(options);
}

class JuteDoor implements Door {
  readonly #options: ZooKeeperDoorOptions;
  readonly #door: ZooKeeperDoor;
  readonly #entrance: Entrance;
  readonly #listener: Server;
  readonly #connections = new Set<ZooKeeperConnection>();
  readonly #perAddress = new Map<string, number>();
  readonly #statistics = new DoorStatistics();
  readonly #trace = new TraceMask();
  readonly #host: HostFacts;
  #watching: Timer | undefined;
  #showingLife: Timer | undefined;
  #unreadySinceMs: number | undefined;

  constructor(options: ZooKeeperDoorOptions) {
    this.#options = options;
    const { service, logger, random, requestTimeoutMs } = options;
    const guard = new DoorGuard(options, 'zookeeperConnectionFailed');
    const clock = guardedClock(options.clock, guard);
    const wordFailed = new RepeatedLog(options, 'error', 'zookeeperWordFailed');
    const { extendedTypes, reconfigEnabled, budget, work } = options;
    this.#host = hostFacts(clock);
    this.#door = {
      service,
      logger,
      clock,
      random,
      requestTimeoutMs,
      writeOptions: { timeoutMs: requestTimeoutMs },
      lingerMs,
      mayTakeSasl: options.security !== undefined || options.saslWithoutTls === true,
      extendedTypes,
      reconfigEnabled,
      flushes: new Flushes(clock),
      eventFlushes: new EventFlushes(clock, work.pace),
      notifications: new Notifications(),
      statistics: this.#statistics,
      budget,
      work,
      guard,
      clientsAhead: new RepeatedLog({ logger, clock }, 'warn', 'zookeeperClientAhead'),
      holdMore: (connection, bytes) => {
        this.#holdMore(connection, bytes);
      },
      answerWord: (word, argument) =>
        answerWord(word, this.#wordSources, argument, (cause) => {
          wordFailed.happened({ word, cause });
        }),
    };
    this.#entrance = new Entrance({
      ...options,
      clock,
      guard,
      door: 'zookeeper',
      begin: (socket, stranger) => {
        this.#opened(socket, stranger);
      },
      answerPlaintext: (first) =>
        beginningOf(first).kind === 'word' ? 'This peer speaks TLS on this port.\n' : undefined,
      // Its protocol has no word for it: the log has.
      answerUncertified: () => undefined,
    });
    this.#listener = createServer({ noDelay: true, keepAlive: true }, (socket) => {
      this.#entrance.take(socket);
    });
    this.#listener.on('error', (error) => {
      logger.log('error', 'zookeeperServerFailed', { cause: String(error) });
    });
  }

  async listen(
    host: string,
    port: number,
  ): Promise<{ readonly host: string; readonly port: number }> {
    await new Promise<void>((resolve, reject) => {
      this.#listener.once('error', reject);
      this.#listener.listen(port, host, () => {
        this.#listener.off('error', reject);
        resolve();
      });
    });
    this.#watching = this.#door.clock.every(readinessEveryMs, () => {
      this.#lookAtReadiness();
      this.#lookAtReaders();
    });
    this.#showingLife = this.#door.clock.every(showLifeEveryMs, () => {
      for (const connection of this.#connections) connection.showLife();
    });
    const address = this.#listener.address() as AddressInfo;
    return { host: address.address, port: address.port };
  }

  async stop(): Promise<void> {
    const closed = this.#closeListener();
    for (const connection of [...this.#connections]) connection.leave();
    await closed;
  }

  async abort(): Promise<void> {
    const closed = this.#closeListener();
    this.#hangUpAll();
    await closed;
  }

  get #wordSources(): WordSources {
    const { service, configuration, security } = this.#options;
    const address = this.#listener.address() as AddressInfo | null;
    return {
      service,
      configuration,
      statistics: this.#statistics,
      connections: this.#connections,
      clientPort: address?.port ?? 0,
      isSecure: security !== undefined,
      host: this.#host,
      trace: this.#trace,
    };
  }

  #closeListener(): Promise<void> {
    this.#watching?.cancel();
    this.#showingLife?.cancel();
    this.#entrance.stop();
    if (!this.#listener.listening) return Promise.resolve();
    return new Promise((resolve) => {
      this.#listener.close(() => {
        resolve();
      });
    });
  }

  #opened(socket: Socket, stranger: Caller): void {
    const { connectionsMax, connectionsPerAddressMax: perAddressMax } = this.#options;
    const ofOneMax = perAddressMax || Math.ceil(connectionsMax * (1 - othersShare));
    const address = socket.remoteAddress ?? '';
    const ofAddress = this.#perAddress.get(address) ?? 0;
    const isOneTooMany = ofOneMax > 0 && ofAddress >= ofOneMax;
    const isFull = connectionsMax > 0 && this.#connections.size >= connectionsMax;
    if (isFull || isOneTooMany) {
      this.#statistics.rejected();
      socket.destroy();
      return;
    }
    this.#perAddress.set(address, ofAddress + 1);
    socket.once('close', () => {
      const left = (this.#perAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#perAddress.set(address, left);
      else this.#perAddress.delete(address);
    });
    const connection = new ZooKeeperConnection(this.#door, { socket, stranger }, () => {
      silent?.cancel();
      this.#connections.delete(connection);
    });
    let silent: Timer | undefined;
    const hearSoon = (): void => {
      silent = this.#door.clock.after(connectWithinMs, () => {
        if (connection.hasBegun) return;
        if (connection.isQueued) hearSoon();
        else connection.hangUp();
      });
    };
    hearSoon();
    this.#connections.add(connection);
  }

  /** A peer that can't say whether its clients' sessions live sends them away: who is connected counts on that. */
  #lookAtReadiness(): void {
    if (this.#options.service.unreadyBecause() === undefined) {
      this.#unreadySinceMs = undefined;
      return;
    }
    const now = this.#door.clock.now();
    this.#unreadySinceMs ??= now;
    if (now - this.#unreadySinceMs < unreadyGraceMs) return;
    // Who has not begun may be about to ask, by a four-letter word, what is the matter.
    for (const connection of [...this.#connections]) if (connection.hasBegun) connection.hangUp();
  }

  #lookAtReaders(): void {
    if (!this.#options.budget.isShort) return;
    for (const connection of [...this.#connections]) connection.dropIfStuck();
  }

  #holdMore(connection: Holding, bytes: number): void {
    const { account } = connection;
    const { each } = this.#options.budget.limits.receivedBytes;
    while (!account.take('receivedBytes', bytes)) {
      const isOwnShare = account.inUse('receivedBytes') + bytes > each;
      const most = this.#holdsMost(connection, bytes, isOwnShare);
      most.drop();
      if (most === connection) return;
    }
  }

  /**
   * Of all, or of those of its address. Not whoever came last: many that hold a little shall not be harmed by some that
   * hold as much as they may.
   */
  #holdsMost(coming: Holding, bytes: number, ofItsAddress: boolean): Holding {
    let most: Holding = coming;
    let held = coming.heldBytes + bytes;
    for (const connection of this.#connections) {
      if (connection.heldBytes <= held || connection === coming) continue;
      if (ofItsAddress && connection.account !== coming.account) continue;
      most = connection;
      held = connection.heldBytes;
    }
    return most;
  }

  #hangUpAll(): void {
    for (const connection of [...this.#connections]) connection.hangUp();
  }
}
