import { locksRoot } from '../../../src/model/lock.ts';
import { parentOf } from '../../../src/model/path.ts';
import type { Txn } from '../../../src/model/txn.ts';
import { compareZxid, zxidEquals, zxidToDecimal, type Zxid } from '../../../src/model/zxid.ts';
import { show } from '../ghost.ts';
import { InvariantViolated } from '../node-view.ts';
import type { TxnRule } from './committed-txns.ts';

/** A grant as its client was told it. */
export interface ToldGrant {
  readonly queue: string;
  readonly path: string;
  readonly token: Zxid;
  readonly grantedAtMs: number;
  /** The client holds until then, by all that it was promised, unless it releases before. */
  readonly expiresInMs: number;
  releasedAtMs: number | undefined;
}

interface Place {
  readonly path: string;
  readonly sequence: number;
  readonly token: Zxid;
}

/** Children of this directory are written under the guard of a token: `<queue>.<token>.<anything>`. */
export const guardedRoot = '/guarded';

/**
 * S9, for exclusive locks: at every point of C the first in a queue holds, and nobody else; from holder to holder tokens
 * grow; what is written under the guard of a token is in C only while that one holds; one lockId stands in a queue once.
 * And as clients see it: never two grants at a time, none after a later one, and one wake-up for each that moves up.
 */
export class LockRule implements TxnRule {
  readonly name = 'S9';
  readonly figures = { lockHolders: 0, lockSuccessions: 0, guardedWrites: 0 };
  readonly #queues = new Map<string, Place[]>();
  readonly #holders = new Map<string, Place>();
  readonly #newest = new Map<string, Zxid>();
  readonly #keys = new Set<string>();
  readonly #woken = new Map<number, number>();

  committed({ changes }: Txn, zxid: Zxid): void {
    const moved = new Set<string>();
    for (const change of changes) {
      if (change.change !== 'create' && change.change !== 'delete') continue;
      const directory = parentOf(change.path);
      if (directory === guardedRoot && change.change === 'create') this.#guarded(change.path, zxid);
      if (parentOf(directory) !== locksRoot) continue;
      const places = this.#queues.get(directory) ?? [];
      const others = places.filter(({ path }) => path !== change.path);
      if (change.change === 'create') others.push(this.#entered(change.path, zxid));
      others.sort((left, right) => left.sequence - right.sequence);
      this.#queues.set(directory, others);
      moved.add(directory);
    }
    for (const queue of moved) this.#judgeHolder(queue, zxid);
  }

  /** A peer has told a contender that its turn has come. */
  woken(peer: number): void {
    const count = (this.#woken.get(peer) ?? 0) + 1;
    this.#woken.set(peer, count);
    if (count <= this.figures.lockSuccessions) return;
    throw new InvariantViolated(
      'S9',
      `peer ${String(peer)} has woken ${String(count)} for ${String(this.figures.lockSuccessions)} that moved up`,
    );
  }

  /** Once all answers are in. `clockDrift`: by how much the clocks of the peers may differ from true time. */
  check(told: readonly ToldGrant[], timeoutMs: number, clockDrift: number): void {
    // Whoever grants has looked whether the session lives, by the last touch that a leader confirmed.
    const spent = told.find(({ expiresInMs }) => expiresInMs <= 0);
    if (spent !== undefined) {
      throw new InvariantViolated('S9', `${spent.path} is granted when its time is over`);
    }
    const slackMs = 2 * clockDrift * timeoutMs;
    const grants = told
      .filter(({ expiresInMs }) => slackMs === 0 || expiresInMs > slackMs)
      .toSorted((left, right) => left.grantedAtMs - right.grantedAtMs);
    const last = new Map<string, ToldGrant & { untilMs: number }>();
    for (const grant of grants) {
      const { queue, path, grantedAtMs, expiresInMs, releasedAtMs } = grant;
      const before = last.get(queue);
      const promisedMs = grantedAtMs + Math.max(0, expiresInMs - slackMs);
      const untilMs = Math.min(releasedAtMs ?? promisedMs, promisedMs);
      last.set(queue, { ...grant, untilMs });
      if (before === undefined || before.path === path) continue;
      const pair = `${before.path} (until ${before.untilMs.toFixed(1)} ms) and ${path} (from ${grantedAtMs.toFixed(1)} ms)`;
      if (compareZxid(before.token, grant.token) > 0) {
        throw new InvariantViolated('S9', `granted in the wrong order: ${pair}`);
      }
      if (before.untilMs > grantedAtMs) {
        throw new InvariantViolated('S9', `two grants at a time: ${pair}`);
      }
    }
  }

  #entered(path: string, token: Zxid): Place {
    const key = path.replace(/\d{10}$/, '');
    if (this.#keys.has(key)) {
      throw new InvariantViolated('S9', `${show(token)} lets ${path} in for a second time`);
    }
    this.#keys.add(key);
    return { path, sequence: Number(path.slice(-10)), token };
  }

  #judgeHolder(queue: string, zxid: Zxid): void {
    const holder = this.#queues.get(queue)?.[0];
    const before = this.#holders.get(queue);
    if (holder === undefined) this.#holders.delete(queue);
    if (holder === undefined || holder.path === before?.path) return;
    this.#holders.set(queue, holder);
    const newest = this.#newest.get(queue);
    if (newest !== undefined && compareZxid(newest, holder.token) >= 0) {
      throw new InvariantViolated(
        'S9',
        `${show(zxid)} makes ${holder.path} hold, whose token is not above ${show(newest)}`,
      );
    }
    this.#newest.set(queue, holder.token);
    this.figures.lockHolders++;
    if (!zxidEquals(holder.token, zxid)) this.figures.lockSuccessions++;
  }

  #guarded(path: string, zxid: Zxid): void {
    const [queue = '', token = ''] = path.slice(guardedRoot.length + 1).split('.');
    const holder = this.#holders.get(`${locksRoot}/${queue}`);
    this.figures.guardedWrites++;
    if (holder !== undefined && zxidToDecimal(holder.token) === token) return;
    throw new InvariantViolated(
      'S9',
      `${show(zxid)} writes ${path}, held by ${holder === undefined ? 'nobody' : holder.path}`,
    );
  }
}
