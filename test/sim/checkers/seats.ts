import type { ConnectionId, Nonce, ServerId } from '../../../src/model/ids.ts';
import type { ZabMessage } from '../../../src/model/peer-message.ts';
import type { ZabEvent } from '../../../src/zab/ready.ts';
import { who, type Ghost } from '../ghost.ts';
import { InvariantViolated, type Checker, type NodeView } from '../node-view.ts';

/** Of the sync limit: the leader counts in ticks, and its clock may be off. */
const share = 0.85;

/** V1: a leader gives nobody the seat of a voter that it heard within the sync limit, as far as messages show. */
export class Seats implements Checker {
  readonly name = 'V1';
  readonly #ghost: Ghost;
  readonly #nowMs: () => number;
  readonly #syncLimitMs: number;
  readonly #identities = new Map<ConnectionId, Nonce>();
  readonly #heardMs = new Map<string, number>();

  constructor(
    ghost: Ghost,
    { nowMs, syncLimitMs }: { readonly nowMs: () => number; readonly syncLimitMs: number },
  ) {
    this.#ghost = ghost;
    this.#nowMs = nowMs;
    this.#syncLimitMs = syncLimitMs;
  }

  received(node: NodeView, connection: ConnectionId, message: ZabMessage): void {
    if (message.kind === 'learnerInfo') this.#identities.set(connection, message.nonce);
    const nonce = this.#identities.get(connection);
    if (nonce !== undefined) this.#heardMs.set(keyOf(node, nonce), this.#nowMs());
  }

  event(node: NodeView, event: ZabEvent): void {
    if (event.event !== 'readmitting') return;
    const nonce = this.#seatOf(event.learner);
    const heardMs = nonce === undefined ? undefined : this.#heardMs.get(keyOf(node, nonce));
    if (heardMs === undefined) return;
    const silentMs = this.#nowMs() - heardMs;
    if (silentMs >= this.#syncLimitMs * share) return;
    throw new InvariantViolated(
      'V1',
      `${who(node)} gives away the seat of server ${String(event.learner)}, heard ${String(silentMs)} ms ago`,
    );
  }

  #seatOf(id: ServerId): Nonce | undefined {
    return this.#ghost.membership?.voters.find((voter) => voter.id === id)?.nonce;
  }
}

function keyOf(node: NodeView, nonce: Nonce): string {
  return `${String(node.id)}#${String(node.incarnation)}<${nonce}`;
}
