import type { ObserveLeaderRequest__Output } from '../../../generated/quoll/v1/ObserveLeaderRequest.ts';
import type { ObserveLeaderResponse } from '../../../generated/quoll/v1/ObserveLeaderResponse.ts';
import { electionQueue } from '../messages/decode.ts';
import type { Asked, Door } from '../operations/door.ts';
import { encodeLeadership } from '../operations/elections.ts';
import type { Sink, Source } from './answer-stream.ts';

/** Who leads an election, now and at each change. */
export function observeLeader(
  { service }: Door,
  { name }: ObserveLeaderRequest__Output,
  _asked: Asked,
  sink: Sink<ObserveLeaderResponse>,
): Source {
  return service.locks.observe(electionQueue(name), (view) => sink.send(encodeLeadership(view)));
}
