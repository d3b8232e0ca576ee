import assert from 'node:assert/strict';
import { borrowEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { until } from '../../support/until.ts';
import { JuteClient, type Reply } from '../../support/zookeeper/jute-client.ts';
import { flags, openAcl, type Request, type WriteOp } from '../../support/zookeeper/requests.ts';

const [created, deleted, dataChanged, childrenChanged] = [1, 2, 3, 4] as const;
const runtimeInconsistency = -2;
const marshallingError = -5;
const badArguments = -8;
const noNode = -101;
const noAuth = -102;
const badVersion = -103;
const nodeExists = -110;
const noWatcher = -121;
const reconfigDisabled = -123;
const watcherType = { children: 1, data: 2, any: 3, persistent: 4, recursive: 5 };
const addWatchMode = { persistent: 0, recursive: 1 };

function create(path: string, more: { data?: string | null; flags?: number } = {}): WriteOp {
  return { op: 'create', path, data: null, flags: flags.persistent, ...more, acl: openAcl };
}

function set(path: string, data = 'x'): WriteOp {
  return { op: 'setData', path, data, version: -1 };
}

function remove(path: string): WriteOp {
  return { op: 'delete', path, version: -1 };
}

describe("the door for ZooKeeper's clients: operations and watches", () => {
  let ensemble: TestEnsemble;
  let client: JuteClient;
  let other: JuteClient;
  const opened: JuteClient[] = [];

  before(async () => {
    ensemble = await borrowEnsemble();
  });

  beforeEach(async () => {
    client = await connected(1);
    other = await connected(2);
  });

  afterEach(() => {
    for (const each of opened.splice(0)) {
      each.destroy();
      assert.deepEqual(each.wrong, []);
    }
  });

  after(async () => {
    await ensemble.stop();
  });

  async function connected(peer: number): Promise<JuteClient> {
    const each = await JuteClient.connect(ensemble.peer(peer).zookeeper);
    opened.push(each);
    return each;
  }

  async function done(request: Request, by = client): Promise<Reply> {
    const reply = await by.ask(request);
    assert.equal(reply.err, 0, request.op);
    return reply;
  }

  async function refused(err: number, request: Request, by = client): Promise<void> {
    assert.equal((await by.ask(request)).err, err, request.op);
  }

  /** Those of a watcher, all of them: whatever it is to be told has come before the answer to a sync. */
  async function eventsOf(watcher: JuteClient): Promise<(readonly [number, string])[]> {
    await done({ op: 'sync', path: '/' }, watcher);
    return watcher.events.map(({ type, path }) => [type, path] as const);
  }

  it('answers each of them as its record says', async () => {
    const made = await done({ ...create('/all', { data: 'x' }), op: 'create2' } as Request);
    assert.equal(made.body.path, '/all');
    assert.equal(made.body.stat?.czxid, made.zxid);
    const ttl = { ...create('/all/t', { flags: flags.ttl }), op: 'createTtl', ttlMs: 60_000 };
    assert.equal((await done(ttl as Request)).body.stat?.ephemeralOwner, 0n);
    const container = { ...create('/all/c', { flags: flags.container }), op: 'createContainer' };
    assert.equal((await done(container as Request)).body.path, '/all/c');
    const numbered = await done(create('/all/s-', { flags: flags.ephemeralSequential }));
    assert.equal(numbered.body.path, '/all/s-0000000002');
    assert.equal((await done(set('/all'))).body.stat?.version, 1);
    assert.equal(
      (await done({ op: 'getData', path: '/all', watch: false })).body.data?.toString(),
      'x',
    );
    assert.equal((await done({ op: 'getData', path: '/all/c', watch: false })).body.data, null);
    const names = ['c', 's-0000000002', 't'];
    const listed = await done({ op: 'getChildren', path: '/all', watch: false });
    assert.deepEqual(listed.body.children?.toSorted(), names);
    const listed2 = await done({ op: 'getChildren2', path: '/all', watch: false });
    assert.deepEqual(listed2.body.children?.toSorted(), names);
    assert.equal(listed2.body.stat?.numChildren, 3);
    const acl = await done({ op: 'getAcl', path: '/all' });
    assert.deepEqual(acl.body.acl, openAcl);
    const reset = await done({ op: 'setAcl', path: '/all', acl: openAcl, version: 0 });
    assert.equal(reset.body.stat?.aversion, 1);
    const counted = await done({ op: 'getAllChildrenNumber', path: '/all' });
    assert.equal(counted.body.total, 3);
    const own = await done({ op: 'getEphemerals', prefix: '/all' });
    assert.deepEqual(own.body.paths, ['/all/s-0000000002']);
    assert.equal((await done({ op: 'sync', path: '/all' })).body.path, '/all');
    await done({ op: 'check', path: '/all', version: 1 });
    await refused(badVersion, { op: 'check', path: '/all', version: 0 });
    await done({ op: 'auth', scheme: 'digest', auth: 'user:secret' });
    assert.equal((await done({ op: 'whoAmI' })).body.clientInfo?.length, 2);
    assert.equal((await done({ op: 'sasl', token: 'x' })).body.token, null);
    await refused(reconfigDisabled, { op: 'reconfig', newMembers: '' });
    await refused(noNode, remove('/nowhere'));
    await done(remove('/all/c'));
  });

  it('judges the name of a sequence with its number on', async () => {
    await done(create('/dots'));
    for (const [prefix, name] of [
      ['.', '.0000000000'],
      ['..', '..0000000001'],
      ['', '0000000002'],
    ]) {
      const made = create(`/dots/${prefix ?? ''}`, { flags: flags.ephemeralSequential });
      assert.equal((await done(made)).body.path, `/dots/${name ?? ''}`);
      await refused(badArguments, create(`/dots/${prefix ?? ''}`));
    }
    await refused(noNode, create('/dots/./', { flags: flags.sequential }));
    await refused(noNode, create('/dots/none/.', { flags: flags.sequential }));
  });

  it('lists children in the order of their names', async () => {
    const names = ['\ufdfd', 'c2', 'C', 'c10', '\u00e9', 'c1', '-'];
    await done({
      op: 'multi',
      ops: [create('/list'), ...names.map((name) => create(`/list/${name}`))],
    });
    const sorted = ['-', 'C', 'c1', 'c10', 'c2', '\u00e9', '\ufdfd'];
    const { body } = await done({ op: 'getChildren', path: '/list', watch: false });
    assert.deepEqual(body.children, sorted);
    await done(remove('/list/c1'));
    await done(create('/list/c1'));
    const again = await done({ op: 'getChildren2', path: '/list', watch: false });
    assert.deepEqual(again.body.children, sorted);
  });

  it('answers in a multi by what is made, and a TTL where there is none as a whole', async () => {
    const inMulti = (op: string, flag: number): WriteOp =>
      ({ ...create(`/kinds/${op}${String(flag)}`, { flags: flag }), op, ttlMs: 60_000 }) as WriteOp;
    await done(create('/kinds'));
    for (const op of ['create', 'create2', 'createContainer', 'createTtl']) {
      const ops = [0, 1, 2, 3, 4].map((flag) => inMulti(op, flag));
      const { body } = await done({ op: 'multi', ops });
      const types = body.results?.map((each) => [each.type, each.body?.stat !== undefined]);
      const plain = [1, false];
      assert.deepEqual(types, [plain, plain, plain, plain, [15, true]], op);
      if (op === 'createTtl') await done({ op: 'multi', ops: [inMulti(op, 5)] });
      else await refused(marshallingError, { op: 'multi', ops: [create('/no'), inMulti(op, 5)] });
      await refused(noNode, { op: 'getData', path: '/no', watch: false });
    }
  });

  it('makes what a multi asks for, or nothing, and says which of them failed', async () => {
    const ops: WriteOp[] = [create('/m'), set('/m'), { op: 'check', path: '/m', version: 1 }];
    const whole = await done({ op: 'multi', ops: [...ops, create('/m/a'), remove('/m/a')] });
    const types = whole.body.results?.map(({ type, headerErr }) => [type, headerErr]);
    assert.deepEqual(
      types,
      [1, 5, 13, 1, 2].map((type) => [type, 0]),
    );
    assert.equal(whole.body.results?.[0]?.body?.path, '/m');
    assert.equal(whole.body.results[1]?.body?.stat?.mzxid, whole.zxid);
    const failed = await done({ op: 'multi', ops: [set('/m', 'y'), create('/m'), set('/m')] });
    assert.deepEqual(
      failed.body.results,
      [0, nodeExists, runtimeInconsistency].map((err) => ({ type: -1, headerErr: err, err })),
    );
    const { body } = await done({ op: 'getData', path: '/m', watch: false });
    assert.equal(body.data?.toString(), 'x');
    assert.deepEqual((await done({ op: 'multi', ops: [] })).body.results, []);
  });

  it('reads many at once, each with an error of its own', async () => {
    await done(create('/r', { data: 'r' }));
    const { body } = await done({
      op: 'multiRead',
      ops: [
        { op: 'getData', path: '/nowhere', watch: false },
        { op: 'getData', path: '/r', watch: false },
        { op: 'getChildren', path: '/r', watch: false },
      ],
    });
    const [absent, data, children] = body.results ?? [];
    assert.deepEqual(absent, { type: -1, headerErr: noNode, err: noNode });
    assert.deepEqual([data?.type, data?.body?.data?.toString()], [4, 'r']);
    assert.deepEqual([children?.type, children?.body?.children], [8, []]);
  });

  it('answers in order what is sent at once, each read after the writes before it', async () => {
    await done(create('/p', { data: '0' }));
    const requests = Array.from({ length: 200 }, (_, index): Request[] => [
      set('/p', String(index)),
      { op: 'getData', path: '/p', watch: false },
      { op: 'exists', path: '/nowhere', watch: false },
    ]).flat();
    const replies = await Promise.all(client.askAll(requests));
    const xids = replies.map(({ xid }) => xid);
    assert.deepEqual(
      xids,
      xids.toSorted((left, right) => left - right),
    );
    const read = replies.filter(({ op }) => op === 'getData');
    const seen = read.map(({ body }) => body.data?.toString());
    assert.deepEqual(
      seen,
      read.map((_, index) => String(index)),
    );
    assert.deepEqual(client.received.slice(1), replies);
  });

  it('tells of a change before the answer that shows it, wherever it was made', async () => {
    await done(create('/e'));
    await done({ op: 'getData', path: '/e', watch: true });
    const { zxid } = await done(set('/e'));
    const [event, reply] = client.received.slice(-2);
    assert.deepEqual(event, { kind: 'event', zxid, type: dataChanged, state: 3, path: '/e' });
    assert.equal(reply?.kind, 'reply');

    await done({ op: 'sync', path: '/' }, other);
    await done({ op: 'getData', path: '/e', watch: true }, other);
    await done(set('/e', 'seen'));
    await until('the other peer to show it', async () => {
      const { body } = await done({ op: 'getData', path: '/e', watch: false }, other);
      return body.data?.toString() === 'seen';
    });
    const shown = other.received.findIndex(
      (each) => each.kind === 'reply' && each.body.data?.toString() === 'seen',
    );
    assert.equal(
      other.received.findIndex(({ kind }) => kind === 'event'),
      shown - 1,
    );
  });

  it('fires watches of data, existence and children once, as ZooKeeper does', async () => {
    await refused(noNode, { op: 'exists', path: '/w', watch: true });
    await refused(noNode, { op: 'getData', path: '/w/x', watch: true });
    await refused(noNode, { op: 'getChildren', path: '/w/x', watch: true });
    await done(create('/w'), other);
    await done({ op: 'sync', path: '/' });
    await done({ op: 'getChildren', path: '/w', watch: true });
    await done({ op: 'exists', path: '/w', watch: true });
    await done({ op: 'getData', path: '/w', watch: true });
    await done(create('/w/x'), other);
    await done(set('/w/x'), other);
    await done(set('/w'), other);
    await done(set('/w'), other);
    await done({ op: 'sync', path: '/' });
    await done({ op: 'getChildren2', path: '/w/x', watch: true });
    await done({ op: 'getData', path: '/w/x', watch: true });
    await done(remove('/w/x'), other);
    assert.deepEqual(await eventsOf(client), [
      [created, '/w'],
      [childrenChanged, '/w'],
      [dataChanged, '/w'],
      [deleted, '/w/x'],
    ]);
  });

  it('keeps persistent watches, and recursive ones tell of all below and of no children', async () => {
    await done(create('/k'));
    assert.equal(
      (await done({ op: 'addWatch', path: '/k', mode: addWatchMode.persistent })).body.err,
      0,
    );
    await done({ op: 'sync', path: '/' }, other);
    await done({ op: 'addWatch', path: '/k', mode: addWatchMode.recursive }, other);
    for (const request of [create('/k/a'), set('/k/a'), create('/k/a/b'), set('/k'), set('/k')]) {
      await done(request);
    }
    await done(remove('/k/a/b'));
    await done(remove('/k/a'));
    assert.deepEqual(await eventsOf(client), [
      [childrenChanged, '/k'],
      [dataChanged, '/k'],
      [dataChanged, '/k'],
      [childrenChanged, '/k'],
    ]);
    assert.deepEqual(await eventsOf(other), [
      [created, '/k/a'],
      [dataChanged, '/k/a'],
      [created, '/k/a/b'],
      [dataChanged, '/k'],
      [dataChanged, '/k'],
      [deleted, '/k/a/b'],
      [deleted, '/k/a'],
    ]);
  });

  it('checks and removes the watches of one kind, or all', async () => {
    const path = '/v';
    await done(create(path));
    const kinds = Object.values(watcherType);
    const there = async (): Promise<boolean[]> => {
      const replies = client.askAll(kinds.map((type) => ({ op: 'checkWatches', path, type })));
      const errors = (await Promise.all(replies)).map(({ err }) => err);
      assert.ok(errors.every((err) => err === 0 || err === noWatcher));
      return errors.map((err) => err === 0);
    };
    assert.deepEqual(await there(), [false, false, false, false, false]);
    await done({ op: 'getData', path, watch: true });
    await done({ op: 'getChildren', path, watch: true });
    for (const mode of Object.values(addWatchMode)) await done({ op: 'addWatch', path, mode });
    assert.deepEqual(await there(), [true, true, true, true, true]);
    await done({ op: 'removeWatches', path, type: watcherType.persistent });
    await refused(noWatcher, { op: 'removeWatches', path, type: watcherType.persistent });
    await done({ op: 'removeWatches', path, type: watcherType.data });
    assert.deepEqual(await there(), [true, false, true, false, true]);
    await done({ op: 'removeWatches', path, type: watcherType.any });
    assert.deepEqual(await there(), [false, false, false, false, false]);
    await done(set(path));
    await done(create(`${path}/a`));
    assert.deepEqual(await eventsOf(client), []);
  });

  it('compares what a client had watched with what has become of it since', async () => {
    const kinds = ['data', 'exist', 'child'] as const;
    const fates = ['unchanged', 'changed', 'deleted', 'created'] as const;
    await done(create('/since'));
    for (const fate of ['unchanged', 'changed', 'deleted']) await done(create(`/since/${fate}`));
    await done({ op: 'sync', path: '/' }, other);
    const since = other.lastZxid;
    await done(set('/since/changed'));
    await done(create('/since/changed/child'));
    await done(remove('/since/deleted'));
    await done(create('/since/created'));
    await done({ op: 'sync', path: '/' }, other);
    const paths = fates.map((fate) => `/since/${fate}`);
    const found = [];
    for (const kind of kinds) {
      const from = other.received.length;
      const none = { data: [], exist: [], child: [] };
      await done({ op: 'setWatches', since, ...none, [kind]: paths }, other);
      const [...events] = other.received.slice(from);
      assert.equal(events.pop()?.kind, 'reply');
      for (const event of events) {
        if (event.kind === 'event') found.push([kind, event.type, event.path, event.zxid]);
      }
    }
    assert.deepEqual(found, [
      ['data', dataChanged, '/since/changed', -1n],
      ['data', deleted, '/since/deleted', -1n],
      ['data', dataChanged, '/since/created', -1n],
      ['exist', created, '/since/unchanged', -1n],
      ['exist', created, '/since/changed', -1n],
      ['exist', created, '/since/created', -1n],
      ['child', childrenChanged, '/since/changed', -1n],
      ['child', deleted, '/since/deleted', -1n],
      ['child', childrenChanged, '/since/created', -1n],
    ]);
    // What has not changed is watched again.
    const before = other.events.length;
    await done(set('/since/unchanged'));
    await done(create('/since/unchanged/child'));
    await done(create('/since/deleted'));
    assert.deepEqual((await eventsOf(other)).slice(before), [
      [dataChanged, '/since/unchanged'],
      [childrenChanged, '/since/unchanged'],
      [created, '/since/deleted'],
    ]);
  });

  it('restores persistent watches, without what has happened in the meantime', async () => {
    await done(create('/again'));
    await done({ op: 'sync', path: '/' }, other);
    const lists = {
      data: [],
      exist: [],
      child: [],
      persistent: ['/again'],
      recursive: ['/again/a'],
    };
    await done({ op: 'setWatches2', since: 0n, ...lists }, other);
    await done(create('/again/a'));
    await done(create('/again/a/b'));
    assert.deepEqual(await eventsOf(other), [
      [created, '/again/a'],
      [childrenChanged, '/again'],
      [created, '/again/a/b'],
    ]);
  });

  it('tells nobody of what they may not read, and keeps the watch', async () => {
    await done(create('/secret'));
    await done({ op: 'sync', path: '/' }, other);
    await done({ op: 'getData', path: '/secret', watch: true }, other);
    await done({ op: 'auth', scheme: 'digest', auth: 'alice:secret' });
    const mine = [{ perms: 31, scheme: 'auth', id: '' }];
    await done({ op: 'setAcl', path: '/secret', acl: mine, version: -1 });
    await done(set('/secret', '1'));
    assert.deepEqual(await eventsOf(other), []);
    await refused(noAuth, { op: 'getData', path: '/secret', watch: false }, other);
    await done({ op: 'auth', scheme: 'digest', auth: 'alice:secret' }, other);
    await done(set('/secret', '2'));
    assert.deepEqual(await eventsOf(other), [[dataChanged, '/secret']]);
  });
});
