import { fromUtf8 } from '../../../src/base/bytes.ts';
import type { Identity } from '../../../src/model/acl.ts';
import type { ZnodePath } from '../../../src/model/path.ts';
import type { StreamPosition, WatchEvent } from '../../../src/model/watch-event.ts';
import type { Zxid } from '../../../src/model/zxid.ts';
import type { CoordinationService } from '../../../src/service/coordination-service.ts';
import type { Outlet, WatchItem, WatchOptions, EventBatch } from '../../../src/service/watching.ts';

export function showZxid({ epoch, counter }: Zxid): string {
  return `${String(epoch)}.${String(counter)}`;
}

export function showEvent({ type, path, data }: WatchEvent): string {
  const value = data === undefined ? '' : data === null ? ' null' : ` ${fromUtf8(data)}`;
  return `${type} ${path}${value}`;
}

/** One line for what a door would send. */
export function showItem(tag: number, item: WatchItem): string {
  const what = (): string => {
    switch (item.kind) {
      case 'events':
        return item.batch.events.map(({ event }) => showEvent(event)).join(', ');
      case 'initial':
        return `initial ${item.events.map(showEvent).join(', ')}`;
      case 'lost':
        return `lost ${item.why}`;
      case 'refused':
        return `refused ${item.refusal.code}`;
      case 'fired':
        return `fired ${showEvent(item.event)}`;
      case 'synced':
      case 'bookmark':
        return item.kind;
    }
  };
  return `${String(tag)}: ${what()}`;
}

/** A door's side of an outlet: keeps all that it is given. */
export class WatchReader {
  readonly items: { readonly tag: number; readonly item: WatchItem }[] = [];
  readonly outlet: Outlet;
  /** What `send` answers. */
  takesMore = true;

  constructor(service: CoordinationService, identities: readonly Identity[] = []) {
    this.outlet = service.openOutlet(
      { identities },
      {
        send: (tag, item) => {
          this.items.push({ tag, item });
          return this.takesMore;
        },
      },
    );
  }

  get lines(): string[] {
    return this.items.map(({ tag, item }) => showItem(tag, item));
  }

  /** Lines since the last call. */
  taken(): string[] {
    return this.items.splice(0).map(({ tag, item }) => showItem(tag, item));
  }

  /** As `/path type` in order, of all batches. */
  get events(): string[] {
    return this.items.flatMap(({ item }) =>
      item.kind === 'events'
        ? item.batch.events.map(
            ({ index, event }) =>
              `${showZxid(item.batch.zxid)}.${String(index)} ${showEvent(event)}`,
          )
        : [],
    );
  }

  has(kind: WatchItem['kind'], tag?: number): boolean {
    return this.items.some(
      (each) => each.item.kind === kind && (tag === undefined || each.tag === tag),
    );
  }

  watch(tag: number, path: string, more: Partial<Omit<WatchOptions, 'path'>> = {}): void {
    this.outlet.watch(tag, {
      path: path as ZnodePath,
      scope: 'node',
      initial: false,
      withData: false,
      timeoutMs: 5_000,
      ...more,
    });
  }

  resume(tag: number, path: string, from: StreamPosition): void {
    this.watch(tag, path, { from, scope: 'recursive', withData: true });
  }
}

/** The batches of events that it was given, in order. */
export function batchesOf(reader: WatchReader): EventBatch[] {
  return reader.items.flatMap(({ item }) => (item.kind === 'events' ? [item.batch] : []));
}
