import { addressOf } from '../../model/acl.ts';
import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import type { ZnodePath } from '../../model/path.ts';
import type { WatchEventType } from '../../model/watch-event.ts';
import { compareZxid, type Zxid } from '../../model/zxid.ts';
import type {
  ConnectionWatches,
  ConnectionWatchesSink,
  RegisteredWatches,
  WatchKind,
} from '../../service/connection-watches.ts';
import type { Asker } from '../../service/call.ts';
import { validatePath } from '../../service/validate.ts';
import type { RunningPeer } from '../running-peer.ts';
import { ConnectionWatcher } from '../watch/connection-watchers.ts';
import type { Steps } from '../watch/slices.ts';
import type { WatchHub } from '../watch/watch-hub.ts';
import type { Admission } from './admission.ts';

interface LocalConnectionWatchesParts {
  readonly admission: Admission;
  readonly peer: Pick<RunningPeer, 'applier' | 'watches'>;
}

const resumeRequest = { kind: 'watch', op: 'setWatches', path: '' } as const;

/** What happened meanwhile is told by what is there. */
const past = { withPast: true };

/** Paths that are looked at within the call; the others later, in slices. */
const resumedAtOnce = 500;

/** Keeps the watches of one connection of this peer, for the door that has it. */
export class LocalConnectionWatches implements ConnectionWatches {
  readonly #parts: LocalConnectionWatchesParts;
  readonly #watcher: ConnectionWatcher;
  #asker: Asker = { identities: [] };
  #isClosed = false;

  constructor(parts: LocalConnectionWatchesParts, sink: ConnectionWatchesSink) {
    this.#parts = parts;
    this.#watcher = new ConnectionWatcher(sink);
  }

  get size(): number {
    return this.#watcher.count;
  }

  get isBehind(): boolean {
    return this.#hub.owes(this.#watcher);
  }

  identify(asker: Asker): void {
    const { identities } = asker;
    this.#asker = asker;
    this.#watcher.identities = this.#parts.admission.recognize(identities);
    if (this.#watcher.count === 0) this.#watcher.address = addressOf(identities);
  }

  add(path: ZnodePath, kind: WatchKind): Refusal | undefined {
    if (this.#isClosed) return undefined;
    const refusal = this.#hub.hearing.refusal(path, this.#watcher.identities);
    if (refusal === undefined) return this.#add(path, kind);
    this.#parts.admission.audit.answered(this.#asker, 'watch', path, refusal);
    return refusal;
  }

  #add(path: ZnodePath, kind: WatchKind): Refusal | undefined {
    if (this.#isClosed) return undefined;
    const refusal = validatePath(path, this.#parts.admission.limits);
    return refusal ?? this.#hub.connections.add(this.#watcher, { path, kind }, this.#hub.behind());
  }

  has(path: ZnodePath, kind: WatchKind): boolean {
    return this.#hub.connections.has(this.#watcher, path, kind);
  }

  remove(path: ZnodePath, kind: WatchKind): boolean {
    return this.#hub.connections.remove(this.#watcher, path, kind);
  }

  resume(registered: RegisteredWatches, done: (refusal: Refusal | undefined) => void): void {
    const { entrance, times } = this.#parts.admission;
    const timed = times.timed(resumeRequest, this.#asker, (answer) => {
      done(isRefusal(answer) ? answer : undefined);
    });
    const resumed = (refusal: Refusal | undefined): void => {
      timed(refusal ?? {});
    };
    const ran = entrance.run(() => {
      this.#hub.slices.begin(this.#resume(registered, resumed), resumedAtOnce);
    });
    if (!ran) resumed(refused('shuttingDown', 'This peer has stopped: use another one.'));
  }

  whenPassed(run: () => void): void {
    this.#hub.tellConnection(this.#watcher, run);
  }

  paths(): Iterable<ZnodePath> {
    return this.#watcher.kinds.keys();
  }

  close(): void {
    this.#isClosed = true;
    this.#hub.connections.close(this.#watcher);
  }

  get #hub(): WatchHub {
    return this.#parts.peer.watches;
  }

  *#resume(registered: RegisteredWatches, done: (refusal: Refusal | undefined) => void): Steps {
    for (const { paths, kind, missed } of renewals(registered)) {
      for (const path of paths) {
        const refusal = this.#renew(path, kind, missed);
        if (refusal !== undefined) {
          done(refusal);
          return;
        }
        yield 1;
        if (this.#isClosed) return;
      }
    }
    done(undefined);
  }

  /** What changes between two of many is seen by those that come later, and told to those that are there. */
  #renew(path: ZnodePath, kind: WatchKind, missed: Renewal['missed']): Refusal | undefined {
    const { hearing } = this.#hub;
    // Who has not been granted to know of it keeps the watch, and is told of nothing.
    const mayKnow = hearing.refusal(path, this.#watcher.identities, past) === undefined;
    const type = mayKnow ? missed(this.#parts.peer.applier.state.stat(path)) : undefined;
    if (type === undefined) return this.#add(path, kind);
    this.#watcher.sink.notify({ type, path }, undefined);
    return undefined;
  }
}

/** Watches of one kind that come back. */
interface Renewal {
  readonly paths: Iterable<ZnodePath>;
  readonly kind: WatchKind;
  readonly missed: (
    stat: { readonly mzxid: Zxid; readonly pzxid: Zxid } | undefined,
  ) => WatchEventType | undefined;
}

/** ZooKeeper's DataTree.setWatches. `exists` would tell the client as much, so no ACL is asked. */
function renewals({ since, ...registered }: RegisteredWatches): readonly Renewal[] {
  const { data, exists, children, persistent, recursive } = registered;
  return [
    {
      paths: data,
      kind: 'data',
      missed: (stat) => {
        if (stat === undefined) return 'deleted';
        return compareZxid(stat.mzxid, since) > 0 ? 'dataChanged' : undefined;
      },
    },
    {
      paths: exists,
      kind: 'data',
      missed: (stat) => (stat === undefined ? undefined : 'created'),
    },
    {
      paths: children,
      kind: 'children',
      missed: (stat) => {
        if (stat === undefined) return 'deleted';
        return compareZxid(stat.pzxid, since) > 0 ? 'childrenChanged' : undefined;
      },
    },
    { paths: persistent, kind: 'persistent', missed: () => undefined },
    { paths: recursive, kind: 'recursive', missed: () => undefined },
  ];
}
