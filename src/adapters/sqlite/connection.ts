// The only file that knows the library. What that wraps (databases, statements, iterators) must never be collected: compiled
// for Node 24.19 or later, the binding aborts the process when V8 collects one of them. So a statement is made once a
// connection, rows are looked up one after the other in place of iterating, and all stays until its thread ends.

import Database from 'better-sqlite3';

/**
 * Never emptied. A thread opens a connection or two in its life, each with as many statements as there are texts in this
 * folder, some two dozen; of those of a closed one nothing is left but a few hundred bytes each.
 */
const kept: SqliteConnection[] = [];

/** Of SQLite's. */
export const smallestInteger = -(2n ** 63n);
export const largestInteger = 2n ** 63n - 1n;

export type SqliteValue = bigint | number | Uint8Array;

/** What may be done with a statement: nothing that would change it for the next who asks for it. */
export interface Statement {
  run(...values: readonly SqliteValue[]): { readonly changes: number };
  /** The first row. Integers are bigints. */
  get(...values: readonly SqliteValue[]): unknown;
  all(...values: readonly SqliteValue[]): unknown[];
}

export class SqliteConnection {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Statement>();

  constructor(path: string, busyTimeoutMs: number) {
    this.#database = new Database(path, { timeout: busyTimeoutMs });
    kept.push(this);
    this.#database.defaultSafeIntegers(true);
  }

  /** Made once for each text, which is one of a few: what differs from call to call is bound. */
  statement(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#database.prepare(sql);
    this.#statements.set(sql, made);
    return made;
  }

  /** Of a statement whose answer is one value. */
  value(sql: string): unknown {
    const row = this.statement(sql).get() as Readonly<Record<string, unknown>>;
    return Object.values(row)[0];
  }

  /** Leaves no statement behind. Pragmas that set something come this way: many do it while they are compiled, and only then. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  close(): void {
    this.#database.close();
  }
}
