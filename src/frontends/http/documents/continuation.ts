import type { Stat } from '../../../model/stat.ts';
import { parseZxid, zxidEquals, zxidToDecimal, type Zxid } from '../../../model/zxid.ts';
import { badRequest, type Problem } from '../exchange/problem.ts';

/** How the list stood at the first page: tells whether it moved since. */
type ListState = Pick<Stat, 'czxid' | 'pzxid' | 'cversion'>;

/** Says where the next page of a list of children begins. */
export interface Continuation {
  /** The last name of the page before. */
  readonly after: string;
  readonly first: ListState;
}

/**
 * Makes an opaque token for the next page. It grants nothing: whoever makes one up gets what the ACL lets him list
 * anyway.
 */
export function encodeContinuation(after: string, first: ListState): string {
  const fields = [
    zxidToDecimal(first.czxid),
    zxidToDecimal(first.pzxid),
    String(first.cversion),
    after,
  ];
  return Buffer.from(fields.join('/'), 'utf8').toString('base64url');
}

/** Says where the next page of a recursive list begins: what is written anywhere may have moved that list. */
export interface TreeContinuation {
  /** The last name of the page before, as that names it: relative to the top of the list. */
  readonly after: string;
  readonly firstZxid: Zxid;
}

export function encodeTreeContinuation(after: string, firstZxid: Zxid): string {
  return Buffer.from(`tree/${zxidToDecimal(firstZxid)}/${after}`, 'utf8').toString('base64url');
}

export function decodeTreeContinuation(token: string): TreeContinuation {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  const [, zxid, after] = /^tree\/([0-9]{1,19})\/(.+)$/su.exec(text) ?? [];
  const firstZxid = zxidOf(zxid);
  if (firstZxid === undefined || after === undefined) throw notAToken();
  return { after, firstZxid };
}

/** Of a list in which names alone say where a page begins. */
export function encodeNameContinuation(after: string): string {
  return Buffer.from(`name/${after}`, 'utf8').toString('base64url');
}

export function decodeNameContinuation(token: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  const [, after] = /^name\/([^/]+)$/su.exec(text) ?? [];
  if (after === undefined) throw notAToken();
  return after;
}

const tokenText = /^([0-9]{1,19})\/([0-9]{1,19})\/(-?[0-9]{1,10})\/([^/]+)$/u;

export function decodeContinuation(token: string): Continuation {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  const [, czxid, pzxid, cversion, after] = tokenText.exec(text) ?? [];
  const state = { czxid: zxidOf(czxid), pzxid: zxidOf(pzxid) };
  if (state.czxid === undefined || state.pzxid === undefined || after === undefined) {
    throw notAToken();
  }
  return { after, first: { czxid: state.czxid, pzxid: state.pzxid, cversion: Number(cversion) } };
}

/** Says whether the list changed between two pages. */
export function hasMoved(first: ListState, now: ListState): boolean {
  return (
    !zxidEquals(first.czxid, now.czxid) ||
    !zxidEquals(first.pzxid, now.pzxid) ||
    first.cversion !== now.cversion
  );
}

function notAToken(): Problem {
  return badRequest(
    'continue must be the token of the page before, unchanged: take it from "continue" or Link',
  );
}

function zxidOf(text: string | undefined): Zxid | undefined {
  return text === undefined ? undefined : parseZxid(text);
}
