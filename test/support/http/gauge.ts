import { expectStatus } from '../contract.ts';

/** Gives a metric of a peer, by the name it has after `quoll_`; the peer sets its gauges once a second. */
export async function gauge(base: string, name: string): Promise<number> {
  const { text } = await expectStatus(200, base, 'GET', '/metrics');
  return Number(new RegExp(`^quoll_${name} (\\S+)$`, 'm').exec(text)?.[1]);
}
