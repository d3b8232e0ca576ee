import assert from 'node:assert/strict';
import { serverId } from '../../../src/model/ids.ts';
import {
  authorityUri,
  isClusterId,
  parseAuthorityUri,
  parsePeerUri,
  peerUri,
} from '../../../src/model/peer-name.ts';

const clusterId = '0123456789abcdef';

describe("a peer's name", () => {
  it('is a URI and back', () => {
    const name = { clusterId, id: serverId(255) };
    assert.equal(peerUri(name), 'quoll://0123456789abcdef/peer/255');
    assert.deepEqual(parsePeerUri(peerUri(name)), name);
    assert.equal(parseAuthorityUri(authorityUri(clusterId)), clusterId);
  });

  it('is nothing that only looks like one', () => {
    for (const uri of [
      '',
      'quoll://0123456789abcdef/peer/0',
      'quoll://0123456789abcdef/peer/01',
      'quoll://0123456789abcdef/peer/256',
      'quoll://0123456789abcdef/peer/1/',
      'quoll://0123456789ABCDEF/peer/1',
      'quoll://0123456789abcde/peer/1',
      'https://0123456789abcdef/peer/1',
      'quoll://0123456789abcdef/ca',
    ]) {
      assert.equal(parsePeerUri(uri), undefined, uri);
    }
    assert.equal(parseAuthorityUri(peerUri({ clusterId, id: serverId(1) })), undefined);
    assert.deepEqual([clusterId, 'f', '0123456789abcdeg', `${clusterId}0`].map(isClusterId), [
      true,
      false,
      false,
      false,
    ]);
  });
});
