import type {
  WatchEvent as WatchEventMessage,
  WatchRequest__Output,
  WatchResponse,
} from '../../../generated/quoll/v1/watch.ts';
import type { WatchEvent, WatchEventType } from '../../../model/watch-event.ts';
import { ServiceError } from '../../../service/service-error.ts';
import type { EventBatch, WatchItem, WatchOptions } from '../../../service/watching.ts';
import { zeroZxid } from '../../../model/zxid.ts';
import { pathFrom } from '../messages/decode.ts';
import type { GrpcDoor } from '../operations/door.ts';
import type { CallTerms } from '../operations/operation.ts';
import { encodeData, encodeStat } from '../messages/encode.ts';
import { badField, longOfZxid, zxidOf } from '../messages/numbers.ts';
import { watchService } from '../messages/protocol.ts';
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
      if (item.kind === 'events') return sink.sendBytes(encodedBatch(item.batch, options.withData));
      if (item.kind === 'refused') {
        sink.fail(new ServiceError(item.refusal));
        return false;
      }
      if (item.kind === 'fired') throw new Error('a one-shot watch fired where none was left');
      const takesMore = sink.send(encodeItem(item, options.withData));
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

/** A `WatchResponse`, encoded once for all watches that see the same. */
function encodedBatch(batch: EventBatch, withData: boolean): Buffer {
  return batch.encoded(withData ? 'grpc+data' : 'grpc', (shared) =>
    watchService.Watch.responseSerialize(eventsMessage(shared, withData)),
  );
}

/**
 * Gives a batch as a message. An event's `index` is the place after it, from which one resumes: 0 is left to mean none.
 */
export function eventsMessage({ zxid, events }: EventBatch, withData: boolean): WatchResponse {
  return {
    events: {
      zxid: longOfZxid(zxid),
      events: events.map(({ index, event }) => ({
        ...encodeEvent(event, withData),
        index: index + 1,
      })),
    },
  };
}

/** Gives the message of all items but `events`, which are shared, and refusals, which are errors. */
export function encodeItem(
  item: Exclude<WatchItem, { kind: 'events' | 'refused' | 'fired' }>,
  withData: boolean,
): WatchResponse {
  const zxid = longOfZxid(item.zxid);
  switch (item.kind) {
    case 'initial':
      return {
        initial: { zxid, events: item.events.map((event) => encodeEvent(event, withData)) },
      };
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
