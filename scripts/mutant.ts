/** A bug that is planted, to see that something finds it. */
export interface Mutant {
  readonly name: string;
  /** What each file must say for the bug to be there. */
  readonly edits: readonly Edit[];
  /** Falls within seconds: the tests plant it too. */
  readonly quick?: boolean;
  /** The ring of the simulator that must find it; `core` when it says nothing. */
  readonly ring?: 'peer' | 'core';
  /** The seed that the hunt begins at, for one that falls to few; 1 when it says nothing. */
  readonly seed?: number;
  /** Found by the golden conversations instead of the simulator, or by the file of tests named, below `test/`. */
  readonly judge?: 'scripts' | { readonly test: string };
}

export interface Edit {
  readonly file: string;
  /** Matches exactly once. */
  readonly find: string;
  readonly replace: string;
}
