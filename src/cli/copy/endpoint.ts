import { readFileSync, statSync } from 'node:fs';
import { isOpenToOthers } from '../../base/file-mode.ts';
import type { ZnodePath } from '../../model/path.ts';
import { clientTls } from '../client/client-tls.ts';
import { ringOf, znodePath, type ClientOptions } from '../client/client-command.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import { RestSide } from './rest-side.ts';
import type { Side } from './side.ts';
import type { Proof } from './zookeeper-client.ts';
import { ZooKeeperSide } from './zookeeper-side.ts';

/** As ZooKeepers have them as a rule. */
const usualPort = { zookeeper: '2181', 'zookeeper+tls': '2281' } as const;

/** One end of a copy, as it was typed: an ensemble, and where in its tree. */
export interface Endpoint {
  readonly side: Side;
  readonly root: ZnodePath;
}

/** Opens `zookeeper://host:port,host:port/path`, `zookeeper+tls://…` or `http://host:port/path`. Throws `CommandFailed`. */
export function endpointOf(
  typed: string,
  more: {
    readonly options: ClientOptions;
    /** A file that says who to be, for ZooKeeper's protocol. */
    readonly authFile: string | undefined;
    readonly warn: (what: string) => void;
  },
): Endpoint {
  const [, scheme, hosts = '', path = ''] =
    /^(zookeeper(?:\+tls)?|https?):\/\/([^/]+)(.*)$/.exec(typed) ?? [];
  const addresses = hosts.split(',').filter((host) => host !== '');
  if (scheme === undefined || addresses.length === 0) {
    throw new CommandFailed(exitCode.usage, `"${typed}" is no place to copy from or to`, {
      hint: 'Write zookeeper://HOST:PORT/PATH or http://HOST:PORT/PATH; where TLS is spoken, zookeeper+tls:// or https://',
    });
  }
  const root = znodePath(path === '' ? '/' : decoded(path, typed));
  if (scheme === 'zookeeper' || scheme === 'zookeeper+tls') {
    const proof = more.authFile === undefined ? undefined : proofIn(more.authFile);
    const tls = scheme === 'zookeeper' ? undefined : clientTls(more.options);
    const port = usualPort[scheme];
    const all = addresses.map((host) => (/:\d+$/.test(host) ? host : `${host}:${port}`));
    return { side: new ZooKeeperSide(all, { proof, tls, warn: more.warn }), root };
  }
  if (more.authFile !== undefined) {
    throw new CommandFailed(exitCode.usage, `${scheme}:// takes no digest`, {
      hint: 'Show a token there (--token-file), or name the door for ZooKeeper: zookeeper://HOST:2181/PATH',
    });
  }
  const url = addresses.map((host) => `${scheme}://${host}`).join(',');
  return { side: new RestSide(ringOf({ ...more.options, url })), root };
}

/** A password in arguments would be seen by everybody on the machine. */
function proofIn(file: string): Proof {
  let text: string;
  let isOpen: boolean;
  try {
    text = readFileSync(file, 'utf8');
    isOpen = isOpenToOthers(statSync(file));
  } catch (cause) {
    throw new CommandFailed(exitCode.usage, `${file} can't be read`, { cause });
  }
  if (isOpen) {
    throw new CommandFailed(exitCode.usage, `Others may read the password in ${file}`, {
      hint: `Type: chmod 600 ${file}`,
    });
  }
  const [, scheme, auth] = /^([a-z0-9]+):(.+)$/.exec(text.trim()) ?? [];
  if (scheme !== undefined && auth !== undefined) return { scheme, auth };
  throw new CommandFailed(exitCode.usage, `${file} does not say who to be`, {
    hint: 'It is one line: digest:USER:PASSWORD, as digest:super:secret.',
  });
}

function decoded(path: string, typed: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new CommandFailed(exitCode.usage, `"${typed}" has a % that stands for nothing`, {
      cause,
    });
  }
}
