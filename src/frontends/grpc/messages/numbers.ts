import { Long } from '#grpc';
import { refused } from '../../../model/error-code.ts';
import {
  noSession,
  sessionIdFromWords,
  sessionIdHigh,
  sessionIdLow,
  type SessionId,
} from '../../../model/ids.ts';
import { zxidFromWords, zxidHigh, zxidLow, type Zxid } from '../../../model/zxid.ts';
import { ServiceError } from '../../../service/service-error.ts';

// 64-bit numbers as protobuf's library has them, two words, which is what zxids and session ids are made of.

export function longOfZxid(zxid: Zxid): Long {
  return Long.fromBits(zxidLow(zxid) | 0, zxidHigh(zxid) | 0, true);
}

export function longOfSession(session: SessionId): Long {
  if (session === noSession) return Long.UZERO;
  return Long.fromBits(sessionIdLow(session) | 0, sessionIdHigh(session) | 0, true);
}

/** Gives a zxid, or undefined for 0. Throws a `ServiceError`. */
export function zxidOf(value: Long, field: string): Zxid | undefined {
  if (value.low === 0 && value.high === 0) return undefined;
  if (value.high < 0) throw badField(field, 'a zxid is a number below 2^63');
  return zxidFromWords(value.high, value.low >>> 0);
}

/** Gives a session id, or undefined for 0. Throws a `ServiceError`. */
export function sessionOf(value: Long, field: string): SessionId | undefined {
  if (value.low === 0 && value.high === 0) return undefined;
  if (value.high < 0) throw badField(field, 'a session id is a number below 2^63');
  return sessionIdFromWords(value.high, value.low >>> 0);
}

export function badField(field: string, complaint: string): ServiceError {
  return new ServiceError(refused('badArguments', `${field}: ${complaint}`));
}
