import type {
  ObserveLeaderRequest__Output,
  ObserveLeaderResponse,
} from '../../generated/quoll/v1/election.ts';
import { electionQueue } from './decode.ts';
import type { Asked, Door } from './door.ts';
import { encodeLeadership } from './elections.ts';
import type { Sink, Source } from './streams.ts';

/** Who leads an election, now and at each change. */
export function observeLeader(
  { service }: Door,
  { name }: ObserveLeaderRequest__Output,
  _asked: Asked,
  sink: Sink<ObserveLeaderResponse>,
): Source {
  return service.locks.observe(electionQueue(name), (view) => sink.send(encodeLeadership(view)));
}
