import type { Identity } from '../../model/acl.ts';
import type { TxnEvents, WatchEvent } from '../../model/watch-event.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { PlacedEvent } from '../../service/watching.ts';
import { SharedBatch, withoutValue } from './event-batch.ts';
import type { Hearing } from './hearing.ts';
import type { Steps } from './slices.ts';
import type { Members, WatchGroup, WatchIndex } from './watch-index.ts';
import type { Lasting, OneShot, WatchOutlet } from './watch-outlet.ts';

interface FanOutCalls {
  readonly hearing: Hearing;
  /** Once for each one-shot watch of a znode that the txn is about. */
  fire(watching: OneShot, event: WatchEvent): void;
  /** Hands over one thing of what waits for it, where it takes it and too much waits; false once it may be given more. */
  makeRoom(watching: Lasting, batches: Batches): boolean;
  /** Once for each lasting watch that the txn concerns. */
  give(watching: Lasting, batches: Batches): void;
}

/** What the members of one group are given. */
export interface Batches {
  /** Undefined when it may hear of nothing. */
  for(outlet: WatchOutlet): SharedBatch | undefined;
}

/** Says which watches of outlets a txn concerns, and what each is given: the same batch for all that may see the same. */
export class FanOut {
  readonly #calls: FanOutCalls;
  readonly #fired: { readonly members: Members<OneShot>; readonly event: WatchEvent }[] = [];
  readonly #given: GroupBatches[] = [];

  constructor(txn: TxnEvents, index: WatchIndex, calls: FanOutCalls) {
    this.#calls = calls;
    const touched = new Map<WatchGroup, PlacedEvent[]>();
    for (const [at, event] of txn.events.entries()) {
      let bare: WatchEvent | undefined;
      index.eachGroup(event, (group) => {
        const shown = group.withData ? event : (bare ??= withoutValue(event));
        const placed = touched.get(group);
        if (placed === undefined) touched.set(group, [{ index: at, event: shown }]);
        else placed.push({ index: at, event: shown });
      });
      const members = index.oneShotsAt(event);
      if (members !== undefined && members.size > 0) this.#fired.push({ members, event });
    }
    for (const [group, placed] of touched) {
      this.#given.push(new GroupBatches(group, txn.zxid, { placed, hearing: calls.hearing }));
    }
  }

  /** All of them, one after the other. */
  *steps(): Steps {
    for (const { members, event } of this.#fired) {
      for (const watching of members) {
        this.#calls.fire(watching, event);
        yield 1;
      }
    }
    for (const batches of this.#given) {
      for (const watching of batches.members) {
        const before = batches.cost;
        // A step for each: thousands may wait for a watch that was given the log.
        while (this.#calls.makeRoom(watching, batches)) yield 1;
        this.#calls.give(watching, batches);
        yield 1 + batches.cost - before;
      }
    }
  }

  /** Those of one outlet alone, in the same order. */
  tell(outlet: WatchOutlet): void {
    for (const { members, event } of this.#fired) {
      for (const watching of members.of(outlet)) this.#calls.fire(watching, event);
    }
    for (const batches of this.#given) {
      for (const watching of batches.members.of(outlet)) this.#calls.give(watching, batches);
    }
  }
}

class GroupBatches implements Batches {
  readonly members: Members<Lasting>;
  /** Of what was made, in events looked at. */
  cost = 0;
  readonly #placed: readonly PlacedEvent[];
  readonly #whole: SharedBatch;
  readonly #hearing: Hearing;
  readonly #wishes: { readonly withData: boolean };
  #mark: object | undefined;
  #isPublic = false;
  /** Where not everybody may hear of all, by who hears. */
  readonly #filtered = new Map<string, SharedBatch>();

  constructor(
    { members, withData }: WatchGroup,
    zxid: Zxid,
    { placed, hearing }: { readonly placed: readonly PlacedEvent[]; readonly hearing: Hearing },
  ) {
    this.members = members;
    this.#placed = placed;
    this.#whole = new SharedBatch(zxid, placed);
    this.#hearing = hearing;
    this.#wishes = { withData };
    this.#judge();
  }

  /** Who is told in a later slice is judged by what is granted by then. */
  #judge(): void {
    this.#mark = this.#hearing.mark;
    this.#filtered.clear();
    this.#isPublic = this.#heardBy([]).length === this.#placed.length;
  }

  #heardBy(identities: readonly Identity[]): readonly PlacedEvent[] {
    return this.#placed.filter(({ event }) =>
      this.#hearing.mayHear(event, identities, this.#wishes),
    );
  }

  for({ identities, identityKey }: WatchOutlet): SharedBatch | undefined {
    if (this.#mark !== this.#hearing.mark) this.#judge();
    if (this.#isPublic) return this.#whole;
    let batch = this.#filtered.get(identityKey);
    if (batch === undefined) {
      const placed = this.#placed;
      const heard = this.#heardBy(identities);
      batch =
        heard.length === placed.length ? this.#whole : new SharedBatch(this.#whole.zxid, heard);
      this.#filtered.set(identityKey, batch);
      this.cost += placed.length;
    }
    return batch.events.length === 0 ? undefined : batch;
  }
}
