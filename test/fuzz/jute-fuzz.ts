import {
  bool,
  bytes,
  connectRequest,
  int32,
  int64,
  pingXid,
  text,
  texts,
  worldAcl,
} from '../support/zookeeper/jute-frames.ts';
import type { Prng } from '../sim/prng.ts';

// Requests of ZooKeeper's protocol as nobody should send them: valid ones of every operation, and what chance makes of them.

export const authCode = 100;
export const closeSessionCode = -11;
/** Answers to auth come at once, and by this are told from the others. */
export const authXid = -4;
const eventXid = -1;

const interesting = [
  ...[0, 1, -1, -2, 4, 5, 8, 16, 255, 1_000, 65_536],
  ...[1_048_575, 1_048_576, 67_108_864, 2_147_483_647, -2_147_483_648],
];
const names = [
  'a',
  'b',
  'c',
  'd',
  '\u00e4\u{1f600}',
  '..',
  '.',
  '',
  'lock-0000000001',
  'x'.repeat(300),
];
const tops = ['/fuzz', '/fuzz', '/fuzz', '/fuzz', '/fuzz', '/honest', '/zookeeper', '/locks', ''];
const modes = [0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, -1];

export class JuteFuzz {
  readonly #random: Prng;

  constructor(random: Prng) {
    this.#random = random;
  }

  /** The body of a frame: header and record. Every other one is as it should be. */
  body(): Buffer {
    const random = this.#random;
    const [code, record] = this.#request();
    let body: Buffer = Buffer.concat([int32(random.u32() | 0), int32(code), record]);
    const mutations = random.chance(0.5) ? 0 : 1 + random.below(3);
    for (let left = mutations; left > 0; left--) body = this.#mutated(body);
    return body.length >= 8 ? headed(body) : body;
  }

