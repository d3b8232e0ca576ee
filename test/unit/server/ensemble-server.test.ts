import assert from 'node:assert/strict';
import { fromUtf8, utf8 } from '../../../src/base/bytes.ts';
import type { CoordinationService } from '../../../src/service/coordination-service.ts';
import { ServiceError } from '../../../src/service/service-error.ts';
import { SimulatedEnsemble, type Member } from '../../support/simulated-ensemble.ts';
import { check, create, path, set, single } from '../../support/model/requests.ts';

const nobody = { identities: [] };
const soon = { timeoutMs: 5_000 };

async function dataOf(
  ensemble: SimulatedEnsemble,
  service: CoordinationService,
  name: string,
  consistency: 'linearizable' | 'local' = 'linearizable',
): Promise<string> {
  const { result } = await ensemble.settle(
    service.read({ read: 'data', path: path(name) }, nobody, { consistency, ...soon }),
  );
  return fromUtf8(result.data ?? new Uint8Array());
}

async function established(
  size: number,
  options?: ConstructorParameters<typeof SimulatedEnsemble>[1],
): Promise<{
  ensemble: SimulatedEnsemble;
  leader: Member;
}> {
  const ensemble = new SimulatedEnsemble(size, options);
  await ensemble.established();
  const { leader } = ensemble;
  assert.ok(leader);
  return { ensemble, leader };
}

function code(expected: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ServiceError, String(error));
    assert.equal(error.refusal.code, expected, error.message);
    return true;
  };
}

async function converged(ensemble: SimulatedEnsemble): Promise<void> {
  const digests = (): Set<string | undefined> =>
    new Set(
      ensemble.members
        .filter(({ process }) => process.isAlive)
        .map(({ server }) => server.peer?.applier.state.digest()),
    );
  await ensemble.until(() => digests().size === 1 && !digests().has(undefined));
}

