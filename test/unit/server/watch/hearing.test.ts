import assert from 'node:assert/strict';
import type { Identity } from '../../../../src/model/acl.ts';
import { authGrantsPath, authRolesPath, type Verb } from '../../../../src/model/auth.ts';
import type { Refusal } from '../../../../src/model/error-code.ts';
import type { CoordinationService } from '../../../../src/service/coordination-service.ts';
import {
  administrator,
  grantOp,
  grantsOn,
  roleOp,
  superuser,
} from '../../../support/model/grants.ts';
import { create, path, remove, set } from '../../../support/model/requests.ts';
import { alone, type Bed, change, smallPieces } from '../../../support/watch/watch-bed.ts';
import { WatchReader } from '../../../support/watch/watch-reader.ts';

const ann: Identity = { scheme: 'x509', id: 'CN=ann' };
const other: Identity = { scheme: 'x509', id: 'CN=other' };

function roleSet(name: string, prefix: string, ...verbs: Verb[]): ReturnType<typeof set> {
  return set(`${authRolesPath}/${name}`, JSON.stringify({ rules: [{ prefix, verbs }] }));
}

/** Switches grants on; ann has these verbs on /a. */
async function on(bed: Bed, ...verbs: Verb[]): Promise<void> {
  const { ops } = grantsOn(
    roleOp('some', { '/a': verbs }),
    grantOp('ann', ['x509:CN=ann'], ['some']),
  );
  await bed.writeAs(bed.leader.server.service, [superuser], ...ops);
}

