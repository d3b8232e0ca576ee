import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { openAcl, type AclItem, type WriteOp } from '../../support/zookeeper/requests.ts';
import type { Request } from '../../support/zookeeper/requests.ts';

// What is sent to both servers, generated. Paths of a sequence's own begin with `~`, which is played as its root.

/** Since which zxid a client asks for what it has missed: the last one it was told of, or ever. */
type Since = 'seen' | 'ever';

export type Asked =
  | Exclude<Request, { readonly op: 'setWatches' | 'setWatches2' }>
  | (Omit<Extract<Request, { readonly op: 'setWatches' }>, 'since'> & { readonly since: Since })
  | (Omit<Extract<Request, { readonly op: 'setWatches2' }>, 'since'> & { readonly since: Since });

export type Command = { readonly who: number } & (
  | { readonly kind: 'ask'; readonly requests: readonly Asked[] }
  /** ZooKeeper answers these two ahead of what was asked before: they are asked alone. */
  | { readonly kind: 'auth'; readonly scheme: string; readonly auth: string }
  | { readonly kind: 'sasl' }
  /** closeSession; the next command opens another session. */
  | { readonly kind: 'close' }
  /** The connection breaks; the next command comes back to the session. */
  | { readonly kind: 'drop' }
  /** Comes back while the old connection is still there. */
  | { readonly kind: 'move' }
  /** The connection breaks, and somebody tries to come back with another password. */
  | { readonly kind: 'intrude' }
);

/**
 * `watches`: everybody may read everything. `acls`: nobody watches. What becomes of a watch on a znode that its owner may
 * not read is where releases of ZooKeeper differ, and a contract test of ours.
 */
export type Profile = 'watches' | 'acls';

export const sessions = 3;
/** Has persistent watches alone, and each path in one mode: ZooKeeper before 3.9.3 mixes modes up (ZOOKEEPER-4466). */
const persistentWatcher = 2;

const places = ['~', '~/a', '~/a/b', '~/a/b/c', '~/a/d', '~/e', '~/e/f', '~/s-'] as const;
const made = ['~/a/s-0000000000', '~/a/s-0000000001', '~/s-0000000002', '~/a/0000000001'] as const;
const odd = [
  ...[
    '',
    'a',
    '/',
    '~/',
    '~//a',
    '~/a/',
    '~/./a',
    '~/a/..',
    '~/a/\u0001',
    '~/\ufff0',
    '~/a/\ud83d\ude00',
  ],
  ...['/zookeeper', '/zookeeper/quota', '/zookeeper/x'],
] as const;

const place = fc.constantFrom(...places);
const path = fc.oneof(
  { weight: 20, arbitrary: place },
  { weight: 3, arbitrary: fc.constantFrom(...made) },
  { weight: 1, arbitrary: fc.constantFrom(...odd) },
);
const validPath = fc.oneof(
  { weight: 7, arbitrary: place },
  { weight: 1, arbitrary: fc.constantFrom(...made) },
);
/** Of what is no path ZooKeeper judges these before it looks at the parent, as we do all. */
const writtenPath = fc.oneof(
  { weight: 20, arbitrary: validPath },
  { weight: 1, arbitrary: fc.constantFrom('', 'a', '/', '/zookeeper', '/zookeeper/quota') },
);
const readPath = fc.oneof(
  { weight: 30, arbitrary: path },
  { weight: 1, arbitrary: fc.constant(null) },
);
const data = fc.constantFrom('', 'x', 'yy', 'zzz', null);
const version = fc.constantFrom(-1, -1, -1, 0, 0, 1, 2, 7, -2, -7, 2_147_483_647);

const anyone = (perms: number): AclItem => ({ perms, scheme: 'world', id: 'anyone' });
const auth = (perms: number): AclItem => ({ perms, scheme: 'auth', id: '' });
const digest = (perms: number, user: string): AclItem => {
  const hash = createHash('sha1').update(`${user}:secret`).digest('base64');
  return { perms, scheme: 'digest', id: `${user}:${hash}` };
};

const readable = [openAcl, openAcl, [anyone(1)], [anyone(3)], [anyone(5), auth(31)], [anyone(15)]];
const acls: readonly (readonly AclItem[] | null)[] = [
  ...[openAcl, openAcl, openAcl, openAcl, [anyone(1)], [anyone(2)], [anyone(4)], [anyone(16)]],
  ...[[auth(31)], [auth(31)], [auth(31), anyone(1)], [digest(31, 'alice')], [digest(15, 'bob')]],
  ...[
    [digest(31, 'alice'), digest(1, 'bob'), anyone(1)],
    [anyone(1), anyone(1)],
  ],
  ...[[], null, [anyone(0)], [{ perms: 31, scheme: 'world', id: 'nobody' }]],
  ...[
    [{ perms: 31, scheme: 'ip', id: '127.0.0.1' }],
    [{ perms: 1, scheme: 'ip', id: '127.0.0.0/8' }],
  ],
  ...[
    [{ perms: 31, scheme: 'ip', id: '10.0.0.300' }],
    [{ perms: 31, scheme: 'ip', id: '10.0.0.1/40' }],
  ],
  ...[[{ perms: 31, scheme: 'digest', id: 'alice' }], [{ perms: 31, scheme: 'odd', id: 'x' }]],
  ...[[{ perms: 31, scheme: '', id: '' }], [{ perms: 31, scheme: 'digest', id: 'a:b:c' }]],
];

