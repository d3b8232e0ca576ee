import fc from 'fast-check';
import { openAcl, type Acl } from '../../../src/model/acl.ts';
import { errorCatalogue, type ErrorCode, type Refusal } from '../../../src/model/error-code.ts';
import {
  noSession,
  serverId,
  type Nonce,
  type ServerId,
  type SessionId,
} from '../../../src/model/ids.ts';
import type { ChainHash, LogEntry, LogPosition } from '../../../src/model/log-entry.ts';
import type { Member, Membership, Voter } from '../../../src/model/membership.ts';
import { rootPath, type ZnodePath } from '../../../src/model/path.ts';
import type { Notification, PeerMessage, PeerReport } from '../../../src/model/peer-message.ts';
import type {
  Expected,
  MemberStep,
  RequestContext,
  TreeOp,
  WriteRequest,
} from '../../../src/model/request.ts';
import type { Stat } from '../../../src/model/stat.ts';
import type { Change, OwnedKind, Txn } from '../../../src/model/txn.ts';
import { counterMax, epochMax, zxid, type Zxid } from '../../../src/model/zxid.ts';

// Every value that the wire carries, edges included. The tables by kind are total: a new kind does not compile until it
// is made here too, and so is tested.

type Arbitrary<Value> = fc.Arbitrary<Value>;

const optional = { requiredKeys: [] as [] };
const int32 = fc.integer();
const u32 = fc.nat({ max: 0xffff_ffff });
const u53 = fc.maxSafeNat();
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const bytes = fc.uint8Array({ maxLength: 60 });
const maybeBytes = fc.option(bytes);
const hex = (digits: number): Arbitrary<string> =>
  fc.string({
    unit: fc.constantFrom(...Array.from('0123456789abcdef')),
    minLength: digits,
    maxLength: digits,
  });

const zxids: Arbitrary<Zxid> = fc
  .tuple(fc.nat({ max: epochMax }), fc.integer({ min: 0, max: counterMax }))
  .map(([epoch, counter]) => zxid(epoch, counter));
const servers: Arbitrary<ServerId> = fc.integer({ min: 1, max: 255 }).map(serverId);
const sessions: Arbitrary<SessionId> = fc
  .tuple(fc.constantFrom(...Array.from('01234567')), hex(15))
  .map(([first, rest]) => first + rest)
  .filter((session) => session !== noSession)
  .map((session) => session as SessionId);
const owners = fc.oneof(fc.constant(noSession), sessions);
const nonces: Arbitrary<Nonce> = fc.oneof(fc.constant(''), hex(32)).map((nonce) => nonce as Nonce);
const clusterIds = fc.oneof(fc.constant(''), hex(16));
const chains: Arbitrary<ChainHash> = hex(32).map((chain) => chain as ChainHash);
const positions: Arbitrary<LogPosition> = fc.record({ zxid: zxids, chain: chains });

const nameUnit = fc.constantFrom(...Array.from('abcxyz0189-_:é語 '));
const names = fc.string({ unit: nameUnit, minLength: 1, maxLength: 8 });
const paths: Arbitrary<ZnodePath> = fc
  .array(names, { maxLength: 4 })
  .map((parts) => `/${parts.join('/')}` as ZnodePath);

const acls: Arbitrary<Acl> = fc.oneof(
  fc.constant(openAcl),
  fc.array(fc.record({ permissions: int32, scheme: text, id: text }), { maxLength: 3 }),
);
const stats: Arbitrary<Stat> = fc.record({
  czxid: zxids,
  mzxid: zxids,
  ctime: u53,
  mtime: u53,
  version: int32,
  cversion: int32,
  aversion: int32,
  ephemeralOwner: owners,
  dataLength: u32,
  numChildren: u32,
  pzxid: zxids,
});

const owned: Arbitrary<OwnedKind> = fc.oneof(
  fc.constant<OwnedKind>({ kind: 'persistent' }),
  fc.constant<OwnedKind>({ kind: 'container' }),
  fc.record({ kind: fc.constant('ephemeral' as const), owner: sessions }),
  fc.record({ kind: fc.constant('ttl' as const), ttlMs: u53 }),
);

const reasons = fc.constantFrom('closed' as const, 'expired' as const);

type ByKind<Union, Key extends keyof Union> = {
  readonly [Name in Union[Key] & string]: Arbitrary<Extract<Union, Record<Key, Name>>>;
};

function kind<Name extends string>(name: Name): Arbitrary<Name> {
  return fc.constant(name);
}

