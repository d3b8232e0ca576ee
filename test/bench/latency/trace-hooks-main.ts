// Loaded into a peer before its own program, and into its threads: notes down when what happens, from outside, where the
// ports and the sockets are. The program knows nothing of it and pays nothing for it otherwise.
//   node --import '<this file>?folder=F' dist/src/main.js <another main.js> server …   writes F/<pid>-<thread>.json

import { writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';
import { PeerDatabase } from '../../../src/adapters/sqlite/database.ts';
import { SqliteStore } from '../../../src/adapters/sqlite/store.ts';
import { TcpPeerNetwork } from '../../../src/adapters/peer-tcp/peer-network.ts';
import type { LogChange } from '../../../src/model/log-change.ts';
import type { LogEntry } from '../../../src/model/log-entry.ts';
import type { PeerMessage } from '../../../src/model/peer-message.ts';
import type { PeerNetworkHandlers } from '../../../src/ports/peer-network.ts';
import { StateMachine } from '../../../src/state/state-machine.ts';
import { Trace, type Place } from './trace.ts';

/** Written down when nothing but heartbeats was seen for so long: not while a write is under way. */
const quietMs = 200;

const folder = new URL(import.meta.url).searchParams.get('folder') ?? '.';
const file = join(folder, `${String(process.pid)}-${String(threadId)}.json`);
const trace = new Trace();
const writing = setTimeout(() => {
  writeFileSync(file, JSON.stringify(trace.events));
}, quietMs);
writing.unref();

function add(place: Place, number: number): void {
  trace.add(place, number);
  if (place !== 'read' && place !== 'write') writing.refresh();
}

hookDisk();
if (!isMainThread) hookSleep();
else {
  // A PeerProcess names the bundled program, whose modules are not those that are hooked here.
  process.argv.splice(2, 1);
  hookSockets();
  hookNetwork();
  hookStore();
  hookState();
}

function replace<T extends object, K extends keyof T>(
  owner: T,
  name: K,
  by: (replaced: T[K]) => T[K],
): void {
  owner[name] = by(owner[name]);
}

/** In the store's own thread. */
function hookDisk(): void {
  replace(PeerDatabase.prototype, 'begin', (begin) => {
    return function (this: PeerDatabase) {
      add('disk begun', 0);
      begin.call(this);
    };
  });
  replace(PeerDatabase.prototype, 'commit', (commit) => {
    return function (this: PeerDatabase) {
      const { counter } = this.log.last.zxid;
      add('commit begun', counter);
      commit.call(this);
      add('commit done', counter);
    };
  });
}

/** The store's thread has no event loop, and no timers therefore: once it has slept for so long, it was quiet. */
function hookSleep(): void {
  const wait = Atomics.wait.bind(Atomics);
  Atomics.wait = (words: Int32Array | BigInt64Array, index: number, value: number | bigint, ms) => {
    const isWords = words instanceof Int32Array;
    if (!isWords || typeof value !== 'number') throw new Error('the store waits for a word');
    const until = performance.now() + (ms ?? Number.POSITIVE_INFINITY);
    for (;;) {
      const left = until - performance.now();
      const ended = wait(words, index, value, Math.min(left, quietMs));
      if (ended !== 'timed-out' || left <= quietMs) return ended;
      writeFileSync(file, JSON.stringify(trace.events));
    }
  };
}

/** What every read and every write of a socket goes through; not of Node's documented methods. */
interface SocketInsides {
  push: (this: Socket, chunk: Uint8Array | null, encoding?: BufferEncoding) => boolean;
  _writeGeneric: (this: Socket, ...rest: readonly unknown[]) => unknown;
}

function hookSockets(): void {
  const insides = Socket.prototype as unknown as SocketInsides;
  replace(insides, 'push', (push) => {
    return function (chunk, encoding) {
      if (chunk !== null) add('read', this.localPort ?? 0);
      return push.call(this, chunk, encoding);
    };
  });
  replace(insides, '_writeGeneric', (write) => {
    return function (...rest) {
      add('write', this.localPort ?? 0);
      return write.call(this, ...rest);
    };
  });
}

function hookNetwork(): void {
  replace(TcpPeerNetwork.prototype, 'send', (send) => {
    return function (this: TcpPeerNetwork, connection, message) {
      seen('sent', message);
      send.call(this, connection, message);
    };
  });
  replace(TcpPeerNetwork.prototype, 'start', (start) => {
    return function (this: TcpPeerNetwork, handlers) {
      const listening = Object.create(handlers) as PeerNetworkHandlers;
      listening.onMessage = (connection, message) => {
        seen('got', message);
        handlers.onMessage(connection, message);
      };
      start.call(this, listening);
    };
  });
}

function seen(way: 'sent' | 'got', message: PeerMessage): void {
  switch (message.kind) {
    case 'proposal':
      add(`${way} proposal`, counterOf(message.entries));
      return;
    case 'ack':
    case 'commit':
      add(`${way} ${message.kind}`, message.zxid.counter);
      return;
    case 'request':
    case 'proposed':
      add(`${way} ${message.kind}`, 0);
      return;
    default:
  }
}

function hookStore(): void {
  replace(SqliteStore.prototype, 'write', (write) => {
    return function (this: SqliteStore, changes, done) {
      const counter = appendedIn(changes);
      add('store called', counter);
      write.call(this, changes, () => {
        add('store answered', counter);
        done();
      });
    };
  });
}

function hookState(): void {
  replace(StateMachine.prototype, 'apply', (apply) => {
    return function (this: StateMachine, zxid, txn) {
      const applied = apply.call(this, zxid, txn);
      add('applied', zxid.counter);
      return applied;
    };
  });
}

function appendedIn(changes: readonly LogChange[]): number {
  for (const change of changes) if (change.kind === 'append') return counterOf(change.entries);
  return 0;
}

function counterOf(entries: readonly LogEntry[]): number {
  return entries.at(-1)?.zxid.counter ?? 0;
}