function aclOf(profile: Profile): fc.Arbitrary<readonly AclItem[] | null> {
  return profile === 'watches' ? fc.constantFrom(...readable) : fc.constantFrom(...acls);
}

/** What comes to be a name of its own once the number is on it, or does not. */
const sequencePath = fc.constantFrom(
  ...['~/.', '~/..', '~/', '~/a/.', '~/a/..', '~/a/', '~/./', '~//', '~/...', '~/a.', '/.', '//'],
);

/** Every flag that there is, and some that there are not, by each op code that creates. */
function createOf(profile: Profile, where: 'alone' | 'inMulti'): fc.Arbitrary<WriteOp> {
  const fields = { path: validPath, data, acl: aclOf(profile) };
  const isAlone = where === 'alone';
  const plain = fc.constantFrom('create' as const, 'create2' as const);
  const openCreate = { ...fields, path: writtenPath, acl: fc.constant(openAcl) };
  const often = fc.constantFrom(0, 0, 0, 1, 2, 3);
  const any = fc.constantFrom(0, 0, 0, 1, 1, 2, 3, 4, 5, 7, -1);
  const each = fc.constantFrom(0, 1, 2, 3, 4, 4, 4, 4, 5, 6, 7, -1);
  const container = fc.constant('createContainer' as const);
  const ttl = fc.constant('createTtl' as const);
  // Long enough to outlive the test.
  const long = fc.constant(10_000_000);
  return fc.oneof(
    { weight: 6, arbitrary: fc.record({ op: plain, ...openCreate, flags: often }) },
    { weight: 4, arbitrary: fc.record({ op: plain, ...fields, flags: any }) },
    {
      weight: 1,
      arbitrary: fc.record({
        op: plain,
        ...openCreate,
        path: sequencePath,
        flags: fc.constantFrom(2, 3),
      }),
    },
    { weight: 1, arbitrary: fc.record({ op: container, ...fields, flags: each }) },
    {
      weight: 1,
      arbitrary: fc.record({
        op: ttl,
        ...fields,
        // Alone and without a TTL any other would be the end of a real ZooKeeper, which can't apply its own txn.
        flags: isAlone ? fc.constantFrom(5, 6) : each,
        ttlMs: fc.oneof(long, fc.constantFrom(0, -1, 2 ** 40 - 1, 2 ** 40)),
      }),
    },
  );
}

function writeOf(profile: Profile, where: 'alone' | 'inMulti'): fc.Arbitrary<WriteOp> {
  const [remove, set] = [fc.constant('delete' as const), fc.constant('setData' as const)];
  return fc.oneof(
    { weight: 5, arbitrary: createOf(profile, where) },
    { weight: 2, arbitrary: fc.record({ op: remove, path: writtenPath, version }) },
    { weight: 3, arbitrary: fc.record({ op: set, path: writtenPath, data, version }) },
  );
}

