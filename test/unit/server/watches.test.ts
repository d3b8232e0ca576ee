import assert from 'node:assert/strict';
import { utf8 } from '../../../src/base/bytes.ts';
import { openAcl, type Acl } from '../../../src/model/acl.ts';
import type { ZnodePath } from '../../../src/model/path.ts';
import {
  anyVersion,
  type CreateOp,
  type MultiRequest,
  type TreeOp,
} from '../../../src/model/request.ts';
import type { Zxid } from '../../../src/model/zxid.ts';
import type { CoordinationService } from '../../../src/service/coordination-service.ts';
import { SimulatedEnsemble, type Member } from './simulated-ensemble.ts';
import { WatchReader } from './watch-reader.ts';

const nobody = { identities: [] };
const soon = { timeoutMs: 5_000 };

function path(text: string): ZnodePath {
  return text as ZnodePath;
}

function create(at: string, text = '', more: Partial<CreateOp> = {}): CreateOp {
  return {
    op: 'create',
    path: path(at),
    data: utf8(text),
    acl: openAcl,
    kind: 'persistent',
    sequential: false,
    parents: false,
    ...more,
  };
}

function set(at: string, text: string): TreeOp {
  return { op: 'set', path: path(at), data: utf8(text), expected: anyVersion };
}

function remove(at: string, recursive = false): TreeOp {
  return { op: 'delete', path: path(at), expected: anyVersion, recursive };
}

function setAcl(at: string, acl: Acl): TreeOp {
  return { op: 'setAcl', path: path(at), acl, aversion: -1 };
}

function multi(...ops: TreeOp[]): MultiRequest {
  return { kind: 'multi', single: ops.length === 1, ops };
}

class Bed {
  readonly ensemble: SimulatedEnsemble;

  constructor(size: number, options?: ConstructorParameters<typeof SimulatedEnsemble>[1]) {
    this.ensemble = new SimulatedEnsemble(size, options);
  }

  async established(): Promise<this> {
    const { ensemble } = this;
    await ensemble.until(() =>
      ensemble.members.every(({ server }) => server.service.unreadyBecause() === undefined),
    );
    return this;
  }

  get leader(): Member {
    const { leader } = this.ensemble;
    assert.ok(leader);
    return leader;
  }

  async write(service: CoordinationService, ...ops: TreeOp[]): Promise<Zxid> {
    const { outcome } = await this.ensemble.settle(service.write(multi(...ops), nobody, soon));
    return outcome.zxid;
  }
}

describe('watches', () => {
  it('hear of what is done from now on, wherever it was asked for', async () => {
    const bed = await new Bed(3).established();
    const readers = bed.ensemble.members.map(({ server }) => new WatchReader(server.service));
    for (const reader of readers) {
      reader.watch(1, '/a');
      reader.watch(2, '/', { scope: 'recursive', withData: true });
    }
    const { service } = bed.leader.server;
    await bed.write(service, create('/a', 'one'));
    await bed.write(service, create('/a/b', 'two'), set('/a', 'three'));
    await bed.write(service, setAcl('/a', openAcl));
    await bed.write(service, remove('/a', true));
    await bed.ensemble.pass(100);
    for (const reader of readers) {
      assert.deepEqual(reader.taken(), [
        '1: synced',
        '2: synced',
        '1: created /a',
        '2: created /a one',
        '2: created /a/b two, dataChanged /a three',
        '1: childrenChanged /a, dataChanged /a',
        '2: deleted /a/b, deleted /a',
        '1: childrenChanged /a, deleted /a',
      ]);
    }
  });

  it('fire once, as those of ZooKeeper', async () => {
    const bed = await new Bed(3).established();
    const [follower] = bed.ensemble.followers;
    assert.ok(follower);
    const { service } = follower.server;
    const reader = new WatchReader(service);
    const told: string[] = [];
    const read = (tag: number, what: 'data' | 'stat' | 'children', at: string): void => {
      const query =
        what === 'children'
          ? ({ read: what, path: path(at), limit: 10, withData: false } as const)
          : ({ read: what, path: path(at) } as const);
      reader.outlet.readWatched(tag, query, { consistency: 'linearizable', ...soon }, (answer) =>
        told.push(`${String(tag)} ${'kind' in answer ? answer.code : answer.result.read}`),
      );
    };
    await bed.write(service, create('/there', 'x'));
    read(1, 'stat', '/absent');
    read(2, 'data', '/absent');
    read(3, 'children', '/absent');
    read(4, 'data', '/there');
    read(5, 'children', '/there');
    read(6, 'stat', '/there');
    await bed.ensemble.until(() => told.length === 6);
    assert.deepEqual(told, ['1 noNode', '2 noNode', '3 noNode', '4 data', '5 children', '6 stat']);
    await bed.write(service, create('/absent'));
    await bed.write(service, setAcl('/there', openAcl));
    await bed.write(service, set('/there', 'y'));
    await bed.write(service, set('/there', 'z'));
    await bed.write(service, create('/there/child'));
    read(7, 'children', '/there/child');
    read(8, 'stat', '/there/child');
    await bed.ensemble.until(() => told.length === 8);
    await bed.write(service, remove('/there/child'));
    await bed.ensemble.pass(100);
    assert.deepEqual(reader.taken(), [
      '1: fired created /absent ',
      '4: fired dataChanged /there y',
      '6: fired dataChanged /there y',
      '5: fired childrenChanged /there',
      '7: fired deleted /there/child',
      '8: fired deleted /there/child',
    ]);
    assert.equal(follower.server.peer?.watches.watches, 0);
  });
});
