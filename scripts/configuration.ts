// Writes docs/configuration.md from the table of settings. `--check`: only says whether the page is as it would be written.
import {
  flagOf,
  settingKeys,
  settings,
  variableOf,
  type SettingKey,
} from '../src/config/settings.ts';
import type { Setting } from '../src/config/setting.ts';
import { number, renewPage, row, table } from './generated-page.ts';

/** What the groups of keys are about, in the order of the page; '' has those that stand in no group. */
const groups: readonly (readonly [name: string, title: string])[] = [
  ['', 'The peer'],
  ['http', 'The HTTP door'],
  ['zookeeper', 'The door for ZooKeeper’s clients'],
  ['grpc', 'The gRPC door'],
  ['tls', 'TLS'],
  ['peer', 'Between peers'],
  ['auth', 'Who somebody is'],
  ['audit', 'The audit log'],
  ['quota', 'Quotas'],
  ['retention', 'How long the log is kept'],
  ['snapshot', 'Snapshots'],
  ['reaper', 'Containers and TTL znodes'],
  ['disk', 'The disk'],
  ['log', 'What is logged'],
  ['metrics', 'Metrics'],
  ['upgrade', 'Upgrades'],
  ['telemetry', 'Traces'],
];

/** These have a page of their own, docs/limits.md, with what happens beyond. */
const elsewhere = new Set(['limits', 'budget']);

renewPage('docs/configuration.md', document);

function document(): string {
  const known = new Set([...groups.map(([name]) => name), ...elsewhere]);
  const stray = settingKeys.filter((key) => !known.has(groupOf(key)));
  if (stray.length > 0) throw new Error(`of no group of scripts/configuration.ts: ${stray.join()}`);
  return [
    '# Configuration',
    '',
    'Every setting of a peer, but for those that are limits: these stand in [limits.md](limits.md), and are written in the same ways. `npm run generate` makes this page of the code’s own table; a check holds it.',
    '',
    'A setting has one name, written in four ways; of two the one further left counts: as a flag of `quoll server` (`--http-port 8080`), as a variable (`QUOLL_HTTP_PORT=8080`), in a YAML file (`http: { port: 8080 }`), or in a `zoo.cfg` (`quoll.http.port=8080`). The file is named by `--config` or `QUOLL_CONFIG`. What ZooKeeper’s own keys mean stands in [zookeeper.md](zookeeper.md), how the servers of the ensemble are listed (`servers`, `server.N`) in [the runbook](runbook.md#configuration). A program that embeds a peer gives the same names as nested objects: [embedding.md](embedding.md).',
    '',
    'What stands in parentheses is the default.',
    ...groups.flatMap(([name, title]) => [
      '',
      `## ${title}`,
      '',
      ...table(
        ['setting', 'flag and variable', 'what it says'],
        settingKeys.filter((key) => groupOf(key) === name).map(rowOf),
      ),
    ]),
    '',
  ].join('\n');
}

function groupOf(key: SettingKey): string {
  // `tls` is a word by itself as well: TLS is off.
  if (key === 'tls') return key;
  return key.includes('.') ? key.slice(0, key.indexOf('.')) : '';
}

function rowOf(key: SettingKey): string {
  const { about, range, onlyAtStart, isSecret }: Setting<unknown> = settings[key];
  const said = [
    about,
    ...(range === undefined || about.includes(`${String(range.min)} to`)
      ? []
      : [`from ${number(range.min)} to ${number(range.max)}`]),
    ...(onlyAtStart === true ? ['not kept in a file'] : []),
    ...(isSecret === true ? ['a secret: better not as a flag'] : []),
  ];
  const names = `\`--${flagOf(key)}\` \`${variableOf(key)}\``;
  return row([`\`${key}\``, names, said.join('; ').replaceAll('|', '\\|')]);
}