describe('ensemble server', () => {
  it('serves alone, as an ensemble of one', async () => {
    const { ensemble, leader } = await established(1);
    const { outcome } = await ensemble.settle(
      leader.server.service.write(single(create('/a', { data: 'one' })), nobody, soon),
    );
    assert.equal(outcome.results[0]?.op, 'create');
    assert.equal(await dataOf(ensemble, leader.server.service, '/a'), 'one');
  });

  it('writes and reads at every peer of three', async () => {
    const { ensemble } = await established(3);
    for (const { id, server } of ensemble.members) {
      const name = `/n${String(id)}`;
      await ensemble.settle(
        server.service.write(single(create(name, { data: 'x' })), nobody, soon),
      );
      assert.equal(await dataOf(ensemble, server.service, name, 'local'), 'x', 'read your write');
      for (const other of ensemble.members) {
        assert.equal(await dataOf(ensemble, other.server.service, name), 'x');
      }
    }
    await converged(ensemble);
  });

  it('takes more in one turn than a message between peers can hold', async () => {
    const { ensemble, leader } = await established(4, { observers: 1 });
    const text = 'x'.repeat(1_000_000);
    const names = Array.from({ length: 40 }, (_, index) => `/big${String(index)}`);
    await ensemble.settle(
      Promise.all(
        names.map((name) =>
          leader.server.service.write(single(create(name, { data: text })), nobody, soon),
        ),
      ),
    );
    await converged(ensemble);
  });

  it('refuses at a follower once the basis of the refusal is there', async () => {
    const { ensemble } = await established(3);
    const [follower] = ensemble.followers;
    assert.ok(follower);
    const { service } = follower.server;
    await ensemble.settle(service.write(single(create('/a', { data: '1' })), nobody, soon));
    await assert.rejects(
      ensemble.settle(service.write(single(create('/a', { data: '2' })), nobody, soon)),
      code('nodeExists'),
    );
    await assert.rejects(
      ensemble.settle(service.write(single(create('/x/y', { data: '2' })), nobody, soon)),
      code('noParent'),
    );
    await assert.rejects(dataOf(ensemble, service, '/nothing'), code('noNode'));
  });

  it('tells nobody how things stand when it is cut off, before it knows that it is', async () => {
    const { ensemble, leader } = await established(3);
    const { service } = leader.server;
    await ensemble.settle(service.write(single(create('/a', { data: '1' })), nobody, soon));
    for (const { id } of ensemble.followers) {
      ensemble.network.block(leader.id, id);
      ensemble.network.block(id, leader.id);
    }
    const [checked, refused] = [single(check('/a')), single(create('/a', { data: '2' }))].map(
      (request) => service.write(request, nobody, soon),
    );
    assert(checked && refused);
    assert.equal(service.meta().role, 'leader');
    // Another one may lead by now, and "/a" be gone.
    await Promise.all(
      [checked, refused].map((answer) =>
        assert.rejects(ensemble.settle(answer), code('connectionLoss')),
      ),
    );
  });

  it('answers a lone check without a txn', async () => {
    const { ensemble } = await established(3);
    const [follower] = ensemble.followers;
    assert.ok(follower);
    const { zxid: before } = await ensemble.settle(follower.server.service.sync(1_000));
    const { outcome, meta } = await ensemble.settle(
      follower.server.service.write(single(check('/zookeeper')), nobody, soon),
    );
    assert.deepEqual(outcome.results, [{ op: 'check', path: '/zookeeper' }]);
    assert.deepEqual(meta.zxid, before);
  });

  it('replays a keyed request at another peer', async () => {
    const { ensemble } = await established(3);
    const [first, second] = ensemble.followers;
    assert.ok(first && second);
    const request = single(create('/s-', { data: 'x', sequential: true }));
    const keyed = { ...soon, idempotencyKey: 'k1' };
    const one = await ensemble.settle(first.server.service.write(request, nobody, keyed));
    const two = await ensemble.settle(second.server.service.write(request, nobody, keyed));
    assert.equal(two.outcome.replayed, true);
    assert.deepEqual(two.outcome.results, one.outcome.results);
  });

  it('makes a fail-over look like latency', async () => {
    const { ensemble, leader } = await established(3);
    const [survivor] = ensemble.followers;
    assert.ok(survivor);
    await ensemble.settle(
      survivor.server.service.write(single(create('/a', { data: '1' })), nobody, soon),
    );
    leader.process.kill();
    await ensemble.until(() => survivor.server.service.meta().role === 'looking');
    await ensemble.settle(survivor.server.service.write(single(set('/a', '2')), nobody, soon));
    assert.equal(await dataOf(ensemble, survivor.server.service, '/a'), '2');
    ensemble.restart(leader);
    await ensemble.until(() => leader.server.service.unreadyBecause() === undefined);
    assert.equal(await dataOf(ensemble, leader.server.service, '/a'), '2');
    await converged(ensemble);
  });

  it('does not lose what was acknowledged when all crash at once', async () => {
    const { ensemble } = await established(3);
    const { service } = ensemble.member(1).server;
    for (let index = 0; index < 20; index++) {
      await ensemble.settle(
        service.write(single(create(`/k${String(index)}`, { data: String(index) })), nobody, soon),
      );
    }
    for (const member of ensemble.members) ensemble.restart(member);
    await ensemble.established();
    for (let index = 0; index < 20; index++) {
      assert.equal(
        await dataOf(ensemble, ensemble.member(2).server.service, `/k${String(index)}`),
        String(index),
      );
    }
    await converged(ensemble);
  });

  it('refuses without a quorum, and reads locally', async () => {
    const { ensemble, leader } = await established(3);
    await ensemble.settle(
      leader.server.service.write(single(create('/a', { data: '1' })), nobody, soon),
    );
    const [one, two] = ensemble.followers;
    assert.ok(one && two);
    await ensemble.pass(50);
    leader.process.kill();
    two.process.kill();
    const { service } = one.server;
    await ensemble.until(() => service.meta().role === 'looking');
    await assert.rejects(
      ensemble.settle(service.write(single(set('/a', '2')), nobody, soon)),
      code('noQuorum'),
    );
    await assert.rejects(dataOf(ensemble, service, '/a'), code('noQuorum'));
    assert.equal(await dataOf(ensemble, service, '/a', 'local'), '1');
  });

  it('says behind when it has not seen what the caller has', async () => {
    const { ensemble, leader } = await established(1);
    const { service } = leader.server;
    const { zxid } = service.meta();
    const minZxid = { epoch: zxid.epoch, counter: zxid.counter + 1 };
    const query = { read: 'data', path: path('/zookeeper') } as const;
    const read = service.read(query, nobody, { consistency: 'local', minZxid, timeoutMs: 200 });
    await assert.rejects(ensemble.settle(read), code('behind'));
  });

  it('brings a peer back by the log, as fast as the connection takes it', async () => {
    const { ensemble, leader } = await established(3);
    const [away] = ensemble.followers;
    assert.ok(away);
    away.process.kill();
    const large = 'x'.repeat(900_000);
    for (let index = 0; index < 8; index++) {
      const request = single(create(`/large${String(index)}`, { data: large }));
      await ensemble.settle(leader.server.service.write(request, nobody, soon));
    }
    ensemble.restart(away);
    await ensemble.until(() => away.server.service.unreadyBecause() === undefined);
    assert.equal(await dataOf(ensemble, away.server.service, '/large7'), large);
    await converged(ensemble);
  });

  it('keeps the order of one caller, also over a fail-over', async () => {
    const { ensemble, leader } = await established(3);
    const [follower] = ensemble.followers;
    assert.ok(follower);
    await ensemble.settle(
      follower.server.service.write(single(create('/last', { data: 'none' })), nobody, soon),
    );
    leader.process.kill();
    await ensemble.until(() => follower.server.service.meta().role === 'looking');
    const texts = Array.from({ length: 50 }, (_, index) => String(index));
    const writes = texts.map((text) =>
      follower.server.service.write(single(set('/last', text)), nobody, soon),
    );
    const answers = await ensemble.settle(Promise.all(writes));
    const counters = answers.map(({ outcome }) => outcome.zxid.counter);
    assert.deepEqual(
      counters,
      [...counters].sort((left, right) => left - right),
    );
    assert.equal(await dataOf(ensemble, follower.server.service, '/last'), '49');
  });

  it('brings a peer back by snapshot when the log was compacted', async () => {
    const tuning = {
      snapshotAfterTxns: 40,
      keepTxns: 10,
      keepMs: 0,
      keepBytesMax: 1_000,
      snapshotChunkBytes: 1_024,
    };
    const { ensemble, leader } = await established(3, { tuning });
    const [away] = ensemble.followers;
    assert.ok(away);
    away.process.kill();
    const { service } = leader.server;
    for (let index = 0; index < 1_200; index++) {
      const written = service.write(
        single(create(`/c${String(index)}`, { data: 'x'.repeat(50) })),
        nobody,
        soon,
      );
      if (index % 100 === 99) await ensemble.settle(written);
    }
    await ensemble.until(() => leader.image.base.zxid.counter > 100, 60_000);
    ensemble.restart(away);
    await ensemble.until(() => away.server.service.unreadyBecause() === undefined);
    assert.ok(
      ensemble.events.some((line) => line.includes('snapshotAdopted')),
      'it came by snapshot',
    );
    assert.equal(await dataOf(ensemble, away.server.service, '/c1199'), 'x'.repeat(50));
    await converged(ensemble);
    // What was adopted survives a restart of its own.
    ensemble.restart(away);
    await ensemble.until(() => away.server.service.unreadyBecause() === undefined);
    await converged(ensemble);
  });
});

