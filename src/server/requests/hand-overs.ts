import { refused, type Refusal } from '../../model/error-code.ts';
import type { ConnectionId, ServerId } from '../../model/ids.ts';
import { handOverProtocol } from '../../model/level.ts';
import type { ServiceMessage } from '../../model/peer-message.ts';
import type { Clock } from '../../ports/clock.ts';
import type { PeerNetwork } from '../../ports/peer-network.ts';
import type { MovedLeader } from '../../service/leadership.ts';
import type { HandOverRefusal, ZabCore, ZabEvent } from '../../zab/ready.ts';
import type { Deadlines, DueAnswer } from '../deadlines.ts';
import type { WritePath } from './write-path.ts';

type Asked = Extract<ServiceMessage, { kind: 'handOver' }>;
type Done = (result: MovedLeader | Refusal) => void;

interface HandOversParts {
  readonly zab: ZabCore;
  readonly network: PeerNetwork;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly writes: Pick<WritePath, 'confirming'>;
  /** Something was decided. */
  wake(): void;
}

/** Somebody who waits for leadership to move. */
interface Waiting {
  readonly from: ServerId;
  readonly epoch: number;
  readonly to: ServerId | undefined;
  readonly sinceMs: number;
  readonly answer: DueAnswer<MovedLeader | Refusal>;
}

/** Asks of one peer that have no answer yet. */
const waitingMax = 16;

/**
 * Brings the wish that leadership move to the leader, and tells what came of it. Who asks sees by the next leader that it
 * was done; that it was not, the leader says.
 */
export class HandOvers {
  readonly #parts: HandOversParts;
  /** By the number under which the leader was asked. */
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  /** On the leader: whom to tell when it goes on leading. */
  #toldOfEnd: ((refusal: Refusal) => void) | undefined;

  constructor(parts: HandOversParts) {
    this.#parts = parts;
  }

  /** To this voter, or to the one that is furthest. `done` is called once. */
  ask(to: ServerId | undefined, timeoutMs: number, done: Done): void {
    const { zab, clock, deadlines, network } = this.#parts;
    const { leader, leaderConnection, role, epoch, isServing } = zab.status;
    if (!isServing || leader === undefined) {
      done(refused('noQuorum', 'Nobody leads now: leadership can be moved once somebody does.'));
      return;
    }
    if (this.#waiting.size >= waitingMax) {
      done(refused('throttled', 'Too many wait for leadership to move. Ask again a little later.'));
      return;
    }
    const id = this.#nextId++;
    const sinceMs = clock.now();
    const answer = deadlines.answerBy<MovedLeader | Refusal>(
      sinceMs + timeoutMs,
      late,
      (result) => {
        this.#waiting.delete(id);
        done(result);
      },
    );
    this.#waiting.set(id, { from: leader, epoch, to, sinceMs, answer });
    if (role === 'leading') {
      this.#begin(to, (refusal) => {
        answer.give(refusal);
      });
    } else if (leaderConnection !== undefined) {
      if (zab.status.leaderProtocol < handOverProtocol) answer.give(ofLeaderBefore());
      else network.send(leaderConnection, { kind: 'handOver', id, to });
    }
  }

  /** On the leader: a client of that learner asks. */
  onAsked(from: ConnectionId, { id, to }: Asked): void {
    this.#begin(to, (refusal) => {
      this.#parts.network.send(from, { kind: 'handOverRefused', id, refusal });
    });
  }

  onRefused({ id, refusal }: Extract<ServiceMessage, { kind: 'handOverRefused' }>): void {
    this.#waiting.get(id)?.answer.give(refusal);
  }

  report(event: ZabEvent): void {
    if (event.event !== 'handOverAbandoned') return;
    this.#toldOfEnd?.(
      cannot(`Server ${String(event.to)} could not take over: ${event.why}. The leader goes on.`, {
        retryable: true,
      }),
    );
    this.#toldOfEnd = undefined;
  }

  /** Each time something may have happened: the leader may go once no verdict is owed, and others may see who leads now. */
  look(): void {
    const { zab, writes } = this.#parts;
    if (zab.status.handingOverTo !== undefined && writes.confirming === 0) zab.settled();
    if (this.#waiting.size > 0) this.#lookWhoLeads();
  }

  #begin(to: ServerId | undefined, tell: (refusal: Refusal) => void): void {
    const refusal = this.#parts.zab.handOver(to);
    if (refusal !== undefined) {
      tell(inWords(refusal, to));
      return;
    }
    this.#toldOfEnd = tell;
    this.#parts.wake();
  }

  #lookWhoLeads(): void {
    const { zab, clock } = this.#parts;
    const { isServing, leader, epoch } = zab.status;
    if (!isServing || leader === undefined) return;
    for (const { from, epoch: before, to, sinceMs, answer } of [...this.#waiting.values()]) {
      if (epoch === before) continue;
      const isDone = leader !== from && (to === undefined || leader === to);
      const tookMs = clock.now() - sinceMs;
      answer.give(
        isDone
          ? { from, to: leader, epoch, tookMs }
          : cannot(`There was an election meanwhile: server ${String(leader)} leads.`),
      );
    }
  }
}

function ofLeaderBefore(): Refusal {
  return cannot(
    'The leader is of an earlier version, which hands over to nobody. Restart it as this version, and others elect.',
  );
}

function late(): Refusal {
  return refused(
    'timeout',
    'Leadership did not move in time. Look who leads before you ask again.',
  );
}

function cannot(detail: string, more: { readonly retryable?: boolean } = {}): Refusal {
  return refused('cannotHandOver', detail, more);
}

function inWords(refusal: HandOverRefusal, to: ServerId | undefined): Refusal {
  const server = to === undefined ? 'No voter' : `Server ${String(to)}`;
  switch (refusal) {
    case 'notLeading':
      return refused('noQuorum', 'The peer that was asked does not lead any more. Ask again.');
    case 'underWay':
      return cannot('The leader is handing over already. Look who leads in a moment.', {
        retryable: true,
      });
    case 'alone':
      return cannot('There is no other voter that could lead.');
    case 'self':
      return cannot(`${server} leads already.`);
    case 'notVoter':
      return cannot(`${server} is no voter of this ensemble: observers and strangers can't lead.`);
    case 'olderVersion':
      return cannot(
        `${server} of this version follows: the others are of an earlier one, and take over only by an election. Upgrade ` +
          'them first.',
      );
    case 'notSynchronised':
      return cannot(
        to === undefined
          ? 'No other voter is up to date with the leader: wait until one follows.'
          : `${server} is not up to date with the leader: wait until it follows.`,
        { retryable: true },
      );
  }
}
