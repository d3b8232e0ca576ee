import { fromUtf8 } from '../../../src/base/bytes.ts';
import type { SessionId } from '../../../src/model/ids.ts';
import type { Txn } from '../../../src/model/txn.ts';
import { compareZxid, zxidEquals, type Zxid } from '../../../src/model/zxid.ts';
import type { Outcome } from '../asking.ts';
import { show } from '../ghost.ts';
import { InvariantViolated } from '../node-view.ts';
import type { TxnRule } from './committed-txns.ts';

/** A write of a session: one of a numbered row that was sent without waiting for answers. */
export interface NumberedWrite {
  readonly path: string;
  told: Outcome<unknown>['told'];
  /** As it was answered. */
  zxid: Zxid | undefined;
}

/** A value that a client was shown. */
export interface SeenValue {
  readonly path: string;
  readonly value: string;
  readonly mzxid: Zxid;
}

/** What was said in words: that something is there, or is gone. */
export interface SaidOf {
  readonly path: string;
  readonly code: 'nodeExists' | 'noNode';
}

/** What the clients of sessions were told, for the checkers. */
export class SeenHistory {
  readonly writes: NumberedWrite[] = [];
  readonly values: SeenValue[] = [];
  readonly said: SaidOf[] = [];
  /** Under one key, everything that was answered as done: the zxid, and the path it gave. */
  readonly keyed = new Map<string, { readonly zxid: Zxid; readonly path: string }[]>();
}

export function numberedPath(session: SessionId, number: number): string {
  return `/f/${session}-${String(number)}`;
}

/** H3: what one session sends over one carrier takes effect in the order in which it was sent. */
export function sessionOrder(): TxnRule {
  const last = new Map<string, number>();
  return {
    name: 'H3',
    committed: ({ changes }, zxid) => {
      for (const change of changes) {
        if (change.change !== 'create') continue;
        const [, session, digits] = /^\/f\/([0-9a-f]+)-(\d+)$/.exec(change.path) ?? [];
        if (session === undefined || digits === undefined) continue;
        const number = Number(digits);
        const before = last.get(session) ?? 0;
        if (number <= before) {
          throw new InvariantViolated(
            'H3',
            `${show(zxid)} does number ${digits} of session ${session} after number ${String(before)}`,
          );
        }
        last.set(session, number);
      }
    },
  };
}

interface Effect {
  readonly zxid: Zxid;
  readonly value: string | undefined;
}

/**
 * H2 and H4 of what clients of sessions were told. H2: what anybody saw was committed, be it a value or that something
 * exists or is gone, as an error says. H4: what was acknowledged is in C, under the zxid of the answer; what was refused is
 * not; and one idempotency key has one effect and one answer.
 */
export class SeenInC implements TxnRule {
  readonly name = 'H2, H4';
  readonly figures = { pipelined: 0, valuesSeen: 0, errorsSeen: 0, keyedAnswers: 0 };
  /** By path, all that C did to it; no value for a delete. */
  readonly #effects = new Map<string, Effect[]>();
  /** By the data under a key. */
  readonly #keyed = new Map<string, { readonly zxid: Zxid; readonly path: string }[]>();

  committed({ changes }: Txn, zxid: Zxid): void {
    for (const change of changes) {
      if (change.change !== 'create' && change.change !== 'set' && change.change !== 'delete') {
        continue;
      }
      const { path } = change;
      const value =
        change.change === 'delete' ? undefined : fromUtf8(change.data ?? new Uint8Array());
      append(this.#effects, path, { zxid, value });
      if (change.change === 'create' && path.startsWith('/k/') && value !== undefined) {
        append(this.#keyed, value, { zxid, path });
      }
    }
  }

  check(history: SeenHistory): void {
    for (const write of history.writes) this.#checkWrite(write);
    for (const seen of history.values) this.#checkValue(seen);
    for (const said of history.said) this.#checkSaid(said);
    for (const [key, answers] of history.keyed) this.#checkKeyed(key, answers);
  }

  #checkWrite({ path, told, zxid }: NumberedWrite): void {
    this.figures.pipelined++;
    const [effect, ...more] = this.#effects.get(path) ?? [];
    if (more.length > 0) broken('H4', `${path} took effect ${String(1 + more.length)} times`);
    if (told === 'refused' && effect !== undefined) {
      broken('H4', `${path} was refused, and ${show(effect.zxid)} did it`);
    }
    if (told !== 'done' || zxid === undefined) return;
    if (effect === undefined) broken('H4', `${path} was acknowledged, and C does not have it`);
    else if (!zxidEquals(effect.zxid, zxid)) {
      broken('H4', `${path} was acknowledged as ${show(zxid)}, and ${show(effect.zxid)} did it`);
    }
  }

  #checkValue({ path, value, mzxid }: SeenValue): void {
    this.figures.valuesSeen++;
    const isCommitted = (this.#effects.get(path) ?? []).some(
      (effect) => zxidEquals(effect.zxid, mzxid) && effect.value === value,
    );
    if (!isCommitted) {
      broken('H2', `"${value}" of ${path} was read as of ${show(mzxid)}, and C has no such thing`);
    }
  }

  #checkSaid({ path, code }: SaidOf): void {
    this.figures.errorsSeen++;
    const effects = this.#effects.get(path) ?? [];
    const wasThere = effects.some(({ value }) => value !== undefined);
    const wentAway = effects.some(({ value }) => value === undefined);
    if (code === 'nodeExists' && !wasThere) broken('H2', `an error said that ${path} exists`);
    if (code === 'noNode' && !wentAway) broken('H2', `an error said that ${path} is gone`);
  }

  #checkKeyed(
    key: string,
    answers: readonly { readonly zxid: Zxid; readonly path: string }[],
  ): void {
    const [effect, ...more] = this.#keyed.get(key) ?? [];
    if (more.length > 0) broken('H4', `the key ${key} had ${String(1 + more.length)} effects`);
    for (const answer of answers) {
      this.figures.keyedAnswers++;
      if (effect === undefined) broken('H4', `the key ${key} was acknowledged, and had no effect`);
      else if (answer.path !== effect.path || !zxidEquals(answer.zxid, effect.zxid)) {
        const told = `${answer.path} by ${show(answer.zxid)}`;
        broken('H4', `the key ${key} was answered ${told}, and made ${effect.path}`);
      }
    }
  }
}

/** H2 of one client: at one peer, and with what it saw last at any other, nothing that it sees goes back. */
export class NeverBack {
  #newest: Zxid | undefined;

  get newest(): Zxid | undefined {
    return this.#newest;
  }

  saw(zxid: Zxid, where: string): void {
    if (this.#newest !== undefined && compareZxid(zxid, this.#newest) < 0) {
      broken('H2', `${where} shows ${show(zxid)} to who has seen ${show(this.#newest)}`);
    }
    this.#newest = zxid;
  }
}

function broken(invariant: string, what: string): never {
  throw new InvariantViolated(invariant, what);
}

function append<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
