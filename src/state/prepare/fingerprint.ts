import { unreachable } from '../../base/assert.ts';
import { ByteWriter, roomFor } from '../../base/bytes.ts';
import type { Acl } from '../../model/acl.ts';
import type { SessionId } from '../../model/ids.ts';
import type { Expected, MultiRequest, TreeOp, StateRequest } from '../../model/request.ts';
import { writeZxid } from '../../model/zxid.ts';

/**
 * Gives all that tells one request from another, for the fingerprint under an idempotency key. The session is part of
 * it: a repetition in another session would otherwise be told that ephemerals exist which are not its own. The
 * identities are not: a client may come back by another address.
 */
export function requestBytes(request: StateRequest, session: SessionId | undefined): Uint8Array {
  const writer = new ByteWriter(request.kind === 'multi' ? multiBytesAbout(request) : undefined)
    .u8(1)
    .text(session ?? '')
    .text(request.kind);
  switch (request.kind) {
    case 'multi':
      writer.bool(request.single);
      writeOps(writer, request.ops);
      writer.bool(request.orElse !== undefined);
      if (request.orElse !== undefined) writeOps(writer, request.orElse);
      break;
    case 'createSession':
      writer.text(request.session).u53(request.timeoutMs).bytes(request.secretHash);
      break;
    case 'closeSession':
      writer.text(request.session).text(request.reason);
      break;
    case 'moveSession':
      writer.text(request.session).text(request.owner);
      break;
    case 'acquireLock':
      writer.text(request.queue).text(request.contender).text(request.mode);
      writer.u32(request.permits ?? 0).text(request.dialect ?? '');
      writer.bytes(request.data).bool(request.tryOnly);
      writer.bool(request.ownSession !== undefined);
      if (request.ownSession !== undefined) {
        const { session: own, timeoutMs, secretHash } = request.ownSession;
        writer.text(own).u53(timeoutMs).bytes(secretHash);
      }
      break;
    case 'releaseLock':
      writer.text(request.queue).text(request.contender).text(request.ownSession);
      writer.bool(request.token !== undefined);
      if (request.token !== undefined) writeZxid(writer, request.token);
      break;
    case 'reap':
      writer.text(request.path);
      writeExpected(writer, request.expected);
      break;
    default:
      unreachable(request);
  }
  return writer.view();
}

/** What an op has beside its path, data and ACL, rounded up, and an entry of an ACL beside its texts. */
const opBytes = 64;
const aclEntryBytes = 12;

/** Many ops take a megabyte: a buffer that grows to that copies it several times. */
function multiBytesAbout({ ops, orElse = [] }: MultiRequest): number {
  let bytes = 256;
  let longest = 0;
  for (const branch of [ops, orElse]) {
    for (const op of branch) {
      const { path } = op;
      bytes += path.length + opBytes;
      if ('data' in op && op.data !== null) bytes += op.data.length;
      if ('acl' in op) {
        for (const { scheme, id } of op.acl) bytes += aclEntryBytes + scheme.length + id.length;
      }
      longest = Math.max(longest, path.length);
    }
  }
  return roomFor(bytes, longest);
}

function writeOps(writer: ByteWriter, ops: readonly TreeOp[]): void {
  writer.u32(ops.length);
  for (const op of ops) writeOp(writer.text(op.op).text(op.path), op);
}

function writeOp(writer: ByteWriter, op: TreeOp): void {
  switch (op.op) {
    case 'create':
      writeData(writer, op.data);
      writeAcl(writer, op.acl);
      writer
        .text(op.kind)
        .bool(op.sequential)
        .bool(op.parents)
        .u53(op.ttlMs ?? 0);
      return;
    case 'set':
      writeData(writer, op.data);
      writeExpected(writer, op.expected);
      writer.bool(op.orCreate !== undefined);
      if (op.orCreate !== undefined) {
        writeAcl(writer, op.orCreate.acl);
        writer.bool(op.orCreate.parents);
      }
      return;
    case 'delete':
      writeExpected(writer, op.expected);
      writer.bool(op.recursive);
      return;
    case 'setAcl':
      writeAcl(writer, op.acl);
      writer.i32(op.aversion);
      return;
    case 'check':
      writeExpected(writer, op.expected);
      writer.bool(op.absent);
      return;
    case 'checkLock':
      writeZxid(writer, op.token);
      return;
    case 'checkSession':
      writer.text(op.session);
      return;
    default:
      unreachable(op);
  }
}

function writeData(writer: ByteWriter, data: Uint8Array | null): void {
  writer.bool(data !== null);
  if (data !== null) writer.bytes(data);
}

function writeAcl(writer: ByteWriter, acl: Acl): void {
  writer.u32(acl.length);
  for (const { permissions, scheme, id } of acl) writer.i32(permissions).text(scheme).text(id);
}

function writeExpected(writer: ByteWriter, { version, czxid }: Expected): void {
  writer.i32(version).bool(czxid !== undefined);
  if (czxid !== undefined) writeZxid(writer, czxid);
}
