import type { ServerId } from '../../src/model/ids.ts';
import type { Member } from '../../src/model/membership.ts';
import type { MemberStep } from '../../src/model/request.ts';
import { isRefusal } from '../../src/model/error-code.ts';
import type { ServerLine } from '../../src/model/server-line.ts';
import type { PeerNode } from './peer-node.ts';
import type { Prng } from './prng.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

interface PeerChangesWorld {
  readonly scheduler: Scheduler;
  /** Nobody else draws from it: seeds without changes stay what they were. */
  readonly random: Prng;
  readonly trace: Trace;
  readonly nodes: readonly PeerNode[];
}

/** Of the seeds of the peer ring. */
const seedsWithChanges = 0.2;
const requestTimeoutMs = 1_000;

/** Peers beside those that found the ensemble; 0: its membership never changes. */
export function drawPeerSpares(random: Prng): number {
  return random.chance(seedsWithChanges) ? 1 + random.below(2) : 0;
}

/** As a peer is configured with it, and as it is added. */
export function lineOf(id: ServerId): ServerLine {
  const name = `peer${String(id)}`;
  return { id, host: name, quorumPort: 2888, electionPort: 3888, role: 'participant' };
}

/**
 * The operators of whole peers: they add members, give and take votes, and remove them, the leader too, by requests at any
 * peer. A peer that was removed stops by itself, and is started again once it has been added again, on its old disk.
 */
export class PeerChanges {
  readonly figures = { changes: 0, changesRefused: 0, removed: 0 };
  readonly #world: PeerChangesWorld;
  readonly #meanMs: number;
  #isHealed = false;

  constructor(world: PeerChangesWorld) {
    this.#world = world;
    this.#meanMs = world.random.between(100, 800);
  }

  start(): void {
    const { scheduler, random } = this.#world;
    scheduler.after(random.exponential(this.#meanMs), () => {
      if (this.#isHealed) return;
      this.#change();
      this.start();
    });
  }

  heal(): void {
    this.#isHealed = true;
    // An answer may have come to nobody: who is a member is started, as an operator does who looks at the list.
    const members = this.#members();
    for (const node of this.#world.nodes) if (members.includes(node.id)) this.#startAgain(node);
  }

  /** It was told that it is no member any more. */
  retired(node: PeerNode): void {
    this.#note(node, 'removed', undefined);
    this.figures.removed++;
  }

  #change(): void {
    const { nodes, random } = this.#world;
    const up = nodes.filter(({ zab }) => zab?.status.isServing);
    if (up.length === 0) return;
    const asked = random.pick(up);
    const steps = this.#steps(asked);
    if (steps.length === 0) return;
    asked.turn((server) => {
      server.peer?.writes.submit(
        { kind: 'reconfigure', steps, isWhole: false, force: false },
        { identities: [] },
        requestTimeoutMs,
        (result) => {
          this.#note(asked, isRefusal(result) ? `refused: ${result.code}` : 'changed', steps);
          if (isRefusal(result)) this.figures.changesRefused++;
          else this.#changed(steps);
        },
      );
    });
  }

  #changed(steps: readonly MemberStep[]): void {
    this.figures.changes++;
    for (const node of this.#world.nodes) {
      const isAdded = steps.some((step) => step.step === 'add' && step.member.id === node.id);
      if (isAdded) this.#startAgain(node);
    }
  }

  #steps(asked: PeerNode): readonly MemberStep[] {
    const { random, nodes } = this.#world;
    const members = this.#members();
    const outside = nodes.filter(({ id }) => !members.includes(id));
    const added: MemberStep[] =
      outside.length === 0 ? [] : [{ step: 'add', member: memberAt(random.pick(outside).id) }];
    const leader = asked.zab?.status.leader;
    const victim = leader !== undefined && random.chance(0.4) ? leader : random.pick(members);
    const removed: MemberStep = { step: 'remove', id: victim };
    switch (random.pick(['add', 'add', 'remove', 'replace', 'role'] as const)) {
      case 'add':
        return added;
      case 'remove':
        return members.length > 2 ? [removed] : [];
      case 'replace':
        return [...added, removed];
      case 'role':
        return [{ step: 'role', id: victim, role: random.pick(['participant', 'observer']) }];
    }
  }

  /** As whoever serves and is furthest has applied it. */
  #members(): readonly ServerId[] {
    const views = this.#world.nodes.flatMap(({ zab }) => zab?.status.membership ?? []);
    const [newest] = views.sort(
      (left, right) =>
        (right.version?.epoch ?? 0) - (left.version?.epoch ?? 0) ||
        (right.version?.counter ?? 0) - (left.version?.counter ?? 0),
    );
    return (newest?.members ?? newest?.voters ?? []).map(({ id }) => id);
  }

  #startAgain(node: PeerNode): void {
    if (!node.isRetired) return;
    node.isRetired = false;
    this.#note(node, 'starts again', undefined);
    node.start(this.#world.random.between(0, 100));
  }

  #note(node: PeerNode, what: string, detail: unknown): void {
    this.#world.trace.note(this.#world.scheduler.nowMs, node.id, `!! ${what}`, detail);
  }
}

function memberAt(id: ServerId): Member {
  return { ...lineOf(id), role: 'participant' };
}