export const changes: ByKind<Change, 'change'> = {
  create: fc.record({
    change: kind('create'),
    path: paths,
    answers: int32,
    data: maybeBytes,
    acl: acls,
    owned,
    parentCreates: u32,
    parentAcl: acls,
  }),
  set: fc.record({
    change: kind('set'),
    path: paths,
    answers: int32,
    data: maybeBytes,
    stat: stats,
    acl: acls,
  }),
  delete: fc.record({
    change: kind('delete'),
    path: paths,
    answers: int32,
    stat: stats,
    acl: acls,
    parentAcl: acls,
  }),
  setAcl: fc.record({
    change: kind('setAcl'),
    path: paths,
    answers: int32,
    acl: acls,
    aversion: int32,
  }),
  check: fc.record({ change: kind('check'), path: paths, answers: int32 }),
  createSession: fc.record({
    change: kind('createSession'),
    session: sessions,
    timeoutMs: u53,
    secretHash: bytes,
  }),
  moveSession: fc.record({ change: kind('moveSession'), session: sessions, owner: text }),
  closeSession: fc.record({ change: kind('closeSession'), session: sessions, reason: reasons }),
};

const anyChange: Arbitrary<Change> = fc.oneof(...(Object.values(changes) as Arbitrary<Change>[]));
const branches = fc.constantFrom('ops' as const, 'orElse' as const);

export const txns: Arbitrary<Txn> = fc.record(
  {
    timeMs: u53,
    session: sessions,
    changes: fc.array(anyChange, { maxLength: 4 }),
    branch: branches,
    forgetUpTo: zxids,
    idempotency: fc.record(
      { key: text, fingerprint: bytes, owner: text },
      { requiredKeys: ['key', 'fingerprint'] },
    ),
  },
  { requiredKeys: ['timeMs', 'changes', 'branch'] },
);

const expected: Arbitrary<Expected> = fc.record(
  { version: int32, czxid: zxids },
  { requiredKeys: ['version'] },
);

const ops: ByKind<TreeOp, 'op'> = {
  create: fc.record(
    {
      op: kind('create'),
      path: paths,
      data: maybeBytes,
      acl: acls,
      kind: fc.constantFrom(
        'persistent' as const,
        'ephemeral' as const,
        'container' as const,
        'ttl' as const,
      ),
      sequential: fc.boolean(),
      ttlMs: u53,
      parents: fc.boolean(),
    },
    { requiredKeys: ['op', 'path', 'data', 'acl', 'kind', 'sequential', 'parents'] },
  ),
  set: fc.record(
    {
      op: kind('set'),
      path: paths,
      data: maybeBytes,
      expected,
      orCreate: fc.record({ acl: acls, parents: fc.boolean() }),
    },
    { requiredKeys: ['op', 'path', 'data', 'expected'] },
  ),
  delete: fc.record({ op: kind('delete'), path: paths, expected, recursive: fc.boolean() }),
  setAcl: fc.record({ op: kind('setAcl'), path: paths, acl: acls, aversion: int32 }),
  check: fc.record({ op: kind('check'), path: paths, expected, absent: fc.boolean() }),
  checkLock: fc.record({ op: kind('checkLock'), path: paths, token: zxids }),
  checkSession: fc.record({
    op: kind('checkSession'),
    path: fc.constant(rootPath),
    session: sessions,
  }),
};
const opLists = fc.array(fc.oneof(...(Object.values(ops) as Arbitrary<TreeOp>[])), {
  maxLength: 4,
});

const members: Arbitrary<Member> = fc.record(
  {
    id: servers,
    role: fc.constantFrom('participant' as const, 'observer' as const),
    host: fc.string(),
    quorumPort: fc.nat(65_535),
    electionPort: fc.nat(65_535),
    client: fc.string({ minLength: 1 }),
  },
  { requiredKeys: ['id', 'role', 'host', 'quorumPort', 'electionPort'] },
);
const memberSteps: Arbitrary<MemberStep> = fc.oneof(
  fc.record({ step: fc.constantFrom('add' as const, 'put' as const), member: members }),
  fc.record({ step: kind('remove'), id: servers }),
  fc.record({
    step: kind('role'),
    id: servers,
    role: fc.constantFrom('participant' as const, 'observer' as const),
  }),
);