describe('sessions of an ensemble', () => {
  const secret = utf8('a secret');

  it('keeps a session alive by heartbeats at any peer, and expires it without', async () => {
    const { ensemble } = await established(3);
    const [one, two] = ensemble.followers;
    assert.ok(one && two);
    const opened = await ensemble.settle(
      one.server.service.sessions.open({ timeoutMs: 2_000, secret, requestTimeoutMs: 5_000 }),
    );
    assert.equal(opened.timeoutMs, 2_000);
    assert.ok(
      opened.expiresInMs > 1_500 && opened.expiresInMs <= 2_000,
      String(opened.expiresInMs),
    );
    const credential = { session: opened.session, secret };
    const caller = { identities: [], credential };
    await ensemble.settle(
      two.server.service.write(
        single(create('/e', { data: 'x', kind: 'ephemeral' })),
        caller,
        soon,
      ),
    );
    for (let beat = 0; beat < 5; beat++) {
      await ensemble.pass(1_500);
      const view = await ensemble.settle(two.server.service.sessions.touch(credential, 1_000));
      assert.ok(view.expiresInMs > 1_900, String(view.expiresInMs));
    }
    assert.equal(await dataOf(ensemble, one.server.service, '/e'), 'x');
    await ensemble.pass(1_900);
    assert.equal(await dataOf(ensemble, one.server.service, '/e'), 'x', 'never early');
    await ensemble.pass(400);
    await assert.rejects(dataOf(ensemble, one.server.service, '/e'), code('noNode'));
    await assert.rejects(
      ensemble.settle(one.server.service.sessions.touch(credential, 1_000)),
      code('sessionExpired'),
    );
    await converged(ensemble);
  });

  it('gives every session its full timeout under a new leader', async () => {
    const { ensemble, leader } = await established(3);
    const [one] = ensemble.followers;
    assert.ok(one);
    const { session } = await ensemble.settle(
      one.server.service.sessions.open({ timeoutMs: 2_000, secret, requestTimeoutMs: 5_000 }),
    );
    await ensemble.pass(1_800);
    leader.process.kill();
    await ensemble.until(
      () => one.server.service.unreadyBecause() === undefined && ensemble.leader !== undefined,
    );
    await ensemble.pass(1_500);
    const view = await ensemble.settle(
      one.server.service.sessions.touch({ session, secret }, 2_000),
    );
    assert.ok(view.expiresInMs > 1_900);
  });

  it('refuses a wrong secret in the words for a session that is gone', async () => {
    const { ensemble } = await established(3);
    const { service } = ensemble.member(1).server;
    const { session } = await ensemble.settle(
      service.sessions.open({ timeoutMs: 2_000, secret, requestTimeoutMs: 5_000 }),
    );
    const wrong = { session, secret: utf8('a guess!') };
    await assert.rejects(
      ensemble.settle(service.sessions.touch(wrong, 1_000)),
      code('sessionExpired'),
    );
    const caller = { identities: [], credential: wrong };
    await assert.rejects(
      ensemble.settle(service.write(single(create('/a', { data: 'x' })), caller, soon)),
      code('sessionExpired'),
    );
    await ensemble.settle(service.sessions.touch({ session, secret }, 1_000));
  });

  it('answers a repeated opening, and closes twice', async () => {
    const { ensemble } = await established(3);
    const { service } = ensemble.member(1).server;
    const { service: other } = ensemble.member(2).server;
    const first = await ensemble.settle(
      service.sessions.open({ timeoutMs: 2_000, secret, requestTimeoutMs: 5_000 }),
    );
    const again = await ensemble.settle(
      other.sessions.open({
        timeoutMs: 2_000,
        secret,
        session: first.session,
        requestTimeoutMs: 5_000,
      }),
    );
    assert.equal(again.session, first.session);
    assert.ok(again.expiresInMs > 1_500, String(again.expiresInMs));
    const credential = { session: first.session, secret };
    await ensemble.settle(service.sessions.close(credential, 5_000));
    await ensemble.settle(other.sessions.close(credential, 5_000));
  });
});

