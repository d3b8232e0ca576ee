import type { SessionId } from '../../../src/model/ids.ts';
import type { Zxid } from '../../../src/model/zxid.ts';
import { show } from '../ghost.ts';
import { InvariantViolated } from '../node-view.ts';
import type { TxnRule } from './committed-txns.ts';

/** S4: once its closeSession is in C, a session acts no more there and is given no ephemeral. */
export function afterClose(): TxnRule {
  const closed = new Map<SessionId, Zxid>();
  const checkAlive = (session: SessionId, zxid: Zxid, what: string): void => {
    const closedAt = closed.get(session);
    if (closedAt === undefined) return;
    throw new InvariantViolated(
      'S4',
      `${show(zxid)} ${what} session ${session}, which ${show(closedAt)} closed`,
    );
  };
  return {
    name: 'S4',
    committed: ({ session, changes }, zxid) => {
      if (session !== undefined) checkAlive(session, zxid, 'acts for');
      for (const change of changes) {
        if (change.change === 'create' && change.owned.kind === 'ephemeral') {
          checkAlive(change.owned.owner, zxid, 'creates an ephemeral of');
        } else if (change.change === 'closeSession') {
          checkAlive(change.session, zxid, 'closes again');
          closed.set(change.session, zxid);
        }
      }
    },
  };
}
