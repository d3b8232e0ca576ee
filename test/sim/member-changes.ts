import type { ServerId } from '../../src/model/ids.ts';
import type { Member, MemberRole, Membership } from '../../src/model/membership.ts';
import type { MembershipRefusal } from '../../src/zab/membership-change.ts';
import type { CoreNode } from './core-node.ts';
import type { Ghost } from './ghost.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

interface MemberChangesWorld {
  readonly scheduler: Scheduler;
  /** Nobody else draws from it: seeds without changes stay what they were. */
  readonly random: Prng;
  readonly trace: Trace;
  readonly nodes: readonly CoreNode[];
  readonly ghost: Ghost;
}

/** In seeds that change the membership: peers beside those that found the ensemble. */
export const sparesMax = 3;
const seedsWithChanges = 0.3;
/** Of an operator who is told that it can't be done now. */
const triesMax = 4;

/** Draws how many peers wait beside the ensemble; 0: its membership never changes. */
export function drawSpares(random: Prng): number {
  return random.chance(seedsWithChanges) ? 1 + random.below(sparesMax) : 0;
}

/**
 * The operators: add, remove, promote, demote and replace members, at whoever leads or thinks so, and start peers that
 * were removed once more. A peer that learns that it was removed is stopped, and stays so until it is added again, on its
 * old disk or on a new one.
 */
export class MemberChanges {
  readonly #world: MemberChangesWorld;
  readonly #meanMs: number;
  readonly figures = { changes: 0, changesRefused: 0, removed: 0 };
  #isHealed = false;

  constructor(world: MemberChangesWorld) {
    this.#world = world;
    const { random } = world;
    this.#meanMs = random.chance(0.5) ? random.between(100, 500) : random.between(300, 2_000);
  }

  start(): void {
    const { scheduler, random } = this.#world;
    scheduler.after(random.exponential(this.#meanMs), () => {
      if (this.#isHealed) return;
      if (random.chance(0.1)) this.#startRetired();
      else this.#change();
      this.start();
    });
  }

  heal(): void {
    this.#isHealed = true;
  }

  /** It was told that it is no member any more, and has stopped. */
  retired(node: CoreNode): void {
    this.#note(node, 'removed', undefined);
    this.figures.removed++;
  }

  /** Refused for a while only: those who are new catch up, and the change before comes to its end. */
  #again(triesLeft: number): void {
    if (triesLeft <= 0) return;
    this.#world.scheduler.after(this.#world.random.between(20, 200), () => {
      if (!this.#isHealed) this.#change(triesLeft);
    });
  }

  #change(triesLeft = triesMax): void {
    const { nodes, random } = this.#world;
    const leaders = nodes.filter(({ zab }) => zab?.status.role === 'leading');
    if (leaders.length === 0) return;
    const leader = random.pick(leaders);
    leader.turn((zab) => {
      const { membership } = zab.status;
      if (membership === null) return;
      const members = this.#next(membership, leader.id);
      const verdict = zab.changeMembership({
        members,
        mayJoin: random.chance(0.8),
        force: random.chance(0.1),
        fromVersion: random.chance(0.5) ? membership.version : undefined,
      });
      this.#note(leader, `change: ${verdict.verdict}`, verdict);
      if (verdict.verdict === 'refused') this.figures.changesRefused++;
      else this.figures.changes++;
      if (verdict.verdict === 'refused' && isForNow(verdict.why)) this.#again(triesLeft - 1);
      if (verdict.verdict === 'proposed') this.#startThose(verdict.membership);
    });
  }

  #next(membership: Membership, leader: ServerId): readonly Member[] {
    const { random, nodes } = this.#world;
    const members = membership.members ?? this.#founders(membership);
    const outside = nodes.filter(({ id }) => members.every((member) => member.id !== id));
    const victim =
      members.find(({ id }) => id === leader && random.chance(0.4)) ?? random.pick(members);
    const others = members.filter(({ id }) => id !== victim.id);
    const added =
      outside.length === 0
        ? []
        : [memberAt(random.pick(outside).id, random.chance(0.8) ? 'participant' : 'observer')];
    switch (random.pick(['add', 'add', 'remove', 'turn', 'turn', 'replace', 'several'] as const)) {
      case 'add':
        return [...members, ...added];
      case 'remove':
        return others;
      case 'replace':
        return [...others, ...added];
      case 'turn':
        return [...others, turned(victim)];
      case 'several':
        return [
          ...others.map((member) => (random.chance(0.3) ? turned(member) : member)),
          ...added,
        ];
    }
  }

  #founders({ voters }: Membership): Member[] {
    const observers = this.#world.nodes.filter(({ options }) => options.role === 'observer');
    return [
      ...voters.map(({ id }) => memberAt(id, 'participant')),
      ...observers.map(({ id }) => memberAt(id, 'observer')),
    ];
  }

  #startThose({ members }: Membership): void {
    for (const node of this.#world.nodes) {
      if (members?.some(({ id }) => id === node.id) === true) this.#startAgain(node);
    }
  }

  /** Nobody has added it: it must learn that, and disturb nobody. */
  #startRetired(): void {
    const retired = this.#world.nodes.filter(({ isRetired }) => isRetired);
    if (retired.length > 0) this.#startAgain(this.#world.random.pick(retired));
  }

  #startAgain(node: CoreNode): void {
    const { random, ghost } = this.#world;
    if (!node.isRetired || node.isUp) return;
    node.isRetired = false;
    const isWiped = random.chance(0.5) && this.mayLoseDisk(node);
    this.#note(node, isWiped ? 'starts again, wiped' : 'starts again', undefined);
    if (isWiped) {
      ghost.wiped.set(node.nonce, { ...node.durable, log: [...node.durable.log] });
      node.wipe();
    }
    node.start(random.between(0, 100));
  }

  /** Of founders that are all empty one would found another ensemble, as it is told to. */
  mayLoseDisk({ id: own, options }: CoreNode): boolean {
    return options.configuredVoters.some(
      (id) => id !== own && !this.#isOut(id) && !this.#isEmpty(id),
    );
  }

  #isOut(id: ServerId): boolean {
    return this.#world.ghost.membership?.members?.some((member) => member.id === id) !== true;
  }

  #isEmpty(id: ServerId): boolean {
    const durable = this.#world.nodes.find((node) => node.id === id)?.durable;
    return durable?.founded === null && durable.baseMembership === null && durable.log.length === 0;
  }

  #note(node: CoreNode, what: string, detail: unknown): void {
    this.#world.trace.note(this.#world.scheduler.nowMs, node.id, `!! ${what}`, detail);
  }
}

function isForNow(why: MembershipRefusal): boolean {
  return why === 'notCaughtUp' || why === 'changeInFlight' || why === 'busy';
}

function memberAt(id: ServerId, role: MemberRole): Member {
  return { id, role, host: `peer${String(id)}`, quorumPort: 2888, electionPort: 3888 };
}

function turned(member: Member): Member {
  return { ...member, role: member.role === 'observer' ? 'participant' : 'observer' };
}
