import { assert } from '../base/assert.ts';
import { ByteReader, ByteWriter, MalformedBytes } from '../base/bytes.ts';
import type { Nonce } from '../model/ids.ts';
import type { Notification, NotifiedState } from '../model/peer-message.ts';
import { readZxid, writeZxid } from '../model/zxid.ts';
import {
  choice,
  plainBytes,
  readFlags,
  readIdentifier,
  readMembership,
  readServerId,
  readVoters,
  writeMembership,
  writeVoters,
} from './values.ts';

/** The size that a notification never exceeds. Two lists of 255 voters and a membership fit with room to spare. */
export const notificationBytesMax = 65_536;

const peerState = choice<NotifiedState>({ looking: 0, following: 1, leading: 2, observing: 3 });

const votes = 1;
const hasEmptyVoters = 2;
const hasFounded = 4;
const hasSeed = 8;
const hasMembershipVersion = 16;
const hasMembership = 32;
const isAnswer = 64;

/** Encodes a message of the election plane: a notification is all of a frame. */
export function encodeNotification(notification: Notification): Uint8Array {
  const { emptyVoters, founded, seed, vote, membershipVersion, membership } = notification;
  const to = new ByteWriter();
  to.u8(
    (notification.votes ? votes : 0) |
      (emptyVoters === undefined ? 0 : hasEmptyVoters) |
      (founded === undefined ? 0 : hasFounded) |
      (seed === undefined ? 0 : hasSeed) |
      (membershipVersion === undefined ? 0 : hasMembershipVersion) |
      (membership === undefined ? 0 : hasMembership) |
      (notification.isAnswer === true ? isAnswer : 0),
  );
  to.u8(notification.from).text(notification.nonce).text(notification.clusterId);
  peerState.write(to, notification.state);
  to.u53(notification.round).u8(vote.leader);
  writeZxid(to, vote.zxid);
  to.i32(vote.peerEpoch);
  if (emptyVoters !== undefined) writeVoters(to, emptyVoters);
  if (founded !== undefined) writeMembership(to, founded);
  if (seed !== undefined) to.text(seed);
  if (membershipVersion !== undefined) writeZxid(to, membershipVersion);
  if (membership !== undefined) writeMembership(to, membership);
  assert(to.length <= notificationBytesMax, 'a notification fits into a frame', {
    bytes: to.length,
  });
  return to.take();
}

/** Decodes a notification. Throws `MalformedBytes`. */
export function decodeNotification(bytes: Uint8Array): Notification {
  if (bytes.length > notificationBytesMax) {
    throw new MalformedBytes(`a notification of ${String(bytes.length)} bytes`);
  }
  const from = new ByteReader(plainBytes(bytes));
  const flags = readFlags(
    from,
    votes | hasEmptyVoters | hasFounded | hasSeed | hasMembershipVersion | hasMembership | isAnswer,
  );
  const notification: Notification = {
    from: readServerId(from),
    nonce: readIdentifier(from) as Nonce,
    clusterId: readIdentifier(from),
    state: peerState.read(from),
    round: from.u53(),
    vote: { leader: readServerId(from), zxid: readZxid(from), peerEpoch: from.i32() },
    votes: (flags & votes) !== 0,
    ...((flags & hasEmptyVoters) !== 0 && { emptyVoters: readVoters(from) }),
    ...((flags & hasFounded) !== 0 && { founded: readMembership(from) }),
    ...((flags & hasSeed) !== 0 && { seed: readIdentifier(from) }),
    ...((flags & hasMembershipVersion) !== 0 && { membershipVersion: readZxid(from) }),
    ...((flags & hasMembership) !== 0 && { membership: readMembership(from) }),
    ...((flags & isAnswer) !== 0 && { isAnswer: true as const }),
  };
  from.end();
  return notification;
}
