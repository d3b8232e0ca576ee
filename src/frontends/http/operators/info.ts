import type { Limits } from '../../../model/limits.ts';
import type { PeerDescription } from '../../../service/coordination-service.ts';
import type { Exchange } from '../exchange/exchange.ts';

/** Answers `GET /v1/info`: this peer and its limits. */
export function showInfo(exchange: Exchange): void {
  exchange.query([]);
  const { service } = exchange.door;
  exchange.sendJson(200, encodeDescription(service.describe(), service.limits));
}

function encodeDescription(description: PeerDescription, limits: Limits): object {
  const { version, serverId, clusterId, startedAtMs, znodes, sessions } = description;
  return { version, apiVersion: 'v1', serverId, clusterId, startedAtMs, znodes, sessions, limits };
}
