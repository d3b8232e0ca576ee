import type { Nonce, ServerId } from '../../src/model/ids.ts';
import {
  emptyLog,
  zeroChain,
  type ChainHash,
  type LogEntry,
  type LogPosition,
} from '../../src/model/log-entry.ts';
import type { Membership } from '../../src/model/membership.ts';
import { compareZxid, formatZxid, zeroZxid, zxidEquals, type Zxid } from '../../src/model/zxid.ts';
import { entryAt, membershipIn, type DiskImage } from './disk.ts';
import { InvariantViolated, type NodeView } from './node-view.ts';

export function zxidKey(zxid: Zxid): number {
  return zxid.epoch * 2 ** 30 + zxid.counter;
}

export function show(zxid: Zxid): string {
  return zxid.counter < 2 ** 30
    ? `${String(zxid.epoch)}.${String(zxid.counter)}`
    : formatZxid(zxid);
}

interface Configuration {
  /** Committed from this index of the committed sequence on. */
  readonly index: number;
  readonly membership: Membership;
}

/**
 * What no peer knows and the simulator does: the sequence C of committed txns. A txn enters when a leader first decides
 * it, that is, when a commit point that covers it leaves the leader or is applied there.
 */
export class Ghost {
  readonly nodes: readonly NodeView[];
  readonly committed: LogEntry[] = [];
  /** Identities that lost their disk, with what was on it: that counts as held, or no rule about quorums would hold. */
  readonly wiped = new Map<Nonce, DiskImage>();
  readonly #indexByZxid = new Map<number, number>();
  #configurations: Configuration[] = [];
  readonly #onDecided: (node: NodeView, entry: LogEntry, index: number) => void;

  constructor(
    nodes: readonly NodeView[],
    onDecided: (node: NodeView, entry: LogEntry, index: number) => void,
  ) {
    this.nodes = nodes;
    this.#onDecided = onDecided;
  }

  /** Where C begins: not with nothing, where peers were made of a copy. */
  begins: LogPosition = emptyLog;

  get last(): LogPosition {
    return this.committed.at(-1) ?? this.begins;
  }

  /** Where an entry stands in C; -1 for where it begins, -2 for nothing ahead of that; undefined when it is not in C. */
  indexOf(zxid: Zxid): number | undefined {
    if (zxidEquals(zxid, this.begins.zxid)) return -1;
    return zxidEquals(zxid, zeroZxid) ? -2 : this.#indexByZxid.get(zxidKey(zxid));
  }

  chainAt(index: number): ChainHash | undefined {
    if (index === -1) return this.begins.chain;
    return index < 0 ? zeroChain : this.committed[index]?.chain;
  }

  founded(membership: Membership): void {
    if (this.#configurations.length === 0) this.#configurations.push({ index: -1, membership });
  }

  /** A node takes everything up to `upTo` for committed. */
  decide(node: NodeView, upTo: Zxid): void {
    const from = this.committed.length;
    if (compareZxid(upTo, this.last.zxid) <= 0) return;
    const { log, base } = node.written;
    if (compareZxid(this.last.zxid, base.zxid) < 0) {
      throw new InvariantViolated('I4', `${who(node)} has compacted more than was ever committed`);
    }
    let start = log.length;
    for (; start > 0; start--) {
      const entry = log[start - 1];
      if (entry === undefined || compareZxid(entry.zxid, this.last.zxid) <= 0) break;
    }
    const before = start === 0 ? base : log[start - 1];
    if (before?.chain !== this.last.chain) {
      throw new InvariantViolated(
        'I4',
        `${who(node)} decides up to ${show(upTo)} without the committed ${show(this.last.zxid)}`,
      );
    }
    for (const entry of log.slice(start)) {
      if (compareZxid(entry.zxid, upTo) > 0) break;
      this.#indexByZxid.set(zxidKey(entry.zxid), this.committed.length);
      this.committed.push(entry);
    }
    if (compareZxid(this.last.zxid, upTo) !== 0) {
      throw new InvariantViolated(
        'I9',
        `${who(node)} commits ${show(upTo)}, which it has not logged`,
      );
    }
    for (const [offset, entry] of this.committed.slice(from).entries()) {
      this.#onDecided(node, entry, from + offset);
      this.#configure(entry, from + offset);
    }
  }

  #configure(entry: LogEntry, index: number): void {
    const membership = membershipIn(entry);
    if (membership !== null) this.#configurations.push({ index, membership });
  }

  /** The memberships whose quorums entry `index` needed: the one before it, and its own when it changes it. */
  membershipsFor(index: number): readonly Membership[] {
    const before = this.#configurations
      .filter((configuration) => configuration.index < index)
      .at(-1);
    const entry = this.committed[index];
    const own = entry?.kind === 'membership' ? membershipIn(entry) : null;
    return [...(before === undefined ? [] : [before.membership]), ...(own === null ? [] : [own])];
  }

  /** All that were ever committed, in order. */
  get memberships(): readonly Membership[] {
    return this.#configurations.map(({ membership }) => membership);
  }

  get membership(): Membership | undefined {
    return this.#configurations.at(-1)?.membership;
  }

  /** Whether a disk holds C up to and including `index`. */
  holds(image: DiskImage, index: number): boolean {
    const entry = this.committed[index];
    if (entry === undefined || compareZxid(entry.zxid, image.base.zxid) <= 0) return true;
    return entryAt(image, entry.zxid)?.chain === entry.chain;
  }

  /** True when the identities for which `has` says so are a quorum of every membership given. */
  isQuorum(memberships: readonly Membership[], has: (disk: DiskImage) => boolean): boolean {
    return memberships.every(({ voters }) => {
      const count = voters.filter((voter) => {
        const lost = this.wiped.get(voter.nonce);
        if (lost !== undefined) return has(lost);
        const node = this.#node(voter.id);
        return node?.nonce === voter.nonce && has(node.durable);
      }).length;
      return 2 * count > voters.length;
    });
  }

  #node(id: ServerId): NodeView | undefined {
    return this.nodes.find((node) => node.id === id);
  }
}

export function who(node: NodeView): string {
  return `peer ${String(node.id)}#${String(node.incarnation)}`;
}
