/** A text that is made a part at a time: something else may be done between any two of them, and a part may be empty. */
export type Parts = Iterable<string>;

/** Lines, or other steps on the way to them, that make up a part. */
const stepsPerPart = 64;

/** Gives each text on a line of its own, many in a part. Undefined: some work was done, and there is no line yet. */
export function* linesInParts(texts: Iterable<string | undefined>): Generator<string> {
  let part = '';
  let left = stepsPerPart;
  for (const text of texts) {
    if (text !== undefined) part += `${text}\n`;
    left--;
    if (left > 0) continue;
    yield part;
    part = '';
    left = stepsPerPart;
  }
  yield part;
}

/** Sorts a run of many, which takes no longer than a turn may, and puts runs together. */
const runLength = 512;

/** Sorts, with `undefined` for each step of it, and gives the items in the end. */
export function* sortInSteps<Item>(
  items: Iterable<Item>,
  isBefore: (left: Item, right: Item) => boolean,
): Generator<undefined, readonly Item[]> {
  let runs: (readonly Item[])[] = [];
  let run: Item[] = [];
  const close = (): void => {
    runs.push(run.sort((left, right) => (isBefore(left, right) ? -1 : 1)));
    run = [];
  };
  for (const item of items) {
    run.push(item);
    if (run.length === runLength) close();
    yield undefined;
  }
  close();
  while (runs.length > 1) {
    const merged: (readonly Item[])[] = [];
    for (let index = 0; index < runs.length; index += 2) {
      merged.push(yield* merge(runs[index] ?? [], runs[index + 1] ?? [], isBefore));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* merge<Item>(
  left: readonly Item[],
  right: readonly Item[],
  isBefore: (left: Item, right: Item) => boolean,
): Generator<undefined, readonly Item[]> {
  const merged: Item[] = [];
  let [fromLeft, fromRight] = [0, 0];
  for (;;) {
    const first = left[fromLeft];
    const second = right[fromRight];
    if (first === undefined && second === undefined) return merged;
    if (second === undefined || (first !== undefined && !isBefore(second, first))) {
      merged.push(first as Item);
      fromLeft++;
    } else {
      merged.push(second);
      fromRight++;
    }
    yield undefined;
  }
}
