import type { Refusal } from '../../../model/error-code.ts';
import type { Zxid } from '../../../model/zxid.ts';
import type { Client, ZooKeeperRequest } from './client.ts';
import { numberOfCode } from '../records/error-map.ts';
import type { JuteWriter } from '../../../wire/jute/jute-writer.ts';
import { ok } from '../../../wire/jute/protocol.ts';

export function answer(
  client: Client,
  asked: ZooKeeperRequest,
  {
    zxid = client.door.service.meta().zxid,
    error = ok,
    record,
  }: {
    readonly zxid?: Zxid;
    readonly error?: number;
    readonly record?: (to: JuteWriter) => void;
  } = {},
): void {
  const { out } = client;
  out.beginFrame();
  out.replyHeader(asked.xid, zxid, error);
  record?.(out);
  out.endFrame();
  client.answered(asked, zxid);
}

export function refuse(client: Client, asked: ZooKeeperRequest, error: number): void {
  client.inOrder(() => {
    answer(client, asked, { error });
  });
}

/**
 * Answers with a refusal, or ends the connection where there is no number for it. Called in the turn of the request.
 */
export function answerRefusal(client: Client, asked: ZooKeeperRequest, { code }: Refusal): void {
  const error = numberOfCode[code];
  if (error === 'hangUp') client.hangUp();
  else answer(client, asked, { error });
}
