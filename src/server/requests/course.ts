import { msOf, never, type Stamp } from '../../base/stamp.ts';
import type { RequestStage } from '../../ports/tracing.ts';

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
