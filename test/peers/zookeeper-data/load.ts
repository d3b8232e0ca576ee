import { JuteClient } from '../../support/zookeeper/jute-client.ts';
import { flags, openAcl, type AclItem, type Request } from '../../support/zookeeper/requests.ts';

const readers: readonly AclItem[] = [
  { perms: 31, scheme: 'digest', id: 'ada:nNBn1rDnPbUIPJlN/O1Gpw+TCJw=' },
  { perms: 1, scheme: 'world', id: 'anyone' },
];

/** Open, but not the same. */
const twoEntries: readonly AclItem[] = [
  { perms: 31, scheme: 'world', id: 'anyone' },
  { perms: 1, scheme: 'ip', id: '127.0.0.1' },
];

/** What does not change with chance: a znode of each kind, ACLs, a quota, null and empty data. */
export async function layOut(client: JuteClient): Promise<void> {
  const create = (path: string, data: string | null = '', acl = openAcl): Request => ({
    op: 'create',
    path,
    data,
    acl,
    flags: flags.persistent,
  });
  const requests: readonly Request[] = [
    ...['/app', '/app/config', '/load', '/quiet', '/quiet/deep', '/quiet/deep/er'].map((path) =>
      create(path),
    ),
    create('/app/secret', 'for ada', readers),
    create('/app/null', null),
    { op: 'setAcl', path: '/app/config', acl: readers, version: -1 },
    { op: 'createContainer', path: '/box', data: '', acl: openAcl, flags: flags.container },
    create('/box/thing', 'in it'),
    {
      op: 'createTtl',
      path: '/brief',
      data: 'x',
      acl: openAcl,
      flags: flags.ttl,
      ttlMs: 3_600_000,
    },
    { op: 'create2', path: '/quiet/n-', data: '1', acl: openAcl, flags: flags.sequential },
    { op: 'create2', path: '/quiet/n-', data: '2', acl: openAcl, flags: flags.sequential },
    { op: 'delete', path: '/quiet/n-0000000001', version: -1 },
    ...['/zookeeper/quota/app', '/zookeeper/quota/load'].map((path) => create(path)),
    ...['app', 'load'].flatMap((name) => [
      create(`/zookeeper/quota/${name}/zookeeper_limits`, 'count=10000,bytes=-1'),
      create(`/zookeeper/quota/${name}/zookeeper_stats`, 'count=0,bytes=0'),
    ]),
    { op: 'setData', path: '/app/config', data: 'on', version: -1 },
    {
      op: 'multi',
      ops: [
        { op: 'create', path: '/app/a', data: 'a', acl: openAcl, flags: flags.persistent },
        { op: 'create2', path: '/app/a/b', data: 'b', acl: openAcl, flags: flags.persistent },
        { op: 'setData', path: '/app/a', data: 'aa', version: 0 },
        { op: 'check', path: '/app/a/b', version: 0 },
      ],
    },
    {
      op: 'multi',
      ops: [
        { op: 'create', path: '/app/never', data: '', acl: openAcl, flags: flags.persistent },
        { op: 'check', path: '/app/a', version: 77 },
      ],
    },
    { op: 'delete', path: '/app/nothing', version: -1 },
  ];
  await Promise.all(client.askAll(requests));
}

/** Writes of all kinds below /load from several sessions, until it is stopped; sessions end on the way, some do not. */
export class Load {
  readonly #address: string;
  readonly #running: Promise<void>[];
  #stopped = false;
  #writes = 0;

  constructor(address: string, writers: number) {
    this.#address = address;
    this.#running = Array.from({ length: writers }, (_, index) => this.#write(index));
  }

  get writes(): number {
    return this.#writes;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  async #write(writer: number): Promise<void> {
    let client = await JuteClient.connect(this.#address);
    const base = `/load/w${String(writer)}`;
    for (let round = 0; !this.#stopped && !client.isClosed; round++) {
      await Promise.all(client.askAll(requestsOf(base, round)));
      this.#writes += 8;
      if (round % 20 !== 19) continue;
      // Its ephemerals go with it; a new one makes them anew.
      await client.close();
      const next = await JuteClient.connect(this.#address).catch(() => undefined);
      // Killed meanwhile.
      if (next === undefined) break;
      client = next;
    }
    client.destroy();
  }
}

function requestsOf(base: string, round: number): Request[] {
  const path = `${base}/n${String(round % 7)}`;
  const persistent = { data: `r${String(round)}`, acl: openAcl, flags: flags.persistent };
  return [
    { op: 'create', path: base, ...persistent },
    { op: round % 2 === 0 ? 'create' : 'create2', path, ...persistent },
    { op: 'create', path: `${path}/e`, data: 'e', acl: openAcl, flags: flags.persistent },
    { op: 'create', path: `${base}/mine`, data: '', acl: openAcl, flags: flags.ephemeral },
    { op: 'setData', path, data: 'x'.repeat(round % 300), version: -1 },
    { op: 'setAcl', path, acl: round % 3 === 0 ? twoEntries : openAcl, version: -1 },
    {
      op: 'multi',
      ops: [
        { op: 'create', path: `${base}/m`, ...persistent },
        { op: 'delete', path: `${base}/m`, version: round % 5 === 0 ? 9 : -1 },
      ],
    },
    { op: 'delete', path: round % 3 === 0 ? path : `${path}/e`, version: -1 },
  ];
}
