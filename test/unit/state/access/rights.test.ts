import assert from 'node:assert/strict';
import fc from 'fast-check';
import { verbs, type RoleRule, type Verb } from '../../../../src/model/auth.ts';
import { CompiledRules } from '../../../../src/state/access/rights.ts';
import { path } from '../../../support/model/requests.ts';

function rule(prefix: string, ...granted: Verb[]): RoleRule {
  return { prefix: path(prefix), verbs: granted };
}

describe('compiled rules', () => {
  it('cover the prefix itself and all below, and nothing beside', () => {
    const rights = new CompiledRules([rule('/app/a', 'read')]);
    for (const at of ['/app/a', '/app/a/b', '/app/a/b/c']) assert(rights.may('read', path(at)), at);
    for (const at of ['/', '/app', '/app/ab', '/app/b', '/x/app/a']) {
      assert(!rights.may('read', path(at)), at);
    }
    assert(!rights.may('write', path('/app/a')));
  });

  it('add up where they overlap', () => {
    const rights = new CompiledRules([
      rule('/app', 'read'),
      rule('/app/a/b', 'write'),
      rule('/app/a', 'watch'),
    ]);
    assert(rights.may('read', path('/app/a/b/c')) && rights.may('watch', path('/app/a/b/c')));
    assert(rights.may('write', path('/app/a/b/c')) && !rights.may('write', path('/app/a')));
  });

  it('reach all by the root, but for what is reserved', () => {
    const rights = new CompiledRules([rule('/', ...verbs)]);
    assert(rights.may('read', path('/')) && rights.may('delete', path('/a/b')));
    assert(!rights.may('read', path('/zookeeper')));
    assert(!rights.may('read', path('/zookeeper/quota/a')));
    assert(rights.may('read', path('/zookeepers')));
  });

  it('are none without a verb', () => {
    assert(!new CompiledRules([]).isAny && !new CompiledRules([rule('/a')]).isAny);
    assert(new CompiledRules([rule('/a/b', 'lock')]).isAny);
  });

  it('say what a look at every rule says', () => {
    const name = fc.constantFrom('a', 'b', 'ab');
    const paths = fc.array(name, { maxLength: 4 }).map((names) => path(`/${names.join('/')}`));
    const rules = fc.array(
      fc.record({ prefix: paths, verbs: fc.subarray(['read', 'write'] as const) }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(rules, paths, fc.constantFrom<Verb>('read', 'write'), (given, at, verb) => {
        const covers = ({ prefix }: RoleRule): boolean =>
          prefix === '/' || at === prefix || at.startsWith(`${prefix}/`);
        const expected = given.some((each) => covers(each) && each.verbs.some((v) => v === verb));
        assert.equal(new CompiledRules(given).may(verb, at), expected);
      }),
    );
  });
});
