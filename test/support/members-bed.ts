import assert from 'node:assert/strict';
import { serverId } from '../../src/model/ids.ts';
import type { MemberStep } from '../../src/model/request.ts';
import type { EnsembleServerOptions } from '../../src/server/options.ts';
import type { MembershipView, MembershipWish } from '../../src/service/members.ts';
import { ServiceError } from '../../src/service/service-error.ts';
import { superuser } from './model/grants.ts';
import { aMember } from './model/members.ts';
import {
  SimulatedEnsemble,
  type Member,
  type SimulatedEnsembleOptions,
} from './simulated-ensemble.ts';

export const asking = { caller: { identities: [superuser] }, timeoutMs: 5_000 };

/** The ids from 1 to `last`. */
export function idsTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

/** How a peer is configured that knows of peers 1 to `last`. */
export function knowing(last: number): Partial<EnsembleServerOptions> {
  const lines = idsTo(last).map((id) => ({ ...aMember(id), role: 'participant' as const }));
  return {
    configuredVoters: idsTo(last).map(serverId),
    serverLines: lines,
    memberLines: lines,
    listensForPeers: true,
  };
}

/** An ensemble in simulation whose members are changed. Peers beyond `founders` wait to be added. */
export class MembersBed {
  readonly ensemble: SimulatedEnsemble;
  readonly #founders: number;

  constructor(founders: number, size = founders, options: SimulatedEnsembleOptions = {}) {
    this.#founders = founders;
    this.ensemble = new SimulatedEnsemble(size, {
      ...options,
      optionsOf: (id) => ({ ...knowing(Math.max(id, founders)), ...options.optionsOf?.(id) }),
    });
  }

  async founded(): Promise<this> {
    const founders = this.ensemble.members.slice(0, this.#founders);
    const serves = ({ server }: Member): boolean => server.service.unreadyBecause() === undefined;
    await this.ensemble.until(() => founders.every(serves));
    return this;
  }

  get leader(): Member {
    const { leader } = this.ensemble;
    assert.ok(leader);
    return leader;
  }

  /** Asked again while the change before it is not over. */
  async change(
    by: Member,
    steps: readonly MemberStep[],
    more: Partial<MembershipWish> = {},
  ): Promise<MembershipView> {
    const wish = { steps, isWhole: false, force: false, ...more };
    for (;;) {
      try {
        return await this.ensemble.settle(by.server.service.members.change(wish, asking));
      } catch (error) {
        const isEarly =
          error instanceof ServiceError && error.refusal.code === 'reconfigInProgress';
        if (!isEarly) throw error;
        await this.ensemble.pass(10);
      }
    }
  }

  /** Why a change is refused. */
  async refusal(...asked: Parameters<MembersBed['change']>): Promise<string> {
    try {
      await this.change(...asked);
    } catch (error) {
      assert.ok(error instanceof ServiceError, String(error));
      return `${error.refusal.code} ${error.refusal.detail}`;
    }
    return 'done';
  }

  /** Who votes as a peer has it. */
  votersBy({ server }: Member): number[] {
    return server.service.members
      .list()
      .members.filter(({ votes }) => votes)
      .map(({ id }) => id);
  }
}
