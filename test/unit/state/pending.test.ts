import assert from 'node:assert/strict';
import { openAcl } from '../../../src/model/acl.ts';
import { zxid } from '../../../src/model/zxid.ts';
import { Pending, type ZnodeFacts } from '../../../src/state/pending.ts';
import { Leader, path, sessionId } from '../../support/state/leader.ts';

const first = sessionId(1);
const second = sessionId(2);
const at = path('/a');
const stat = new Leader().stat('/');
assert(stat);

function ownedBy(owner: typeof first): ZnodeFacts {
  assert(stat);
  return { stat, creates: 0, acl: openAcl, owned: { kind: 'ephemeral', owner } };
}

function add(pending: Pending, counter: number, facts: ZnodeFacts | undefined): void {
  pending.add(zxid(1, counter), 1, { znodes: new Map([[at, facts]]) });
}

describe('speculations', () => {
  it('list an ephemeral with its newest owner alone, and nothing once all is settled', () => {
    const pending = new Pending();
    add(pending, 1, ownedBy(first));
    add(pending, 2, undefined);
    assert.deepEqual([...pending.ephemerals(first)], []);
    add(pending, 3, ownedBy(second));
    assert.deepEqual([...pending.ephemerals(first)], []);
    assert.deepEqual([...pending.ephemerals(second)], [at]);
    for (const counter of [1, 2]) pending.settle(zxid(1, counter));
    assert.deepEqual([...pending.ephemerals(second)], [at]);
    pending.settle(zxid(1, 3));
    assert.deepEqual([...pending.ephemerals(second)], []);
    assert.equal(pending.znode(at), undefined);
    assert.equal(pending.size, 0);
  });

  it('stay while a newer proposal has its say on the same path', () => {
    const pending = new Pending();
    add(pending, 1, ownedBy(first));
    add(pending, 2, undefined);
    pending.settle(zxid(1, 1));
    assert.deepEqual(pending.znode(at), { zxid: zxid(1, 2), value: undefined });
  });

  it('are not settled by entries that came before them', () => {
    const pending = new Pending();
    add(pending, 5, ownedBy(first));
    pending.settle(zxid(1, 4));
    assert.equal(pending.size, 1);
  });

  it('are made in order', () => {
    const pending = new Pending();
    add(pending, 2, undefined);
    assert.throws(() => {
      add(pending, 2, undefined);
    }, /in order of zxid/);
  });
});
