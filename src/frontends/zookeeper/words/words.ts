import { fourLetterWords, type FourLetterWord } from '../../../model/four-letter-word.ts';
import { cons, dump, wchc, wchp, wchs } from './connection-words.ts';
import { lines, notAvailable } from './format.ts';
import { mntr } from './mntr.ts';
import type { Parts } from './parts.ts';
import { conf, dirs, envi, hash, srvr, stat } from './server-words.ts';
import type { WordSources } from './sources.ts';

// What ZooKeeper's operators and their tools ask of the client port: a connection that begins with four letters in place of
// a frame is answered in text and closed.

const wordBytes = 4;
/** The mask that follows `stmk`, a signed number. */
const maskBytes = 8;

/** As telnet ends a session; it is no word, and answered by the end of the connection. */
const telnetClose = 0xfff4fffd;

/** What a connection begins with; `incomplete`: it may become a word. */
export type Beginning =
  | { readonly kind: 'word'; readonly word: FourLetterWord; readonly argument: Buffer }
  | { readonly kind: 'telnetClose' | 'incomplete' | 'frame' };

/** Tells what a connection begins with, by its first bytes. */
export function beginningOf(bytes: Buffer): Beginning {
  const text = bytes.toString('latin1', 0, wordBytes);
  if (bytes.length < wordBytes) {
    const mayBe = fourLetterWords.some((word) => word.startsWith(text));
    return { kind: mayBe ? 'incomplete' : 'frame' };
  }
  if (bytes.readUInt32BE() === telnetClose) return { kind: 'telnetClose' };
  const word = fourLetterWords.find((known) => known === text);
  if (word === undefined) return { kind: 'frame' };
  return { kind: 'word', word, argument: bytes.subarray(wordBytes) };
}

/**
 * Gives the answer, with its line feeds, in parts: some words walk all watches or sessions, and each part is a little of
 * that. The connection ends after it. `argument` is what came with the word. Never throws, at any part of it: where something
 * can't be told the answer ends with `<NA>`, and `failed` is told why.
 */
export function* answerWord(
  word: FourLetterWord,
  sources: WordSources,
  argument: Buffer = Buffer.alloc(0),
  failed: (cause: unknown) => void = () => undefined,
): Generator<string> {
  try {
    yield* partsOf(word, sources, argument);
  } catch (cause) {
    failed(cause);
    yield lines(notAvailable);
  }
}

function partsOf(word: FourLetterWord, sources: WordSources, argument: Buffer): Parts {
  if (!sources.configuration.zookeeperDoor.words.includes(word)) {
    return [lines(`${word} is not executed because it is not in the whitelist.`)];
  }
  const { isServing } = sources.service.monitoring.figures();
  if (!isServing && !withoutQuorum.has(word)) {
    return [word === 'hash' ? notServing : lines(notServing)];
  }
  const answer = answers[word](sources, argument);
  return typeof answer === 'string' ? [answer] : answer;
}

const notServing = 'This ZooKeeper instance is not currently serving requests';

const withoutQuorum: ReadonlySet<FourLetterWord> = new Set([
  'envi',
  'gtmk',
  'isro',
  'ruok',
  'stmk',
] as const);

const answers: Readonly<
  Record<FourLetterWord, (sources: WordSources, argument: Buffer) => string | Parts>
> = {
  conf,
  cons,
  crst: ({ statistics }) => {
    statistics.resetConnections();
    return lines('Connection stats reset.');
  },
  dirs,
  dump,
  envi,
  gtmk: ({ trace }) => trace.value.toString(),
  hash,
  // There is no read-only mode: a peer without a quorum serves no client of this door.
  isro: ({ service }) => (service.monitoring.figures().isServing ? 'rw' : 'null'),
  mntr,
  ruok: () => 'imok',
  srst: ({ statistics, service }) => {
    statistics.reset();
    service.monitoring.resetProposalBytes();
    return lines('Server stats reset.');
  },
  srvr,
  stat,
  // Without its mask the end of the connection is all the answer, as in ZooKeeper.
  stmk: ({ trace }, argument) => {
    if (argument.length < maskBytes) return '';
    trace.value = argument.readBigInt64BE();
    return trace.value.toString();
  },
  wchc,
  wchp,
  wchs,
};