  raw(size: number): Buffer {
    return Buffer.from(Uint8Array.from({ length: size }, () => this.#random.below(256)));
  }

  connect(): Buffer {
    const random = this.#random;
    const whole = connectRequest({
      timeoutMs: random.chance(0.98) ? 1 : random.pick(interesting),
      lastZxidSeen: random.chance(0.9) ? 0n : BigInt.asIntN(64, BigInt(random.u32()) << 20n),
      session: random.chance(0.9) ? 0n : BigInt(random.u32()),
      password: Buffer.alloc(random.chance(0.9) ? 16 : random.below(40)),
    });
    if (random.chance(0.6)) return whole;
    const body = this.#mutated(whole.subarray(4));
    return Buffer.concat([int32(body.length), body]);
  }

  /** Cut into as many pieces as chance wills. */
  cut(stream: Buffer): Buffer[] {
    const pieces: Buffer[] = [];
    const random = this.#random;
    let most = random.pick([3, 100, 5_000, stream.length]);
    if (stream.length / most > 200) most = stream.length;
    for (let at = 0; at < stream.length;) {
      const to = at + 1 + random.below(most);
      pieces.push(stream.subarray(at, to));
      at = to;
    }
    return pieces;
  }

  #request(): [code: number, record: Buffer] {
    const random = this.#random;
    const code = random.pick([
      ...[1, 15, 19, 21, 2, 2, 13, 3, 4, 8, 12, 5, 5, 6, 7, 9, 11, 14, 14, 22],
      ...[16, 17, 18, 100, 101, 102, 103, 104, 105, 106, 107, 0, 10, 20, 23],
      random.chance(0.02) ? closeSessionCode : 4,
      random.chance(0.1) ? random.u32() | 0 : 3,
    ]);
    return [code, this.#record(code)];
  }

  #record(code: number): Buffer {
    const random = this.#random;
    const path = text(this.#path());
    const version = int32(random.chance(0.7) ? -1 : random.below(5));
    switch (code) {
      case 1:
      case 15:
      case 19:
      case 21: {
        const flags = int32(code === 19 ? 4 : random.pick(modes));
        const ttl = code === 21 ? int64(BigInt(random.u32())) : Buffer.alloc(0);
        return Buffer.concat([path, this.#data(), this.#acl(), flags, ttl]);
      }
      case 2:
      case 13:
        return Buffer.concat([path, version]);
      case 3:
      case 4:
      case 8:
      case 12:
        return Buffer.concat([path, bool(random.chance(0.5))]);
      case 5:
        return Buffer.concat([path, this.#data(), version]);
      case 7:
        return Buffer.concat([path, this.#acl(), version]);
      case 14:
        return this.#multi([1, 2, 5, 13, 15, 19, 21]);
      case 22:
        return this.#multi([4, 8]);
      case 17:
      case 18:
      case 106:
        return Buffer.concat([path, int32(random.below(7))]);
      case authCode: {
        const scheme = random.chance(0.95) ? 'digest' : random.pick(['ip', 'world', 'super', 'x']);
        const proof = `u${String(random.below(4))}:${random.chance(0.9) ? 'p' : 'x'.repeat(500)}`;
        return Buffer.concat([int32(0), text(scheme), bytes(Buffer.from(proof))]);
      }
      case 101:
      case 105: {
        const lists = Array.from({ length: code === 101 ? 3 : 5 }, () =>
          texts(Array.from({ length: random.below(4) }, () => this.#path())),
        );
        return Buffer.concat([int64(BigInt(random.u32())), ...lists]);
      }
      default:
        return random.chance(0.8) ? path : this.raw(random.below(64));
    }
  }

  #multi(codes: readonly number[]): Buffer {
    const random = this.#random;
    const ops = Array.from({ length: random.below(5) }, () => {
      const code = random.pick(codes);
      return Buffer.concat([int32(code), bool(false), int32(-1), this.#record(code)]);
    });
    return Buffer.concat([...ops, int32(-1), bool(true), int32(-1)]);
  }

  #path(): string {
    const random = this.#random;
    const depth = random.below(3);
    return [random.pick(tops), ...Array.from({ length: depth }, () => random.pick(names))].join(
      '/',
    );
  }

  #data(): Buffer {
    const random = this.#random;
    if (random.chance(0.1)) return bytes(null);
    return bytes(Buffer.alloc(random.chance(0.95) ? random.below(100) : random.below(5_000), 7));
  }

  #acl(): Buffer {
    const random = this.#random;
    if (random.chance(0.8)) return worldAcl;
    const schemes = ['world', 'auth', 'digest', 'ip', 'super', 'x', ''];
    const entries = Array.from({ length: random.below(4) }, () =>
      Buffer.concat([
        int32(random.chance(0.9) ? random.below(32) : random.pick(interesting)),
        text(random.pick(schemes)),
        text(random.pick(['anyone', '', 'u1:x', '127.0.0.1', '::1/200', 'x'.repeat(100)])),
      ]),
    );
    return Buffer.concat([int32(entries.length), ...entries]);
  }

  #mutated(body: Buffer): Buffer {
    const random = this.#random;
    const at = random.below(body.length + 1);
    const before = body.subarray(0, at);
    switch (random.below(7)) {
      case 0: {
        const flipped = Buffer.from(body);
        if (at < body.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
        return flipped;
      }
      case 1:
      case 2: {
        // Lengths, counts, types and flags all are words of four bytes.
        if (body.length < 4) return body;
        const changed = Buffer.from(body);
        const value = random.chance(0.8) ? random.pick(interesting) : random.u32() | 0;
        changed.writeInt32BE(value, random.below(body.length - 3));
        return changed;
      }
      case 3:
        return before;
      case 4:
        return Buffer.concat([before, body.subarray(at + 1 + random.below(8))]);
      case 5:
        return Buffer.concat([before, this.raw(1 + random.below(8)), body.subarray(at)]);
      default:
        return Buffer.concat([body, this.#record(random.pick([1, 5, 14, 101]))]);
    }
  }
}

/** With an xid by which its answer can be told from what is no answer in turn. */
function headed(body: Buffer): Buffer {
  const [xid, code] = [body.readInt32BE(0), body.readInt32BE(4)];
  const isSpecial = xid === eventXid || xid === authXid || xid === pingXid;
  const wanted = code === authCode ? authXid : isSpecial ? 7 : xid;
  if (wanted === xid) return body;
  const changed = Buffer.from(body);
  changed.writeInt32BE(wanted, 0);
  return changed;
}