function askOf(profile: Profile, who: number): fc.Arbitrary<Asked> {
  const watch = profile === 'acls' || who === persistentWatcher ? fc.constant(false) : fc.boolean();
  const write = writeOf(profile, 'inMulti');
  const check = fc.record({ op: fc.constant('check' as const), path: writtenPath, version });
  const read = fc.record({
    op: fc.constantFrom('getData' as const, 'getChildren' as const),
    path: readPath,
    watch,
  });
  return fc.oneof(
    { weight: 10, arbitrary: writeOf(profile, 'alone') },
    { weight: 4, arbitrary: read },
    {
      weight: 4,
      arbitrary: fc.record({
        op: fc.constantFrom('exists' as const, 'getChildren2' as const),
        path: readPath,
        watch,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ op: fc.constant('getAcl' as const), path: readPath }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constantFrom('sync' as const, 'getAllChildrenNumber' as const),
        // Of the empty path ZooKeeper counts the root too, and its UTF-8 is Java's.
        path: validPath,
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constant('getEphemerals' as const),
        prefix: fc.constantFrom('/', '', null, '~/a', '~/', ' ', '~/a/s'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        op: fc.constant('setAcl' as const),
        // Not the root's: no later sequence could have one of its own.
        path: validPath,
        acl: aclOf(profile),
        version: fc.constantFrom(-1, -1, 0, 1, 7, -2),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        op: fc.constant('multi' as const),
        ops: fc.array(fc.oneof({ weight: 4, arbitrary: write }, { weight: 1, arbitrary: check }), {
          maxLength: 5,
        }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        op: fc.constant('multiRead' as const),
        ops: fc.array(read, { maxLength: 4 }),
      }),
    },
    { weight: 1, arbitrary: fc.constantFrom({ op: 'whoAmI' } as const, { op: 'ping' } as const) },
    { weight: 1, arbitrary: fc.constant({ op: 'reconfig', newMembers: '' } as const) },
    { weight: 1, arbitrary: fc.constant({ op: 'unknown' } as const) },
    ...(profile === 'watches' ? watchesOf(who) : []),
  );
}

function watchesOf(who: number): { weight: number; arbitrary: fc.Arbitrary<Asked> }[] {
  const since = fc.constantFrom('seen' as const, 'seen' as const, 'ever' as const);
  const paths = fc.uniqueArray(place, { maxLength: 4 });
  const none = fc.constant([]);
  if (who !== persistentWatcher) {
    const lists = { since, data: paths, exist: paths, child: paths };
    return [
      {
        weight: 1,
        arbitrary: fc.record({
          op: fc.constant('removeWatches' as const),
          path: place,
          type: fc.constantFrom(1, 2, 3),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ op: fc.constant('setWatches' as const), ...lists }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          op: fc.constant('setWatches2' as const),
          ...lists,
          persistent: none,
          recursive: none,
        }),
      },
    ];
  }
  const isRecursive = (at: string): boolean => modeOf(at) === 1;
  return [
    {
      weight: 6,
      arbitrary: place.map((at) => ({ op: 'addWatch' as const, path: at, mode: modeOf(at) })),
    },
    {
      weight: 1,
      arbitrary: place.map((at) => ({ op: 'removeWatches' as const, path: at, type: 3 })),
    },
    {
      weight: 2,
      arbitrary: fc.record({ since, paths }).map((chosen) => ({
        op: 'setWatches2' as const,
        since: chosen.since,
        data: [],
        exist: [],
        child: [],
        persistent: chosen.paths.filter((at) => !isRecursive(at)),
        recursive: chosen.paths.filter(isRecursive),
      })),
    },
  ];
}

function modeOf(at: string): number {
  return at === '~' || at === '~/a/b' || at === '~/e' ? 1 : 0;
}

function commandOf(profile: Profile): fc.Arbitrary<Command> {
  const who = fc.constantFrom(...Array.from({ length: sessions }, (_, index) => index));
  return who.chain((index) =>
    fc.oneof(
      {
        weight: 30,
        arbitrary: askOf(profile, index).map((request) => ask(index, [request])),
      },
      {
        weight: 6,
        arbitrary: fc
          .array(askOf(profile, index).filter(canBePipelined), { minLength: 2, maxLength: 8 })
          .map((requests) => ask(index, requests)),
      },
      {
        weight: profile === 'acls' ? 6 : 1,
        arbitrary: fc
          .constantFrom(
            ...['digest alice:secret', 'digest alice:secret', 'digest bob:secret'],
            ...['digest alice', 'digest :', 'digest ', 'ip x', 'odd x', 'world anyone', 'auth x'],
          )
          .map((proof) => {
            const [scheme = '', secret = ''] = proof.split(' ');
            return { who: index, kind: 'auth' as const, scheme, auth: secret };
          }),
      },
      {
        weight: 4,
        arbitrary: fc
          .constantFrom(...(['close', 'sasl', 'drop', 'drop', 'move', 'move', 'intrude'] as const))
          .map((kind) => ({ who: index, kind })),
      },
    ),
  );
}

/**
 * Not pipelined: of an ACL that is set and not applied yet ZooKeeper's later checks know or know nothing, as chance will
 * have it, and so of a multi that has failed as it was read; what follows an unknown operation is done or not; and here a
 * write behind a sync may be applied, and its events told, before the sync is answered.
 */
function canBePipelined(asked: Asked): boolean {
  switch (asked.op) {
    case 'setAcl':
    case 'sync':
    case 'unknown':
      return false;
    case 'multi':
      return !asked.ops.some((op) => 'flags' in op && (op.flags === 5 || op.flags === 6));
    default:
      return true;
  }
}

function ask(who: number, requests: readonly Asked[]): Command {
  return { who, kind: 'ask', requests };
}

export function commandsOf(profile: Profile, maxLength: number): fc.Arbitrary<Command[]> {
  return fc.array(commandOf(profile), { minLength: 1, maxLength, size: 'max' });
}
