import { Fifo } from '../../base/fifo.ts';
import { OnceSoon } from '../../base/once-soon.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import { Rotation } from '../../service/budget/rotation.ts';

/** A client that is not through its handshake after this is closed; from when it was taken in. */
export const handshakeWithinMs = 10_000;
/** Handshakes of one door that are under way: each holds some tens of kilobytes. Those that come meanwhile wait. */
export const handshakesMax = 512;
/** And of one address. */
export const handshakesPerAddressMax = 64;
/** So many begin in one turn of the event loop: each takes most of a millisecond, in which nobody else is served. */
export const handshakesPerTurnMax = 2;
/**
 * Connections of one door that are not through their handshake, those too that wait for its beginning. Above it one has to
 * go, the first that came from the address that most of them came from.
 */
export const newcomersMax = 10_000;

const lookEveryMs = 500;

/** A connection, as far as it matters here: a socket of Node's. */
interface Coming {
  once(event: 'close', run: () => void): unknown;
  destroy(): unknown;
}

/** One whose handshake is not done. */
interface Newcomer {
  readonly raw: Coming;
  readonly from: Address;
  readonly sinceMs: number;
  readonly begin: () => void;
  isUnderWay: boolean;
}

interface Address {
  readonly id: string;
  readonly newcomers: Set<Newcomer>;
  readonly waiting: Fifo<Newcomer>;
  underWay: number;
}

interface HandshakesOptions {
  readonly clock: Clock;
  /** It is closed since it took too long, or for others' sake. */
  closed(address: string, why: string): void;
}

/**
 * Says which newcomer's handshake may begin, since each costs a signature: addresses in turn, and so many at a time. Whoever
 * begins many and goes on with none waits for himself.
 */
export class Handshakes {
  readonly #options: HandshakesOptions;
  readonly #looking: Timer;
  readonly #addresses = new Map<string, Address>();
  /** In order of arrival. */
  readonly #newcomers = new Map<Coming, Newcomer>();
  /** There is room for them. */
  readonly #beginning = new Rotation<Newcomer>();
  readonly #begin: OnceSoon;
  /** Have some that wait for others to be done. */
  readonly #blocked = new Set<Address>();
  #underWay = 0;

  constructor(options: HandshakesOptions) {
    this.#options = options;
    this.#begin = new OnceSoon(options.clock, () => {
      this.#beginSome();
    });
    this.#looking = options.clock.every(lookEveryMs, () => {
      this.#closeLate();
    });
  }

  /** A connection has come; it is one of these until `done`, or it closes. `begin` is what is to be called in its turn. */
  come(raw: Coming, address: string, begin: () => void): void {
    const from = this.#addressOf(address);
    const sinceMs = this.#options.clock.now();
    const newcomer = { raw, from, sinceMs, begin, isUnderWay: false };
    this.#newcomers.set(raw, newcomer);
    from.newcomers.add(newcomer);
    raw.once('close', () => {
      this.done(raw);
    });
    if (this.#newcomers.size > newcomersMax) {
      const [first] = this.#mostOf(({ newcomers }) => newcomers.size).newcomers;
      if (first !== undefined) this.#close(first, 'too many connections are not through it');
    }
  }

  /** What it takes to begin is there. */
  ready(raw: Coming): void {
    const newcomer = this.#newcomers.get(raw);
    if (newcomer === undefined) return;
    newcomer.from.waiting.push(newcomer);
    this.#beginNext(newcomer.from);
  }

  /** It is through, or something else comes of it than a handshake. False when it is none of these any more. */
  done(raw: Coming): boolean {
    const newcomer = this.#newcomers.get(raw);
    if (newcomer === undefined) return false;
    const { from } = newcomer;
    this.#newcomers.delete(raw);
    from.newcomers.delete(newcomer);
    if (from.newcomers.size === 0) {
      this.#addresses.delete(from.id);
      this.#blocked.delete(from);
    }
    if (newcomer.isUnderWay) this.#overWith(from);
    return true;
  }

  #overWith(from: Address): void {
    from.underWay--;
    this.#underWay--;
    const [blocked] = this.#blocked;
    if (blocked !== undefined) {
      this.#blocked.delete(blocked);
      this.#beginNext(blocked);
    }
    this.#beginNext(from);
  }

  stop(): void {
    this.#looking.cancel();
    for (const raw of [...this.#newcomers.keys()]) raw.destroy();
  }

  #beginNext(from: Address): void {
    const { waiting } = from;
    while (waiting.length > 0 && from.underWay < handshakesPerAddressMax) {
      if (this.#underWay >= handshakesMax) {
        // Looked at anew: whoever goes lets others begin.
        if (this.#makesRoomFor(from)) continue;
        this.#blocked.add(from);
        return;
      }
      const newcomer = waiting.shift();
      if (newcomer === undefined || !this.#newcomers.has(newcomer.raw)) continue;
      newcomer.isUnderWay = true;
      from.underWay++;
      this.#underWay++;
      this.#beginning.add(from.id, newcomer);
      this.#begin.schedule();
    }
  }

  #beginSome(): void {
    let begun = 0;
    this.#beginning.run(
      (newcomer) => {
        if (this.#newcomers.has(newcomer.raw)) {
          begun++;
          newcomer.begin();
        }
        return true;
      },
      () => begun >= handshakesPerTurnMax,
    );
    if (!this.#beginning.isEmpty) this.#begin.schedule();
  }

  /** Closes the first one of an address that has more under way than this one would have. */
  #makesRoomFor(from: Address): boolean {
    const most = this.#mostOf(({ underWay }) => underWay);
    if (most.underWay <= from.underWay + 1) return false;
    for (const newcomer of most.newcomers) {
      if (!newcomer.isUnderWay) continue;
      this.#close(newcomer, 'too many handshakes are under way');
      return true;
    }
    return false;
  }

  #mostOf(countOf: (address: Address) => number): Address {
    let most: Address | undefined;
    for (const address of this.#addresses.values()) {
      if (most === undefined || countOf(address) > countOf(most)) most = address;
    }
    if (most === undefined) throw new Error('nobody has come');
    return most;
  }

  #closeLate(): void {
    const before = this.#options.clock.now() - handshakeWithinMs;
    for (const newcomer of this.#newcomers.values()) {
      if (newcomer.sinceMs > before) return;
      this.#close(newcomer, 'it took too long');
    }
  }

  #close(newcomer: Newcomer, why: string): void {
    const { raw, from } = newcomer;
    this.done(raw);
    this.#options.closed(from.id, why);
    raw.destroy();
  }

  #addressOf(id: string): Address {
    let address = this.#addresses.get(id);
    if (address === undefined) {
      address = { id, newcomers: new Set(), waiting: new Fifo(), underWay: 0 };
      this.#addresses.set(id, address);
    }
    return address;
  }
}
