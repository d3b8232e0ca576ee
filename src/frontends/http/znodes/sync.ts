import { zxidToDecimal } from '../../../model/zxid.ts';
import type { Exchange } from '../exchange/exchange.ts';

/** Answers `POST /v1/sync`: this peer has caught up with its leader. */
export async function sync(exchange: Exchange): Promise<void> {
  const meta = await exchange.door.service.sync(exchange.timeoutMs(), exchange.principal);
  exchange.sendJson(200, { zxid: zxidToDecimal(meta.zxid) }, { meta });
}
