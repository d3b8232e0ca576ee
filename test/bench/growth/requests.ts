// Ready-made requests of ZooKeeper's protocol and of HTTP, of as many kinds as `growth` asks with.

import { frame, int32, text } from '../../support/zookeeper/jute-frames.ts';

const op = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  ping: 11,
  getChildren: 8,
  closeSession: -11,
} as const;
const persistent = 0;
const pingXid = -2;

/** The first thing said on a connection: a session, please. */
export function connectRequest(sessionTimeoutMs: number): Buffer {
  const password = Buffer.concat([int32(16), Buffer.alloc(16)]);
  return frame(int32(0), Buffer.alloc(8), int32(sessionTimeoutMs), Buffer.alloc(8), password);
}

export function getData(path: string): Buffer {
  return frame(int32(1), int32(op.getData), text(path), Buffer.from([0]));
}

export function setData(path: string, data: Buffer): Buffer {
  return frame(int32(1), int32(op.setData), text(path), int32(data.length), data, int32(-1));
}

export function create(path: string, data: Buffer): Buffer {
  const acl = Buffer.concat([int32(1), int32(31), text('world'), text('anyone')]);
  return frame(
    int32(1),
    int32(op.create),
    text(path),
    int32(data.length),
    data,
    acl,
    int32(persistent),
  );
}

export function deleteZnode(path: string): Buffer {
  return frame(int32(1), int32(op.delete), text(path), int32(-1));
}

export function exists(path: string, watch: boolean): Buffer {
  return frame(int32(1), int32(op.exists), text(path), Buffer.from([watch ? 1 : 0]));
}

export function getChildren(path: string): Buffer {
  return frame(int32(1), int32(op.getChildren), text(path), Buffer.from([0]));
}

export const ping = frame(int32(pingXid), int32(op.ping));
export const closeSession = frame(int32(1), int32(op.closeSession));

export function http(
  method: 'GET' | 'PUT',
  target: string,
  more: { readonly key?: string; readonly body?: string } = {},
): Buffer {
  const { key, body } = more;
  const keyLine = key === undefined ? '' : `Idempotency-Key: ${key}\r\n`;
  const lengthLine = body === undefined ? '' : `Content-Length: ${String(body.length)}\r\n`;
  const fields = `Host: localhost\r\n${keyLine}${lengthLine}`;
  const head = `${method} ${target} HTTP/1.1\r\n${fields}\r\n`;
  return Buffer.from(`${head}${body ?? ''}`, 'latin1');
}
