/** One thing that somebody wrote down, still as text. */
export interface ConfigEntry {
  /** Of the settings table, or `servers.N`. */
  readonly key: string;
  /** As it was written. */
  readonly name: string;
  readonly text: string;
  readonly where: string;
  /** What is wrong with it, whatever its text means. Said only where the entry counts, as all that is wrong with one. */
  readonly mistake?: Mistake;
  /** Of a key that nobody knows: the end of the sentence that says so, where the key's file knows better. */
  readonly meant?: string;
}

/** What is wrong, and what to write instead. */
export interface Mistake {
  readonly problem: string;
  readonly fix: string;
}

/** Gives the end of a sentence about a word that nobody knows. */
export function didYouMean(word: string | undefined): string {
  return word === undefined ? '' : `; did you mean ${word}?`;
}
