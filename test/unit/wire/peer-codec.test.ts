import assert from 'node:assert/strict';
import { InvariantBroken } from '../../../src/base/assert.ts';
import { ByteWriter, MalformedBytes } from '../../../src/base/bytes.ts';
import { openAcl } from '../../../src/model/acl.ts';
import { serverId, type Nonce } from '../../../src/model/ids.ts';
import type { ZnodePath } from '../../../src/model/path.ts';
import type { Notification, PeerMessage } from '../../../src/model/peer-message.ts';
import type { CreateOp, SetOp } from '../../../src/model/request.ts';
import type { Txn } from '../../../src/model/txn.ts';
import { zeroZxid } from '../../../src/model/zxid.ts';
import {
  decodeNotification,
  encodeNotification,
  notificationBytesMax,
} from '../../../src/wire/notification-codec.ts';
import {
  decodePeerMessage,
  encodePeerMessage,
  peerMessageBytesMax,
  writePeerMessage,
} from '../../../src/wire/peer-codec.ts';
import { decodeTxn, encodeTxn } from '../../../src/wire/txn-codec.ts';

const path = '/a' as ZnodePath;

function creating(data: Uint8Array | null): Txn {
  return {
    timeMs: 5,
    branch: 'ops',
    changes: [
      {
        change: 'create',
        path,
        answers: 0,
        data,
        acl: [{ permissions: 31, scheme: 'world', id: 'anyone' }],
        owned: { kind: 'persistent' },
        parentCreates: 1,
        parentAcl: openAcl,
      },
    ],
  };
}

function requestOf(op: CreateOp | SetOp): PeerMessage {
  return {
    kind: 'request',
    id: 1,
    request: { kind: 'multi', single: true, ops: [op] },
    context: { identities: [] },
  };
}

function creatingAt(at: string, sequential: boolean): PeerMessage {
  return requestOf({
    op: 'create',
    path: at as ZnodePath,
    data: null,
    acl: openAcl,
    kind: 'persistent',
    sequential,
    parents: false,
  });
}

describe('txn codec', () => {
  it('refuses another version with words that say what to do', () => {
    const bytes = encodeTxn(creating(null));
    assert.equal(bytes[0], 2);
    bytes[0] = 3;
    assert.throws(
      () => decodeTxn(bytes),
      (error) =>
        error instanceof MalformedBytes && /format 3.*run the newer Quoll/.test(error.message),
    );
  });

  it('tells null from empty data', () => {
    for (const data of [null, new Uint8Array(0)]) {
      const change = decodeTxn(encodeTxn(creating(data))).changes[0];
      assert.deepEqual(change?.change === 'create' && change.data, data);
    }
  });

  it('gives every open ACL as the one that is shared', () => {
    const change = decodeTxn(encodeTxn(creating(null))).changes[0];
    assert.ok(change?.change === 'create' && change.acl === openAcl);
  });

  it('encodes small txns the same after a large one', () => {
    const small = encodeTxn(creating(null));
    assert.ok(encodeTxn(creating(new Uint8Array(2_000_000))).length > 2_000_000);
    assert.deepEqual(encodeTxn(creating(null)), small);
  });
});

describe('peer codec', () => {
  it('refuses a count that the bytes cannot hold, before making anything', () => {
    const bytes = encodePeerMessage({ kind: 'inform', entries: [] });
    bytes.set([0xff, 0xff, 0xff, 0xff], 1);
    assert.throws(() => decodePeerMessage(bytes), /malformed bytes: a count of 4294967295/);
  });

  it('refuses more peers than there are server ids', () => {
    const voters = Array.from({ length: 256 }, (_, index) => ({
      id: serverId(1 + (index % 255)),
      nonce: '' as Nonce,
    }));
    const membership = { clusterId: '', voters };
    const at = { zxid: zeroZxid, chain: '0'.repeat(32) as never };
    const bytes = encodePeerMessage({ kind: 'snap', at, membership, chunks: 1, bytes: 1 });
    assert.throws(() => decodePeerMessage(bytes), /at most 255/);
  });

  it('checks the paths of requests by the rules of paths', () => {
    assert.doesNotThrow(() => decodePeerMessage(encodePeerMessage(creatingAt('/a/', true))));
    for (const bad of ['', 'a', '/a/', '/a//b', '/a/../b', '/a\u0000']) {
      assert.throws(
        () => decodePeerMessage(encodePeerMessage(creatingAt(bad, false))),
        MalformedBytes,
      );
    }
  });

  it('has a limit: one byte more is refused on both sides', () => {
    const head = encodePeerMessage({
      kind: 'snapChunk',
      sequence: 0,
      bytes: new Uint8Array(0),
    }).length;
    const chunk = (bytes: number): PeerMessage => ({
      kind: 'snapChunk',
      sequence: 0,
      bytes: new Uint8Array(bytes),
    });
    const largest = encodePeerMessage(chunk(peerMessageBytesMax - head));
    assert.equal(largest.length, peerMessageBytesMax);
    assert.equal(decodePeerMessage(largest).kind, 'snapChunk');
    assert.throws(() => encodePeerMessage(chunk(peerMessageBytesMax - head + 1)), InvariantBroken);
    assert.throws(() => decodePeerMessage(new Uint8Array(peerMessageBytesMax + 1)), MalformedBytes);
  });

  it('appends to what a writer holds already', () => {
    const writer = new ByteWriter().u32(7);
    writePeerMessage(writer, { kind: 'syncRequest', id: 1, mode: 'sync' });
    assert.deepEqual(writer.take(), Uint8Array.of(0, 0, 0, 7, 7, 0, 0, 0, 0, 0, 0, 0, 1, 2));
  });
});

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
    bytes[0] = 8;
    assert.throws(() => decodeNotification(bytes), /flags 8/);
  });
});
