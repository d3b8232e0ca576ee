import { wordToHex } from '../base/hex.ts';

/** A peer's number in the configuration: 1..255, ZooKeeper's `myid`. */
export type ServerId = number & { readonly __brand: 'ServerId' };

export const serverIdMax = 255;

/** Reads one out of text; undefined for anything else. */
export function parseServerId(text: string): ServerId | undefined {
  return /^[1-9]\d{0,2}$/.test(text) && Number(text) <= serverIdMax
    ? serverId(Number(text))
    : undefined;
}

export function serverId(value: number): ServerId {
  return value as ServerId;
}

/**
 * A session: 63 random bits, as 16 lower-case hex digits. A string because it is a Map key everywhere and a number
 * nowhere; JSON and ZooKeeper's wire show it as an integer and translate at the edge.
 */
export type SessionId = string & { readonly __brand: 'SessionId' };

/** What `ephemeralOwner` holds when nobody owns the znode. */
export const noSession = '0000000000000000' as SessionId;

const sessionIdHex = /^[0-7][0-9a-f]{15}$/;

/** Reads 16 lower-case hex digits of a 63-bit number other than 0; undefined for any other text. */
export function parseSessionIdHex(text: string): SessionId | undefined {
  return sessionIdHex.test(text) && text !== noSession ? (text as SessionId) : undefined;
}

const decimal = /^[1-9][0-9]{0,18}$/;

/** Reads a session id as JSON and headers have it, a decimal string; undefined for any other text. */
export function parseSessionIdDecimal(text: string): SessionId | undefined {
  if (!decimal.test(text)) return undefined;
  return parseSessionIdHex(BigInt(text).toString(16).padStart(16, '0'));
}

/** Gives the upper 32 of the 64 bits; unsigned. */
export function sessionIdHigh(id: SessionId): number {
  return wordOf(id, 0);
}

/** Gives the lower 32 of the 64 bits; unsigned. */
export function sessionIdLow(id: SessionId): number {
  return wordOf(id, 8);
}

/** Of the eight digits from there on: every stat that is written asks, so no text is made for it. */
function wordOf(id: SessionId, from: number): number {
  if (id === noSession) return 0;
  let word = 0;
  for (let index = from; index < from + 8; index++) {
    const code = id.charCodeAt(index);
    word = (word << 4) | (code - (code <= digitNine ? digitZero : letterA - 10));
  }
  return word >>> 0;
}

const digitZero = 0x30;
const digitNine = 0x39;
const letterA = 0x61;

export function sessionIdFromWords(high: number, low: number): SessionId {
  return (wordToHex(high) + wordToHex(low)) as SessionId;
}

/** Writes a session id as a decimal string; `0` for `noSession`. */
export function sessionIdToDecimal(id: SessionId): string {
  return id === noSession ? '0' : BigInt(`0x${id}`).toString();
}

/** One incarnation of one connection between two peers; never reused within a process. */
export type ConnectionId = number & { readonly __brand: 'ConnectionId' };

export function connectionId(value: number): ConnectionId {
  return value as ConnectionId;
}

/** 16 random bytes in hex, made when a data directory is: tells a peer from its own earlier, lost self. */
export type Nonce = string & { readonly __brand: 'Nonce' };

/** 8 random bytes in hex, made at each start of a peer and kept nowhere: tells two processes under one server id apart. */
export type StartId = string & { readonly __brand: 'StartId' };

/** Who dialled a peer, as its network knows it. */
export interface Caller {
  readonly id: ServerId;
  readonly start: StartId;
  /** Where the dial came from, for words. */
  readonly address: string;
}
