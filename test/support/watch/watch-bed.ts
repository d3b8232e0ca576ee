import { create, requestOf, set } from '../model/requests.ts';
import assert from 'node:assert/strict';
import type { Identity } from '../../../src/model/acl.ts';
import { type TreeOp } from '../../../src/model/request.ts';
import type { Zxid } from '../../../src/model/zxid.ts';
import type { CoordinationService } from '../../../src/service/coordination-service.ts';
import {
  SimulatedEnsemble,
  type Member,
  type SimulatedEnsembleOptions,
} from '../simulated-ensemble.ts';

export const nobody = { identities: [] };
export const soon = { timeoutMs: 5_000 };

/** An ensemble in simulation, and ways to write to it. */
export class Bed {
  readonly ensemble: SimulatedEnsemble;

  constructor(size: number, options?: SimulatedEnsembleOptions) {
    this.ensemble = new SimulatedEnsemble(size, options);
  }

  async established(): Promise<this> {
    const { ensemble } = this;
    await ensemble.established();
    return this;
  }

  get leader(): Member {
    const { leader } = this.ensemble;
    assert.ok(leader);
    return leader;
  }

  async write(service: CoordinationService, ...ops: TreeOp[]): Promise<Zxid> {
    return this.writeAs(service, [], ...ops);
  }

  async writeAs(
    service: CoordinationService,
    identities: readonly Identity[],
    ...ops: TreeOp[]
  ): Promise<Zxid> {
    const writing = service.write(requestOf(...ops), { identities }, soon);
    const { outcome } = await this.ensemble.settle(writing);
    return outcome.zxid;
  }
}

/** Few entries are in memory, and a piece of the log holds few: every way of reading it is gone. */
export const smallPieces = { recentTxnsMax: 3, logPieceBytes: 300, replayPieceBytes: 300 };

/** Snapshots and compaction as soon as may be. */
export const shortLog = {
  snapshotAfterTxns: 10,
  keepTxns: 2,
  keepMs: 0,
  retentionMarkTxns: 2,
  compactEveryMs: 100,
};

/** Sets `/a` to numbers, one by one. */
export async function change(bed: Bed, member: Member, times: number, from = 0): Promise<void> {
  for (let each = from; each < from + times; each++) {
    await bed.write(member.server.service, set('/a', String(each)));
  }
}

/** What a watch of `/a` hears of that. */
export function changes(from: number, upTo: number): string[] {
  return Array.from(
    { length: upTo - from },
    (_, index) => `dataChanged /a ${String(from + index)}`,
  );
}

/** A peer alone, that has `/a`. */
export async function alone(tuning: SimulatedEnsembleOptions['tuning'] = {}): Promise<Bed> {
  const bed = await new Bed(1, { tuning }).established();
  await bed.write(bed.leader.server.service, create('/a'));
  return bed;
}
