// Java properties, as ZooKeeper reads a zoo.cfg: the rules of java.util.Properties.load, to the letter. Where the two
// would differ, a peer would use another directory or another port than ZooKeeper did, in silence.

/** One key and its value, unescaped and trimmed as ZooKeeper trims them. */
export interface Property {
  readonly key: string;
  readonly value: string;
  /** Where it begins, from 1. */
  readonly line: number;
  /** An escape in it is no letter: Java refuses the whole file. */
  readonly isMalformed: boolean;
}

interface LogicalLine {
  readonly text: string;
  readonly line: number;
}

/** `content` holds a char per byte of the file: properties are ISO-8859-1. */
export function parseProperties(content: string): Property[] {
  return [...logicalLines(content)].map(({ text, line }) => {
    const { keyEnd, valueStart } = partsOf(text);
    const key = unescaped(text.slice(0, keyEnd));
    const value = unescaped(text.slice(valueStart));
    return {
      key: trimmed(key ?? ''),
      value: trimmed(value ?? ''),
      line,
      isMalformed: key === undefined || value === undefined,
    };
  });
}

/** A line may go on after a backslash; comments and blank lines are none. CR alone ends a line, too. */
function* logicalLines(content: string): Generator<LogicalLine> {
  const lines = content.split(/\r\n|\n|\r/);
  // What follows the last line end is no line.
  if (lines.at(-1) === '') lines.pop();
  let carried: LogicalLine | undefined;
  for (const [index, each] of lines.entries()) {
    const part = each.replace(/^[ \t\f]+/, '');
    const text = (carried?.text ?? '') + part;
    const isBegun = carried !== undefined && carried.text !== '';
    if (!isBegun && (part === '' || part.startsWith('#') || part.startsWith('!'))) {
      carried = undefined;
      continue;
    }
    const whole = { text, line: isBegun ? (carried?.line ?? 0) : index + 1 };
    if (/(^|[^\\])(\\\\)*\\$/.test(part)) {
      carried = { ...whole, text: text.slice(0, -1) };
    } else {
      carried = undefined;
      yield whole;
    }
  }
  // A lone backslash before the very end makes an empty key; with more of a line end after it, nothing.
  if (carried !== undefined && (carried.text !== '' || /\\[\n\r]?$/.test(content))) yield carried;
}

const isBlank = (char: string | undefined): boolean =>
  char === ' ' || char === '\t' || char === '\f';
const isSeparator = (char: string | undefined): boolean => char === '=' || char === ':';

function partsOf(text: string): { readonly keyEnd: number; readonly valueStart: number } {
  let keyEnd = 0;
  while (keyEnd < text.length && !isSeparator(text[keyEnd]) && !isBlank(text[keyEnd])) {
    keyEnd += text[keyEnd] === '\\' ? 2 : 1;
  }
  keyEnd = Math.min(keyEnd, text.length);
  let valueStart = keyEnd;
  while (isBlank(text[valueStart])) valueStart++;
  if (isSeparator(text[valueStart])) valueStart++;
  while (isBlank(text[valueStart])) valueStart++;
  return { keyEnd, valueStart };
}

const control: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

/** Undefined when a `\u` is not followed by four hex digits. */
function unescaped(text: string): string | undefined {
  if (/(^|[^\\])(\\\\)*\\u(?![0-9A-Fa-f]{4})/.test(text)) return undefined;
  return text.replace(
    /\\(?:u([0-9A-Fa-f]{4})|([^]))/g,
    (_, hex: string | undefined, char: string) =>
      hex === undefined ? (control[char] ?? char) : String.fromCharCode(parseInt(hex, 16)),
  );
}

/** Java's String.trim: everything up to the space goes. */
function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text.charCodeAt(start) <= 32) start++;
  while (end > start && text.charCodeAt(end - 1) <= 32) end--;
  return text.slice(start, end);
}
