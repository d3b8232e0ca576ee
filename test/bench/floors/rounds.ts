import type { Socket } from 'node:net';
import { Majority, Turn, Waiting, type Done } from './gathering.ts';
import { Link, word, type Frame } from './link.ts';
import { joined, Log } from './log.ts';

// The least that writes and linearizable reads of an ensemble need: bytes in order on the disks of a majority, and a
// majority asked who leads. Nothing is decoded, kept, elected or mended.

export interface Rounds {
  /** `done`: a majority has them on disk. */
  write(parts: readonly Uint8Array[], done: Done): void;
  /** `done`: a majority knew no other leader after this was called. */
  confirm(done: Done): void;
}

interface FollowerState {
  readonly link: Link;
  /** The last write of its that was proposed, and where. */
  readonly forwards: { readonly position: number; readonly number: number }[];
  forwarded: number;
  covered: number;
}

/** One that leads nobody is a service of one peer. */
export class Leader implements Rounds {
  readonly #followers: FollowerState[] = [];
  readonly #writes = new Turn((parts, dones) => {
    this.#propose(joined(parts), dones);
  });
  readonly #questions = new Turn((_, dones) => {
    this.#ask(dones);
  });
  readonly #written = new Waiting();
  readonly #confirmed = new Waiting();
  readonly #onDisk: Majority;
  readonly #answered: Majority;
  #log: Log | undefined;
  #committed = 0;
  #round = 0;

  private constructor(members: number) {
    this.#onDisk = new Majority(members);
    this.#answered = new Majority(members);
    this.#answered.reached(0, Infinity);
  }

  static async start(members: number, folder: string): Promise<Leader> {
    const leader = new Leader(members);
    leader.#log = await Log.open(folder, (upTo) => {
      leader.#commit(leader.#onDisk.reached(0, upTo));
    });
    return leader;
  }

  /** Gives how many follow now. */
  follow(socket: Socket): number {
    const member = this.#followers.length + 1;
    const link = new Link(socket, (frame) => {
      this.#hear(follower, member, frame);
    });
    const follower: FollowerState = { link, forwards: [], forwarded: 0, covered: 0 };
    return this.#followers.push(follower);
  }

  write(parts: readonly Uint8Array[], done: Done): void {
    this.#writes.add(parts, done);
  }

  confirm(done: Done): void {
    if (this.#followers.length === 0) done();
    else this.#questions.add([], done);
  }

  #hear(follower: FollowerState, member: number, { word: said, number, bytes }: Frame): void {
    switch (said) {
      case word.forward:
        follower.forwarded = number;
        this.#writes.add([bytes]);
        return;
      case word.ack:
        this.#commit(this.#onDisk.reached(member, number));
        return;
      case word.ask:
        this.#questions.add([], () => {
          follower.link.say(word.granted, number);
        });
        return;
      case word.pong:
        this.#confirmed.reached(this.#answered.reached(member, number));
    }
  }

  #propose(bytes: Uint8Array<ArrayBuffer>, dones: readonly Done[]): void {
    // Followers first: the thread of the log may be given the buffer itself.
    const sent = this.#followers.length === 0 ? bytes : Buffer.from(bytes);
    const position = this.#log?.append(bytes) ?? 0;
    this.#written.add(position, dones);
    for (const { link, forwards, forwarded } of this.#followers) {
      forwards.push({ position, number: forwarded });
      link.say(word.propose, position, 0, sent);
    }
  }

  #commit(position: number): void {
    if (position <= this.#committed) return;
    this.#committed = position;
    for (const follower of this.#followers) {
      const { link, forwards } = follower;
      for (let first = forwards[0]; first !== undefined; first = forwards[0]) {
        if (first.position > position) break;
        follower.covered = first.number;
        forwards.shift();
      }
      link.say(word.commit, position, follower.covered);
    }
    this.#written.reached(position);
  }

  #ask(dones: readonly Done[]): void {
    this.#confirmed.add(++this.#round, dones);
    for (const { link } of this.#followers) link.say(word.ping, this.#round);
  }
}

export class Follower implements Rounds {
  readonly #link: Link;
  readonly #writes = new Turn((parts, dones) => {
    this.#written.add(++this.#forwards, dones);
    this.#link.say(word.forward, this.#forwards, 0, joined(parts));
  });
  readonly #questions = new Turn((_, dones) => {
    this.#confirmed.add(++this.#asked, dones);
    this.#link.say(word.ask, this.#asked);
  });
  readonly #written = new Waiting();
  readonly #confirmed = new Waiting();
  #log: Log | undefined;
  #forwards = 0;
  #asked = 0;

  private constructor(leader: Socket) {
    this.#link = new Link(leader, (frame) => {
      this.#hear(frame);
    });
  }

  static async start(leader: Socket, folder: string): Promise<Follower> {
    const follower = new Follower(leader);
    follower.#log = await Log.open(folder, (upTo) => {
      follower.#link.say(word.ack, upTo);
    });
    return follower;
  }

  write(parts: readonly Uint8Array[], done: Done): void {
    this.#writes.add(parts, done);
  }

  confirm(done: Done): void {
    this.#questions.add([], done);
  }

  #hear({ word: said, number, covered, bytes }: Frame): void {
    switch (said) {
      case word.propose:
        this.#log?.append(joined([bytes]));
        return;
      case word.commit:
        this.#written.reached(covered);
        return;
      case word.ping:
        this.#link.say(word.pong, number);
        return;
      case word.granted:
        this.#confirmed.reached(number);
    }
  }
}
