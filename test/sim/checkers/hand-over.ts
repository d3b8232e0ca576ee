import { compareZxid, zxidEquals, type Zxid } from '../../../src/model/zxid.ts';
import { show, who, type Ghost } from '../ghost.ts';
import { InvariantViolated, type Checker } from '../node-view.ts';

/**
 * A leader that gives way leaves nothing open: all that it ever proposed is committed, its successor holds that durably,
 * and it has proposed nothing since it began to hand over.
 */
export function handOver(ghost: Ghost): Checker {
  /** Where the log of each leader ended when it began to hand over. */
  const begun = new Map<string, Zxid>();
  return {
    name: 'hand-over',
    event: (node, { event }) => {
      if (event === 'handingOver') begun.set(who(node), node.status.lastLogged);
      else if (event === 'handOverAbandoned' || event === 'looking') begun.delete(who(node));
    },
    sending: (node, _connection, message) => {
      if (message.kind !== 'lead') return;
      const { leader, last } = message;
      const broken = (what: string): InvariantViolated =>
        new InvariantViolated('hand-over', `${who(node)} gives way at ${show(last)}, ${what}`);
      const first = begun.get(who(node));
      if (first !== undefined && !zxidEquals(first, last)) {
        throw broken(`and has proposed since ${show(first)}`);
      }
      const { committed, lastLogged } = node.status;
      if (!zxidEquals(committed, last) || !zxidEquals(lastLogged, last)) {
        throw broken(`of ${show(lastLogged)}, committed up to ${show(committed)}`);
      }
      const successor = ghost.nodes.find(({ id }) => id === leader);
      const { log = [], base } = successor?.durable ?? {};
      const held = log.at(-1)?.zxid ?? base?.zxid;
      // Without its disk it is not the peer that acked, and will not lead.
      const isWiped = ghost.wiped.size > 0;
      if (!isWiped && (held === undefined || compareZxid(held, last) < 0)) {
        throw broken(
          `to ${String(leader)}, which holds ${held === undefined ? 'nothing' : show(held)}`,
        );
      }
    },
  };
}
