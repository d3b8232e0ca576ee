import type { Exchange } from './exchange.ts';
import { Problem, badRequest } from './problem.ts';
import type { Query } from './query.ts';

/**
 * Sends the client to the leader, for `?redirect`, in place of forwarding its write. True when that was done. On the
 * leader itself the parameter does nothing.
 */
export function redirectToLeader(exchange: Exchange, query: Query): boolean {
  if (!query.flag('redirect')) return false;
  const { leaderId, self, peers } = exchange.door.service.cluster();
  if (self.role === 'leader') return false;
  const leader = leaderId === undefined ? undefined : peers.find((peer) => peer.id === leaderId);
  if (leader === undefined) {
    throw new Problem('noQuorum', 'there is no leader to redirect to: try again shortly');
  }
  const { http } = leader.addresses;
  if (http === '') {
    throw badRequest(
      'the leader advertises no HTTP address: leave redirect away, and the write is forwarded to it',
    );
  }
  const scheme = exchange.door.isSecure ? 'https' : 'http';
  const base = http.includes('://') ? http : `${scheme}://${http}`;
  // 307 keeps method and body.
  exchange.send({
    status: 307,
    headers: ['Location', `${base.replace(/\/+$/, '')}${exchange.request.url ?? '/'}`],
  });
  return true;
}
