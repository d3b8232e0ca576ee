import type {
  WatchEvent as WatchEventMessage,
  WatchRequest__Output,
  WatchResponse,
} from '../../../generated/quoll/v1/watch.ts';
import type { WatchEvent, WatchEventType } from '../../../model/watch-event.ts';
import { ServiceError } from '../../../service/service-error.ts';
import type {
  EventBatch,
  PlacedEvent,
  WatchItem,
  WatchOptions,
} from '../../../service/watching.ts';
import { zeroZxid } from '../../../model/zxid.ts';
import { pathFrom } from '../messages/decode.ts';
import type { GrpcDoor } from '../operations/door.ts';
import type { CallTerms } from '../operations/operation.ts';
import { encodeData, encodeStat } from '../messages/encode.ts';
import { badField, longOfZxid, zxidOf } from '../messages/numbers.ts';
import { watchService } from '../messages/protocol.ts';
import {
  fieldInSteps,
  SharedMessage,
  someAtOnce,
  type SizedMessage,
  type Some,
} from '../messages/sized-message.ts';
import type { StreamSink, StreamSource } from './answer-stream.ts';

/** Serves one watch on a stream of its own. */
export function watch(
  { service, requestTimeoutMs }: GrpcDoor,
  request: WatchRequest__Output,
  { caller, timeoutMs }: CallTerms,
  sink: StreamSink<WatchResponse>,
): StreamSource {
  const options = watchOptions(request, Math.min(timeoutMs, requestTimeoutMs));
  const outlet = service.openOutlet(caller, {
    send(_tag, item) {
      if (item.kind === 'events') return sink.sendSized(batchMessage(item.batch, options.withData));
      if (item.kind === 'refused') {
        sink.fail(new ServiceError(item.refusal));
        return false;
      }
      if (item.kind === 'fired') throw new Error('a one-shot watch fired where none was left');
      const takesMore =
        item.kind === 'initial'
          ? sink.sendSized(initialMessage(item, options.withData))
          : sink.send(encodeItem(item));
      if (item.kind === 'lost') sink.end();
      return takesMore;
    },
  });
  outlet.watch(1, options);
  return {
    drained: () => {
      outlet.drained();
    },
    close: () => {
      outlet.close();
    },
  };
}

export function watchOptions(request: WatchRequest__Output, timeoutMs: number): WatchOptions {
  const { recursive, initial, withData } = request;
  const from = positionFrom(request.after);
  if (from !== undefined && initial) {
    throw badField('after', 'excludes initial: either resume, or begin with what is there');
  }
  return {
    path: pathFrom(request.path),
    scope: recursive ? 'recursive' : 'node',
    initial,
    withData,
    timeoutMs,
    ...(from !== undefined && { from }),
  };
}

function positionFrom(after: WatchRequest__Output['after']): WatchOptions['from'] {
  if (after === null) return undefined;
  const zxid = zxidOf(after.zxid, 'after.zxid') ?? zeroZxid;
  return after.index === 0 ? { zxid } : { zxid, index: after.index };
}

/** Events that are encoded at a time. */
const eventsAtOnce = 64;

/** What an event has beside its path and value. */
const eventBytes = 128;

/**
 * Gives a `WatchResponse` of a batch, encoded once for all watches that see the same. An event's `index` is the place after
 * it, from which one resumes: 0 is left to mean none.
 */
export function batchMessage(batch: EventBatch, withData: boolean): SizedMessage {
  return batch.encoded(withData ? 'grpc+data' : 'grpc', ({ zxid, events, bytes }) => {
    const encode = ({ some, isFirst }: Some<PlacedEvent>): Buffer =>
      encodeResponse({
        events: {
          ...(isFirst && { zxid: longOfZxid(zxid) }),
          events: some.map(({ index, event }) => ({
            ...encodeEvent(event, withData),
            index: index + 1,
          })),
        },
      });
    const parts = someAtOnce(events, eventsAtOnce);
    return new SharedMessage({ bytes, make: () => fieldInSteps(parts, encode) });
  });
}

/** Gives a `WatchResponse` of a part of the state that a watch begins with. */
export function initialMessage(
  { zxid, events }: Extract<WatchItem, { kind: 'initial' }>,
  withData: boolean,
): SizedMessage {
  const encode = ({ some, isFirst }: Some<WatchEvent>): Buffer =>
    encodeResponse({
      initial: {
        ...(isFirst && { zxid: longOfZxid(zxid) }),
        events: some.map((event) => encodeEvent(event, withData)),
      },
    });
  const bytes = events.reduce(
    (sum, { path, data }) => sum + path.length + eventBytes + (withData ? (data?.length ?? 0) : 0),
    0,
  );
  return { bytes, make: () => fieldInSteps(someAtOnce(events, eventsAtOnce), encode) };
}

function encodeResponse(response: WatchResponse): Buffer {
  return watchService.Watch.responseSerialize(response);
}

/** Gives the message of all items but those that may be large, and refusals, which are errors. */
export function encodeItem(
  item: Exclude<WatchItem, { kind: 'events' | 'initial' | 'refused' | 'fired' }>,
): WatchResponse {
  const zxid = longOfZxid(item.zxid);
  switch (item.kind) {
    case 'synced':
      return { synced: { zxid } };
    case 'bookmark':
      return { bookmark: { zxid } };
    case 'lost': {
      const reason = item.why === 'slow' ? 'WATCH_LOST_REASON_SLOW' : 'WATCH_LOST_REASON_COMPACTED';
      return { lost: { zxid, oldest: longOfZxid(item.oldest), reason } };
    }
  }
}

export const eventTypes = {
  created: 'WATCH_EVENT_TYPE_CREATED',
  dataChanged: 'WATCH_EVENT_TYPE_DATA_CHANGED',
  deleted: 'WATCH_EVENT_TYPE_DELETED',
  childrenChanged: 'WATCH_EVENT_TYPE_CHILDREN_CHANGED',
} as const satisfies Record<WatchEventType, string>;

function encodeEvent(event: WatchEvent, withData: boolean): WatchEventMessage {
  const { type, path, stat, data } = event;
  return {
    type: eventTypes[type],
    path,
    ...(stat !== undefined && { stat: encodeStat(stat) }),
    ...(withData && data !== undefined && encodeData(data)),
  };
}
