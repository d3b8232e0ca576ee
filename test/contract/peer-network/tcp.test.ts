import { Authority, peerSecurities } from '../../support/tls/authority.ts';
import { TcpBed } from '../../support/peer-network/tcp-bed.ts';
import { peerNetworkContract } from './peer-network.contract.ts';

peerNetworkContract('tcp', (peers) => TcpBed.make(peers));
peerNetworkContract('tcp with a secret', (peers) =>
  TcpBed.make(peers, { secret: new TextEncoder().encode('between us') }),
);
peerNetworkContract('tcp over TLS', async (peers) => {
  const authority = await Authority.make();
  const securities = await peerSecurities(authority, [1, 2, 3, 4, 5].slice(0, peers));
  return TcpBed.make(peers, (id) => ({ security: securities.get(id) }));
});
