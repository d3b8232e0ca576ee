import { assert } from '../base/assert.ts';
import { ByteReader, ByteWriter, MalformedBytes } from '../base/bytes.ts';
import { serverId, type Nonce } from '../model/ids.ts';
import { writeChain, type EntryKind, type LogEntry } from '../model/log-entry.ts';
import type { PeerMessage, PeerReport } from '../model/peer-message.ts';
import { readZxid, writeZxid } from '../model/zxid.ts';
import {
  contextCodec,
  readRequest,
  refusalCodec,
  writeRequest,
  type Codec,
} from './request-codec.ts';
import {
  choice,
  peersMax,
  plainBytes,
  readChain,
  readIdentifier,
  readList,
  readMembership,
  readPosition,
  readServerId,
  readSession,
  writeList,
  writeMembership,
  writePosition,
  writeSession,
} from './values.ts';

// The broadcast plane: one byte of kind, then the fields. The two ends agreed on a protocol version when they met.

/** The size that a message never exceeds; a stream that announces more is broken. */
export const peerMessageBytesMax = 32 * 1_048_576;

type Kind = PeerMessage['kind'];
type MessageOf<Name extends Kind> = Extract<PeerMessage, { kind: Name }>;

/** ZooKeeper's packet numbers where it has the message, ours from 64 on. */
const numbers = {
  learnerInfo: 11,
  leaderInfo: 17,
  ackEpoch: 18,
  diff: 13,
  trunc: 14,
  snap: 15,
  snapChunk: 64,
  snapEnd: 65,
  retreat: 66,
  twin: 81,
  newLeader: 10,
  ack: 3,
  upToDate: 12,
  proposal: 2,
  commit: 4,
  inform: 8,
  ping: 5,
  pong: 67,
  syncRequest: 7,
  syncReply: 68,
  request: 1,
  proposed: 69,
  replay: 70,
  refusal: 71,
  touch: 6,
  touched: 72,
  report: 73,
  reports: 74,
  nothing: 75,
  logRequest: 76,
  logPiece: 77,
  askClock: 78,
  clock: 79,
  lead: 82,
  handOver: 83,
  handOverRefused: 84,
  farewell: 85,
} as const satisfies Record<Kind, number>;
const messageKind = choice<Kind>(numbers);

