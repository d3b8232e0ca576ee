import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  OtlpTracing,
  spansPerExportMax,
  spansWaitingMax,
} from '../../../../src/adapters/telemetry/otlp-tracing.ts';
import { systemRandom } from '../../../../src/adapters/system/random.ts';
import type { TracedRequest } from '../../../../src/ports/tracing.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { until } from '../../../support/until.ts';

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { key: string; value: { stringValue: string } }[];
  readonly status: object;
}

interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Span['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), isSampled: true };
const request: TracedRequest = {
  trace,
  door: 'http',
  op: 'set',
  path: '/a',
  fromMs: 1_000,
  toMs: 1_010.5,
  stages: [
    { stage: 'queued', fromMs: 1_000, toMs: 1_002 },
    { stage: 'answered', fromMs: 1_002, toMs: 1_010.5 },
  ],
  code: undefined,
  hasFailed: false,
};

const spansOf = ({ resourceSpans }: Exported): readonly Span[] =>
  resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));

describe('spans for a collector', () => {
  let collector: Server;
  let taken: Exported[];
  let status: number;
  let counts: Record<string, number>;
  let events: string[];
  let clock: HandClock;
  let tracing: OtlpTracing;
  const sent = (): number => taken.reduce((sum, each) => sum + spansOf(each).length, 0);

  beforeEach(async () => {
    taken = [];
    status = 200;
    counts = {};
    events = [];
    clock = new HandClock();
    clock.wallOffsetMs = 1_700_000_000_000;
    collector = createServer((incoming, answer) => {
      let body = '';
      incoming.on('data', (part: Buffer) => (body += part.toString()));
      incoming.on('end', () => {
        assert.equal(incoming.headers['content-type'], 'application/json');
        if (status === 200) taken.push(JSON.parse(body) as Exported);
        answer.writeHead(status).end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    tracing = new OtlpTracing({
      endpoint: `http://127.0.0.1:${String(port)}/v1/traces`,
      samplePerMille: 0,
      version: '1.2.3',
      instance: '7',
      clock,
      random: systemRandom,
      logger: { log: (level, event) => events.push(`${level} ${event}`) },
      metrics: {
        count: (name, by = 1) => (counts[name] = (counts[name] ?? 0) + by),
        gauge: () => undefined,
        observe: () => undefined,
      },
    });
  });
  afterEach(async () => {
    tracing.abort();
    collector.closeAllConnections();
    await new Promise((resolve) => collector.close(resolve));
  });

  it('are one of the request, below its trace, and one of each stage', async () => {
    tracing.tell({ ...request, code: 'timeout', hasFailed: true });
    clock.pass(2_000);
    const [exported] = await until('an export', () => taken.length > 0 && taken);
    assert.ok(exported !== undefined);
    const [whole, ...stages] = spansOf(exported);
    assert.ok(whole !== undefined);
    assert.equal(whole.traceId, trace.traceId);
    assert.equal(whole.parentSpanId, trace.spanId);
    assert.equal(whole.name, 'http set');
    assert.equal(whole.startTimeUnixNano, '1700000001000000000');
    assert.equal(whole.endTimeUnixNano, '1700000001010500000');
    assert.deepEqual(whole.status, { code: 2, message: 'timeout' });
    const shown = (attributes: Span['attributes']): object =>
      Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]));
    assert.deepEqual(shown(whole.attributes), {
      'quoll.door': 'http',
      'quoll.operation': 'set',
      'quoll.path': '/a',
      'quoll.code': 'timeout',
    });
    assert.deepEqual(shown(exported.resourceSpans[0]?.resource.attributes ?? []), {
      'service.name': 'quoll',
      'service.version': '1.2.3',
      'service.instance.id': '7',
    });
    assert.deepEqual(
      stages.map(({ name, parentSpanId, traceId }) => [name, parentSpanId, traceId]),
      ['queued', 'answered'].map((name) => [name, whole.spanId, trace.traceId]),
    );
    assert.equal(stages[1]?.startTimeUnixNano, '1700000001002000000');
    assert.equal(new Set([whole, ...stages].map(({ spanId }) => spanId)).size, 3);
  });

  it('begin a trace where the request belongs to none', async () => {
    tracing.tell({ ...request, trace: undefined });
    await tracing.stop();
    const [whole] = spansOf(taken[0] ?? assert.fail('nothing was sent'));
    assert.match(whole?.traceId ?? '', /^[0-9a-f]{32}$/);
    assert.equal(whole?.parentSpanId, undefined);
    assert.deepEqual(whole?.status, {});
  });

  it('are made as its trace says, or of a share', () => {
    assert.equal(tracing.samples(trace), true);
    assert.equal(tracing.samples({ ...trace, isSampled: false }), false);
    assert.equal(tracing.samples(undefined), false);
  });

  it('are sent as soon as there are many, so many at a time', async () => {
    const requests = spansPerExportMax;
    for (let count = 0; count < requests; count++) tracing.tell(request);
    await until('most of them', () => sent() >= spansPerExportMax * 2);
    for (const each of taken) assert.ok(spansOf(each).length <= spansPerExportMax);
    await until('all of them', () => {
      clock.pass(2_000);
      return sent() === requests * 3;
    });
    // The collector has them before its last answer is heard.
    await until('that they were counted', () => counts['telemetry_spans'] === requests * 3);
    assert.deepEqual(counts, { telemetry_spans: requests * 3 });
  });

  it('that nobody takes are counted, told once, and no more of them wait than may', async () => {
    status = 503;
    for (let count = 0; count < spansWaitingMax; count++) tracing.tell(request);
    await until('the warning', () => events.length > 0);
    const all = spansWaitingMax * 3;
    assert.ok((counts['telemetry_spans_dropped'] ?? 0) >= all - spansWaitingMax);
    await until('all of them', () => {
      clock.pass(2_000);
      return counts['telemetry_spans_dropped'] === all;
    });
    assert.deepEqual(events, ['warn telemetryFailed']);

    status = 200;
    tracing.tell(request);
    await until('a span', () => {
      clock.pass(2_000);
      return sent() === 3;
    });
    await until('the good news', () => events.length === 2);
    assert.deepEqual(events, ['warn telemetryFailed', 'info telemetryGoesOn']);
    assert.deepEqual(counts, { telemetry_spans_dropped: all, telemetry_spans: 3 });
  });

  it('keep nobody from stopping while their collector is gone', async () => {
    collector.closeAllConnections();
    await new Promise((resolve) => collector.close(resolve));
    tracing.tell(request);
    await tracing.stop();
    assert.deepEqual(events, ['warn telemetryFailed']);
    tracing.tell(request);
    assert.deepEqual(counts, { telemetry_spans_dropped: 3 });
    collector.listen(0, '127.0.0.1');
  });
});
