import { setTimeout as delay } from 'node:timers/promises';
import { InvalidArgumentError, type Command } from 'commander';
import {
  countOption,
  examples,
  ringOf,
  withClientOptions,
  znodePath,
  zxidInHex,
  type ClientOptions,
} from '../client/client-command.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import { messagesOf, openStream, type StreamMessage } from '../client/event-stream.ts';
import type { PeerRing } from '../client/peer-ring.ts';
import { failureIn, failureOfProblem, pathBelow } from '../client/rest-client.ts';
import type { Terminal } from '../terminal/terminal.ts';

interface WatchCommandOptions extends ClientOptions {
  readonly recursive?: boolean;
  readonly values?: boolean;
  readonly initial?: boolean;
  readonly from?: string;
  readonly count?: number;
}

const pauseMsMin = 50;
const pauseMsMax = 2_000;
/** Without any peer that answers for so long, the watch ends. */
const unavailableMsMax = 60_000;

export function addWatchCommand(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('watch <path>'))
    .description('print what happens to a znode, as it happens')
    .option('-r, --recursive', 'and to all that is below it')
    .option('--values', 'with the data')
    .option('--initial', 'first what is there now')
    .option('--from <zxid>', 'everything since this zxid, out of the log', zxidText)
    .option('--count <n>', 'end after so many events', countOption(9))
    .addHelpText(
      'after',
      `${examples(
        'quoll watch /app/config --values',
        'quoll watch /app --recursive -o json | jq .path',
        'quoll watch /app/config --count 1 && echo it has changed',
      )}
One line per event: its zxid, what happened, the path, and the data with --values; -o json prints the
events as the peers send them. In a pipe it ends when its reader has gone. When a peer is gone, the watch goes on at another where it stood: no
change is missed and none comes twice. Should no peer's log reach back so far, it says so ("lost")
and goes on from now.
`,
    )
    .action(async (typed: string, options: WatchCommandOptions) => {
      terminal.onReaderGone('end');
      await new FollowedWatch(znodePath(typed), options, terminal).run();
    });
}

function zxidText(text: string): string {
  if (/^(0x[0-9a-f]{1,16}|\d{1,19})(\.\d{1,7})?$/i.test(text)) {
    const [zxid = '', index] = text.split('.');
    return index === undefined ? BigInt(zxid).toString() : `${BigInt(zxid).toString()}.${index}`;
  }
  throw new InvalidArgumentError('Write a zxid: 1099511627776, or 0x10000000000.');
}

/** One watch over as many streams as it takes. */
class FollowedWatch {
  readonly #path: string;
  readonly #options: WatchCommandOptions;
  readonly #terminal: Terminal;
  readonly #ring: PeerRing;
  /** Where the next stream goes on; undefined before the first has said it. */
  #position: string | undefined;
  #left: number;

  constructor(path: string, options: WatchCommandOptions, terminal: Terminal) {
    this.#path = path;
    this.#options = options;
    this.#terminal = terminal;
    this.#ring = ringOf(options);
    this.#position = options.from;
    this.#left = options.count ?? Infinity;
  }

  async run(): Promise<void> {
    await this.#ring.learn();
    let pauseMs = pauseMsMin;
    let giveUpAtMs = performance.now() + unavailableMsMax;
    while (this.#left > 0) {
      const failure = await this.#stream(() => {
        pauseMs = pauseMsMin;
        giveUpAtMs = performance.now() + unavailableMsMax;
      });
      if (this.#left === 0) return;
      this.#ring.turn();
      if (performance.now() > giveUpAtMs) throw failure;
      await delay(pauseMs);
      pauseMs = Math.min(2 * pauseMs, pauseMsMax);
    }
  }

  /** Prints until the stream breaks; resolves with how it did. Rejects when another peer would say the same. */
  async #stream(heard: () => void): Promise<CommandFailed> {
    const base = this.#ring.current;
    try {
      const ask = {
        path: pathBelow(base, this.#url()),
        headers: { ...this.#ring.headers, Accept: 'text/event-stream' },
      };
      const response = await openStream(base, ask, this.#ring.tls);
      if (response.statusCode !== 200) return forNow(await failureIn(response));
      for await (const message of messagesOf(response)) {
        if (message.event === 'refused') return refusalIn(message);
        heard();
        this.#take(message);
        if (this.#left === 0) {
          response.destroy();
          break;
        }
      }
      return new CommandFailed(exitCode.unavailable, `The stream of ${base.origin} has ended`);
    } catch (cause) {
      if (cause instanceof CommandFailed) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      return new CommandFailed(
        exitCode.unavailable,
        `No peer answers at ${base.origin} (${reason})`,
        {
          hint: 'Look at the ensemble: quoll status',
          cause,
        },
      );
    }
  }

  #url(): string {
    const { recursive, values, initial } = this.#options;
    const from = this.#position;
    const parameters = [
      `path=${encodeURIComponent(this.#path)}`,
      ...(recursive === true ? ['recursive'] : []),
      ...(values === true ? ['values'] : []),
      ...(from === undefined ? (initial === true ? ['initial'] : []) : [`from=${from}`]),
    ];
    return `/v1/watch?${parameters.join('&')}`;
  }

  #take({ id, event, data }: StreamMessage): void {
    if (id !== '') this.#position = id;
    const isJson = this.#options.output === 'json';
    if (event === 'bookmark' || (event === 'synced' && !isJson)) return;
    if (isJson) this.#terminal.write(`${data}\n`);
    else if (event === 'lost') this.#terminal.writeError(`quoll: ${describeLost(eventOf(data))}\n`);
    else this.#terminal.write(`${describeEvent(eventOf(data))}\n`);
    if (event !== 'lost' && event !== 'synced') this.#left--;
  }
}

/** Why a peer did not begin, or ended, a watch. Throws it when another peer would say the same. */
function forNow(failure: CommandFailed): CommandFailed {
  if (failure.exitCode === exitCode.unavailable) return failure;
  throw failure;
}

function refusalIn({ data }: StreamMessage): CommandFailed {
  return forNow(failureOfProblem(eventOf(data).error));
}

interface EventDocument {
  readonly type?: string;
  readonly path?: string;
  readonly zxid?: string;
  readonly data?: string | null;
  readonly encoding?: string;
  readonly error?: { readonly status: number };
}

function eventOf(json: string): EventDocument {
  try {
    return JSON.parse(json) as EventDocument;
  } catch (cause) {
    throw new CommandFailed(exitCode.error, 'That was not an event of a Quoll peer', {
      hint: 'Check the URL: --url or QUOLL_URL.',
      cause,
    });
  }
}

function describeEvent({ type = '?', path = '?', zxid, data, encoding }: EventDocument): string {
  const base64 = encoding === 'base64' ? 'base64:' : '';
  const value =
    typeof data !== 'string' ? '' : ` ${base64 + (base64 ? data : JSON.stringify(data))}`;
  return `${zxidInHex(zxid)} ${type} ${path}${value}`;
}

function describeLost({ zxid }: EventDocument): string {
  return (
    `changes up to ${zxidInHex(zxid)} are lost: the log does not reach back so far. ` +
    'Read the znodes anew.'
  );
}
