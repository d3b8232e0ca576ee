import { CommandFailed, exitCode } from './terminal/command-failed.ts';

// The words of other programs' command lines. Whoever comes from them types those first.

/** What to type here in place of a word: the same with other words, or what to read. */
type OtherWord = { readonly as: readonly string[] } | { readonly say: string };

const curlAcl = `The command line has no ACLs; curl has them:
  curl 'http://127.0.0.1:2180/v1/nodes/PATH?acl'
  curl -X PUT 'http://127.0.0.1:2180/v1/nodes/PATH?acl' -d '{"acl":[{"permissions":31,"scheme":"world","id":"anyone"}]}'`;
const members =
  'Who belongs to the ensemble and who votes: quoll member --help. How each is: quoll status';
const quotas = 'Quotas are znodes below /zookeeper/quota: see "Quotas" in docs/runbook.md.';
const leases = 'What ends with its owner hangs on a session: quoll session --help';
const noConnection = 'Every command connects by itself: quoll get /path --url http://HOST:2180';
const copies = 'A copy of everything is taken with: quoll backup FILE';
const rights = 'Who may do what is granted by roles: quoll auth --help';
const authentication =
  'By a token: quoll login, or --token-file FILE. By a certificate: --cert FILE --key FILE. Digests go with curl -u or a client of ZooKeeper.';

const words: ReadonlyMap<string, OtherWord> = new Map<string, OtherWord>([
  ['put', { as: ['set', '--create'] }],
  ['rm', { as: ['delete'] }],
  ['del', { as: ['delete'] }],
  ['rmr', { as: ['delete', '--recursive'] }],
  ['deleteall', { as: ['delete', '--recursive'] }],
  ['mkdir', { as: ['create'] }],
  ['cat', { as: ['get'] }],
  ['getData', { as: ['get'] }],
  ['setData', { as: ['set'] }],
  ['list', { as: ['ls'] }],
  ['dir', { as: ['ls'] }],
  ['getChildren', { as: ['ls'] }],
  ['exists', { as: ['stat'] }],
  ['election', { as: ['elect'] }],
  ['version', { as: ['--version'] }],
  ['members', { as: ['member', 'list'] }],
  ['cluster', { as: ['status'] }],
  ['health', { as: ['status'] }],
  ['endpoint', { say: members }],
  ['operator', { say: members }],
  ['reconfig', { say: members }],
  ['join', { as: ['member', 'add'] }],
  ['leave', { as: ['member', 'remove'] }],
  ['config', { say: `${members}\nThe same for ZooKeeper's clients: quoll get /zookeeper/config` }],
  ['ls2', { say: 'The children: quoll ls PATH. The stat: quoll stat PATH.' }],
  ['acl', { say: curlAcl }],
  ['getAcl', { say: curlAcl }],
  ['setAcl', { say: curlAcl }],
  ['addauth', { say: authentication }],
  ['user', { say: rights }],
  ['role', { say: rights }],
  ['signin', { as: ['login'] }],
  ['whoAmI', { as: ['whoami'] }],
  [
    'mv',
    {
      say: 'A znode has no new name. A transaction creates the one and deletes the other at once:\n  quoll txn --help',
    },
  ],
  ['cp', { say: 'quoll get /from | quoll create /to -' }],
  ['touch', { say: 'Of a session: quoll session touch. Of a znode: set it to what it holds.' }],
  ['edit', { say: 'quoll get /path > file, edit it, then: quoll set /path --file file' }],
  ['kv', { say: 'Without kv: quoll get /path, quoll set /path DATA --create, quoll delete /path' }],
  [
    'sync',
    { say: 'Reads see all that was written before them, unless asked otherwise (-c local).' },
  ],
  ['lease', { say: leases }],
  ['close', { say: leases }],
  ['connect', { say: noConnection }],
  ['quit', { say: noConnection }],
  ['exit', { say: noConnection }],
  ['setquota', { say: quotas }],
  ['listquota', { say: quotas }],
  ['delquota', { say: quotas }],
  ['addWatch', { say: 'quoll watch PATH, with -r for all that is below it' }],
  ['snapshot', { say: copies }],
  ['start', { say: 'One peer: quoll server. An ensemble on this machine: quoll dev.' }],
  ['run', { say: 'One peer: quoll server. An ensemble on this machine: quoll dev.' }],
  ['agent', { say: 'One peer: quoll server. An ensemble on this machine: quoll dev.' }],
  ['serve', { say: 'One peer: quoll server. An ensemble on this machine: quoll dev.' }],
  ['stop', { say: 'A peer stops in order on Ctrl-C or SIGTERM: kill PID.' }],
  ['shutdown', { say: 'A peer stops in order on Ctrl-C or SIGTERM: kill PID.' }],
]);

/**
 * Gives the words of a command line in our own: those after `node quoll`. Throws `CommandFailed` with what to type where
 * there is no such command.
 */
export function inOurWords(typed: readonly string[]): readonly string[] {
  let at = commandAt(typed);
  if (typed[at] === 'help') at++;
  const word = typed[at] ?? '';
  const other = words.get(word) ?? words.get(spelledAlike.get(word.toLowerCase()) ?? '');
  if (other === undefined) return typed;
  if ('as' in other) {
    const ours = typed[at - 1] === 'help' ? other.as.slice(0, 1) : other.as;
    return [...typed.slice(0, at), ...ours, ...typed.slice(at + 1)];
  }
  throw new CommandFailed(exitCode.usage, `There is no command ${word}`, { hint: other.say });
}

/** `getdata` is meant as `getData`. */
const spelledAlike: ReadonlyMap<string, string> = new Map(
  [...words.keys()].map((word) => [word.toLowerCase(), word]),
);

const valued: readonly string[] = ['--url', '-o', '--output', '--cacert', '--cert', '--key'];

/** Where the command stands: behind the options that may stand anywhere. */
function commandAt(typed: readonly string[]): number {
  let at = 0;
  while (at < typed.length && (typed[at] ?? '').startsWith('-')) {
    at += valued.includes(typed[at] ?? '') ? 2 : 1;
  }
  return at;
}
