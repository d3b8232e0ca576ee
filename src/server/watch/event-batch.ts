import type { WatchEvent } from '../../model/watch-event.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { EventBatch, PlacedEvent } from '../../service/watching.ts';
import type { StateMachine } from '../../state/state-machine.ts';

/** What an event costs besides its path and value: its stat, its place, its share of an ACL. */
const eventOverheadBytes = 256;

export class SharedBatch implements EventBatch {
  readonly zxid: Zxid;
  readonly events: readonly PlacedEvent[];
  readonly bytes: number;
  #encoded: Map<string, unknown> | undefined;

  constructor(zxid: Zxid, events: readonly PlacedEvent[]) {
    this.zxid = zxid;
    this.events = events;
    this.bytes = events.reduce((sum, { event }) => sum + eventBytes(event), 0);
  }

  encoded<Encoded>(form: string, encode: (batch: EventBatch) => Encoded): Encoded {
    const encodings = (this.#encoded ??= new Map<string, unknown>());
    if (!encodings.has(form)) encodings.set(form, encode(this));
    // Whoever names a form always encodes it in the same way.
    return encodings.get(form) as Encoded;
  }
}

export function eventBytes({ path, data }: WatchEvent): number {
  return eventOverheadBytes + 2 * path.length + (data?.length ?? 0);
}

/**
 * Gives an event out of the log as it is told now: whoever was let in or shut out since then is judged by what holds now.
 * Setting an ACL is no event, so that nothing else would keep a value from who may not read it any more.
 */
export function toldNow(event: WatchEvent, state: Pick<StateMachine, 'aclNow'>): WatchEvent {
  return { ...event, aclNow: state.aclNow(event.path) };
}

/** Gives the same event for watches that do not want values: they hold none in memory. */
export function withoutValue(event: WatchEvent): WatchEvent {
  if (event.data === undefined) return event;
  const { type, path, stat, acl, aclNow } = event;
  if (aclNow !== undefined) return { type, path, acl, aclNow, ...(stat !== undefined && { stat }) };
  return stat === undefined ? { type, path, acl } : { type, path, acl, stat };
}
