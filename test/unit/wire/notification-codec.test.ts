import assert from 'node:assert/strict';
import { serverId, type Nonce } from '../../../src/model/ids.ts';
import type { Notification } from '../../../src/model/peer-message.ts';
import { zeroZxid } from '../../../src/model/zxid.ts';
import {
  decodeNotification,
  encodeNotification,
  notificationBytesMax,
} from '../../../src/wire/notification-codec.ts';

describe('notification codec', () => {
  const notification: Notification = {
    from: serverId(1),
    nonce: 'f'.repeat(32) as Nonce,
    clusterId: '0123456789abcdef',
    state: 'looking',
    round: 1,
    vote: { leader: serverId(2), zxid: zeroZxid, peerEpoch: 3 },
    votes: true,
  };

  it('fits its limit with the most voters that there can be', () => {
    const voters = Array.from({ length: 255 }, (_, index) => ({
      id: serverId(index + 1),
      nonce: 'f'.repeat(32) as Nonce,
    }));
    const largest = {
      ...notification,
      emptyVoters: voters,
      founded: { clusterId: notification.clusterId, voters },
    };
    const bytes = encodeNotification(largest);
    assert.ok(bytes.length < notificationBytesMax);
    assert.deepEqual(decodeNotification(bytes), largest);
  });

  it('refuses what is larger than its limit', () => {
    assert.throws(
      () => decodeNotification(new Uint8Array(notificationBytesMax + 1)),
      /65537 bytes/,
    );
  });

  it('refuses flags that it does not know', () => {
    const bytes = encodeNotification(notification);
    bytes[0] = 128;
    assert.throws(() => decodeNotification(bytes), /flags 128/);
  });
});
