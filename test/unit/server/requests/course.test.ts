import assert from 'node:assert/strict';
import { never, stampOf } from '../../../../src/base/stamp.ts';
import { Course } from '../../../../src/server/requests/course.ts';

/** Stages as `name milliseconds`, and that there are no gaps between them. */
function shown(course: Course, fromMs: number, nowMs: number): string[] {
  const stages = course.stages(fromMs, nowMs);
  let before = fromMs;
  for (const { fromMs: from, toMs } of stages) {
    assert.equal(from, before);
    before = toMs;
  }
  if (stages.length > 0) assert.equal(before, nowMs);
  return stages.map(({ stage, fromMs: from, toMs }) => `${stage} ${(toMs - from).toFixed(0)}`);
}

function written(startMs: number): Course {
  const course = new Course();
  course.kind = 'write';
  course.sentAt = stampOf(startMs + 3);
  course.judgedAt = stampOf(startMs + 5);
  course.committedAt = stampOf(startMs + 12);
  course.appliedAt = stampOf(startMs + 13);
  return course;
}

describe('the course of a request', () => {
  it('says where the time of a write went, on the leader and elsewhere', () => {
    const course = written(1_000);
    const stages = ['queued 3', 'decided 2', 'committed 7', 'applied 1', 'answered 7'];
    assert.deepEqual(shown(course, 1_000, 1_020), stages);
    course.isForwarded = true;
    assert.equal(shown(course, 1_000, 1_020)[1], 'forwarded 2');
  });

  it('ends where a request did not come any further', () => {
    const course = written(0);
    course.committedAt = course.appliedAt = never;
    assert.deepEqual(shown(course, 0, 100), ['queued 3', 'decided 2', 'committed 95']);
    course.judgedAt = never;
    assert.deepEqual(shown(course, 0, 100), ['queued 3', 'decided 97']);
    course.sentAt = never;
    assert.deepEqual(shown(course, 0, 100), ['queued 100']);
  });

  it('says of a read how long the leader took to be confirmed', () => {
    const course = new Course();
    course.kind = 'read';
    course.confirmedAt = stampOf(54);
    course.appliedAt = stampOf(60);
    assert.deepEqual(shown(course, 50, 61), ['confirmed 4', 'applied 6', 'answered 1']);
  });

  it('knows nothing once it is cleared', () => {
    const course = written(0);
    course.clear();
    assert.deepEqual(shown(course, 0, 10), ['answered 10']);
  });

  it('goes on where 32 bits end, and for half an hour', () => {
    const wrap = 2 ** 32 / 1_000;
    for (const start of [wrap / 2 - 4, wrap - 4, wrap * 5 - 4]) {
      const stages = shown(written(start), start, start + 1_800_000);
      assert.deepEqual(stages.slice(0, 3), ['queued 3', 'decided 2', 'committed 7']);
    }
  });

  it('never goes back: what was known earlier than it was sent took no time', () => {
    const course = written(0);
    course.committedAt = stampOf(1);
    assert.deepEqual(shown(course, 0, 20)[2], 'committed 0');
  });
});
