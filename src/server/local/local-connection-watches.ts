import type { Identity } from '../../model/acl.ts';
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
import { validatePath } from '../../service/validate.ts';
import type { RunningPeer } from '../running-peer.ts';
import { ConnectionWatcher } from '../watch/connection-watchers.ts';
import type { WatchHub } from '../watch/watch-hub.ts';
import type { Admission } from './admission.ts';

interface LocalConnectionWatchesParts {
  readonly admission: Admission;
  readonly peer: Pick<RunningPeer, 'applier' | 'watches'>;
}

/** Keeps the watches of one connection of this peer, for the door that has it. */
export class LocalConnectionWatches implements ConnectionWatches {
  readonly #parts: LocalConnectionWatchesParts;
  readonly #watcher: ConnectionWatcher;
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

  identify(identities: readonly Identity[]): void {
    this.#watcher.identities = this.#parts.admission.recognize(identities);
  }

  add(path: ZnodePath, kind: WatchKind): Refusal | undefined {
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

  resume(registered: RegisteredWatches): Refusal | undefined {
    let refusal: Refusal | undefined;
    const ran = this.#parts.admission.entrance.run(() => {
      refusal = this.#resume(registered);
    });
    return ran ? refusal : refused('shuttingDown', 'This peer has stopped: use another one.');
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

  /** ZooKeeper's DataTree.setWatches. `exists` would tell the client as much, so nobody's permission is asked. */
  #resume({ since, ...registered }: RegisteredWatches): Refusal | undefined {
    const { data, exists, children, persistent, recursive } = registered;
    return (
      this.#renew(data, 'data', (stat) => {
        if (stat === undefined) return 'deleted';
        return compareZxid(stat.mzxid, since) > 0 ? 'dataChanged' : undefined;
      }) ??
      this.#renew(exists, 'data', (stat) => (stat === undefined ? undefined : 'created')) ??
      this.#renew(children, 'children', (stat) => {
        if (stat === undefined) return 'deleted';
        return compareZxid(stat.pzxid, since) > 0 ? 'childrenChanged' : undefined;
      }) ??
      this.#renew(persistent, 'persistent', () => undefined) ??
      this.#renew(recursive, 'recursive', () => undefined)
    );
  }

  #renew(
    paths: readonly ZnodePath[],
    kind: WatchKind,
    missed: (
      stat: { readonly mzxid: Zxid; readonly pzxid: Zxid } | undefined,
    ) => WatchEventType | undefined,
  ): Refusal | undefined {
    const { applier } = this.#parts.peer;
    for (const path of paths) {
      const result = applier.state.read({ read: 'stat', path }, []);
      const type = missed(isRefusal(result) ? undefined : result.stat);
      if (type !== undefined) this.#watcher.sink.notify({ type, path }, undefined);
      else {
        const refusal = this.add(path, kind);
        if (refusal !== undefined) return refusal;
      }
    }
    return undefined;
  }
}
