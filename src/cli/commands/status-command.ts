import type { Command } from 'commander';
import {
  examples,
  ringOf,
  withClientOptions,
  word,
  writeJson,
  zxidInHex,
  type ClientOptions,
} from '../client/client-command.ts';
import type { PeerRing } from '../client/peer-ring.ts';
import { documentOf } from '../client/rest-client.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import { table, type Terminal } from '../terminal/terminal.ts';
import { watchStatus, type Look } from './status-watch.ts';

interface StatusOptions extends ClientOptions {
  readonly watch?: boolean;
}

type Document = Readonly<Record<string, unknown>>;

/** What a peer says of itself comes at once; one that takes longer is shown as the others see it. */
const ownWordPatienceMs = 2_000;

export function addStatusCommand(program: Command, terminal: Terminal): void {
  withClientOptions(program.command('status'))
    .description('show the ensemble: who leads, who follows, how far each peer is')
    .addHelpText(
      'after',
      `${examples(
        'quoll status',
        'quoll status --url http://127.0.0.1:2190',
        'quoll status --watch',
        'quoll status > /dev/null || echo "no quorum"',
      )}
Ends with 0 when there is a leader with a quorum, with 5 when there is none or no peer answers. ROLE is
leader, follower, observer, or looking: for a leader, without a quorum. STATE is up, down, or removed: a
member no more, though the configuration of the peer that was asked still names it. Asked without a leader, it asks
every peer that it knows of, and shows what each says of itself. With --watch it looks again each second
until it is stopped, and goes on at another peer when the one that it asks is gone: a terminal shows the
whole, a pipe is given a line for each change.
`,
    )
    .option('-w, --watch', 'look again each second, until stopped')
    .action(async (options: StatusOptions) => {
      const ring = ringOf(options);
      if (options.watch === true) {
        const json = options.output === 'json';
        await watchStatus(() => lookAt(ring), terminal, { json });
      }
      const views = await viewsOf(ring);
      const shown = views.find(isLed) ?? views[0] ?? {};
      if (options.output === 'json') writeJson(terminal, shown);
      else terminal.write(describeCluster(shown, views));
      if (!isLed(shown)) throw withoutQuorum(shown, views);
    });
}

/** What the first peer that answers says; when it knows no leader, what the others say too. */
async function viewsOf(ring: PeerRing): Promise<readonly Document[]> {
  const first = await ring.document({ method: 'GET', path: '/v1/cluster' });
  if (isLed(first)) return [first];
  ring.know(peersOf(first).map((peer) => word(peer['http'])));
  const ask = { method: 'GET', path: '/v1/cluster', patienceMs: ownWordPatienceMs } as const;
  const answers = await ring.askOthers(ask);
  const others = answers.flatMap((answer) => {
    try {
      return [documentOf(answer)];
    } catch {
      // Something else listens there.
      return [];
    }
  });
  // Of another ensemble, the word counts for nothing here.
  const ours = others.filter(({ clusterId }) => clusterId === first['clusterId']);
  return [first, ...ours];
}

/** What is known of peers is kept in mind: any of them can be asked when the first is gone. */
async function lookAt(ring: PeerRing): Promise<Look> {
  const views = await viewsOf(ring);
  const document = views.find(isLed) ?? views[0] ?? {};
  ring.know(peersOf(document).map((peer) => word(peer['http'])));
  const { leaderId } = document;
  const led =
    typeof leaderId === 'number'
      ? `led by peer ${String(leaderId)}, epoch ${word(document['epoch'])}`
      : 'nobody leads';
  const peers = peersOf(document).map((peer): [string, string] => {
    const [id = '', role = '', state = ''] = row(peer, ownWord(peer, views));
    return [`peer ${id}`, isRemoved(peer) ? state : `${state}, ${role}`];
  });
  return {
    picture: describeCluster(document, views),
    facts: new Map([['ensemble', led], ...peers]),
    document,
  };
}

function isLed({ leaderId }: Document): boolean {
  return typeof leaderId === 'number';
}

function peersOf({ peers }: Document): readonly Document[] {
  return Array.isArray(peers) ? (peers as Document[]) : [];
}

/** A member no more, though the configuration of the peer that was asked may still name it. */
function isRemoved({ removed }: Document): boolean {
  return removed === true;
}

function selfOf({ self }: Document): Document {
  return (self ?? {}) as Document;
}

function describeCluster(cluster: Document, views: readonly Document[]): string {
  const self = selfOf(cluster);
  const id = word(cluster['clusterId']);
  const { leaderId } = cluster;
  const leader = typeof leaderId === 'number' ? `peer ${String(leaderId)}` : 'nobody now';
  const heading = [
    `ensemble ${id === '' ? 'not founded yet' : id}`,
    `epoch ${word(cluster['epoch'])}`,
    `led by ${leader}`,
    `asked peer ${word(self['id'])} (${word(self['role'])})`,
    ...unfinished(cluster),
  ].join(', ');
  const rows = peersOf(cluster).map((peer) => row(peer, ownWord(peer, views)));
  return `${heading}\n${table([['PEER', 'ROLE', 'STATE', 'HTTP', 'LAST ZXID', 'LAG'], ...rows])}`;
}

/** That an upgrade is to be finished, where it is: what is not founded yet has no level to go by. */
function unfinished({ clusterId, level, newestLevel }: Document): readonly string[] {
  if (word(clusterId) === '') return [];
  if (typeof level !== 'number' || typeof newestLevel !== 'number') return [];
  return level < newestLevel
    ? [`level ${String(level)} of ${String(newestLevel)} (quoll upgrade)`]
    : [];
}

/** What a peer says of itself, where it was asked. */
function ownWord({ id }: Document, views: readonly Document[]): Document | undefined {
  return views.map(selfOf).find((self) => self['id'] === id);
}

function row(peer: Document, own: Document | undefined): readonly string[] {
  if (isRemoved(peer)) return [word(peer['id']), '-', 'removed', '-', '-', '-'];
  const { role, lastZxid } = own ?? peer;
  // A peer without a vote is shown as one, once peers tell.
  const vote = peer['voter'] === false && role !== 'observer' ? ' (no vote)' : '';
  return [
    word(peer['id']),
    `${word(role)}${vote}`,
    own === undefined ? word(peer['state']) : 'up',
    word(peer['http']),
    zxidInHex(lastZxid),
    typeof peer['lagMs'] === 'number' ? `${String(Math.round(peer['lagMs']))} ms` : '-',
  ];
}

function withoutQuorum(cluster: Document, views: readonly Document[]): CommandFailed {
  const silent = peersOf(cluster).filter(
    (peer) => !isRemoved(peer) && ownWord(peer, views) === undefined,
  );
  const ids = silent.map((peer) => word(peer['id'])).join(', ');
  return new CommandFailed(exitCode.unavailable, 'There is no quorum: nobody leads', {
    hint:
      (ids === '' ? 'All peers answer: they may be electing, look again in a second.\n' : '') +
      (ids === '' ? '' : `Start or reach the peers that do not answer: ${ids}.\n`) +
      'More than half of the voters must run and reach one another on their peer ports.',
  });
}
