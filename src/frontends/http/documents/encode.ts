import { isUtf8 } from 'node:buffer';
import { permissionsToLetters, type Acl } from '../../../model/acl.ts';
import { sessionIdToDecimal } from '../../../model/ids.ts';
import type { ChildView } from '../../../model/read.ts';
import type { OpResult } from '../../../model/request.ts';
import type { Stat } from '../../../model/stat.ts';
import { zxidToDecimal } from '../../../model/zxid.ts';

// Model -> what the OpenAPI document promises. 64-bit numbers are decimal strings, other numbers are numbers.

export const encodings = ['utf8', 'base64'] as const;
export type Encoding = (typeof encodings)[number];

export function encodeStat(stat: Stat): Readonly<Record<string, string | number>> {
  return {
    czxid: zxidToDecimal(stat.czxid),
    mzxid: zxidToDecimal(stat.mzxid),
    ctime: stat.ctime,
    mtime: stat.mtime,
    version: stat.version,
    cversion: stat.cversion,
    aversion: stat.aversion,
    ephemeralOwner: sessionIdToDecimal(stat.ephemeralOwner),
    dataLength: stat.dataLength,
    numChildren: stat.numChildren,
    pzxid: zxidToDecimal(stat.pzxid),
  };
}

/** Writes what `JSON.stringify` makes of `encodeStat`: every write is answered with one. */
export function statText(stat: Stat): string {
  return (
    `{"czxid":"${zxidToDecimal(stat.czxid)}","mzxid":"${zxidToDecimal(stat.mzxid)}"` +
    `,"ctime":${String(stat.ctime)},"mtime":${String(stat.mtime)}` +
    `,"version":${String(stat.version)},"cversion":${String(stat.cversion)}` +
    `,"aversion":${String(stat.aversion)}` +
    `,"ephemeralOwner":"${sessionIdToDecimal(stat.ephemeralOwner)}"` +
    `,"dataLength":${String(stat.dataLength)},"numChildren":${String(stat.numChildren)}` +
    `,"pzxid":"${zxidToDecimal(stat.pzxid)}"}`
  );
}

/**
 * Encodes data as text where the bytes are UTF-8, else as base64; `encoding` says which, so that nobody has to guess.
 */
export function encodeData(
  data: Uint8Array | null,
  force: Encoding | undefined,
): { readonly data: string | null; readonly encoding: Encoding } {
  if (data === null) return { data: null, encoding: force ?? 'utf8' };
  const encoding = force !== 'base64' && isUtf8(data) ? 'utf8' : 'base64';
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { data: bytes.toString(encoding), encoding };
}

export function encodeAcl(acl: Acl): readonly Readonly<Record<string, string>>[] {
  return acl.map(({ permissions, scheme, id }) => ({
    permissions: permissionsToLetters(permissions),
    scheme,
    id,
  }));
}

export function encodeChild(child: ChildView, force: Encoding | undefined): object {
  if (child.znode === undefined) return { name: child.name };
  return {
    name: child.name,
    ...encodeData(child.znode.data, force),
    stat: encodeStat(child.znode.stat),
  };
}

export function encodeResult(result: OpResult): object {
  switch (result.op) {
    case 'check':
      return { op: result.op, path: result.path };
    case 'delete':
      return { op: result.op, path: result.path, deleted: result.deleted };
    case 'create':
    case 'set':
    case 'setAcl':
      return { op: result.op, path: result.path, stat: encodeStat(result.stat) };
  }
}
