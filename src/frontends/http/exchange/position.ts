import type { StreamPosition } from '../../../model/watch-event.ts';
import { parseZxid, zxidToDecimal } from '../../../model/zxid.ts';
import { badRequest } from './problem.ts';
import { excerpt } from './query.ts';

const positionText = /^([0-9]{1,19})(?:\.([1-9][0-9]{0,8}))?$/;

/** Writes a place in a stream as `zxid`, or as `zxid.n`: after so many of its txn's events. */
export function formatPosition({ zxid, index }: StreamPosition): string {
  return index === undefined ? zxidToDecimal(zxid) : `${zxidToDecimal(zxid)}.${String(index)}`;
}

/** Reads a place in a stream; throws a `Problem` that names `where` when the text is none. */
export function positionFrom(text: string, where: string): StreamPosition {
  const [, decimal = '', index] = positionText.exec(text) ?? [];
  const zxid = parseZxid(decimal);
  if (zxid === undefined) {
    throw badRequest(
      `${where} must be a place in the stream, as an event's "place" says it: a zxid, or zxid.n; got "${excerpt(text)}"`,
    );
  }
  return index === undefined ? { zxid } : { zxid, index: Number(index) };
}
