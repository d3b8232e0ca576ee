export type Done = () => void;

/** Whoever waits for a number to be reached; numbers come in order. */
export class Waiting {
  readonly #groups: { readonly number: number; readonly dones: readonly Done[] }[] = [];

  add(number: number, dones: readonly Done[]): void {
    if (dones.length > 0) this.#groups.push({ number, dones });
  }

  reached(upTo: number): void {
    for (let first = this.#groups[0]; first !== undefined; first = this.#groups[0]) {
      if (first.number > upTo) return;
      this.#groups.shift();
      for (const done of first.dones) done();
    }
  }
}

/** What comes within a turn of the event loop, and is done as one when the sockets have been read. */
export class Turn {
  readonly #end: (parts: readonly Uint8Array[], dones: readonly Done[]) => void;
  #parts: Uint8Array[] = [];
  #dones: Done[] = [];
  #isDue = false;

  constructor(end: (parts: readonly Uint8Array[], dones: readonly Done[]) => void) {
    this.#end = end;
  }

  add(parts: readonly Uint8Array[], done?: Done): void {
    for (const part of parts) this.#parts.push(part);
    if (done !== undefined) this.#dones.push(done);
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      const [gathered, dones] = [this.#parts, this.#dones];
      this.#parts = [];
      this.#dones = [];
      this.#isDue = false;
      this.#end(gathered, dones);
    });
  }
}

/** How far more than half of all members are. */
export class Majority {
  readonly #reached: number[];

  constructor(members: number) {
    this.#reached = Array.from({ length: members }, () => 0);
  }

  reached(member: number, upTo: number): number {
    this.#reached[member] = upTo;
    const farthestFirst = [...this.#reached].sort((one, other) => other - one);
    return farthestFirst[Math.floor(farthestFirst.length / 2)] ?? 0;
  }
}
