import { compareZxid, type Zxid } from '../../../src/model/zxid.ts';
import { show, who, type Ghost } from '../ghost.ts';
import { InvariantViolated, type NodeView } from '../node-view.ts';

/** A11: a barrier's answer covers everything that was committed anywhere when it was asked. */
export class BarrierChecker {
  readonly #ghost: Ghost;
  readonly #asked = new Map<number, Zxid>();
  #answered = 0;

  constructor(ghost: Ghost) {
    this.#ghost = ghost;
  }

  /** Answered with a zxid. */
  get answered(): number {
    return this.#answered;
  }

  asked(id: number): void {
    this.#asked.set(id, this.#ghost.last.zxid);
  }

  answer(node: NodeView, id: number, zxid: Zxid | undefined): void {
    const committed = this.#asked.get(id);
    if (committed === undefined) {
      throw new InvariantViolated(
        'A11',
        `${who(node)} answers a barrier twice, or one that nobody asked for`,
      );
    }
    this.#asked.delete(id);
    if (zxid === undefined) return;
    this.#answered++;
    if (compareZxid(zxid, committed) < 0) {
      throw new InvariantViolated(
        'A11',
        `${who(node)} lets a barrier read at ${show(zxid)} that began after ${show(committed)} was committed`,
      );
    }
  }
}
