import { z } from 'zod';
import { levelMax } from '../../../model/level.ts';
import { serverId, serverIdMax } from '../../../model/ids.ts';
import { zxidToDecimal } from '../../../model/zxid.ts';
import type { ClusterView } from '../../../service/coordination-service.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { decodeJson } from '../exchange/json-body.ts';

const moveSchema = z.strictObject({ id: z.int().min(1).max(serverIdMax).optional() });

const raiseSchema = z.strictObject({
  level: z.int().min(1).max(levelMax).optional(),
  dryRun: z.boolean().optional(),
});

/** Answers `GET /v1/cluster`: the peers, as this one knows them. */
export function showCluster(exchange: Exchange): void {
  exchange.query([]);
  exchange.sendJson(200, encodeCluster(exchange.door.service.cluster()));
}

/** Answers `POST /v1/cluster/leader`: another voter leads from now on. */
export async function moveLeader(exchange: Exchange): Promise<void> {
  const asking = { caller: exchange.caller(), timeoutMs: exchange.timeoutMs() };
  const { id } = decodeJson(await exchange.jsonBody(), moveSchema);
  const { leadership } = exchange.door.service;
  const moved = await leadership.move(id === undefined ? undefined : serverId(id), asking);
  const { from, to, epoch, tookMs, meta } = moved;
  exchange.sendJson(
    200,
    { fromId: from, leaderId: to, epoch, tookMs: Math.round(tookMs) },
    { meta },
  );
}

/** Answers `POST /v1/cluster/level`: an upgrade is finished. */
export async function raiseLevel(exchange: Exchange): Promise<void> {
  const asking = { caller: exchange.caller(), timeoutMs: exchange.timeoutMs() };
  const { level, dryRun = false } = decodeJson(await exchange.jsonBody(), raiseSchema);
  const wanted = { level, isTrial: dryRun };
  const { meta, ...raised } = await exchange.door.service.levels.raise(wanted, asking);
  exchange.sendJson(200, raised, { meta });
}

function encodeCluster(view: ClusterView): object {
  return {
    clusterId: view.clusterId,
    leaderId: view.leaderId ?? null,
    epoch: view.epoch,
    level: view.level,
    newestLevel: view.newestLevel,
    self: { id: view.self.id, role: view.self.role, lastZxid: zxidToDecimal(view.self.lastZxid) },
    peers: view.peers.map((peer) => ({
      id: peer.id,
      role: peer.role,
      voter: peer.votes,
      inConfig: peer.isConfigured,
      removed: peer.isRemoved,
      state: peer.state,
      http: peer.addresses.http,
      grpc: peer.addresses.grpc,
      zookeeper: peer.addresses.zookeeper,
      lastZxid: zxidToDecimal(peer.lastZxid),
      lagMs: peer.lagMs ?? null,
    })),
  };
}
