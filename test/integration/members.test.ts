import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { get, problemOf, put } from '../support/client.ts';
import { QuollProcesses } from '../support/cli/quoll-processes.ts';
import { startEnsemble, type PeerProcess, type TestEnsemble } from '../support/ensemble.ts';
import { cluster, GrpcClient, refusalOf } from '../support/grpc-client.ts';
import {
  changeBy,
  changed,
  configureWith,
  join,
  memberOf,
  membersBy,
  votersAre,
  type MembersJson,
} from '../support/members.ts';
import { until } from '../support/until.ts';
import { JuteClient } from '../support/zookeeper/jute-client.ts';
import { JuteOut } from '../support/zookeeper/jute.ts';
import { opCodes } from '../support/zookeeper/requests.ts';

const superDigest = `super:${createHash('sha1').update('super:secret').digest('base64')}`;
/** ZooKeeper's number for it. */
const badArguments = -8;

describe('an ensemble that grows from one and shrinks', function () {
  this.timeout(120_000);
  let ensemble: TestEnsemble;
  let first: PeerProcess;
  const commands = new QuollProcesses();

  before(async () => {
    const lines = ['reconfigEnabled=true', `quoll.auth.superDigest=${superDigest}`];
    ensemble = await startEnsemble({ peers: 3, grpc: true, zookeeper: true, lines, start: false });
    for (const { id } of ensemble.peers) {
      configureWith(
        ensemble.peer(id),
        [1, 2, 3].filter((other) => other <= id),
      );
    }
    first = ensemble.peer(1);
    first.start();
    await first.ready();
    assert.equal((await put(first, '/kept', 'from the beginning')).status, 201);
  });

  after(async () => {
    await commands.end();
    await ensemble.stop();
  });

  const anotherThan = (one: PeerProcess): PeerProcess =>
    ensemble.peers.find((peer) => peer !== one) ?? assert.fail();

  it('gives peers that join their votes once they have caught up', async () => {
    const second = ensemble.peer(2);
    second.start();
    await until('its word that it waits', () => /is not among the servers/.test(second.log));
    await join(ensemble, 2, first);
    await second.ready();
    assert.equal(
      await (await get(second, '/kept', '?consistency=local')).text(),
      'from the beginning',
    );
    await join(ensemble, 3, second);
    for (const peer of ensemble.peers) await votersAre(peer, [1, 2, 3]);
    const { members } = await membersBy(first);
    assert.deepEqual(
      members.map(({ id, role, joining, inConfig }) => ({ id, role, joining, inConfig })),
      [1, 2, 3].map((id) => ({ id, role: 'participant', joining: false, inConfig: id === 1 })),
    );
    await until('its word on the log', () => /withoutLine/.test(first.log));
  });

  it('shows the members to ZooKeeper, with the version of the change', async () => {
    const { version } = await membersBy(first);
    const wanted = `version=${BigInt(version).toString(16)}`;
    const config = await until('the published members', async () => {
      const text = await (await get(first, '/zookeeper/config')).text();
      return text.endsWith(wanted) ? text : undefined;
    });
    assert.equal([...config.matchAll(/:participant;/g)].length, 3, config);
  });

  it('refuses what makes no sense, and changes nothing', async () => {
    const { version } = await membersBy(first);
    const taken = { ...memberOf(ensemble.peer(3)), id: 4 };
    for (const [method, path, body, code] of [
      ['DELETE', '/9', undefined, 'NOMEMBER'],
      ['POST', '', taken, 'BADARGUMENTS'],
      ['POST', '', { ...memberOf(ensemble.peer(3)), quorumPort: 1 }, 'MEMBEREXISTS'],
      ['DELETE', '/3?fromVersion=7', undefined, 'BADVERSION'],
    ] as const) {
      const problem = await problemOf(await changeBy(first, method, path, body));
      assert.equal(problem.code, code, problem.detail);
    }
    assert.equal((await membersBy(first)).version, version);
    assert.equal((await changeBy(first, 'POST', '', memberOf(ensemble.peer(2)))).status, 200);
    assert.equal((await membersBy(first)).version, version, 'it is there already');
  });

  it('refuses who can be no member at each door alike', async () => {
    const { version } = await membersBy(first);
    const third = memberOf(ensemble.peer(3));
    const grpc = new GrpcClient(first.grpc);
    const zookeeper = await JuteClient.connect(first.zookeeper);
    await zookeeper.ask({ op: 'auth', scheme: 'digest', auth: 'super:secret' });
    for (const wrong of [
      { id: 256 },
      { host: 'db 4' },
      { host: 'db4/x' },
      { host: '1::2::3' },
      { quorumPort: 7, electionPort: 7 },
      { client: 'nowhere' },
      // The place of another one.
      { quorumPort: third.quorumPort },
    ]) {
      const member = { ...third, id: 4, electionPort: 4, client: '4', ...wrong };
      const { id, host, quorumPort, electionPort, client } = member;
      const shown = JSON.stringify(member);
      const rest = await problemOf(await changeBy(first, 'POST', '', member));
      assert.equal(rest.code, 'BADARGUMENTS', shown);
      const add = [{ id, host, quorumPort, electionPort, client }];
      const asked = await refusalOf(grpc.call(cluster.ChangeMembers, { add }));
      assert.deepEqual([asked.reason, asked.detail], [rest.code, rest.detail], shown);

      const spec = `${host.includes(':') ? `[${host}]` : host}:${String(quorumPort)}:${String(electionPort)}`;
      const line = `server.${String(id)}=${spec};${client}`;
      const record = new JuteOut().buffer(line).buffer(null).buffer(null).long(-1n);
      const reply = await zookeeper.askRaw(opCodes.reconfig, record.bytes());
      assert.equal(reply.err, badArguments, line);
    }
    const typed = commands.start('member', 'add', '4=db4/x:1:2', '--url', first.http);
    assert.equal(await typed.ends(), 2, typed.output);
    await zookeeper.close();
    grpc.close();
    assert.equal((await membersBy(first)).version, version);
  });

  it('does without its leader, which stops and stays so', async () => {
    const leader = await ensemble.leader();
    const watching = commands.start('status', '--watch', '--url', anotherThan(leader).http);
    const named = `peer ${String(leader.id)}`;
    await watching.says(new RegExp(`${named}: up, leader`));
    await changed(leader, 'DELETE', `/${String(leader.id)}`);
    assert.equal(await leader.ended(), 77);
    assert.match(leader.log, /was removed from the ensemble/);
    const others = ensemble.peers.filter((peer) => peer !== leader);
    const next = await ensemble.leader();
    assert.equal((await put(next, '/after', 'goes on')).status, 201);
    const names = others.find(({ configText }) =>
      configText.includes(`server.${String(leader.id)}=`),
    );
    assert.ok(names !== undefined, 'a configuration that still names it');
    const status = commands.start('status', '--url', names.http);
    assert.equal(await status.ends(), 0, status.output);
    assert.match(status.output, new RegExp(`^${String(leader.id)} +- +removed +- +- +-$`, 'm'));
    await watching.says(new RegExp(`${named}: (removed|not known any more)\n`));
    leader.start();
    assert.equal(await leader.ended(), 77, 'it hears that it is no member');
    for (const peer of others) {
      await votersAre(
        peer,
        others.map(({ id }) => id),
      );
    }
    const [, line = ''] =
      new RegExp(`^server\\.(${String(leader.id)}=\\S+)$`, 'm').exec(leader.configText) ?? [];
    const adding = commands.start('member', 'add', line, '--url', next.http);
    await adding.says(/is not heard yet/);
    leader.start();
    assert.equal(await adding.ends(), 0, adding.output);
    assert.match(adding.output, new RegExp(`^${String(leader.id)} +participant +yes`, 'm'));
    await leader.ready();
    assert.equal(await (await get(leader, '/after')).text(), 'goes on');
  });

  it('takes a vote away and gives it back', async () => {
    const demoting = commands.start('member', 'demote', '2', '--url', first.http, '-o', 'json');
    assert.equal(await demoting.ends(), 0, demoting.output);
    const shown = JSON.parse(demoting.output) as MembersJson;
    assert.deepEqual(
      shown.members.map(({ id, role }) => `${String(id)} ${role}`).join(),
      '1 participant,2 observer,3 participant',
    );
    const next = await ensemble.leader();
    await votersAre(next, [1, 3]);
    const client = new GrpcClient(next.grpc);
    const { version, members } = await client.call(cluster.ListMembers, {});
    assert.deepEqual(
      members.map(({ votes }) => votes),
      [true, false, true],
    );
    const stale = { promote: [2], fromVersion: '7', checksVersion: true };
    const refusal = await refusalOf(client.call(cluster.ChangeMembers, stale));
    assert.equal(refusal.reason, 'BADVERSION');
    const wish = { promote: [2], fromVersion: version.toString(), checksVersion: true };
    await client.call(cluster.ChangeMembers, wish);
    client.close();
    await votersAre(next, [1, 2, 3]);
  });

  it('refuses to leave itself without a majority', async () => {
    const leader = await ensemble.leader();
    const [one, two] = ensemble.peers.filter((peer) => peer !== leader);
    assert.ok(one !== undefined && two !== undefined);
    await one.end('SIGKILL');
    await until('the leader to miss it', async () => {
      const { members } = await membersBy(leader);
      return members.some(({ id, state }) => id === one.id && state === 'down');
    });
    const answer = await changeBy(leader, 'DELETE', `/${String(two.id)}`);
    const problem = await problemOf(answer);
    assert.equal(problem.code, 'NEWCONFIGNOQUORUM', problem.detail);
    await changed(leader, 'DELETE', `/${String(one.id)}`);
    await changed(leader, 'DELETE', `/${String(two.id)}`);
    await votersAre(leader, [leader.id]);
    assert.equal(await two.ended(), 77);
    assert.equal((await put(leader, '/alone', 'again')).status, 201);
  });

  it('adds a peer that is not started yet, and does not wait for it for ever', async () => {
    const leader = await ensemble.leader();
    const adding = commands.start('member', 'add', '9=127.0.0.1:1:2', '--url', leader.http);
    assert.equal(await adding.ends(), 0, adding.output);
    assert.match(adding.output, /when it has come/);
    assert.match(adding.output, /^9 +participant +joining/m);
    await votersAre(leader, [leader.id]);
  });
});
