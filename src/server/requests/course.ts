import type { RequestStage } from '../../ports/tracing.ts';

/**
 * A time in whole microseconds, in 32 bits: it costs its field and no number beside it. They come again after 71 minutes, so
 * that no more than half of that can be told. 0 stands for never.
 */
export type Stamp = number;

export const never: Stamp = 0;

/** A stamp says nothing once it is older, in milliseconds. */
export const stampsMsMax = 2_000_000;

export function stampOf(ms: number): Stamp {
  return (ms * 1_000) | 0 || 1;
}

/** Gives the time of a stamp of the last half hour. */
function msOf(stamp: Stamp, nowMs: number): number {
  return nowMs - ((stampOf(nowMs) - stamp) | 0) / 1_000;
}

/**
 * Where the time of the request went that is being answered. There is one, which the paths of reads and writes fill ahead of
 * an answer and clear behind it: whoever is called with an answer may look at it before he calls anybody else. So it costs
 * nothing to know what hardly anybody asks.
 */
export class Course {
  kind: 'none' | 'read' | 'write' = 'none';
  /** Of a write: decided here, or sent to the leader. */
  sentAt: Stamp = never;
  isForwarded = false;
  /** Its verdict is known here. */
  judgedAt: Stamp = never;
  committedAt: Stamp = never;
  appliedAt: Stamp = never;
  /** Of a read: a quorum has confirmed the leader. */
  confirmedAt: Stamp = never;

  clear(): void {
    this.kind = 'none';
  }

  /** Gives the stages from one time to another, which is now: in order, without gaps. */
  stages(fromMs: number, nowMs: number): RequestStage[] {
    const stages: RequestStage[] = [];
    let before = fromMs;
    for (const [stage, stamp] of this.#marks()) {
      const isOver = stamp !== never;
      const toMs = isOver ? Math.min(nowMs, Math.max(before, msOf(stamp, nowMs))) : nowMs;
      stages.push({ stage, fromMs: before, toMs });
      // It did not come any further.
      if (!isOver) return stages;
      before = toMs;
    }
    stages.push({ stage: 'answered', fromMs: before, toMs: nowMs });
    return stages;
  }

  #marks(): readonly (readonly [RequestStage['stage'], Stamp])[] {
    switch (this.kind) {
      case 'none':
        return [];
      case 'read':
        return [
          ['confirmed', this.confirmedAt],
          ['applied', this.appliedAt],
        ];
      case 'write':
        return [
          ['queued', this.sentAt],
          [this.isForwarded ? 'forwarded' : 'decided', this.judgedAt],
          ['committed', this.committedAt],
          ['applied', this.appliedAt],
        ];
    }
  }
}
