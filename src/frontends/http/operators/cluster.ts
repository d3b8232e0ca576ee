import { zxidToDecimal } from '../../../model/zxid.ts';
import type { ClusterView } from '../../../service/coordination-service.ts';
import type { Exchange } from '../exchange/exchange.ts';

/** Answers `GET /v1/cluster`: the peers, as this one knows them. */
export function showCluster(exchange: Exchange): void {
  exchange.query([]);
  exchange.sendJson(200, encodeCluster(exchange.door.service.cluster()));
}

function encodeCluster(view: ClusterView): object {
  return {
    clusterId: view.clusterId,
    leaderId: view.leaderId ?? null,
    epoch: view.epoch,
    self: { id: view.self.id, role: view.self.role, lastZxid: zxidToDecimal(view.self.lastZxid) },
    peers: view.peers.map((peer) => ({
      id: peer.id,
      role: peer.role,
      voter: peer.votes,
      state: peer.state,
      http: peer.addresses.http,
      grpc: peer.addresses.grpc,
      zookeeper: peer.addresses.zookeeper,
      lastZxid: zxidToDecimal(peer.lastZxid),
      lagMs: peer.lagMs ?? null,
    })),
  };
}