const requests: ByKind<WriteRequest, 'kind'> = {
  multi: fc.record(
    { kind: kind('multi'), single: fc.boolean(), ops: opLists, orElse: opLists },
    { requiredKeys: ['kind', 'single', 'ops'] },
  ),
  createSession: fc.record(
    {
      kind: kind('createSession'),
      session: sessions,
      timeoutMs: u53,
      secretHash: bytes,
      owner: text.filter((name) => name !== ''),
    },
    { requiredKeys: ['kind', 'session', 'timeoutMs', 'secretHash'] },
  ),
  closeSession: fc.record({ kind: kind('closeSession'), session: sessions, reason: reasons }),
  moveSession: fc.record({ kind: kind('moveSession'), session: sessions, owner: text }),
  acquireLock: fc.record(
    {
      kind: kind('acquireLock'),
      queue: paths,
      contender: text,
      mode: fc.constantFrom('exclusive' as const, 'read' as const, 'semaphore' as const),
      permits: u32,
      dialect: fc.constantFrom('curator' as const, 'kazoo' as const),
      data: bytes,
      ownSession: fc.record({ session: sessions, timeoutMs: u53, secretHash: bytes }),
      tryOnly: fc.boolean(),
    },
    { requiredKeys: ['kind', 'queue', 'contender', 'mode', 'data', 'tryOnly'] },
  ),
  releaseLock: fc.record(
    {
      kind: kind('releaseLock'),
      queue: paths,
      contender: text,
      ownSession: sessions,
      token: zxids,
    },
    { requiredKeys: ['kind', 'queue', 'contender', 'ownSession'] },
  ),
  reap: fc.record({ kind: kind('reap'), path: paths, expected }),
  reconfigure: fc.record(
    {
      kind: kind('reconfigure'),
      steps: fc.array(memberSteps, { maxLength: 5 }),
      isWhole: fc.boolean(),
      fromVersion: zxids,
      force: fc.boolean(),
    },
    { requiredKeys: ['kind', 'steps', 'isWhole', 'force'] },
  ),
  raiseLevel: fc.record({ kind: kind('raiseLevel'), level: u32, isTrial: fc.boolean() }),
};

const contexts: Arbitrary<RequestContext> = fc.record(
  {
    session: sessions,
    owner: text,
    identities: fc.array(fc.record({ scheme: text, id: text }), { maxLength: 3 }),
    idempotencyKey: text,
  },
  { requiredKeys: ['identities'] },
);

const refusals: Arbitrary<Refusal> = fc
  .tuple(
    fc.constantFrom(...(Object.keys(errorCatalogue) as ErrorCode[])),
    text,
    fc.record(
      {
        path: text,
        limit: u53,
        actual: u53,
        failedIndex: u32,
        applied: fc.constantFrom('no' as const, 'unknown' as const),
        retryable: fc.boolean(),
      },
      optional,
    ),
  )
  .map(([code, detail, more]) => ({ kind: 'refused', code, detail, ...more }));

const voters: Arbitrary<Voter[]> = fc.array(fc.record({ id: servers, nonce: nonces }), {
  maxLength: 5,
});
const foundings = { clusterId: clusterIds.filter((id) => id !== ''), voters };
export const memberships: Arbitrary<Membership> = fc.oneof(
  fc.record(foundings),
  fc.record({ ...foundings, level: fc.constant(2) }),
  fc.record({
    ...foundings,
    members: fc.array(members, { maxLength: 4 }),
    version: zxids,
    removed: voters,
  }),
);
const entries: Arbitrary<LogEntry[]> = fc.array(
  fc.record({
    zxid: zxids,
    kind: fc.constantFrom('txn' as const, 'epochStart' as const, 'membership' as const),
    payload: bytes,
    chain: chains,
  }),
  { maxLength: 4 },
);
const reports: Arbitrary<PeerReport> = fc.record({
  id: servers,
  role: fc.constantFrom('leader' as const, 'follower' as const, 'observer' as const),
  votes: fc.boolean(),
  addresses: fc.record({ http: text, grpc: text, zookeeper: text }),
  lastZxid: zxids,
  logBase: zxids,
  digests: fc.array(fc.record({ zxid: zxids, digest: fc.string() }), { maxLength: 4 }),
});

