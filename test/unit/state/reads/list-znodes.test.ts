import assert from 'node:assert/strict';
import { permission } from '../../../../src/model/acl.ts';
import { create, path, remove } from '../../../support/model/requests.ts';
import type { NamesInParts } from '../../../../src/model/read.ts';
import { namesAtOnceMax } from '../../../../src/state/reads/answer-read.ts';
import { Leader } from '../../../support/state/leader.ts';

const alice = { scheme: 'digest', id: 'alice:hash' };

describe('lists of znodes', () => {
  function names(
    leader: Leader,
    at: string,
    more: { limit?: number; after?: string } = {},
  ): { readonly names: readonly string[]; readonly more: boolean } {
    const query = { read: 'tree', path: path(at), limit: 1_000, withData: false } as const;
    const page = leader.machine.read({ ...query, ...more }, []);
    assert('children' in page, JSON.stringify(page));
    return { names: page.children.map(({ name }) => name), more: page.more };
  }

  function planted(paths: readonly string[]): Leader {
    const leader = new Leader();
    for (const each of paths) leader.do(create(each, { parents: true }));
    return leader;
  }

  it('go down before they go on, in code point order', () => {
    const leader = planted(['/t/b', '/t/a/y', '/t/a/x/1', '/t/a-b', '/t/é', '/other']);
    const all = ['a', 'a/x', 'a/x/1', 'a/y', 'a-b', 'b', 'é'];
    assert.deepEqual(names(leader, '/t'), { names: all, more: false });
    assert.deepEqual(names(leader, '/t/a'), { names: ['x', 'x/1', 'y'], more: false });
    assert.deepEqual(names(leader, '/t/b'), { names: [], more: false });
    assert.ok(names(leader, '/').names.includes('t/a/x/1'));
  });

  it('come in pages of every size, each znode once', () => {
    const paths = Array.from({ length: 300 }, (_, index) => {
      const [high, low] = [Math.floor(index / 100), index % 100];
      return `/t/${String(high)}/${String(low).padStart(3, '0')}`;
    });
    const leader = planted(paths);
    const all = names(leader, '/t').names;
    assert.equal(all.length, 303);
    for (const limit of [1, 2, 63, 64, 65, 100, 302, 303, 304]) {
      const seen: string[] = [];
      let page = names(leader, '/t', { limit });
      seen.push(...page.names);
      while (page.more) {
        page = names(leader, '/t', { limit, after: seen.at(-1) ?? '' });
        assert.ok(page.names.length > 0 && page.names.length <= limit);
        seen.push(...page.names);
      }
      assert.deepEqual(seen, all, String(limit));
    }
  });

  it('go on after a znode that has gone, and after one whose parent has', () => {
    const leader = planted(['/t/a/b/c', '/t/a/d', '/t/e']);
    for (const each of ['/t/a/b/c', '/t/a/b']) leader.do(remove(each));
    assert.deepEqual(names(leader, '/t', { after: 'a/b/c' }).names, ['a/d', 'e']);
    leader.do(remove('/t/a/d'));
    leader.do(remove('/t/a'));
    assert.deepEqual(names(leader, '/t', { after: 'a/b/c' }).names, ['e']);
    assert.deepEqual(names(leader, '/t', { after: 'zzz/yyy' }).names, []);
  });

  it('show nothing below what the caller may not list', () => {
    const leader = planted(['/t/open/1', '/t/shut']);
    leader.do(create('/t/shut/hidden'));
    const acl = [{ permissions: permission.all, ...alice }];
    leader.do({ op: 'setAcl', path: path('/t/shut'), acl, aversion: -1 });
    assert.deepEqual(names(leader, '/t').names, ['open', 'open/1', 'shut']);
    assert.deepEqual(names(leader, '/t', { after: 'shut' }).names, []);
    assert.deepEqual(names(leader, '/t', { after: 'shut/a' }).names, []);
    const query = { read: 'tree', path: path('/t'), limit: 9, withData: true } as const;
    const page = leader.machine.read(query, [alice]);
    assert('children' in page);
    assert.deepEqual(
      page.children.map(({ name, znode }) => [name, znode !== undefined]),
      [
        ['open', true],
        ['open/1', true],
        ['shut', true],
        ['shut/hidden', true],
      ],
    );
  });

  it('end a page at so many bytes of names and data, and never before its first znode', () => {
    const listBytesMax = 1_000;
    const leader = new Leader({ listBytesMax });
    leader.do(create('/p'));
    const sizes = [listBytesMax - 3, 1, 1, listBytesMax + 1, 0];
    for (const [index, size] of sizes.entries()) {
      leader.do(create(`/p/${String(index)}`, { data: new Uint8Array(size) }));
    }
    for (const read of ['children', 'tree'] as const) {
      const pages: string[][] = [];
      let more = true;
      while (more) {
        const after = pages.at(-1)?.at(-1);
        const query = { read, path: path('/p'), limit: 100, withData: true };
        const page = leader.machine.read(after === undefined ? query : { ...query, after }, []);
        assert('children' in page);
        pages.push(page.children.map(({ name }) => name));
        more = page.more;
      }
      assert.deepEqual(pages, [['0', '1'], ['2'], ['3'], ['4']], read);
    }
  });

  it('end a page at so many bytes of names, too', () => {
    const leader = new Leader({ listBytesMax: 1_000 });
    for (const first of ['a', 'b', 'c']) leader.do(create(`/${first.repeat(400)}`));
    const query = { read: 'children', path: path('/'), limit: 100, withData: false } as const;
    const page = leader.machine.read(query, []);
    assert('children' in page);
    assert.deepEqual([page.children.length, page.more], [2, true]);
  });
});

describe('names in slices', () => {
  function opened(leader: Leader, at: string): NamesInParts {
    const result = leader.machine.read({ read: 'names', path: path(at) }, []);
    assert('names' in result && 'next' in result.names);
    return result.names;
  }

  it('are those of one state, whatever comes and goes while they are read', () => {
    const leader = new Leader();
    leader.do(create('/p'));
    const names = Array.from({ length: namesAtOnceMax + 1 }, (_, index) =>
      String(index).padStart(4, '0'),
    );
    for (const name of names) leader.do(create(`/p/${name}`));
    const list = opened(leader, '/p');
    const read = [...list.next(12)];
    assert.equal(read.length, 3);
    // New ones take the ids of those that have gone, and go again, until nothing is left at all.
    leader.do(remove('/p/0000'));
    leader.do(remove('/p/0007'));
    leader.do(create('/p/new'));
    leader.do(create('/other'));
    leader.do(remove('/p/new'));
    leader.do(create('/p/0007'));
    leader.do(remove('/p', { recursive: true }));
    leader.do(create('/p'));
    for (let index = 0; index < 20; index++) leader.do(create(`/p/later-${String(index)}`));
    for (let slice = list.next(40); slice.length > 0; slice = list.next(40)) read.push(...slice);
    assert.deepEqual(read, names);
    assert.deepEqual([list.length, list.bytes], [names.length, 4 * names.length]);
  });

  it('are all at once where there are few', () => {
    const leader = new Leader();
    for (const name of ['a', 'b']) leader.do(create(`/${name}`));
    const result = leader.machine.read({ read: 'names', path: path('/') }, []);
    assert('names' in result && Array.isArray(result.names));
    assert.deepEqual(result.names.toSorted(), ['a', 'b', 'zookeeper']);
  });
});