describe('watches while grants are on', () => {
  let bed: Bed;
  let service: CoordinationService;
  const asAdmin = (...ops: Parameters<Bed['write']>[1][]): Promise<unknown> =>
    bed.writeAs(service, [administrator], ...ops);
  beforeEach(async () => {
    bed = await alone();
    service = bed.leader.server.service;
  });

  it('are refused without the verb, and with values, a beginning or a past without "read"', async () => {
    await on(bed, 'watch');
    const reader = new WatchReader(service, [ann]);
    reader.watch(1, '/a');
    reader.watch(2, '/a', { withData: true });
    reader.watch(3, '/a', { initial: true });
    reader.watch(4, '/a', { from: { zxid: { epoch: 1, counter: 1 } } });
    reader.watch(5, '/');
    new WatchReader(service, [other]).watch(1, '/a');
    await bed.ensemble.pass(20);
    assert.deepEqual(reader.taken().sort(), [
      '1: synced',
      '2: refused noAuth',
      '3: refused noAuth',
      '4: refused noAuth',
      '5: refused noAuth',
    ]);
  });

  it('are told by what is granted now, whoever was let in before', async () => {
    const [early, late] = [new WatchReader(service, [ann]), new WatchReader(service, [other])];
    early.watch(1, '/a', { scope: 'recursive', withData: true });
    late.watch(1, '/a', { scope: 'recursive', withData: true });
    await on(bed, 'watch', 'read');
    await asAdmin(set('/a', 'one'));
    await asAdmin(roleSet('some', '/a', 'watch'));
    await asAdmin(set('/a', 'two'));
    await asAdmin(remove(`${authGrantsPath}/ann`), grantOp('late', ['x509:CN=other'], ['some']));
    await asAdmin(roleSet('some', '/', 'watch', 'read'));
    await asAdmin(set('/a', 'three'));
    assert.deepEqual(early.taken(), ['1: synced', '1: dataChanged /a one']);
    assert.deepEqual(late.taken(), ['1: synced', '1: dataChanged /a three']);
  });

  it('are told nothing of what waited for their reader until they were shut out', async () => {
    await on(bed, 'watch', 'read');
    const reader = new WatchReader(service, [ann]);
    const past = { zxid: await bed.writeAs(service, [administrator], set('/a', 'zero')) };
    reader.watch(1, '/a', { scope: 'recursive', withData: true });
    reader.watch(2, '/a', { scope: 'recursive' });
    reader.takesMore = false;
    await asAdmin(set('/a', 'one'), create('/a/b'));
    reader.resume(3, '/a', past);
    reader.watch(4, '/a', { initial: true });
    await bed.ensemble.pass(50);
    const before = reader.taken();
    await asAdmin(roleSet('some', '/a', 'watch'));
    reader.takesMore = true;
    reader.outlet.drained();
    await bed.ensemble.pass(50);
    const told = [...before, ...reader.taken()].join('; ');
    // Without values it is told of still.
    assert.match(told, /2: dataChanged \/a, created \/a\/b/);
    assert.doesNotMatch(told, /one|zero|3: data|4: initial .*\/a/, told);
    await asAdmin(roleSet('some', '/a', 'watch', 'read'));
    await asAdmin(set('/a', 'two'));
    assert.ok(reader.taken().includes('1: dataChanged /a two'));
  });

  it('hear nothing of what is reserved, however far up they watch', async () => {
    await on(bed, 'watch', 'read');
    await asAdmin(roleSet('some', '/', 'watch', 'read'));
    const [some, all] = [
      new WatchReader(service, [ann]),
      new WatchReader(service, [administrator]),
    ];
    for (const reader of [some, all]) {
      reader.watch(1, '/', { scope: 'recursive', initial: true });
      await bed.ensemble.pass(50);
    }
    await asAdmin(create('/zookeeper/quota/a'), set('/a', 'x'));
    assert.deepEqual(some.taken().slice(-1), ['1: dataChanged /a']);
    assert.deepEqual(all.taken().slice(-1), ['1: created /zookeeper/quota/a, dataChanged /a']);
    assert(!some.lines.join().includes('zookeeper'));
  });

  it('are told of what is past by what is granted now', async () => {
    bed = await alone(smallPieces);
    service = bed.leader.server.service;
    const from = { zxid: await bed.write(service, set('/a', 'zero')) };
    await change(bed, bed.leader, 9);
    await on(bed, 'watch', 'read');
    const reader = new WatchReader(service, [ann]);
    reader.resume(1, '/a', from);
    await bed.ensemble.until(() => reader.has('synced'));
    assert.equal(reader.taken().length, 10);
    await asAdmin(roleSet('some', '/a', 'watch'));
    reader.resume(2, '/a', from);
    await bed.ensemble.pass(50);
    assert.deepEqual(reader.taken(), ['2: refused noAuth']);
  });

  it('fire once for who may hear of it, and stay for who may not', async () => {
    await on(bed, 'watch', 'read');
    const reader = new WatchReader(service, [ann]);
    const query = { read: 'data', path: path('/a') } as const;
    const options = { consistency: 'local', timeoutMs: 1_000 } as const;
    reader.outlet.readWatched(1, query, options, () => undefined);
    await asAdmin(roleSet('some', '/a', 'read'));
    await asAdmin(set('/a', 'one'));
    assert.deepEqual(reader.taken(), []);
    await asAdmin(roleSet('some', '/a', 'read', 'watch'));
    await asAdmin(set('/a', 'two'));
    assert.deepEqual(reader.taken(), ['1: fired dataChanged /a two']);
    await asAdmin(roleSet('some', '/a', 'read'));
    const refusals: unknown[] = [];
    reader.outlet.readWatched(2, query, options, (answer) => refusals.push(answer));
    assert.equal((refusals[0] as Refusal).code, 'noAuth');
  });

  it('of ZooKeeper’s connections are added, kept and told by the same rule', async () => {
    await on(bed, 'watch');
    const lines: string[] = [];
    const watches = service.openConnectionWatches({
      notify: ({ type, path: at }) => lines.push(`${type} ${at}`),
      lost: () => lines.push('lost'),
    });
    watches.identify({ identities: [ann] });
    assert.equal(watches.add(path('/b'), 'persistent')?.code, 'noAuth');
    assert.equal(watches.add(path('/a'), 'persistent'), undefined);
    await asAdmin(set('/a', 'one'));
    await asAdmin(roleSet('some', '/b', 'watch', 'read'));
    await asAdmin(set('/a', 'two'));
    assert.deepEqual(lines.splice(0), ['dataChanged /a']);
    // It comes back to what it may not know of: not even that it is there.
    const nothing = { data: [], exists: [], children: [], persistent: [], recursive: [] };
    const since = { epoch: 0, counter: 0 };
    const answers: unknown[] = [];
    const registered = { ...nothing, since, data: [path('/a')], exists: [path('/a'), path('/b')] };
    watches.resume(registered, (refusal) => answers.push(refusal));
    assert.deepEqual([answers, lines], [[undefined], []]);
    assert(watches.has(path('/a'), 'data') && watches.has(path('/b'), 'data'));
    await asAdmin(create('/b'));
    assert.deepEqual(lines, ['created /b']);
  });
});
