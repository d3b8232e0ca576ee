import type { TracedRequest } from '../../ports/tracing.ts';

// Requests as spans of OTLP/HTTP, encoded as JSON (OpenTelemetry Protocol 1.x): ids in hex, times in nanoseconds as text.

/** Characters of a path that a span has. */
export const spanPathCharactersMax = 256;

const kind = { internal: 1, server: 2 } as const;
const failedStatus = 2;

interface OtlpAttribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly OtlpAttribute[];
  readonly status: { readonly code?: number; readonly message?: string };
}

/** Gives the spans of a request: one for all of it, and one below for each stage. `wallAheadMs`: of the wall clock. */
export function spansOf(
  request: TracedRequest,
  {
    newId,
    wallAheadMs,
  }: { readonly newId: (bytes: 8 | 16) => string; readonly wallAheadMs: number },
): readonly OtlpSpan[] {
  const { trace, door, op, path, stages, code, hasFailed } = request;
  const traceId = trace?.traceId ?? newId(16);
  const spanId = newId(8);
  const time = ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) => ({
    startTimeUnixNano: nanoseconds(fromMs + wallAheadMs),
    endTimeUnixNano: nanoseconds(toMs + wallAheadMs),
  });
  const attributes = { door, operation: op, path: path.slice(0, spanPathCharactersMax), code };
  return [
    {
      traceId,
      spanId,
      ...(trace !== undefined && { parentSpanId: trace.spanId }),
      name: `${door} ${op}`,
      kind: kind.server,
      ...time(request),
      attributes: attributesOf('quoll', attributes),
      // What was refused for what it asks is an answer like any other.
      status: hasFailed ? { code: failedStatus, message: code ?? '' } : {},
    },
    ...stages.map((stage) => ({
      traceId,
      spanId: newId(8),
      parentSpanId: spanId,
      name: stage.stage,
      kind: kind.internal,
      ...time(stage),
      attributes: [],
      status: {},
    })),
  ];
}

/** Gives the body of an export. */
export function exportBody(
  spans: readonly OtlpSpan[],
  resource: Readonly<Record<'name' | 'version' | 'instance.id', string>>,
): string {
  const scope = { name: 'quoll', version: resource.version };
  const attributes = attributesOf('service', resource);
  return JSON.stringify({
    resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope, spans }] }],
  });
}

function attributesOf(
  prefix: string,
  values: Readonly<Record<string, string | undefined>>,
): readonly OtlpAttribute[] {
  return Object.entries(values).flatMap(([name, stringValue]) =>
    stringValue === undefined ? [] : [{ key: `${prefix}.${name}`, value: { stringValue } }],
  );
}

/** A number has no room for nanoseconds since 1970: they are made of microseconds. */
function nanoseconds(ms: number): string {
  return `${String(Math.round(ms * 1_000))}000`;
}
