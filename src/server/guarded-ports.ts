import type { Clock } from '../ports/clock.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';
import type { Store } from '../ports/store.ts';
import type { ServerPorts } from './options.ts';

/**
 * Guards every way in from the outside: what throws is the end of this server, and after the end nothing comes in any
 * more. So nothing is sent, promised or written after a broken invariant or a failed store (brief D2.4).
 */
export class Guard {
  readonly #onFatal: (cause: unknown) => void;
  #isHalted = false;
  #hasFailed = false;

  constructor(onFatal: (cause: unknown) => void) {
    this.#onFatal = onFatal;
  }

  get isHalted(): boolean {
    return this.#isHalted;
  }

  /** False when it was not run to its end. */
  run(action: () => void): boolean {
    if (this.#isHalted) return false;
    try {
      action();
      return true;
    } catch (cause) {
      this.fail(cause);
      return false;
    }
  }

  /** As `run`, with what `action` is called with: every request passes here, and needs no function of its own. */
  call<One, Other>(action: (one: One, other: Other) => void, one: One, other: Other): boolean {
    if (this.#isHalted) return false;
    try {
      action(one, other);
      return true;
    } catch (cause) {
      this.fail(cause);
      return false;
    }
  }

  /** Also after the orderly end: a store that can't be closed is a failure that somebody has to be told of. */
  fail(cause: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#isHalted = true;
    this.#onFatal(cause);
  }

  /** The orderly end. */
  halt(): void {
    this.#isHalted = true;
  }
}

export function guardPorts(ports: ServerPorts, guard: Guard): ServerPorts {
  return {
    ...ports,
    clock: guardClock(ports.clock, guard),
    store: guardStore(ports.store, guard),
    network: guardNetwork(ports.network, guard),
  };
}

function guardClock(clock: Clock, guard: Guard): Clock {
  const guarded = (run: () => void) => (): void => {
    guard.run(run);
  };
  return {
    // Asked a dozen times for every request: a function around it would give a number of its own each time.
    now: clock.now.bind(clock),
    recent: clock.recent.bind(clock),
    wall: clock.wall.bind(clock),
    waited: () => clock.waited?.(),
    after: (ms, run) => clock.after(ms, guarded(run)),
    every: (ms, run) => clock.every(ms, guarded(run)),
    soon: (run) => {
      clock.soon(guarded(run));
    },
  };
}

function guardStore(store: Store, guard: Guard): Store {
  const guarded =
    <Args extends readonly unknown[]>(done: (...args: Args) => void) =>
    (...args: Args): void => {
      guard.run(() => {
        done(...args);
      });
    };
  return {
    load: (handlers) => {
      store.load({
        onIndex: guarded((entries) => {
          handlers.onIndex(entries);
        }),
        onLoaded: guarded((state) => {
          handlers.onLoaded(state);
        }),
        // Leads to nothing but the end, so it is let in at any time.
        onFailure: (failure) => {
          handlers.onFailure(failure);
        },
      });
    },
    write: (changes, done) => {
      store.write(changes, () => {
        guard.run(done);
      });
    },
    readLog: (range, done) => {
      store.readLog(range, guarded(done));
    },
    beginSnapshot: (at, membership) => {
      store.beginSnapshot(at, membership);
    },
    writeSnapshotChunk: (bytes, done) => {
      store.writeSnapshotChunk(bytes, guarded(done));
    },
    finishSnapshot: (sha256, done) => {
      store.finishSnapshot(sha256, guarded(done));
    },
    abandonSnapshot: () => {
      store.abandonSnapshot();
    },
    beginStaging: (at, membership) => {
      store.beginStaging(at, membership);
    },
    stageChunk: (sequence, bytes, done) => {
      store.stageChunk(sequence, bytes, guarded(done));
    },
    verifyStaging: (expected, done) => {
      store.verifyStaging(expected, guarded(done));
    },
    readSnapshotChunk: (at, sequence, done) => {
      store.readSnapshotChunk(at, sequence, guarded(done));
    },
    compact: (upTo, done) => {
      store.compact(upTo, guarded(done));
    },
    markDiverged: (why, done) => {
      store.markDiverged(why, guarded(done));
    },
    freeBytes: (done) => {
      store.freeBytes(guarded(done));
    },
    // The end comes after everything else was halted.
    close: (done) => {
      store.close(done);
    },
  };
}

function guardNetwork(network: PeerNetwork, guard: Guard): PeerNetwork {
  return {
    start: (handlers) => {
      network.start({
        onNotification: (notification) => {
          guard.run(() => {
            handlers.onNotification(notification);
          });
        },
        onAccepted: (connection, caller) => {
          guard.run(() => {
            handlers.onAccepted(connection, caller);
          });
        },
        onTwin: (by, livesAt) => {
          guard.run(() => {
            handlers.onTwin(by, livesAt);
          });
        },
        onConnected: (connection, to) => {
          guard.run(() => {
            handlers.onConnected(connection, to);
          });
        },
        onMessage: (connection, message) => {
          guard.run(() => {
            handlers.onMessage(connection, message);
          });
        },
        onClosed: (connection, why) => {
          guard.run(() => {
            handlers.onClosed(connection, why);
          });
        },
        onDrained: (connection) => {
          guard.run(() => {
            handlers.onDrained(connection);
          });
        },
      });
    },
    know: (peers, welcome) => {
      network.know(peers, welcome);
    },
    notify: (to, notification) => {
      network.notify(to, notification);
    },
    dial: (to) => network.dial(to),
    send: (connection, message) => {
      network.send(connection, message);
    },
    flush: () => {
      network.flush();
    },
    queuedBytes: (connection) => network.queuedBytes(connection),
    close: (connection, reason) => {
      network.close(connection, reason);
    },
    stop: (done) => {
      network.stop(done);
    },
  };
}
