import { decodeTxn } from '../documents/decode-txn.ts';
import { outcomeDocument, refusedTxn } from '../documents/txn-outcome.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { redirectToLeader } from '../exchange/redirect.ts';
import { decodeWriteOptions, writeParameters } from './call-options.ts';
import { replayed } from './stat-headers.ts';

/** Answers `POST /v1/txn`: all ops or none, or all of `else`. */
export async function runTxn(exchange: Exchange): Promise<void> {
  const query = exchange.query(writeParameters);
  if (redirectToLeader(exchange, query)) return;
  const { service, requestTimeoutMs } = exchange.door;
  const options = decodeWriteOptions(query, exchange.headers, requestTimeoutMs);
  const request = decodeTxn(await exchange.jsonBody(), service.limits);
  try {
    const answer = await service.write(request, exchange.caller(), options);
    exchange.sendSizedJson(200, outcomeDocument(answer.outcome), {
      headers: replayed(answer),
      meta: answer.meta,
    });
  } catch (error) {
    throw refusedTxn(error, request);
  }
}
