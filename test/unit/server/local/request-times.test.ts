import assert from 'node:assert/strict';
import { refused } from '../../../../src/model/error-code.ts';
import { rootPath } from '../../../../src/model/path.ts';
import type { ReadQuery } from '../../../../src/model/read.ts';
import type { TracedRequest } from '../../../../src/ports/tracing.ts';
import { namesOf } from '../../../../src/server/local/noted-request.ts';
import { RequestTimes } from '../../../../src/server/local/request-times.ts';
import {
  SlowRequests,
  slowLinesPerSecondMax,
  slowPathCharactersMax,
} from '../../../../src/server/local/slow-requests.ts';
import { stampOf } from '../../../../src/base/stamp.ts';
import { Course } from '../../../../src/server/requests/course.ts';
import { HandClock } from '../../../support/hand-clock.ts';

const query: ReadQuery = { read: 'data', path: rootPath };
const session = '0123456789abcdef' as never;
const asker = {
  door: 'http',
  identities: [
    { scheme: 'ip', id: '10.0.0.1' },
    { scheme: 'digest', id: 'ann:aGFzaA==' },
  ],
  credential: { session, secret: new Uint8Array(16) },
  trace: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), isSampled: true },
} as const;

describe('the times of requests', () => {
  const clock = new HandClock();
  let lines: Record<string, unknown>[];
  let counts: Record<string, number>;
  let observed: string[];
  let traced: TracedRequest[];
  let course: Course;
  let times: RequestTimes;
  let isTraced: boolean;

  beforeEach(() => {
    lines = [];
    counts = {};
    observed = [];
    traced = [];
    isTraced = false;
    course = new Course();
    const metrics = {
      count: (name: string) => (counts[name] = (counts[name] ?? 0) + 1),
      gauge: () => undefined,
      observe: (name: string, ms: number, series = '') =>
        observed.push(`${name} ${series} ${String(ms)}`),
    };
    const logger = {
      log: (level: string, event: string, fields: object = {}) =>
        lines.push({ level, event, ...fields }),
    };
    const tracing = {
      samples: () => isTraced,
      tell: (request: TracedRequest) => traced.push(request),
    };
    const ports = { clock, metrics, logger, tracing };
    times = new RequestTimes(ports, () => course, new SlowRequests(ports, 100));
  });

  it('of one that is quick are a figure, and nothing else', () => {
    let given: unknown;
    const answer = times.timed(query, asker, (value) => (given = value));
    clock.pass(99);
    answer({});
    assert.deepEqual(given, {});
    assert.deepEqual(observed, ['request_ms http,read,ok 99']);
    assert.deepEqual([lines, counts, traced], [[], {}, []]);
  });

  it('of one that is slow are a line with where they went, and no secret', () => {
    clock.ms = 1_000;
    course.kind = 'read';
    const answer = times.timed(query, asker, () => {
      clock.pass(5);
    });
    clock.pass(150);
    course.confirmedAt = stampOf(1_120);
    course.appliedAt = stampOf(1_150);
    answer(refused('noNode', 'There is none.'));
    assert.deepEqual(lines, [
      {
        level: 'warn',
        event: 'slowRequest',
        door: 'http',
        op: 'data',
        path: '/',
        tookMs: 155,
        confirmedMs: 120,
        appliedMs: 30,
        answeredMs: 5,
        code: 'noNode',
        who: ['digest:ann'],
        from: '10.0.0.1',
        session: '0x0123456789abcdef',
        traceId: 'a'.repeat(32),
      },
    ]);
    assert.deepEqual(counts, { slow_requests: 1 });
  });

  it('leave out what was waited as asked', () => {
    const lock = { kind: 'lock', op: 'acquireLock', path: '/locks/a' } as const;
    let waitedMs = 60_000;
    const ask = (): void => {
      const answer = times.timed(
        lock,
        {},
        () => undefined,
        () => waitedMs,
      );
      clock.pass(60_150);
      answer({});
    };
    ask();
    assert.deepEqual([lines[0]?.['tookMs'], lines[0]?.['waitedMs']], [150, 60_000]);
    waitedMs = 60_100;
    ask();
    assert.equal(lines.length, 1);
    assert.deepEqual(observed, ['request_ms inside,lock,ok 150', 'request_ms inside,lock,ok 50']);
  });

  it('have so many lines in a second, the others are counted', () => {
    const ask = (): void => {
      const answer = times.timed(query, {}, () => undefined);
      clock.ms += 100;
      answer({});
      clock.ms -= 100;
    };
    for (let count = 0; count < slowLinesPerSecondMax + 5; count++) ask();
    assert.equal(lines.length, slowLinesPerSecondMax);
    assert.deepEqual(counts, {
      slow_requests: slowLinesPerSecondMax + 5,
      slow_requests_unlogged: 5,
    });
    clock.pass(1_000);
    ask();
    assert.equal(lines.length, slowLinesPerSecondMax + 1);
  });

  it('have a path that is cut, and none where nothing is slow', () => {
    const path = `/${'x'.repeat(1_000)}` as typeof rootPath;
    const ask = (): void => {
      const answer = times.timed({ read: 'stat', path }, {}, () => undefined);
      clock.pass(1_000);
      answer({});
    };
    times.slow.fromMs = 0;
    ask();
    assert.equal(lines.length, 0);
    times.slow.fromMs = 100;
    ask();
    assert.equal(lines[0]?.['path'], `${path.slice(0, slowPathCharactersMax)}…`);
  });

  it('are told to who follows them, however quick it was', () => {
    isTraced = true;
    const answer = times.timed(query, asker, () => undefined);
    clock.pass(3);
    answer(refused('timeout', 'Too late.'));
    assert.deepEqual(
      traced.map(({ trace, fromMs, toMs, ...rest }) => ({
        ...rest,
        ms: toMs - fromMs,
        isOurs: trace === asker.trace,
        stages: rest.stages.map(({ stage }) => stage),
      })),
      [
        {
          door: 'http',
          op: 'data',
          path: '/',
          stages: ['answered'],
          code: 'timeout',
          hasFailed: true,
          ms: 3,
          isOurs: true,
        },
      ],
    );
    assert.equal(lines.length, 0);
  });

  it('name what was asked', () => {
    const op = { op: 'check', path: rootPath, expected: { version: -1 }, absent: false } as const;
    const one = { kind: 'multi', single: true, ops: [op] } as const;
    assert.deepEqual(namesOf(one), { op: 'check', path: '/' });
    assert.equal(namesOf({ ...one, ops: [op, op] }).op, 'multi');
    assert.equal(namesOf({ ...one, orElse: [op] }).op, 'multi');
    assert.deepEqual(namesOf({ ...one, ops: [] }), { op: 'multi', path: '' });
  });
});
