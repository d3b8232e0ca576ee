import assert from 'node:assert/strict';
import { Pipeline, type RequestKind } from '../../../src/service/pipeline.ts';

/** A pipeline whose requests answer when the test says so. */
class Bed {
  readonly started: string[] = [];
  readonly sent: string[] = [];
  roomCalls = 0;
  flushesAtOnce = true;
  passed: () => void = () => assert.fail('nothing was flushed');
  readonly pipeline: Pipeline;
  readonly #answers = new Map<string, (give: () => void) => void>();

  constructor(inFlightMax = 10) {
    this.pipeline = new Pipeline({
      inFlightMax,
      onRoom: () => this.roomCalls++,
      beforeAnswer: (passed) => {
        this.sent.push('flush');
        if (this.flushesAtOnce) passed();
        else this.passed = passed;
      },
    });
  }

  ask(name: string, kind: RequestKind): this {
    this.pipeline.submit(kind, (answer) => {
      this.started.push(name);
      this.#answers.set(name, answer);
    });
    return this;
  }

  answer(name: string): this {
    const answer = this.#answers.get(name) ?? assert.fail(`${name} was not started`);
    answer(() => this.sent.push(name));
    return this;
  }

  get answered(): readonly string[] {
    return this.sent.filter((name) => name !== 'flush');
  }
}

describe('Pipeline', () => {
  it('has writes in flight together and answers in the order of the requests', () => {
    const bed = new Bed().ask('w1', 'write').ask('w2', 'write').ask('w3', 'write');
    assert.deepEqual(bed.started, ['w1', 'w2', 'w3']);
    bed.answer('w3').answer('w2');
    assert.deepEqual(bed.answered, []);
    bed.answer('w1');
    assert.deepEqual(bed.sent, ['flush', 'w1', 'flush', 'w2', 'flush', 'w3']);
  });

  it('lets a read wait for all earlier writes, and a write for earlier reads', () => {
    const bed = new Bed();
    bed
      .ask('w1', 'write')
      .ask('w2', 'write')
      .ask('r1', 'read')
      .ask('r2', 'read')
      .ask('w3', 'write');
    bed.answer('w2');
    assert.deepEqual(bed.started, ['w1', 'w2']);
    bed.answer('w1');
    assert.deepEqual(bed.started, ['w1', 'w2', 'r1', 'r2']);
    bed.answer('r2');
    assert.equal(bed.started.includes('w3'), false);
    bed.answer('r1');
    assert.deepEqual(bed.started, ['w1', 'w2', 'r1', 'r2', 'w3']);
    assert.deepEqual(bed.answered, ['w1', 'w2', 'r1', 'r2']);
  });

  it('lets no read overtake a write that waits', () => {
    const bed = new Bed().ask('r1', 'read').ask('w1', 'write').ask('r2', 'read');
    assert.deepEqual(bed.started, ['r1']);
    bed.answer('r1');
    assert.deepEqual(bed.started, ['r1', 'w1']);
    bed.answer('w1').answer('r2');
    assert.deepEqual(bed.answered, ['r1', 'w1', 'r2']);
  });

  it('runs alone what must', () => {
    const bed = new Bed().ask('h1', 'alone').ask('h2', 'alone').ask('r1', 'read');
    assert.deepEqual(bed.started, ['h1']);
    bed.answer('h1');
    assert.deepEqual(bed.started, ['h1', 'h2']);
    bed.answer('h2');
    assert.deepEqual(bed.started, ['h1', 'h2', 'r1']);
  });

  it('takes answers that are there at once, however many, without growing the stack', () => {
    const sent: number[] = [];
    const pipeline = new Pipeline({
      inFlightMax: 10_001,
      onRoom: () => undefined,
      beforeAnswer: (passed) => {
        passed();
      },
    });
    let release = (): void => undefined;
    pipeline.submit('write', (answer) => {
      release = () => {
        answer(() => sent.push(-1));
      };
    });
    for (let index = 0; index < 10_000; index++) {
      pipeline.submit('read', (answer) => {
        answer(() => sent.push(index));
      });
    }
    assert.deepEqual(sent, []);
    release();
    assert.equal(sent.length, 10_001);
    assert.deepEqual(sent.slice(0, 3), [-1, 0, 1]);
  });

  it('holds an answer back until what comes before it has gone, and starts others meanwhile', () => {
    const bed = new Bed().ask('w1', 'write').ask('w2', 'write').ask('r1', 'read');
    bed.flushesAtOnce = false;
    bed.answer('w1').answer('w2');
    assert.deepEqual(bed.sent, ['flush']);
    assert.equal(bed.started.includes('r1'), true);
    bed.passed();
    assert.deepEqual(bed.sent, ['flush', 'w1', 'flush']);
    bed.passed();
    assert.deepEqual(bed.answered, ['w1', 'w2']);
  });

  it('says when it is full, and once when there is room again', () => {
    const bed = new Bed(2).ask('w1', 'write');
    assert.equal(bed.pipeline.isFull, false);
    bed.ask('w2', 'write');
    assert.equal(bed.pipeline.isFull, true);
    bed.answer('w2');
    assert.equal(bed.roomCalls, 0);
    bed.answer('w1');
    assert.equal(bed.roomCalls, 1);
    assert.equal(bed.pipeline.isFull, false);
  });

  it('keeps the first of two answers, and none once closed', () => {
    const bed = new Bed().ask('w1', 'write').ask('w2', 'write');
    bed.answer('w2').answer('w2').answer('w1');
    assert.deepEqual(bed.answered, ['w1', 'w2']);
    bed.ask('w3', 'write').ask('r1', 'read');
    bed.pipeline.close();
    bed.answer('w3').ask('w4', 'write');
    assert.deepEqual(bed.answered, ['w1', 'w2']);
    assert.deepEqual(bed.started, ['w1', 'w2', 'w3']);
  });

  it('ends with what a request throws, as it starts or is answered, and throws it at nobody', () => {
    for (const where of ['start', 'answer'] as const) {
      const causes: unknown[] = [];
      const sent: string[] = [];
      const pipeline = new Pipeline({
        inFlightMax: 10,
        onRoom: () => undefined,
        beforeAnswer: (passed) => {
          passed();
        },
        failed: (cause) => causes.push(cause),
      });
      pipeline.submit('write', (answer) => {
        if (where === 'start') throw new Error(where);
        answer(() => {
          throw new Error(where);
        });
      });
      pipeline.submit('write', (answer) => {
        answer(() => sent.push('second'));
      });
      assert.deepEqual([causes.map(String), sent], [[`Error: ${where}`], []]);
    }
  });
});
