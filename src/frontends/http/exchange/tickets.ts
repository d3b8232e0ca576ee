import { withProof } from '../../../model/principal.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Random } from '../../../ports/random.ts';
import type { Caller } from '../../../service/call.ts';
import { Problem } from './problem.ts';

/** Long enough for a page to open its stream, and to open it again after a fail-over; short enough to leak. */
const ticketLifeMs = 60_000;
const ticketsMax = 10_000;
const ticketBytes = 18;

/**
 * Gives out what stands in a URL for the credentials of a request, where a browser can send no header: good for a
 * while, at this peer, for event streams alone.
 */
export class Tickets {
  readonly #clock: Clock;
  readonly #random: Random;
  /** In the order of their end, as all live equally long. */
  readonly #tickets = new Map<string, { readonly caller: Caller; readonly untilMs: number }>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  issue(caller: Caller): { readonly ticket: string; readonly expiresInMs: number } {
    this.#expire();
    if (this.#tickets.size >= ticketsMax) {
      throw new Problem('throttled', 'too many tickets are out: ask again within the minute', {
        limit: ticketsMax,
        actual: ticketsMax,
      });
    }
    const ticket = Buffer.from(this.#random.bytes(ticketBytes)).toString('base64url');
    this.#tickets.set(ticket, { caller, untilMs: this.#clock.now() + ticketLifeMs });
    return { ticket, expiresInMs: ticketLifeMs };
  }

  /**
   * Says for whom a ticket stands: whoever shows it is known by his own address, not by that of the one it was given
   * to. What both have proved ends with the first of it.
   */
  callerFor(ticket: string, shownBy: Caller): Caller {
    this.#expire();
    const found = this.#tickets.get(ticket)?.caller;
    if (found === undefined) {
      throw new Problem(
        'authFailed',
        'the ticket is not known here, or no longer: get a new one from POST /v1/tickets of this peer',
      );
    }
    const proven = found.identities.filter(({ scheme }) => scheme !== 'ip');
    return { ...found, ...withProof(shownBy, { ...found, identities: proven }) };
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const [ticket, { untilMs }] of this.#tickets) {
      if (untilMs > now) return;
      this.#tickets.delete(ticket);
    }
  }
}