/** Total: a message without a codec does not compile. */
const codecs: { readonly [Name in Kind]: Codec<MessageOf<Name>> } = {
  learnerInfo: {
    write(to, message) {
      to.u32(message.protocolVersion);
      learnerRole.write(to, message.role);
      to.text(message.nonce).text(message.clusterId).u32(message.acceptedEpoch);
    },
    read: (from) => ({
      kind: 'learnerInfo',
      protocolVersion: from.u32(),
      role: learnerRole.read(from),
      nonce: readIdentifier(from) as Nonce,
      clusterId: readIdentifier(from),
      acceptedEpoch: from.u32(),
    }),
  },
  leaderInfo: {
    write(to, message) {
      to.u32(message.epoch);
      writeZxid(to, message.acked);
      to.text(message.clusterId);
    },
    read: (from) => ({
      kind: 'leaderInfo',
      epoch: from.u32(),
      acked: readZxid(from),
      clusterId: readIdentifier(from),
    }),
  },
  ackEpoch: {
    write(to, message) {
      to.i32(message.currentEpoch);
      writePosition(to, message.last);
      writeZxid(to, message.applied);
    },
    read: (from) => ({
      kind: 'ackEpoch',
      currentEpoch: from.i32(),
      last: readPosition(from),
      applied: readZxid(from),
    }),
  },
  diff: {
    write(to, message) {
      writePosition(to, message.from);
      writeZxid(to, message.to);
    },
    read: (from) => ({ kind: 'diff', from: readPosition(from), to: readZxid(from) }),
  },
  trunc: {
    write(to, message) {
      writePosition(to, message.to);
    },
    read: (from) => ({ kind: 'trunc', to: readPosition(from) }),
  },
  snap: {
    write(to, message) {
      writePosition(to, message.at);
      to.bool(message.membership !== null);
      if (message.membership !== null) writeMembership(to, message.membership);
      to.u32(message.chunks).u53(message.bytes);
    },
    read: (from) => ({
      kind: 'snap',
      at: readPosition(from),
      membership: from.bool() ? readMembership(from) : null,
      chunks: from.u32(),
      bytes: from.u53(),
    }),
  },
  snapChunk: {
    write(to, message) {
      to.u32(message.sequence).bytes(message.bytes);
    },
    read: (from) => ({ kind: 'snapChunk', sequence: from.u32(), bytes: from.bytes() }),
  },
  snapEnd: {
    write(to, message) {
      to.raw(message.sha256);
    },
    read: (from) => ({ kind: 'snapEnd', sha256: from.raw(sha256Bytes) }),
  },
  twin: {
    write(to, { livesAt }) {
      to.text(livesAt);
    },
    read: (from) => ({ kind: 'twin', livesAt: from.text() }),
  },
  retreat: {
    write(to, { last }) {
      writePosition(to, last);
    },
    read: (from) => ({ kind: 'retreat', last: readPosition(from) }),
  },
  newLeader: {
    write(to, message) {
      to.u32(message.epoch);
      writePosition(to, message.end);
    },
    read: (from) => ({ kind: 'newLeader', epoch: from.u32(), end: readPosition(from) }),
  },
  ack: {
    write(to, message) {
      writeZxid(to, message.zxid);
    },
    read: (from) => ({ kind: 'ack', zxid: readZxid(from) }),
  },
  upToDate: {
    write(to, message) {
      writeZxid(to, message.commit);
    },
    read: (from) => ({ kind: 'upToDate', commit: readZxid(from) }),
  },
  proposal: {
    write(to, message) {
      writeZxid(to, message.commit);
      writeList(to, message.entries, writeEntry);
    },
    read: (from) => ({ kind: 'proposal', commit: readZxid(from), entries: readEntries(from) }),
  },
  commit: {
    write(to, message) {
      writeZxid(to, message.zxid);
    },
    read: (from) => ({ kind: 'commit', zxid: readZxid(from) }),
  },
  inform: {
    write(to, message) {
      writeList(to, message.entries, writeEntry);
    },
    read: (from) => ({ kind: 'inform', entries: readEntries(from) }),
  },
  ping: {
    write(to, message) {
      to.u53(message.round);
      writeZxid(to, message.lastProposed);
      writeZxid(to, message.commit);
    },
    read: (from) => ({
      kind: 'ping',
      round: from.u53(),
      lastProposed: readZxid(from),
      commit: readZxid(from),
    }),
  },
  pong: {
    write(to, message) {
      to.u53(message.round);
      writeZxid(to, message.durable);
      writeZxid(to, message.applied);
    },
    read: (from) => ({
      kind: 'pong',
      round: from.u53(),
      durable: readZxid(from),
      applied: readZxid(from),
    }),
  },
  syncRequest: {
    write(to, message) {
      to.u53(message.id);
      syncMode.write(to, message.mode);
    },
    read: (from) => ({ kind: 'syncRequest', id: from.u53(), mode: syncMode.read(from) }),
  },
  syncReply: {
    write(to, message) {
      to.u53(message.id);
      writeZxid(to, message.zxid);
    },
    read: (from) => ({ kind: 'syncReply', id: from.u53(), zxid: readZxid(from) }),
  },
  farewell: {
    write(to, { version }) {
      writeZxid(to, version);
    },
    read: (from) => ({ kind: 'farewell', version: readZxid(from) }),
  },
  lead: {
    write(to, { epoch, leader, last, round }) {
      to.u32(epoch).u8(leader);
      writeZxid(to, last);
      to.u53(round);
    },
    read: (from) => ({
      kind: 'lead',
      epoch: from.u32(),
      leader: readServerId(from),
      last: readZxid(from),
      round: from.u53(),
    }),
  },
  request: {
    write(to, message) {
      to.u53(message.id);
      writeRequest(to, message.request);
      contextCodec.write(to, message.context);
    },
    read: (from) => ({
      kind: 'request',
      id: from.u53(),
      request: readRequest(from),
      context: contextCodec.read(from),
    }),
  },
  proposed: {
    write(to, message) {
      to.u53(message.id);
      writeZxid(to, message.zxid);
    },
    read: (from) => ({ kind: 'proposed', id: from.u53(), zxid: readZxid(from) }),
  },
  replay: {
    write(to, message) {
      to.u53(message.id);
      writeZxid(to, message.basis);
    },
    read: (from) => ({ kind: 'replay', id: from.u53(), basis: readZxid(from) }),
  },
  refusal: {
    write(to, message) {
      to.u53(message.id);
      writeZxid(to, message.basis);
      refusalCodec.write(to, message.refusal);
    },
    read: (from) => ({
      kind: 'refusal',
      id: from.u53(),
      basis: readZxid(from),
      refusal: refusalCodec.read(from),
    }),
  },
  nothing: {
    write(to, message) {
      to.u53(message.id);
      writeZxid(to, message.basis);
      branchName.write(to, message.branch);
    },
    read: (from) => ({
      kind: 'nothing',
      id: from.u53(),
      basis: readZxid(from),
      branch: branchName.read(from),
    }),
  },
  touch: {
    write(to, message) {
      to.u53(message.id);
      writeList(to, message.sessions, writeSession);
    },
    read: (from) => ({ kind: 'touch', id: from.u53(), sessions: readList(from, 8, readSession) }),
  },
  touched: {
    write(to, message) {
      to.u53(message.id);
      writeList(to, message.gone, writeSession);
    },
    read: (from) => ({ kind: 'touched', id: from.u53(), gone: readList(from, 8, readSession) }),
  },
  askClock: {
    write(to, message) {
      to.u53(message.id);
    },
    read: (from) => ({ kind: 'askClock', id: from.u53() }),
  },
  clock: {
    write(to, message) {
      to.u53(message.id).u53(message.wallMs);
    },
    read: (from) => ({ kind: 'clock', id: from.u53(), wallMs: from.u53() }),
  },
  handOver: {
    write(to, message) {
      to.u53(message.id).u8(message.to ?? 0);
    },
    read: (from) => {
      const id = from.u53();
      const to = from.u8();
      return { kind: 'handOver', id, to: to === 0 ? undefined : serverId(to) };
    },
  },
  handOverRefused: {
    write(to, message) {
      to.u53(message.id);
      refusalCodec.write(to, message.refusal);
    },
    read: (from) => ({
      kind: 'handOverRefused',
      id: from.u53(),
      refusal: refusalCodec.read(from),
    }),
  },
  report: {
    write(to, message) {
      writeReport(to, message.report);
    },
    read: (from) => ({ kind: 'report', report: readReport(from) }),
  },
  reports: {
    write(to, message) {
      writeList(to, message.reports, writeReport);
    },
    read: (from) => ({ kind: 'reports', reports: readList(from, 34, readReport, peersMax) }),
  },
  logRequest: {
    write(to, message) {
      to.u53(message.id);
      writeZxid(to, message.after);
      writeZxid(to, message.upTo);
      to.u32(message.bytesMax);
    },
    read: (from) => ({
      kind: 'logRequest',
      id: from.u53(),
      after: readZxid(from),
      upTo: readZxid(from),
      bytesMax: from.u32(),
    }),
  },
  logPiece: {
    write(to, message) {
      to.u53(message.id);
      logFound.write(to, message.found);
      writeList(to, message.entries, writeEntry);
    },
    read: (from) => ({
      kind: 'logPiece',
      id: from.u53(),
      found: logFound.read(from),
      entries: readEntries(from),
    }),
  },
};

