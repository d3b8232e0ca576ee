import type { TraceContext } from '../model/trace-context.ts';

/** Longer ones are those of nobody: later versions may append to it. */
const traceparentMax = 512;
const traceparent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const sampledFlag = 1;

/**
 * Reads the header `traceparent`. Undefined for what is none: by W3C Trace Context a request is served then as if it had not
 * come with any.
 */
export function parseTraceparent(text: unknown): TraceContext | undefined {
  if (typeof text !== 'string' || text.length > traceparentMax) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = traceparent.exec(text) ?? [];
  if (version === undefined || version === 'ff') return undefined;
  if (version === '00' && more !== undefined) return undefined;
  if (isZero(traceId) || isZero(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & sampledFlag) !== 0 };
}

function isZero(hex: string): boolean {
  return /^0*$/.test(hex);
}

/** Gives who asks together with the trace that his request belongs to, as its header says. */
export function tracedBy<Who extends object>(
  who: Who,
  header: unknown,
): Who & { readonly trace?: TraceContext } {
  const trace = parseTraceparent(header);
  return trace === undefined ? who : { ...who, trace };
}