describe('the life of a server', () => {
  it('stops in order: what is under way is answered, the others elect', async () => {
    const { ensemble, leader } = await established(3);
    const [follower] = ensemble.followers;
    assert.ok(follower);
    const written = follower.server.service.write(
      single(create('/a', { data: '1' })),
      nobody,
      soon,
    );
    const late = follower.server.service.write(single(create('/b', { data: '1' })), nobody, soon);
    let stopped = false;
    leader.server.stop(() => (stopped = true));
    await assert.rejects(
      ensemble.settle(
        leader.server.service.write(single(create('/c', { data: '1' })), nobody, soon),
      ),
      code('shuttingDown'),
    );
    await ensemble.settle(Promise.allSettled([written, late]));
    await ensemble.until(() => stopped);
    leader.process.kill();
    await ensemble.until(() => ensemble.leader !== undefined && ensemble.leader !== leader);
    await ensemble.settle(
      follower.server.service.write(single(create('/d', { data: '1' })), nobody, soon),
    );
  });

  it('says nothing any more once its store has failed', async () => {
    const { ensemble, leader } = await established(3);
    const [follower, other] = ensemble.followers;
    assert.ok(follower && other);
    ensemble.forgive(leader);
    leader.faults.failNextWrite = { code: 'io', message: 'the disk is gone' };
    const written = leader.server.service.write(single(create('/a', { data: '1' })), nobody, soon);
    await assert.rejects(ensemble.settle(written), code('connectionLoss'));
    assert.ok(leader.fatal instanceof Error && leader.fatal.message === 'the disk is gone');
    await assert.rejects(leader.server.service.sync(1_000), code('shuttingDown'));
    leader.process.kill();
    await ensemble.until(
      () => follower.server.service.unreadyBecause() === undefined && ensemble.leader !== undefined,
    );
    await ensemble.settle(
      other.server.service.write(single(create('/b', { data: '1' })), nobody, soon),
    );
  });

  it('takes no writes on a nearly full disk, and takes them again', async () => {
    const { ensemble, leader } = await established(3);
    const [follower] = ensemble.followers;
    assert.ok(follower);
    const { service } = follower.server;
    leader.faults.freeBytes = 1_000;
    await ensemble.pass(6_000);
    await assert.rejects(
      ensemble.settle(service.write(single(create('/a', { data: '1' })), nobody, soon)),
      code('noSpace'),
    );
    leader.faults.freeBytes = 100e9;
    await ensemble.pass(6_000);
    await ensemble.settle(service.write(single(create('/a', { data: '1' })), nobody, soon));
  });

  it('takes no snapshot on a nearly full disk, and takes it later', async () => {
    const { ensemble, leader } = await established(1, { tuning: { snapshotAfterTxns: 10 } });
    const { service } = leader.server;
    const secret = utf8('a secret');
    for (let index = 0; index < 4; index++) {
      await ensemble.settle(
        service.write(single(create(`/n${String(index)}`, { data: 'x' })), nobody, soon),
      );
    }
    for (let index = 0; index < 4; index++) {
      const asked = { timeoutMs: 20_000, secret, requestTimeoutMs: 5_000 };
      await ensemble.settle(service.sessions.open(asked));
    }
    const taken = (): boolean => ensemble.events.some((line) => line.includes('snapshotTaken'));
    leader.faults.freeBytes = 1_000;
    // The sessions end, which goes into the log on any disk: by then a snapshot is due.
    await ensemble.pass(30_000);
    assert.equal([...(leader.server.peer?.applier.state.sessions() ?? [])].length, 0);
    assert.equal(taken(), false);
    leader.faults.freeBytes = 100e9;
    await ensemble.until(taken);
  });

  it('tells who is who, at every peer', async () => {
    const { ensemble, leader } = await established(3);
    await ensemble.pass(2_500);
    for (const { id, server } of ensemble.members) {
      const view = server.service.cluster();
      assert.equal(view.leaderId, leader.id);
      assert.equal(view.self.id, id);
      assert.deepEqual(
        view.peers.map((peer) => [peer.id, peer.state, peer.role, peer.votes, peer.addresses.http]),
        ensemble.members.map((member) => [
          member.id,
          'up',
          member === leader ? 'leader' : 'follower',
          true,
          `http://peer${String(member.id)}`,
        ]),
      );
    }
    const [gone, stays] = ensemble.followers;
    assert.ok(gone && stays);
    gone.process.kill();
    await ensemble.pass(5_000);
    const seen = stays.server.service.cluster().peers.find((peer) => peer.id === gone.id);
    assert.equal(seen?.state, 'down');
  });

  it('serves at an observer, whose vote counts nowhere', async () => {
    const { ensemble } = await established(4, { observers: 1 });
    const observer = ensemble.member(4);
    assert.equal(observer.server.service.meta().role, 'observer');
    await ensemble.settle(
      observer.server.service.write(single(create('/a', { data: '1' })), nobody, soon),
    );
    assert.equal(await dataOf(ensemble, observer.server.service, '/a', 'local'), '1');
    assert.equal(await dataOf(ensemble, observer.server.service, '/a'), '1');
    ensemble.restart(observer);
    await ensemble.until(() => observer.server.service.unreadyBecause() === undefined);
    await converged(ensemble);
  });
});
