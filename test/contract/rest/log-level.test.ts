import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json as jsonOf } from 'node:stream/consumers';
import { expectProblem, expectStatus, type JsonObject } from '../../support/contract.ts';
import { GrpcClient, znodes } from '../../support/grpc-client.ts';
import { SocketClient } from '../../support/socket-client.ts';
import { JuteClient } from '../../support/zookeeper/jute-client.ts';
import { borrowEnsemble, startEnsemble, type TestEnsemble } from '../../support/ensemble.ts';
import { until } from '../../support/until.ts';

const route = '/v1/log-level';

function json(body: JsonObject) {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

interface Exported {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

function spansIn({ resourceSpans }: Exported): Span[] {
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

/** The newest line of a slow request at that door. */
function slowLine(log: string, door: string, op = 'set'): JsonObject | undefined {
  const lines = log.split('\n').filter((line) => line.includes('"event":"slowRequest"'));
  const line = lines.findLast((each) => each.includes(`"door":"${door}","op":"${op}"`));
  return line === undefined ? undefined : (JSON.parse(line) as JsonObject);
}

describe('REST: what a peer logs', () => {
  let ensemble: TestEnsemble;
  let here: string;
  const shown = async (http = here): Promise<JsonObject> =>
    (await expectStatus(200, http, 'GET', route)).json();
  const set = async (body: JsonObject): Promise<JsonObject> =>
    (await expectStatus(200, here, 'PUT', route, json(body))).json();

  before(async () => {
    ensemble = await borrowEnsemble();
    here = ensemble.peer(1).http;
  });
  after(async () => {
    const { configured } = await shown();
    await set({ level: configured ?? 'info' });
    await ensemble.stop();
  });

  it('is set while it runs, and of no other peer', async () => {
    const before = await shown();
    const others = await shown(ensemble.peer(2).http);
    const debug = { ...before, level: 'debug', backInMs: null };
    assert.deepEqual(await set({ level: 'debug' }), debug);
    assert.deepEqual(await shown(), debug);
    assert.deepEqual(await shown(ensemble.peer(2).http), others);
  });

  it('goes back by itself', async () => {
    const { configured } = await shown();
    const answer = await set({ level: 'error', forMs: 600_000 });
    assert.ok(typeof answer['backInMs'] === 'number' && answer['backInMs'] > 0);
    await set({ level: 'error', forMs: 1 });
    await until('the level of the configuration', async () => {
      const { level, backInMs } = await shown();
      return level === configured && backInMs === null;
    });
  });

  it('has requests that take long, of every door, with where their time went', async () => {
    const { slowRequestMs } = await shown();
    const peer = ensemble.peer(1);
    const socket = await SocketClient.open(here);
    const grpc = new GrpcClient(peer.grpc);
    const zookeeper = await JuteClient.connect(peer.zookeeper);
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-00`;
    const asks: Readonly<Record<string, () => Promise<unknown>>> = {
      http: () =>
        expectStatus(200, here, 'PUT', '/v1/nodes/', { headers: { traceparent }, body: 'x' }),
      websocket: () => socket.ok('set', { path: '/', data: 'x' }),
      grpc: () => grpc.call(znodes.Set, { path: '/' }, { metadata: { traceparent } }),
      zookeeper: () =>
        zookeeper.ask({ op: 'setData', path: '/', data: Buffer.from('x'), version: -1 }),
    };
    try {
      await set({ slowRequestMs: 1 });
      for (const [door, ask] of Object.entries(asks)) {
        const line = await until(`a line of ${door}`, async () => {
          await ask();
          return slowLine(peer.log, door);
        });
        assert.equal(line['op'], 'set');
        assert.equal(line['path'], '/');
        assert.equal(line['from'], '127.0.0.1');
        assert.ok(!JSON.stringify(line).includes('"x"'), 'what is written is not logged');
        const stages = ['queuedMs', 'committedMs', 'appliedMs', 'answeredMs'] as const;
        for (const stage of stages) assert.equal(typeof line[stage], 'number', stage);
        assert.ok('decidedMs' in line || 'forwardedMs' in line, 'it was judged somewhere');
        assert.equal('session' in line, door === 'zookeeper');
        assert.equal(line['traceId'], ['http', 'grpc'].includes(door) ? traceId : undefined);
      }
      assert.equal((await set({ slowRequestMs: 0, forMs: 1 }))['slowRequestMs'], 0);
      await until('what its configuration says', async () => {
        const now = await shown();
        return now['slowRequestMs'] === slowRequestMs;
      });
    } finally {
      await set({ slowRequestMs: slowRequestMs ?? 0 });
      socket.ws.terminate();
      grpc.close();
      zookeeper.destroy();
    }
  });

  it('is one of four, for a day at the most', async () => {
    const bad = { status: 400, code: 'BADARGUMENTS' };
    const bodies = [{}, { level: 'trace' }, { level: 'info', forMs: 0 }, { slowRequestMs: -1 }];
    for (const body of bodies) {
      await expectProblem(bad, here, 'PUT', route, json(body));
    }
    await expectProblem(bad, here, 'PUT', route, json({ level: 'info', forMs: 86_400_001 }));
  });

  describe('with settings of its own', () => {
    const folder = mkdtempSync(join(tmpdir(), 'quoll-log-level-'));
    const file = join(folder, 'audit.log');
    const spans: Span[] = [];
    let collector: Server;
    let alone: TestEnsemble;

    before(async () => {
      collector = createServer((incoming, answer) => {
        void jsonOf(incoming).then((exported) => {
          spans.push(...spansIn(exported as Exported));
          answer.end('{}');
        });
      });
      await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
      const { port } = collector.address() as AddressInfo;
      const telemetry = `quoll.telemetry.endpoint=http://127.0.0.1:${String(port)}`;
      const others = ['quoll.telemetry.samplePerMille=0', 'quoll.log.slowRequestMs=1'];
      const lines = [`quoll.audit.file=${file}`, telemetry, ...others];
      alone = await startEnsemble({ peers: 1, grpc: true, lines });
    });
    after(async () => {
      await alone.stop();
      collector.close();
      rmSync(folder, { recursive: true });
    });

    it('tells what was decided and applied from the time that it took, within a turn too', async () => {
      const peer = alone.peer(1);
      const ops = Array.from({ length: 500 }, (_, index) => ({
        op: 'create',
        path: `/stages-${String(index)}`,
      }));
      await expectStatus(200, peer.http, 'POST', '/v1/txn', json({ ops }));
      const line = await until('the line of the transaction', () =>
        slowLine(peer.log, 'http', 'multi'),
      );
      assert.ok(Number(line['decidedMs']) > 0, JSON.stringify(line));
      assert.ok(Number(line['appliedMs']) > 0, JSON.stringify(line));
    });

    it('tells a collector of requests that are traced, from door to commit', async () => {
      const { http, grpc: target } = alone.peer(1);
      const parent = '00f067aa0ba902b7';
      const traces = { http: 'a'.repeat(32), grpc: 'b'.repeat(32), none: 'c'.repeat(32) };
      const traced = (traceId: string, flags = '01') => ({
        traceparent: `00-${traceId}-${parent}-${flags}`,
      });
      const body = { headers: traced(traces.http), body: 'x' };
      await expectStatus(200, http, 'PUT', '/v1/nodes/', body);
      const untraced = { headers: traced(traces.none, '00') };
      await expectStatus(200, http, 'GET', '/v1/nodes/', untraced);
      const grpc = new GrpcClient(target);
      await grpc.call(znodes.Get, { path: '/' }, { metadata: traced(traces.grpc) });
      grpc.close();
      const write = await until('all spans of both', () => {
        const found = spans.filter(({ traceId }) => traceId === traces.http);
        return found.length === 6 && spans.length >= 9 && found;
      });
      const [whole] = write;
      assert.equal(whole?.name, 'http set');
      assert.equal(whole.parentSpanId, parent);
      assert.deepEqual(
        write.slice(1).map(({ name, parentSpanId }) => [name, parentSpanId === whole.spanId]),
        ['queued', 'decided', 'committed', 'applied', 'answered'].map((name) => [name, true]),
      );
      const read = spans.filter(({ traceId }) => traceId === traces.grpc);
      assert.deepEqual(
        read.map(({ name }) => name),
        ['grpc data', 'confirmed', 'applied', 'answered'],
      );
      assert.equal(spans.length, write.length + read.length, 'nothing else is traced');
      assert.ok(!JSON.stringify(spans).includes('"x"'), 'what is written is in no span');
      const { text } = await expectStatus(200, http, 'GET', '/metrics');
      assert.match(text, /^quoll_telemetry_spans_total [1-9]/m);
    });

    it('is set by administrators alone, once grants are on, and audited', async () => {
      const { http } = alone.peer(1);
      await expectStatus(200, http, 'PUT', route, json({ level: 'debug', forMs: 60_000 }));
      await until('it in the log', () => alone.peer(1).log.includes('"event":"logLevelSet"'));
      const first = json({ principals: ['group:ops'] });
      await expectStatus(200, http, 'POST', '/v1/auth/init', first);
      const refused = { status: 403, code: 'NOAUTH' };
      await expectProblem(refused, http, 'PUT', route, json({ level: 'error' }));
      const view = (await expectStatus(200, http, 'GET', route)).json();
      assert.equal(view['level'], 'debug');
      const records = await until('both records', () => {
        const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
        const found = lines.filter((line) => line.includes('"op":"setLogLevel"'));
        return found.length === 2 && found.map((line) => JSON.parse(line) as JsonObject);
      });
      assert.deepEqual(
        records.map(({ event, verdict, detail }) => [event, verdict, detail]),
        [
          ['configuration', 'done', 'to debug for 60000 ms'],
          ['refused', 'refused', 'to error'],
        ],
      );
    });
  });
});
