import assert from 'node:assert/strict';
import { utf8 } from '../../../../src/base/bytes.ts';
import type { Identity } from '../../../../src/model/acl.ts';
import { defaultBudget } from '../../../../src/model/budget.ts';
import { Budget } from '../../../../src/service/budget/budget.ts';
import type { CoordinationService } from '../../../../src/service/coordination-service.ts';
import { ServiceError } from '../../../../src/service/service-error.ts';
import { path } from '../../../support/model/requests.ts';
import { Bed, soon } from '../../../support/watch/watch-bed.ts';

const superDigest = 'root:right';
const narrow = { each: 2, all: 3 };

async function aPeer() {
  const budget = new Budget({
    ...defaultBudget,
    sessions: narrow,
    queuePlaces: narrow,
    watches: narrow,
  });
  const bed = await new Bed(1, { optionsOf: () => ({ budget, superDigest }) }).established();
  const { service } = bed.leader.server;
  return { bed, budget, service, settle: bed.ensemble.settle.bind(bed.ensemble) };
}

const from = (address: string, ...more: Identity[]): Identity[] => [
  { scheme: 'ip', id: address },
  ...more,
];

function refusal(error: unknown): string {
  assert.ok(error instanceof ServiceError, String(error));
  return error.refusal.code;
}

describe('what a peer keeps for its clients', () => {
  it('is so many sessions for each address and in all, as long as they live', async () => {
    const { bed, budget, service, settle } = await aPeer();
    const secret = utf8('0123456789abcdef');
    const open = (identities: Identity[], timeoutMs = 60_000) =>
      settle(
        service.sessions
          .open({ timeoutMs, secret, requestTimeoutMs: 5_000, identities })
          .then(({ session }) => ({ session }), refusal),
      );
    const first = await open(from('here'));
    await open(from('here'), 2_000);
    assert.equal(await open(from('here')), 'throttled');
    // Another name is no other share.
    assert.equal(await open(from('here', { scheme: 'digest', id: 'a:b' })), 'throttled');
    await open(from('there'));
    assert.equal(await open(from('elsewhere')), 'throttled', 'all have as many as they may');
    assert.ok(typeof first !== 'string');
    await settle(service.sessions.close({ ...first, secret }, 5_000));
    await bed.ensemble.pass(4_000);
    assert.equal(budget.inUse('sessions'), 1, 'one was closed, one has expired');
    assert.notEqual(await open(from('here', { scheme: 'digest', id: superDigest })), 'throttled');
    assert.notEqual(await open(from('here')), 'throttled');
  });

  it('counts a session that is opened again once', async () => {
    const { budget, service, settle } = await aPeer();
    const secret = utf8('0123456789abcdef');
    const opening = {
      timeoutMs: 60_000,
      secret,
      requestTimeoutMs: 5_000,
      identities: from('here'),
    };
    const { session } = await settle(service.sessions.open(opening));
    for (let times = 0; times < 3; times++) {
      await settle(service.sessions.open({ ...opening, session }));
    }
    assert.equal(budget.inUse('sessions'), 1);
  });

  it('is so many watches of an address, on however many connections', async () => {
    const { budget, service } = await aPeer();
    const connect = (address: string) => {
      const watches = service.openConnectionWatches({
        notify: () => undefined,
        lost: () => undefined,
      });
      watches.identify({ identities: from(address) });
      return watches;
    };
    const [one, two, other] = [connect('here'), connect('here'), connect('there')];
    const add = (watches: typeof one, at: string): string =>
      watches.add(path(at), 'data')?.code ?? 'added';
    assert.deepEqual(
      [add(one, '/a'), add(two, '/a'), add(two, '/b')],
      ['added', 'added', 'throttled'],
    );
    assert.deepEqual([add(other, '/a'), add(other, '/b')], ['added', 'throttled']);
    one.close();
    assert.equal(budget.inUse('watches'), 2);
    assert.equal(add(two, '/b'), 'added');
    assert.equal(two.remove(path('/a'), 'data'), true);
    assert.equal(budget.inUse('watches'), 2);
  });

  it('is so many places in queues, whether or not anybody waits in them', async () => {
    const { bed, budget, service, settle } = await aPeer();
    const enter = enterer(service, settle);
    const first = await enter('here', '/locks/a');
    await enter('here', '/locks/b', 2_000);
    assert.equal(await enter('here', '/locks/c'), 'throttled');
    await enter('there', '/locks/a');
    assert.equal(budget.inUse('queuePlaces'), 3);
    assert.ok(typeof first !== 'string');
    await settle(service.locks.release(path('/locks/a'), first.lockId, { identities: [] }, soon));
    await bed.ensemble.pass(4_000);
    assert.equal(budget.inUse('queuePlaces'), 1, 'one was released, of one the time is over');
    assert.equal(budget.inUse('sessions'), 0, 'a place is all that its session counts for');
    assert.notEqual(await enter('here', '/locks/c'), 'throttled');
    // What is refused takes no place.
    assert.equal(await enter('here', '/locks/c', 60_000, true), 'lockHeld');
    assert.equal(budget.inUse('queuePlaces'), 2);
  });
});

function enterer(
  service: CoordinationService,
  settle: <Value>(promise: Promise<Value>) => Promise<Value>,
) {
  return (address: string, queue: string, ttlMs = 60_000, tryOnly = false) => {
    const request = { queue: path(queue), mode: 'exclusive', tryOnly, ttlMs } as const;
    const caller = { identities: from(address) };
    const { result } = service.locks.acquire(request, caller, { waitMs: 0, ...soon });
    return settle(result.catch(refusal));
  };
}
