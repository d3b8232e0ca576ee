import type { Exchange } from '../exchange/exchange.ts';

/** Answers `GET /metrics`, for Prometheus. */
export async function showMetrics(exchange: Exchange): Promise<void> {
  exchange.query([]);
  const text = await exchange.door.metricsText();
  exchange.send({
    status: 200,
    headers: ['Content-Type', 'text/plain; version=0.0.4; charset=utf-8'],
    body: text,
  });
}