/** Appends the message: for a writer that gathers all that one turn sends. */
export function writePeerMessage(to: ByteWriter, message: PeerMessage): void {
  const start = to.length;
  messageKind.write(to, message.kind);
  (codecs[message.kind] as Codec<PeerMessage>).write(to, message);
  const bytes = to.length - start;
  assert(bytes <= peerMessageBytesMax, 'a peer message fits into a frame', {
    kind: message.kind,
    bytes,
  });
}

export function encodePeerMessage(message: PeerMessage): Uint8Array {
  const writer = new ByteWriter();
  writePeerMessage(writer, message);
  return writer.take();
}

/**
 * Throws `MalformedBytes`. Payloads, data and chunks are views of the given bytes: whoever keeps a small part of a large
 * message for long, or hands it to another thread, copies it.
 */
export function decodePeerMessage(bytes: Uint8Array): PeerMessage {
  if (bytes.length > peerMessageBytesMax) {
    throw new MalformedBytes(`a message of ${String(bytes.length)} bytes`);
  }
  const reader = new ByteReader(plainBytes(bytes));
  const message = codecs[messageKind.read(reader)].read(reader);
  reader.end();
  return message;
}

const sha256Bytes = 32;
const learnerRole = choice<'follower' | 'observer'>({ follower: 1, observer: 2 });
const branchName = choice<'ops' | 'orElse'>({ ops: 1, orElse: 2 });
const logFound = choice<'entries' | 'none' | 'unavailable'>({
  entries: 1,
  none: 2,
  unavailable: 3,
});
const syncMode = choice<'barrier' | 'sync'>({ barrier: 1, sync: 2 });
const entryKind = choice<EntryKind>({ txn: 0, epochStart: 1, membership: 2 });
const reportRole = choice<PeerReport['role']>({ leader: 1, follower: 2, observer: 3 });

/** zxid, kind, chain and the length of an empty payload. */
const leastEntryBytes = 29;

/** A zxid and the length of an empty text. */
const leastDigestBytes = 12;

function writeEntry(to: ByteWriter, entry: LogEntry): void {
  writeZxid(to, entry.zxid);
  entryKind.write(to, entry.kind);
  writeChain(to, entry.chain);
  to.bytes(entry.payload);
}

function readEntry(from: ByteReader): LogEntry {
  const zxid = readZxid(from);
  const kind = entryKind.read(from);
  const chain = readChain(from);
  return { zxid, kind, payload: from.bytes(), chain };
}

function readEntries(from: ByteReader): LogEntry[] {
  return readList(from, leastEntryBytes, readEntry);
}

function writeReport(to: ByteWriter, report: PeerReport): void {
  to.u8(report.id);
  reportRole.write(to, report.role);
  to.bool(report.votes);
  const { http, grpc, zookeeper } = report.addresses;
  to.text(http).text(grpc).text(zookeeper);
  writeZxid(to, report.lastZxid);
  writeZxid(to, report.logBase);
  writeList(to, report.digests, (into, { zxid, digest }) => {
    writeZxid(into, zxid);
    into.text(digest);
  });
}

function readReport(from: ByteReader): PeerReport {
  return {
    id: readServerId(from),
    role: reportRole.read(from),
    votes: from.bool(),
    addresses: { http: from.text(), grpc: from.text(), zookeeper: from.text() },
    lastZxid: readZxid(from),
    logBase: readZxid(from),
    digests: readList(from, leastDigestBytes, (each) => ({
      zxid: readZxid(each),
      digest: each.text(),
    })),
  };
}
