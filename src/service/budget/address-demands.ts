import { parseIp } from '../../model/ip-range.ts';
import type { Clock } from '../../ports/clock.ts';
import { Demand, littleDemand, Tally } from './demand.ts';

/** Addresses without a connection that are remembered for what they asked for of late; the first that left is forgotten for another. */
export const addressesRememberedMax = 10_000;

/** Bytes of an IPv6 address that say which network it is in: one host has all addresses of one, and takes whichever it likes. */
const networkBytes = 8;

export interface AddressDemandsOptions {
  readonly clock: Clock;
  /** Says whether many clients share an address: its connections are weighed one by one. */
  readonly isProxy?: ((address: string) => boolean) | undefined;
}

/** What all connections of one address ask for together. */
class AddressDemand extends Tally {
  readonly host: string;
  /** Of all that ask for much, which this joins and leaves. */
  readonly #much: Set<AddressDemand>;
  connections = 0;

  constructor(host: string, much: Set<AddressDemand>) {
    super(littleDemand);
    this.host = host;
    this.#much = much;
  }

  override count(nowMs: number): void {
    super.count(nowMs);
    if (this.isLittle) this.#much.delete(this);
    else this.#much.add(this);
  }
}

/**
 * Knows what each address asks for, at whichever door and by however many connections. It is remembered for a while when
 * the last of them closes: to connect anew makes nobody light. What a proxy says of whom it asks for is not believed; the
 * connections of those that the configuration names are weighed each by itself.
 */
export class AddressDemands {
  readonly #clock: Clock;
  readonly #isProxy: (address: string) => boolean;
  readonly #addresses = new Map<string, AddressDemand>();
  /** Those without connections, the longest first. */
  readonly #left = new Set<AddressDemand>();
  readonly #much = new Set<AddressDemand>();
  #stoodBack = 0;

  constructor({ clock, isProxy = () => false }: AddressDemandsOptions) {
    this.#clock = clock;
    this.#isProxy = isProxy;
  }

  /** Gives the demand of a connection, which has to `close` it in the end. */
  open(address: string): ConnectionDemand {
    if (this.#isProxy(address)) return new ConnectionDemand(undefined, () => undefined);
    const host = hostOf(address);
    let demand = this.#addresses.get(host);
    if (demand === undefined) {
      demand = new AddressDemand(host, this.#much);
      this.#addresses.set(host, demand);
    }
    const of = demand;
    if (of.connections++ === 0) this.#left.delete(of);
    return new ConnectionDemand(of, () => {
      if (--of.connections === 0) this.#leave(of);
    });
  }

  /** Says how many addresses ask for much now. */
  get large(): number {
    const now = this.#clock.now();
    for (const demand of this.#much) if (demand.isLittleAt(now)) demand.count(now);
    return this.#much.size;
  }

  /** Requests were put behind those of others. */
  stoodBack(requests: number): void {
    this.#stoodBack += requests;
  }

  /** Says how many were, since this was asked last. */
  takeStoodBack(): number {
    const stoodBack = this.#stoodBack;
    this.#stoodBack = 0;
    return stoodBack;
  }

  /** Says of how many addresses it is known what they ask for. */
  get size(): number {
    return this.#addresses.size;
  }

  #leave(demand: AddressDemand): void {
    const now = this.#clock.now();
    demand.count(now);
    this.#left.add(demand);
    for (const longest of this.#left) {
      if (this.#left.size <= addressesRememberedMax && !longest.isForgottenAt(now)) return;
      this.#left.delete(longest);
      this.#much.delete(longest);
      this.#addresses.delete(longest.host);
    }
  }
}

/** The demand of one connection, as long as it is open. */
export class ConnectionDemand extends Demand {
  #close: (() => void) | undefined;

  constructor(address: AddressDemand | undefined, close: () => void) {
    super(address, address?.host);
    this.#close = close;
  }

  close(): void {
    this.#close?.();
    this.#close = undefined;
  }
}

/** An IPv4 address is a host. So is the network of an IPv6 address, the first 64 bits. */
function hostOf(address: string): string {
  if (!address.includes(':')) return address;
  const network = parseIp(address)?.subarray(0, networkBytes);
  return network === undefined ? address : `${network.join('.')}/64`;
}
