import type { ReplyBody, Stat } from '../../support/zookeeper/requests.ts';
import type { Message, Played } from './play.ts';

/**
 * What two servers may say differently, and what is compared instead. Everything else must be the same; what is
 * not asked at all, because the answers are known to differ, `commands.ts` says where it is left out.
 *
 * | what                            | compared                                                                       |
 * | ------------------------------- | ------------------------------------------------------------------------------ |
 * | zxids in stats                  | their rank among all so far: 23 and 40 bits here, 32 and 32 there      |
 * | zxids in headers of replies     | the last change of a stat that they cover: a refused write consumes none here   |
 * | the same, of pipelined requests | not at all: what was asked later may have been applied before an answer goes   |
 * | zxids in headers of events      | not at all: -1 before ZooKeeper 3.9 (ZOOKEEPER-4655)                            |
 * | events among pipelined replies  | ahead of the first refusal, sync or multi of the batch that stood before them: these |
 * |                                 | wait for a quorum here, and what was written after them may be told of meanwhile |
 * | times                           | whether ctime is mtime, where czxid is mzxid                                    |
 * | session ids                     | who has it                                                                     |
 * | order of children, paths, whoAmI | not at all: that of a hash table there                                         |
 * | order of an ACL's entries       | not at all, for the same reason: `auth` stands for all that was proved          |
 */
export function transcriptOf(played: Played): readonly string[] {
  const zxids = new Zxids();
  const names = (session: bigint): string => played.names.get(session) ?? String(session);
  const lines = [...played.wrong];
  for (const [index, { command, received }] of played.steps.entries()) {
    lines.push(`${String(index)} ${JSON.stringify(command)}`);
    const isPipelined = command.kind === 'ask' && command.requests.length > 1;
    for (const { messages } of received) for (const message of messages) zxids.learn(message);
    for (const { session, messages } of received) {
      for (const message of isPipelined ? withEventsAhead(messages) : messages) {
        lines.push(
          `  to ${session}: ${JSON.stringify(plain(message, { zxids, names, isPipelined }))}`,
        );
      }
    }
  }
  return lines;
}

/** That an event stands ahead of the answer that shows its change, in a batch too, the door's contract tests prove. */
function withEventsAhead(messages: readonly Message[]): readonly Message[] {
  const first = messages.findIndex(mayWait);
  if (first < 0) return messages;
  const later = messages.slice(first);
  return [
    ...messages.slice(0, first),
    ...later.filter(({ kind }) => kind === 'event'),
    ...later.filter(({ kind }) => kind !== 'event'),
  ];
}

function mayWait(message: Message): boolean {
  if (message.kind !== 'reply') return false;
  const { op, err } = message;
  return err !== 0 || op === 'sync' || op === 'multi' || op === 'check';
}

interface Naming {
  readonly isPipelined: boolean;
  readonly zxids: Zxids;
  readonly names: (session: bigint) => string;
}

/** Those of all stats so far. */
class Zxids {
  readonly #known = new Set<bigint>();

  learn(message: Message): void {
    if (message.kind !== 'reply') return;
    for (const { czxid, mzxid, pzxid } of statsOf(message.body)) {
      for (const zxid of [czxid, mzxid, pzxid]) this.#known.add(zxid);
    }
  }

  /** How many of them are not above it. */
  rank(zxid: bigint): number {
    let count = 0;
    for (const each of this.#known) if (each <= zxid) count++;
    return count;
  }
}

function statsOf(body: ReplyBody): readonly Stat[] {
  const inside = (body.results ?? []).flatMap((item) =>
    item.body === undefined ? [] : statsOf(item.body),
  );
  return body.stat === undefined ? inside : [body.stat, ...inside];
}

function plain(message: Message, naming: Naming): unknown {
  switch (message.kind) {
    case 'note':
      return message.note;
    case 'event':
      return { event: message.type, state: message.state, path: message.path };
    case 'reply': {
      const { op, err, zxid, body } = message;
      // Sent outside of all order, with no zxid there.
      const hasNone = naming.isPipelined || op === 'auth' || op === 'sasl' || op === 'unknown';
      const covers = hasNone ? undefined : naming.zxids.rank(zxid);
      return { op, err, covers, ...plainBody(body, naming) };
    }
  }
}

function plainBody(body: ReplyBody, naming: Naming): object {
  const { path, stat, data, acl, children, paths, total, clientInfo, token, err, results } = body;
  const sorted = (items: readonly unknown[] | undefined): readonly string[] | undefined =>
    items?.map((item) => JSON.stringify(item)).sort();
  return {
    path,
    total,
    recordErr: err,
    stat: stat && plainStat(stat, naming),
    data: data?.toString('utf8') ?? data,
    token: token?.toString('utf8') ?? token,
    acl: sorted(acl),
    children: sorted(children),
    paths: sorted(paths),
    clientInfo: sorted(clientInfo),
    results: results?.map((item) => ({
      type: item.type,
      headerErr: item.headerErr,
      err: item.err,
      ...(item.body && plainBody(item.body, naming)),
    })),
  };
}

function plainStat(stat: Stat, { zxids, names }: Naming): object {
  const { czxid, mzxid, pzxid, ctime, mtime, ephemeralOwner } = stat;
  return {
    ...stat,
    czxid: zxids.rank(czxid),
    mzxid: zxids.rank(mzxid),
    pzxid: zxids.rank(pzxid),
    ctime: czxid === mzxid ? ctime === mtime : ctime <= mtime,
    mtime: undefined,
    ephemeralOwner: names(ephemeralOwner),
  };
}
