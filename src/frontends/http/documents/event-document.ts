import type { WatchEvent } from '../../../model/watch-event.ts';
import { zxidToDecimal, type Zxid } from '../../../model/zxid.ts';
import type { EventBatch, PlacedEvent, WatchItem } from '../../../service/watching.ts';
import { formatPosition } from '../exchange/position.ts';
import { problemBody, problemOfRefusal } from '../exchange/problem.ts';
import { encodeData, encodeStat, type Encoding } from './encode.ts';
import { dataFieldsOf, dataPartBytes, objectParts, type Parts } from './parts.ts';

// The one JSON of what a watch yields, for SSE, ndjson and WebSocket.

/** Says what a client wants to see of an event beside its type and path. */
export interface EventForm {
  readonly values: boolean;
  readonly encoding: Encoding | undefined;
}

/** What a watch yields, as JSON: an event, or what `documentsOf` makes. */
export interface EventDocument {
  readonly type: string;
  /** Where to resume from once this was taken in; none where nothing can be resumed from. */
  readonly place?: string;
  readonly [field: string]: unknown;
}

/** A document that may be large: what stands around it in a stream, and its text. */
export interface EventText extends Pick<EventDocument, 'type' | 'place'> {
  readonly parts: () => Parts;
}

/** Names a form of encoded events, so that `EventBatch.encoded` keeps one of each. */
export function formName(carrier: string, { values, encoding }: EventForm): string {
  return values ? `${carrier}+values+${encoding ?? 'auto'}` : carrier;
}

/** Makes a document of each event; the last one of a zxid has the plain zxid for its place. */
export function batchDocuments(batch: EventBatch, form: EventForm): readonly EventDocument[] {
  return batch.events.map((_, position) => {
    const { event, ...around } = placed(batch, form, position);
    return eventDocument(event, around);
  });
}

/** Gives the same one after the other, each in parts. */
export function* batchTexts(batch: EventBatch, form: EventForm): Generator<EventText, void> {
  for (const position of batch.events.keys()) {
    const { event, ...around } = placed(batch, form, position);
    yield eventText(event, around);
  }
}

function placed(
  { zxid, events }: EventBatch,
  form: EventForm,
  position: number,
): Around & { readonly event: WatchEvent } {
  const { index, event } = events[position] as PlacedEvent;
  const isLast = position === events.length - 1;
  // `index` counts from 0; a place says how many were taken in.
  const place = formatPosition(isLast ? { zxid } : { zxid, index: index + 1 });
  return { event, zxid, form, place };
}

/** What an event has beside its path and value. */
const eventBytes = 400;

/** Says about how many bytes an item's documents have, before they are made. */
export function bytesOfItem(item: WatchItem, { values }: EventForm): number {
  switch (item.kind) {
    case 'events':
      return values ? item.batch.bytes : item.batch.events.length * eventBytes;
    case 'initial':
      return item.events.reduce((sum, event) => sum + bytesOfEvent(event, values), 0);
    case 'bookmark':
    case 'fired':
    case 'lost':
    case 'refused':
    case 'synced':
      return eventBytes;
  }
}

function bytesOfEvent({ path, data }: WatchEvent, values: boolean): number {
  return path.length + eventBytes + (values ? (data?.length ?? 0) : 0);
}

/** Makes documents of everything else that a watch yields. */
export function documentsOf(
  item: Exclude<WatchItem, { kind: 'events' }>,
  form: EventForm,
  instance: string,
): readonly EventDocument[] {
  switch (item.kind) {
    case 'initial':
      return item.events.map((event) => eventDocument(event, { zxid: item.zxid, form }));
    case 'synced':
    case 'bookmark':
      return [{ type: item.kind, ...here(item.zxid) }];
    case 'lost': {
      const oldest = zxidToDecimal(item.oldest);
      return [{ type: item.kind, ...here(item.zxid), oldest, why: item.why }];
    }
    case 'refused': {
      const body = problemBody(problemOfRefusal(item.refusal), { instance });
      return [{ type: item.kind, error: JSON.parse(body) as unknown }];
    }
    case 'fired':
      return [eventDocument(item.event, { zxid: item.zxid, form: unadorned })];
  }
}

/** Gives what `documentsOf` makes one after the other, each in parts. */
export function* textsOf(
  item: Exclude<WatchItem, { kind: 'events' }>,
  form: EventForm,
  instance: string,
): Generator<EventText, void> {
  if (item.kind === 'initial') {
    for (const event of item.events) yield eventText(event, { zxid: item.zxid, form });
    return;
  }
  for (const document of documentsOf(item, form, instance)) yield textOf(document);
}

const unadorned: EventForm = { values: false, encoding: undefined };

function here(zxid: Zxid): { readonly zxid: string; readonly place: string } {
  const text = zxidToDecimal(zxid);
  return { zxid: text, place: text };
}

interface Around {
  readonly zxid: Zxid;
  readonly form: EventForm;
  readonly place?: string;
}

function eventDocument(event: WatchEvent, around: Around): EventDocument {
  const { form } = around;
  return {
    ...headOf(event, around),
    ...(form.values && event.data !== undefined && encodeData(event.data, form.encoding)),
  };
}

function eventText(event: WatchEvent, around: Around): EventText {
  const { form } = around;
  const { data = null } = event;
  if (!form.values || data === null || data.length <= dataPartBytes) {
    return textOf(eventDocument(event, around));
  }
  const head = headOf(event, around);
  return {
    ...head,
    parts: () => objectParts([...Object.entries(head), ...dataFieldsOf(data, form.encoding)]),
  };
}

function textOf(document: EventDocument): EventText {
  return { ...document, parts: () => [JSON.stringify(document)] };
}

/** All but the value. */
function headOf(event: WatchEvent, { zxid, place }: Around): EventDocument {
  return {
    type: event.type,
    path: event.path,
    zxid: zxidToDecimal(zxid),
    ...(place !== undefined && { place }),
    ...(event.stat !== undefined && { stat: encodeStat(event.stat) }),
  };
}
