import { TcpBed } from '../../support/peer-network/tcp-bed.ts';
import { peerNetworkContract } from './peer-network.contract.ts';

peerNetworkContract('tcp', (peers) => TcpBed.make(peers));
peerNetworkContract('tcp with a secret', (peers) =>
  TcpBed.make(peers, { secret: new TextEncoder().encode('between us') }),
);
