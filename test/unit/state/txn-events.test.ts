import assert from 'node:assert/strict';
import { openAcl, type Acl } from '../../../src/model/acl.ts';
import { eventsOf } from '../../../src/state/txn-events.ts';
import { decodeTxn, encodeTxn } from '../../../src/wire/txn-codec.ts';
import { create, multi, remove, set, setAcl } from '../../support/model/requests.ts';
import { bytes, closeSession, Leader, openSession, sessionId } from '../../support/state/leader.ts';

const readOnly: Acl = [{ permissions: 1, scheme: 'world', id: 'anyone' }];

function shown(leader: Leader): string[] {
  return leader.events.map(({ type, path: at }) => `${type} ${at}`);
}

describe('events of a txn', () => {
  it('come in order, a parent after its child; setting an ACL is none', () => {
    const leader = new Leader();
    leader.write(multi([create('/a'), create('/a/b'), set('/a', 'x'), setAcl('/a', openAcl)]));
    leader.do(remove('/a/b'));
    assert.deepEqual(shown(leader), [
      'created /a',
      'childrenChanged /',
      'created /a/b',
      'childrenChanged /a',
      'dataChanged /a',
      'deleted /a/b',
      'childrenChanged /a',
    ]);
  });

  it('carry stat and value just after the change, and of what is deleted just before', () => {
    const leader = new Leader();
    const stats = [
      leader.do(create('/a', { data: bytes('one') })),
      leader.do(set('/a', 'two')),
    ].map((result) => ('stat' in result ? result.stat : undefined));
    leader.do(remove('/a'));
    const own = leader.events.filter(({ path }) => path === '/a');
    assert.deepEqual(
      own.map(({ stat }) => stat),
      [...stats, stats[1]],
    );
    assert.deepEqual(
      own.map(({ data }) => data),
      [bytes('one'), bytes('two'), undefined],
    );
    assert.equal(leader.events.find(({ type }) => type === 'childrenChanged')?.stat, undefined);
  });

  it('carry the ACLs that were in force: of the znode, and of the parent', () => {
    const leader = new Leader();
    leader.do(create('/p'));
    leader.do(setAcl('/p', [...readOnly, ...openAcl]));
    leader.events.length = 0;
    leader.do(create('/p/c', { acl: openAcl }));
    leader.do(setAcl('/p/c', readOnly));
    leader.do(remove('/p/c'));
    assert.deepEqual(
      leader.events.map(({ acl }) => acl),
      [openAcl, [...readOnly, ...openAcl], readOnly, [...readOnly, ...openAcl]],
    );
  });

  it('of the end of a session are the ends of its ephemerals', () => {
    const leader = new Leader();
    const session = sessionId(7);
    leader.write(openSession(session));
    for (const name of ['/b', '/a']) leader.do(create(name, { kind: 'ephemeral' }), { session });
    assert.equal(leader.events[0]?.stat?.ephemeralOwner, session);
    leader.events.length = 0;
    leader.write(closeSession(session));
    assert.deepEqual(shown(leader).sort(), [
      'childrenChanged /',
      'childrenChanged /',
      'deleted /a',
      'deleted /b',
    ]);
  });

  it('are the same out of the log', () => {
    const leader = new Leader();
    const session = sessionId(9);
    leader.write(openSession(session));
    leader.write(multi([create('/a', { data: null }), create('/a/b'), set('/a', '')]));
    leader.do(create('/a/c', { kind: 'ephemeral' }), { session });
    leader.do(remove('/a', { recursive: true }));
    assert.equal(leader.log.length, 4);
    for (const { zxid, txn } of leader.log) {
      assert.deepEqual(eventsOf(zxid, decodeTxn(encodeTxn(txn))), eventsOf(zxid, txn));
    }
  });
});
