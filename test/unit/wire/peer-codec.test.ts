import assert from 'node:assert/strict';
import { InvariantBroken } from '../../../src/base/assert.ts';
import { ByteWriter, MalformedBytes } from '../../../src/base/bytes.ts';
import { openAcl } from '../../../src/model/acl.ts';
import { serverId, type Nonce } from '../../../src/model/ids.ts';
import type { ZnodePath } from '../../../src/model/path.ts';
import type { PeerMessage } from '../../../src/model/peer-message.ts';
import type { CreateOp, SetOp } from '../../../src/model/request.ts';
import { zeroZxid } from '../../../src/model/zxid.ts';
import {
  decodePeerMessage,
  encodePeerMessage,
  peerMessageBytesMax,
  writePeerMessage,
} from '../../../src/wire/peer-codec.ts';

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
    const membership = { clusterId: '0123456789abcdef', voters };
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
