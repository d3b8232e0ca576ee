import assert from 'node:assert/strict';
import { FollowedCopy, type Followed } from '../../../../src/cli/copy/followed-copy.ts';
import { SubtreeCopy } from '../../../../src/cli/copy/subtree-copy.ts';
import { rootPath } from '../../../../src/model/path.ts';
import { TreeSide } from '../../../support/cli/tree-side.ts';
import { until } from '../../../support/until.ts';

function following(
  from: TreeSide,
  to: TreeSide,
): {
  readonly told: Followed[];
  readonly stop: () => Promise<void>;
} {
  const source = { side: from, root: rootPath };
  const target = { side: to, root: rootPath };
  const copy = new SubtreeCopy(
    { from: source, to: target, compareOnly: false, keepExtra: false },
    { progress: () => undefined, differs: () => undefined, failed: () => undefined },
  );
  const told: Followed[] = [];
  const stops = new AbortController();
  const running = new FollowedCopy(copy, source, (at) => told.push(at)).run(stops.signal);
  return {
    told,
    stop: () => {
      stops.abort();
      return running;
    },
  };
}

describe('FollowedCopy', () => {
  it('copies all once it hears of changes, then what has changed, and at the end what no event tells', async () => {
    const [from, to] = [new TreeSide({ '/a': '1' }), new TreeSide()];
    const { told, stop } = following(from, to);
    from.tell({ kind: 'begun' });
    await until('all', () => to.content['/a'] === '1');
    await until('word of it', () => told.length === 1);
    const before = to.asked.length;
    from.put('/a', '2');
    from.put('/b', '3');
    for (const path of ['/a', '/b', '/b', '/a']) from.tell({ kind: 'path', path });
    await until('both', () => to.content['/a'] === '2' && to.content['/b'] === '3');
    assert.equal(from.count('children'), 1, 'without a look at all');
    assert.equal(to.asked.slice(before).includes('create /b'), true);
    from.put('/quiet', '');
    await stop();
    assert.deepEqual(to.content, from.content);
    assert.ok((told.at(-1)?.followed ?? 0) >= 2);
    assert.equal(told.at(-1)?.waiting, 0);
  });

  it('copies all again where anything may have been missed', async () => {
    const [from, to] = [new TreeSide({ '/a': '1' }), new TreeSide()];
    const { stop } = following(from, to);
    from.tell({ kind: 'begun' });
    await until('all', () => to.content['/a'] === '1');
    from.put('/missed', 'x');
    from.tell({ kind: 'all' });
    await until('the rest', () => to.content['/missed'] === 'x');
    await stop();
  });
});
