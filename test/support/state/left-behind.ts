import { openAcl } from '../../../src/model/acl.ts';
import type { MultiRequest } from '../../../src/model/request.ts';
import type { CreateZnode } from '../../../src/model/txn.ts';
import { superuser } from '../model/grants.ts';
import type { Leader } from './leader.ts';

/**
 * Commits what a client of a version that knew no grants made below /zookeeper/quoll: as that version's leader would have
 * it, with an open ACL, and whatever else is given.
 */
export function leaveBehind(
  leader: Leader,
  request: MultiRequest,
  as: Partial<Pick<CreateZnode, 'acl' | 'owned' | 'data'>> = {},
): void {
  leader.propose(request, { identities: [superuser] });
  const last = leader.inFlight.at(-1);
  if (last === undefined) return;
  const { txn } = last;
  const changes = txn.changes.map((change) =>
    change.change === 'create' ? { ...change, acl: openAcl, ...as } : change,
  );
  leader.inFlight[leader.inFlight.length - 1] = { ...last, txn: { ...txn, changes } };
  leader.commit();
}
