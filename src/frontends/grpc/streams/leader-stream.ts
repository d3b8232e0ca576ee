import type {
  ObserveLeaderRequest__Output,
  ObserveLeaderResponse,
} from '../../../generated/quoll/v1/election.ts';
import { ServiceError } from '../../../service/service-error.ts';
import { electionQueue } from '../messages/decode.ts';
import type { GrpcDoor } from '../operations/door.ts';
import type { CallTerms } from '../operations/operation.ts';
import { encodeLeadership } from '../operations/elections.ts';
import type { StreamSink, StreamSource } from './answer-stream.ts';

/** Tells who leads an election, now and at each change. */
export function observeLeader(
  { service }: GrpcDoor,
  { name }: ObserveLeaderRequest__Output,
  { caller }: CallTerms,
  sink: StreamSink<ObserveLeaderResponse>,
): StreamSource {
  return service.locks.observe(electionQueue(name), caller, {
    send: (view) => sink.send(encodeLeadership(view)),
    refused: (refusal) => {
      sink.fail(new ServiceError(refusal));
    },
  });
}
