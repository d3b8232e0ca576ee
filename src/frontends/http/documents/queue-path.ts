import { electionsRoot, locksRoot } from '../../../model/lock.ts';
import { childOf, type ZnodePath } from '../../../model/path.ts';
import { pathFrom } from '../exchange/decode.ts';
import { badRequest } from '../exchange/problem.ts';

/** Names a queue as a URL does. */
export interface QueueName {
  readonly kind: 'locks' | 'elections';
  readonly name: string;
}

/** Gives the directory that a name in a URL, a header or a document stands for. Throws a `Problem`. */
export function queuePath(kind: QueueName['kind'], name: string): ZnodePath {
  if (name === '' || name.includes('/')) {
    throw badRequest('a lock or an election needs a name, and it has no "/": choose a plain one');
  }
  return pathFrom(childOf(kind === 'locks' ? locksRoot : electionsRoot, name));
}

export interface LockOrElection {
  readonly lock?: string | undefined;
  readonly election?: string | undefined;
}

/** Gives the directory of a document that names one or the other; undefined when it names both or neither. */
export function eitherQueue({ lock, election }: LockOrElection): ZnodePath | undefined {
  if (election === undefined) return lock === undefined ? undefined : queuePath('locks', lock);
  return lock === undefined ? queuePath('elections', election) : undefined;
}
