import assert from 'node:assert/strict';
import { utf8 } from '../../../../../src/base/bytes.ts';
import { openAcl } from '../../../../../src/model/acl.ts';
import { defaultLimits } from '../../../../../src/model/limits.ts';
import { zxid } from '../../../../../src/model/zxid.ts';
import { decodeAcl, decodeTxn } from '../../../../../src/frontends/http/documents/decode-txn.ts';
import { encodeAcl } from '../../../../../src/frontends/http/documents/encode.ts';
import { refusal, refusedAs } from '../../../../support/http/refusals.ts';

describe('rest transactions', () => {
  const decoded = (body: unknown): ReturnType<typeof decodeTxn> =>
    decodeTxn(utf8(JSON.stringify(body)), defaultLimits);
  const acl = [{ permissions: 'cdrwa', scheme: 'world', id: 'anyone' }];

  it('decode every op', () => {
    const ops = [
      { op: 'create', path: '/a', data: 'é', parents: true, acl },
      { op: 'create', path: '/a/', sequential: true, kind: 'ttl', ttlMs: 5 },
      {
        op: 'set',
        path: '/a',
        data: '/w==',
        encoding: 'base64',
        version: 3,
        czxid: '1099511627777',
      },
      { op: 'set', path: '/a', data: null, create: true },
      { op: 'delete', path: '/a', recursive: true },
      {
        op: 'setAcl',
        path: '/a',
        acl: [{ permissions: 'ar', scheme: 'digest', id: 'x:y' }],
        version: 1,
      },
      { op: 'check', path: '/a', version: 0 },
      { op: 'checkAbsent', path: '/b' },
    ];
    const made = { acl: openAcl, kind: 'persistent', sequential: false, parents: false };
    assert.deepEqual(decoded({ ops, else: [] }), {
      kind: 'multi',
      single: false,
      ops: [
        { ...made, op: 'create', path: '/a', data: utf8('é'), parents: true },
        { ...made, op: 'create', path: '/a/', data: null, kind: 'ttl', sequential: true, ttlMs: 5 },
        {
          op: 'set',
          path: '/a',
          data: Buffer.from([0xff]),
          expected: { version: 3, czxid: zxid(1, 1) },
        },
        {
          op: 'set',
          path: '/a',
          data: null,
          expected: { version: -1 },
          orCreate: { acl: openAcl, parents: false },
        },
        { op: 'delete', path: '/a', expected: { version: -1 }, recursive: true },
        {
          op: 'setAcl',
          path: '/a',
          acl: [{ permissions: 17, scheme: 'digest', id: 'x:y' }],
          aversion: 1,
        },
        { op: 'check', path: '/a', expected: { version: 0 }, absent: false },
        { op: 'check', path: '/b', expected: { version: -1 }, absent: true },
      ],
      orElse: [],
    });
    assert.equal('orElse' in decoded({ ops: [{ op: 'checkAbsent', path: '/b' }] }), false);
  });

  it('refuse what is not exactly right, and say where', () => {
    const cases: [unknown, RegExp][] = [
      [{}, /ops/],
      [[], /body/],
      [null, /body/],
      [{ ops: [] }, /ops/],
      [{ ops: [{}] }, /ops\.0.*"op" must be create/],
      [{ ops: [{ op: 'creat', path: '/a' }] }, /"op" must be create/],
      [{ ops: ['x'] }, /ops\.0/],
      [{ ops: [{ op: 'delete' }] }, /ops\.0\.path/],
      [{ ops: [{ op: 'delete', path: 'a' }] }, /ops\.0\.path: a path must start with/],
      [{ ops: [{ op: 'delete', path: '/a/' }] }, /must not end/],
      [{ ops: [{ op: 'delete', path: '/a', version: '1' }] }, /ops\.0\.version/],
      [{ ops: [{ op: 'delete', path: '/a', version: 1.5 }] }, /ops\.0\.version/],
      [{ ops: [{ op: 'delete', path: '/a', version: -2 }] }, /ops\.0\.version/],
      [{ ops: [{ op: 'delete', path: '/a', czxid: 5 }] }, /ops\.0\.czxid/],
      [{ ops: [{ op: 'delete', path: '/a', czxid: '0x5' }] }, /ops\.0\.czxid: must be a zxid/],
      [{ ops: [{ op: 'delete', path: '/a', recursiv: true }] }, /recursiv/],
      [{ ops: [{ op: 'delete', path: '/a' }], orElse: [] }, /orElse/],
      [{ ops: [{ op: 'set', path: '/a' }] }, /ops\.0\.data/],
      [{ ops: [{ op: 'set', path: '/a', data: 5 }] }, /ops\.0\.data/],
      [{ ops: [{ op: 'set', path: '/a', data: '\ud800' }] }, /surrogate/],
      [{ ops: [{ op: 'set', path: '/a', data: 'x', encoding: 'hex' }] }, /ops\.0\.encoding/],
      [{ ops: [{ op: 'set', path: '/a', data: 'x=', encoding: 'base64' }] }, /not base64/],
      [{ ops: [{ op: 'set', path: '/a', data: 'AA', encoding: 'base64' }] }, /not base64/],
      [{ ops: [{ op: 'set', path: '/a', data: '__8=', encoding: 'base64' }] }, /not base64/],
      [{ ops: [{ op: 'set', path: '/a', data: 'x', parents: true }] }, /go with create/],
      [{ ops: [{ op: 'set', path: '/a', data: 'x', create: true, czxid: '1' }] }, /contradicts/],
      [{ ops: [{ op: 'create', path: '/a', kind: 'ttl' }] }, /go together/],
      [{ ops: [{ op: 'create', path: '/a', kind: 'container', ttlMs: 5 }] }, /go together/],
      [{ ops: [{ op: 'create', path: '/a', ttlMs: 0 }] }, /ttlMs/],
      [
        { ops: [{ op: 'create', path: '/a', acl: [{ ...acl[0], permissions: 'rr' }] }] },
        /permissions/,
      ],
      [
        { ops: [{ op: 'create', path: '/a', acl: [{ ...acl[0], permissions: 'x' }] }] },
        /permissions/,
      ],
      [
        { ops: [{ op: 'delete', path: '/a' }], else: [{ op: 'delete', path: 'b' }] },
        /else\.0\.path/,
      ],
    ];
    for (const [body, expected] of cases) {
      assert.match(
        refusal(() => decoded(body)),
        expected,
        JSON.stringify(body),
      );
    }
  });

  it('count their ops before they look at one', () => {
    const { opsPerMultiMax } = defaultLimits;
    const ops = (count: number): unknown[] => Array<object>(count).fill({});
    for (const body of [
      { ops: ops(opsPerMultiMax + 1) },
      { ops: ops(opsPerMultiMax), else: ops(1) },
    ]) {
      assert.throws(() => decoded(body), refusedAs('tooLarge'));
    }
    // No further than to the first mistake.
    const [first, ...others] = ops(opsPerMultiMax);
    assert.match(
      refusal(() => decoded({ ops: [first, ...others] })),
      /ops\.0\.op/,
    );
  });

  it('read ACLs as they are written', () => {
    const body = { acl: [...acl, { permissions: 'r', scheme: 'ip', id: '10.0.0.0/8' }] };
    assert.deepEqual(encodeAcl(decodeAcl(utf8(JSON.stringify(body)))), body.acl);
    // The leader knows that an ACL must not be empty, and says so to every door alike.
    assert.deepEqual(decodeAcl(utf8('{"acl":[]}')), []);
    for (const text of [
      '[]',
      '{}',
      'x',
      '{"acl":[{"permissions":31,"scheme":"world","id":"anyone"}]}',
    ]) {
      refusal(() => decodeAcl(utf8(text)));
    }
  });
});