export const peerMessages: ByKind<PeerMessage, 'kind'> = {
  learnerInfo: fc.record({
    kind: kind('learnerInfo'),
    protocolVersion: u32,
    role: fc.constantFrom('follower' as const, 'observer' as const),
    nonce: nonces,
    clusterId: clusterIds,
    acceptedEpoch: u32,
  }),
  leaderInfo: fc.record({
    kind: kind('leaderInfo'),
    epoch: u32,
    acked: zxids,
    clusterId: clusterIds,
  }),
  ackEpoch: fc.record({
    kind: kind('ackEpoch'),
    currentEpoch: int32,
    last: positions,
    applied: zxids,
  }),
  diff: fc.record({ kind: kind('diff'), from: positions, to: zxids }),
  trunc: fc.record({ kind: kind('trunc'), to: positions }),
  snap: fc.record({
    kind: kind('snap'),
    at: positions,
    membership: fc.option(memberships),
    chunks: u32,
    bytes: u53,
  }),
  snapChunk: fc.record({ kind: kind('snapChunk'), sequence: u32, bytes }),
  snapEnd: fc.record({
    kind: kind('snapEnd'),
    sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  }),
  farewell: fc.record({ kind: kind('farewell'), version: zxids }),
  twin: fc.record({ kind: kind('twin'), livesAt: fc.string() }),
  retreat: fc.record({ kind: kind('retreat'), last: positions }),
  newLeader: fc.record({ kind: kind('newLeader'), epoch: u32, end: positions }),
  ack: fc.record({ kind: kind('ack'), zxid: zxids }),
  upToDate: fc.record({ kind: kind('upToDate'), commit: zxids }),
  proposal: fc.record({ kind: kind('proposal'), entries, commit: zxids }),
  commit: fc.record({ kind: kind('commit'), zxid: zxids }),
  inform: fc.record({ kind: kind('inform'), entries }),
  ping: fc.record({ kind: kind('ping'), round: u53, lastProposed: zxids, commit: zxids }),
  pong: fc.record({ kind: kind('pong'), round: u53, durable: zxids, applied: zxids }),
  syncRequest: fc.record({
    kind: kind('syncRequest'),
    id: u53,
    mode: fc.constantFrom('barrier' as const, 'sync' as const),
  }),
  lead: fc.record({
    kind: kind('lead'),
    epoch: u32,
    leader: servers,
    last: zxids,
    round: u53,
  }),
  handOver: fc.record({
    kind: kind('handOver'),
    id: u53,
    to: fc.option(servers, { nil: undefined }),
  }),
  handOverRefused: fc.record({ kind: kind('handOverRefused'), id: u53, refusal: refusals }),
  syncReply: fc.record({ kind: kind('syncReply'), id: u53, zxid: zxids }),
  request: fc.record({
    kind: kind('request'),
    id: u53,
    request: fc.oneof(...(Object.values(requests) as Arbitrary<WriteRequest>[])),
    context: contexts,
  }),
  proposed: fc.record({ kind: kind('proposed'), id: u53, zxid: zxids }),
  replay: fc.record({ kind: kind('replay'), id: u53, basis: zxids }),
  nothing: fc.record({
    kind: kind('nothing'),
    id: u53,
    basis: zxids,
    branch: fc.constantFrom('ops', 'orElse'),
  }),
  refusal: fc.record({ kind: kind('refusal'), id: u53, basis: zxids, refusal: refusals }),
  touch: fc.record({
    kind: kind('touch'),
    id: u53,
    sessions: fc.array(sessions, { maxLength: 5 }),
  }),
  touched: fc.record({
    kind: kind('touched'),
    id: u53,
    gone: fc.array(sessions, { maxLength: 5 }),
  }),
  askClock: fc.record({ kind: kind('askClock'), id: u53 }),
  clock: fc.record({ kind: kind('clock'), id: u53, wallMs: u53 }),
  report: fc.record({ kind: kind('report'), report: reports }),
  reports: fc.record({ kind: kind('reports'), reports: fc.array(reports, { maxLength: 3 }) }),
  logRequest: fc.record({
    kind: kind('logRequest'),
    id: u53,
    after: zxids,
    upTo: zxids,
    bytesMax: u32,
  }),
  logPiece: fc.record({
    kind: kind('logPiece'),
    id: u53,
    found: fc.constantFrom('entries' as const, 'none' as const, 'unavailable' as const),
    entries,
  }),
};

export const notifications: Arbitrary<Notification> = fc.record(
  {
    from: servers,
    nonce: nonces,
    clusterId: clusterIds,
    state: fc.constantFrom(
      'looking' as const,
      'following' as const,
      'leading' as const,
      'observing' as const,
    ),
    round: u53,
    vote: fc.record({ leader: servers, zxid: zxids, peerEpoch: int32 }),
    votes: fc.boolean(),
    emptyVoters: voters,
    founded: memberships,
    membershipVersion: zxids,
    membership: memberships,
    isAnswer: fc.constant(true as const),
  },
  { requiredKeys: ['from', 'nonce', 'clusterId', 'state', 'round', 'vote', 'votes'] },
);
