import assert from 'node:assert/strict';
import { SubtreeCopy, type CopyOptions } from '../../../../src/cli/copy/subtree-copy.ts';
import { permission } from '../../../../src/model/acl.ts';
import type { ZnodePath } from '../../../../src/model/path.ts';
import { TreeSide } from '../../../support/cli/tree-side.ts';

interface Ran {
  readonly copy: SubtreeCopy;
  readonly differences: string[];
  readonly failed: Map<string, string>;
}

function copying(
  from: TreeSide,
  to: TreeSide,
  more: Partial<Omit<CopyOptions, 'from' | 'to'>> & { source?: string; target?: string } = {},
): Ran {
  const differences: string[] = [];
  const failed = new Map<string, string>();
  const { source = '/', target = '/', compareOnly = false, keepExtra = false } = more;
  const copy = new SubtreeCopy(
    {
      from: { side: from, root: source as ZnodePath },
      to: { side: to, root: target as ZnodePath },
      compareOnly,
      keepExtra,
    },
    {
      progress: () => undefined,
      differs: (path, what) => differences.push(`${path}: ${what}`),
      failed: (path, why) => {
        if (why === undefined) failed.delete(path);
        else failed.set(path, why);
      },
    },
  );
  return { copy, differences, failed };
}

const tree = { '/a': '1', '/a/b': '2', '/a/b/c': '3', '/d': '4' };

describe('SubtreeCopy', () => {
  it('makes what is missing, parents first, and reads no more of the target than it must', async () => {
    const [from, to] = [new TreeSide(tree), new TreeSide()];
    const { copy } = copying(from, to);
    await copy.all();
    assert.deepEqual(to.content, from.content);
    assert.deepEqual(copy.counts, { seen: 5, created: 4, changed: 0, removed: 0, ephemeral: 0 });
    assert.equal(from.count('read'), 5);
    // What is below a znode that it has just made is new there.
    assert.deepEqual(to.asked.filter((what) => what.startsWith('read')).sort(), [
      'read /',
      'read /a',
      'read /d',
    ]);
  });

  it('changes nothing where all is equal', async () => {
    const [from, to] = [new TreeSide(tree), new TreeSide(tree)];
    await copying(from, to).copy.all();
    assert.deepEqual(
      to.asked.filter((what) => !/^(read|children) /.test(what)),
      [],
    );
  });

  it('sets data and ACL of what differs, with a null that is not empty data, and removes the rest from below', async () => {
    const [from, to] = [new TreeSide(tree), new TreeSide(tree)];
    const acl = [{ permissions: permission.read, scheme: 'world', id: 'anyone' }];
    from.put('/a', 'other', { acl });
    from.put('/d', '', { data: null });
    to.put('/d', '');
    to.put('/more', '');
    to.put('/more/below', '');
    const { copy } = copying(from, to);
    await copy.all();
    assert.deepEqual(
      to.asked.filter((what) => !/^(read|children) /.test(what)).sort(),
      ['remove /more/below', 'remove /more', 'setAcl /a', 'setData /a', 'setData /d'].sort(),
    );
    assert.ok(to.asked.indexOf('remove /more/below') < to.asked.indexOf('remove /more'));
    assert.equal((await from.read('/a'), (await to.read('/d')) as { data: unknown }).data, null);
  });

  it('leaves what only the target has, where that is asked for', async () => {
    const [from, to] = [new TreeSide(tree), new TreeSide({ '/mine': '' })];
    await copying(from, to, { keepExtra: true }).copy.all();
    assert.deepEqual(to.content, { ...from.content, '/mine': '' });
  });

  it('puts a subtree below another place, whose parents it makes', async () => {
    const [from, to] = [new TreeSide(tree), new TreeSide()];
    await copying(from, to, { source: '/a', target: '/x/y' }).copy.all();
    assert.deepEqual(to.content, {
      '/': '',
      '/x': '',
      '/x/y': '1',
      '/x/y/b': '2',
      '/x/y/b/c': '3',
    });
  });

  it('touches neither ephemerals nor what an ensemble keeps for itself', async () => {
    const from = new TreeSide({ ...tree, '/zookeeper': '', '/zookeeper/quota': '' });
    const to = new TreeSide({ '/zookeeper': 'theirs' });
    from.put('/live', '', { isEphemeral: true });
    to.put('/theirs', '', { isEphemeral: true });
    const { copy } = copying(from, to);
    await copy.all();
    assert.deepEqual(to.content, {
      '/': '',
      ...tree,
      '/theirs': '',
      '/zookeeper': 'theirs',
    });
    assert.equal(copy.counts.ephemeral, 1);
    assert.equal(
      [...from.asked, ...to.asked].some((what) => what.includes('zookeeper')),
      false,
    );
  });

  it('looks again where somebody was quicker', async () => {
    const [from, to] = [new TreeSide(tree), new TreeSide()];
    to.before = (what) => {
      to.before = () => undefined;
      if (what === 'create /a' || what === 'create /d') to.put(what.slice(7), 'theirs');
    };
    await copying(from, to).copy.all();
    assert.deepEqual(to.content, from.content);
  });

  it('makes the parents of one that it is told of ahead of them', async () => {
    const [from, to] = [new TreeSide(tree), new TreeSide()];
    await copying(from, to).copy.some(['/a/b/c']);
    assert.deepEqual(to.content, { '/': '', '/a': '1', '/a/b': '2', '/a/b/c': '3' });
  });

  it('says what it may not read, or whose ACL is masked, and makes nothing open of it', async () => {
    const [from, to] = [new TreeSide(tree), new TreeSide()];
    from.znodes.set('/a/b', 'hidden');
    from.put('/d', '', { acl: [{ permissions: permission.read, scheme: 'digest', id: 'bob:x' }] });
    from.put('/e', '', { acl: undefined });
    const { copy, failed } = copying(from, to);
    await copy.all();
    assert.deepEqual(to.content, { '/': '', '/a': '1' });
    assert.match(failed.get('/a/b') ?? '', /may not be read in the source/);
    assert.match(failed.get('/d') ?? '', /its ACL is not shown/);
    assert.match(failed.get('/e') ?? '', /its ACL is not shown/);
  });

  it('only says what differs when it compares', async () => {
    const [from, to] = [new TreeSide(tree), new TreeSide(tree)];
    from.put('/new', '');
    to.put('/d', 'other');
    to.put('/extra', '');
    const { copy, differences } = copying(from, to, { compareOnly: true });
    await copy.all();
    assert.deepEqual(differences.sort(), [
      '/d: other data',
      '/extra: only in the target',
      '/new: missing in the target',
    ]);
    assert.equal(
      to.asked.some((what) => !/^(read|children) /.test(what)),
      false,
    );
  });
});
