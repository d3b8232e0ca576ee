import type {
  StreamChildrenRequest__Output,
  StreamChildrenResponse,
} from '../../../generated/quoll/v1/znode.ts';
import { isRefusal } from '../../../model/error-code.ts';
import type { ReadOptions } from '../../../service/call.ts';
import { ServiceError } from '../../../service/service-error.ts';
import type { Stat } from '../../../model/stat.ts';
import { zxidEquals } from '../../../model/zxid.ts';
import { pathFrom } from '../messages/decode.ts';
import type { GrpcDoor } from '../operations/door.ts';
import { checkSession, type CallTerms } from '../operations/operation.ts';
import { encodeChild, encodeMeta, encodeStat } from '../messages/encode.ts';
import { refusedRead } from '../messages/error-map.ts';
import { znodeService } from '../messages/protocol.ts';
import { inSteps } from '../messages/sized-message.ts';
import { answerBytes, answerParts } from '../calls/large-answer.ts';
import type { StreamSink, StreamSource } from './answer-stream.ts';
import { pageSize, readOptions } from '../operations/znodes.ts';

/**
 * Sends all children of a znode, a page a message; the next page is read when the client has taken enough of the last.
 */
export function streamChildren(
  { service }: GrpcDoor,
  request: StreamChildrenRequest__Output,
  { caller, timeoutMs }: CallTerms,
  sink: StreamSink<StreamChildrenResponse>,
): StreamSource {
  const path = pathFrom(request.path);
  const limit = pageSize(request.pageSize, service.limits.childrenPageMax);
  const { withData } = request;
  let options: ReadOptions = { ...readOptions(request.read), timeoutMs };
  checkSession(options, caller);
  let first: Stat | undefined;
  let after: string | undefined;
  let isReading = false;

  const readPage = (): void => {
    if (isReading || sink.isOver) return;
    isReading = true;
    const query = { read: 'children', path, limit, withData } as const;
    const asked = after === undefined ? query : { ...query, after };
    service.readThen(asked, caller, options, (answer) => {
      isReading = false;
      if (sink.isOver) return;
      if (isRefusal(answer)) {
        sink.fail(new ServiceError(refusedRead(answer)));
        return;
      }
      const { result, meta } = answer;
      first ??= result.stat;
      after = result.children.at(-1)?.name;
      // No older than the page before; on the same peer that costs nothing.
      options = { consistency: 'local', minZxid: meta.zxid, timeoutMs };
      const page = {
        children: result.children.map(encodeChild),
        stat: encodeStat(result.stat),
        moved: hasMoved(first, result.stat),
        meta: encodeMeta(meta),
      };
      const goesOn = sink.sendSized({
        bytes: answerBytes(result),
        make: () => inSteps(answerParts(page), znodeService.StreamChildren.responseSerialize),
      });
      if (!result.more) sink.end();
      else if (goesOn) readPage();
    });
  };
  readPage();
  return { drained: readPage, close: () => undefined };
}

function hasMoved(first: Stat, now: Stat): boolean {
  return (
    !zxidEquals(first.czxid, now.czxid) ||
    !zxidEquals(first.pzxid, now.pzxid) ||
    first.cversion !== now.cversion
  );
}
