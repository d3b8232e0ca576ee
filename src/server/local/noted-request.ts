import type { Refusal } from '../../model/error-code.ts';
import type { ReadQuery } from '../../model/read.ts';
import type { RequestKind } from '../../model/request-figures.ts';
import type { MultiRequest } from '../../model/request.ts';
import type { RequestStage } from '../../ports/tracing.ts';
import type { Caller } from '../../service/call.ts';

/** What is asked, where it is neither a read nor a write of znodes. */
export interface OtherRequest {
  readonly kind: Exclude<RequestKind, 'read' | 'list' | 'write'>;
  /** By the name that the audit log has for it, too. */
  readonly op: string;
  /** Empty: it is about no znode. */
  readonly path: string;
}

export type AnyRequest = MultiRequest | ReadQuery | OtherRequest;

/** Who asks, as far as figures and logs have use for it. */
export type TimedAsker = Pick<Partial<Caller>, 'identities' | 'credential' | 'door' | 'trace'>;

/** A request that is told of, since it was slow or since somebody follows it. */
export interface NotedRequest {
  readonly request: AnyRequest;
  readonly asker: TimedAsker;
  readonly answer: object | Refusal;
  /** By the monotonic clock: when it was asked, and when the door had its answer. */
  readonly fromMs: number;
  readonly toMs: number;
  /** What it was asked to wait, of that time. */
  readonly waitedMs: number;
  readonly stages: readonly RequestStage[];
}

/** Says which kind of figure a request belongs to. */
export function kindOf(request: AnyRequest): RequestKind {
  if ('read' in request) return lists.has(request.read) ? 'list' : 'read';
  return request.kind === 'multi' ? 'write' : request.kind;
}

/** Reads whose answer grows with what there is. */
const lists: ReadonlySet<ReadQuery['read']> = new Set(['names', 'ephemerals', 'children', 'tree']);

/** Names what is asked, and about which znode; of several the first. */
export function namesOf(request: AnyRequest): { readonly op: string; readonly path: string } {
  if ('read' in request) return { op: request.read, path: request.path };
  if (request.kind !== 'multi') return { op: request.op, path: request.path };
  const [first] = request.ops;
  const isOne = request.ops.length === 1 && request.orElse === undefined;
  return { op: isOne && first !== undefined ? first.op : 'multi', path: first?.path ?? '' };
}
