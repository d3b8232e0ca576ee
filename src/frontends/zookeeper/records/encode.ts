import { noSession, type SessionId } from '../../../model/ids.ts';
import type { OpResult, TreeOp } from '../../../model/request.ts';
import type { ConnectRequest } from './decode.ts';
import type { JuteWriter } from '../../../wire/jute/jute-writer.ts';
import { noPassword, ok, opCode, runtimeInconsistency } from '../../../wire/jute/protocol.ts';

// Records of ZooKeeper's replies.

/** Writes the answer to a ConnectRequest that has its session. */
export function writeConnected(
  to: JuteWriter,
  request: Pick<ConnectRequest, 'knowsReadOnly'>,
  granted: {
    readonly timeoutMs: number;
    readonly session: SessionId;
    readonly password: Uint8Array;
  },
): void {
  to.beginFrame();
  to.int(0);
  to.int(granted.timeoutMs);
  to.session(granted.session);
  to.buffer(granted.password);
  if (request.knowsReadOnly) to.bool(false);
  to.endFrame();
}

/** Writes the answer to a ConnectRequest whose session is gone, or was never this client's. */
export function writeNotConnected(
  to: JuteWriter,
  request: Pick<ConnectRequest, 'knowsReadOnly'>,
): void {
  writeConnected(to, request, { timeoutMs: 0, session: noSession, password: noPassword });
}

/** Writes what one op answers by its code: the path alone, path and stat, the stat, or nothing. */
export function writeResult(to: JuteWriter, code: number, result: OpResult | undefined): void {
  if (result === undefined) return;
  switch (result.op) {
    case 'create':
      to.text(result.path);
      if (code !== opCode.create) to.stat(result.stat);
      return;
    case 'set':
    case 'setAcl':
      to.stat(result.stat);
      return;
    case 'delete':
    case 'check':
  }
}

export function writeMultiResults(
  to: JuteWriter,
  ops: readonly TreeOp[],
  results: readonly OpResult[],
): void {
  for (const [index, op] of ops.entries()) {
    const code = resultCode(op);
    writeMultiHeader(to, code, ok);
    writeResult(to, code, results[index]);
  }
  endMulti(to);
}

/** Writes the answer of a multi that is all rolled back: 0 before the op that failed, its error, and -2 after it. */
export function writeMultiErrors(
  to: JuteWriter,
  count: number,
  failed: { readonly index: number; readonly error: number },
): void {
  for (let index = 0; index < count; index++) {
    if (index < failed.index) writeMultiError(to, ok);
    else writeMultiError(to, index === failed.index ? failed.error : runtimeInconsistency);
  }
  endMulti(to);
}

export function writeMultiError(to: JuteWriter, error: number): void {
  writeMultiHeader(to, opCode.error, error);
  to.int(error);
}

export function writeMultiHeader(to: JuteWriter, code: number, error: number): void {
  to.int(code);
  to.bool(false);
  to.int(error);
}

export function endMulti(to: JuteWriter): void {
  to.int(-1);
  to.bool(true);
  to.int(-1);
}

/**
 * By what an op of a multi is answered. A create by what it has made, whatever its op code was: a container and a TTL znode
 * with path and stat as create2, all others with the path alone.
 */
function resultCode(op: TreeOp): number {
  switch (op.op) {
    case 'create':
      return op.kind === 'container' || op.kind === 'ttl' ? opCode.create2 : opCode.create;
    case 'delete':
      return opCode.delete;
    case 'set':
      return opCode.setData;
    case 'setAcl':
      return opCode.setAcl;
    case 'check':
      return opCode.check;
    case 'checkLock':
    case 'checkSession':
      throw new Error(`no operation of this protocol is ${op.op}`);
  }
}
