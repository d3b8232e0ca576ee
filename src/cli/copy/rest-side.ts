import { setTimeout as delay } from 'node:timers/promises';
import { permissionsFromLetters, permissionsToLetters, type Acl } from '../../model/acl.ts';
import type { ZnodePath } from '../../model/path.ts';
import { jsonBody, nodesUrl } from '../client/client-command.ts';
import { messagesOf, openStream } from '../client/event-stream.ts';
import type { PeerRing } from '../client/peer-ring.ts';
import {
  documentOf,
  failureIn,
  failureOfProblem,
  pathBelow,
  problemCode,
} from '../client/rest-client.ts';
import { CommandFailed, exitCode } from '../terminal/command-failed.ts';
import type { Change, Found, Outcome, Side } from './side.ts';

const unavailableMsMax = 60_000;
const pauseMsMin = 50;
const pauseMsMax = 2_000;
/** Above it, base64 in a JSON body could be larger than a request may be. */
const jsonDataBytesMax = 500_000;
const racing = new Set(['NONODE', 'NOPARENT', 'NODEEXISTS', 'NOTEMPTY', 'NOCHILDRENFOREPHEMERALS']);

interface Document {
  readonly data?: string | null;
  readonly acl?: readonly {
    readonly permissions: string;
    readonly scheme: string;
    readonly id: string;
  }[];
  readonly stat?: { readonly ephemeralOwner: string; readonly numChildren: number };
  readonly children?: readonly string[];
  readonly continue?: string | null;
}

/** A Quoll by its REST API. */
export class RestSide implements Side {
  readonly #ring: PeerRing;

  constructor(ring: PeerRing) {
    this.#ring = ring;
  }

  async read(path: string): Promise<Found> {
    try {
      const [znode, acl] = await Promise.all([
        this.#get(path, { encoding: 'base64' }),
        this.#get(path, { acl: true }).catch((error: unknown) => {
          if (problemCode(error) === 'NOAUTH') return undefined;
          throw error;
        }),
      ]);
      const entries = acl?.acl?.map(({ permissions, scheme, id }) => ({
        permissions: permissionsFromLetters(permissions),
        scheme,
        id,
      }));
      return {
        data: typeof znode.data === 'string' ? Buffer.from(znode.data, 'base64') : null,
        acl: entries,
        isEphemeral: znode.stat?.ephemeralOwner !== '0',
        numChildren: znode.stat?.numChildren ?? 0,
      };
    } catch (error) {
      if (problemCode(error) === 'NONODE') return 'absent';
      if (problemCode(error) === 'NOAUTH') return 'hidden';
      throw error;
    }
  }

  async children(path: string): Promise<readonly string[]> {
    const names: string[] = [];
    let token: string | undefined;
    try {
      do {
        const page = await this.#get(path, { children: true, continue: token });
        for (const name of page.children ?? []) names.push(name);
        token = page.continue ?? undefined;
      } while (token !== undefined);
    } catch (error) {
      if (!['NONODE', 'NOAUTH'].includes(problemCode(error))) throw error;
    }
    return names;
  }

  create(
    path: string,
    { data, acl }: { readonly data: Uint8Array | null; readonly acl: Acl },
  ): Promise<Outcome> {
    return this.#change({ op: 'create', path, acl: aclDocument(acl), data: null }, data);
  }

  setData(path: string, data: Uint8Array | null): Promise<Outcome> {
    return this.#change({ op: 'set', path, data: null }, data);
  }

  setAcl(path: string, acl: Acl): Promise<Outcome> {
    return this.#change({ op: 'setAcl', path, acl: aclDocument(acl) });
  }

  remove(path: string): Promise<Outcome> {
    return this.#change({ op: 'delete', path });
  }

  async *changes(path: string, signal: AbortSignal): AsyncGenerator<Change> {
    let position = '';
    const stops = new AbortController();
    signal.addEventListener('abort', () => {
      stops.abort();
    });
    let giveUpAtMs = performance.now() + unavailableMsMax;
    for (let pauseMs = pauseMsMin; !signal.aborted; pauseMs = Math.min(2 * pauseMs, pauseMsMax)) {
      try {
        for await (const message of this.#messages(path, position, stops.signal)) {
          giveUpAtMs = performance.now() + unavailableMsMax;
          pauseMs = pauseMsMin;
          const isFirst = position === '';
          if (message.id !== '') position = message.id;
          if (message.event === 'synced') yield { kind: 'begun' };
          else if (message.event === 'lost') yield { kind: isFirst ? 'begun' : 'all' };
          else if (message.event !== 'bookmark') {
            const { path: changed } = JSON.parse(message.data) as { path?: string };
            if (changed !== undefined) yield { kind: 'path', path: changed };
          }
        }
      } catch (error) {
        const isForNow =
          !(error instanceof CommandFailed) || error.exitCode === exitCode.unavailable;
        if (!isAborted(signal) && (!isForNow || performance.now() > giveUpAtMs)) throw error;
      }
      if (isAborted(signal)) return;
      this.#ring.turn();
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Of one stream, until it ends or breaks. */
  async *#messages(path: string, position: string, signal: AbortSignal) {
    const base = this.#ring.current;
    const from = position === '' ? '' : `&from=${position}`;
    const url = `/v1/watch?path=${encodeURIComponent(path)}&recursive${from}`;
    const headers = { ...this.#ring.headers, Accept: 'text/event-stream' };
    const response = await openStream(
      base,
      { path: pathBelow(base, url), headers },
      this.#ring.tls,
    );
    const stop = (): void => {
      response.destroy();
    };
    signal.addEventListener('abort', stop, { once: true });
    if (response.statusCode !== 200) throw await failureIn(response);
    for await (const message of messagesOf(response)) {
      if (message.event === 'refused') {
        const { error } = JSON.parse(message.data) as { error?: { status: number } };
        throw failureOfProblem(error);
      }
      yield message;
    }
  }

  async #get(path: string, parameters: Parameters<typeof nodesUrl>[1]): Promise<Document> {
    const headers = { Accept: 'application/json' };
    const ask = { method: 'GET', path: nodesUrl(path as ZnodePath, parameters), headers } as const;
    return documentOf(await this.#patiently(() => this.#ring.askForSuccess(ask)));
  }

  /** `data` goes beside the op, for large data does not fit into a document. */
  async #change(op: Readonly<Record<string, unknown>>, data?: Uint8Array | null): Promise<Outcome> {
    const bytes = data ?? undefined;
    const isLarge = bytes !== undefined && bytes.length > jsonDataBytesMax;
    try {
      if (isLarge) await this.#putLarge(op, bytes);
      else {
        const encoded = bytes === undefined ? {} : asBase64(bytes);
        const body = jsonBody({ ops: [{ ...op, ...encoded }] });
        await this.#patiently(() =>
          this.#ring.askForSuccess({ method: 'POST', path: '/v1/txn', ...body }),
        );
      }
      return 'done';
    } catch (error) {
      const code = problemCode(error);
      if (racing.has(code)) return 'moved';
      if (!(error instanceof CommandFailed) || error.exitCode === exitCode.unavailable) throw error;
      return { refused: error.message };
    }
  }

  /** As raw bytes. A znode is made without them first, with its ACL: a header can't hold each ACL. */
  async #putLarge(op: Readonly<Record<string, unknown>>, body: Uint8Array): Promise<void> {
    if (op['op'] === 'create') {
      await this.#patiently(() =>
        this.#ring.askForSuccess({ method: 'POST', path: '/v1/txn', ...jsonBody({ ops: [op] }) }),
      );
    }
    const path = nodesUrl(String(op['path']) as ZnodePath);
    const headers = { 'Content-Type': 'application/octet-stream' };
    await this.#patiently(() => this.#ring.askForSuccess({ method: 'PUT', path, headers, body }));
  }

  /** Asks again while no peer can: what was done then is seen by whoever looks at it again. */
  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    const giveUpAtMs = performance.now() + unavailableMsMax;
    for (let pauseMs = pauseMsMin; ; pauseMs = Math.min(2 * pauseMs, pauseMsMax)) {
      try {
        return await ask();
      } catch (error) {
        const isForNow = error instanceof CommandFailed && error.exitCode === exitCode.unavailable;
        if (!isForNow || performance.now() > giveUpAtMs) throw error;
        await delay(pauseMs);
      }
    }
  }
}

/** Asked anew each time: it changes while something is waited for. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function asBase64(bytes: Uint8Array): { readonly data: string; readonly encoding: 'base64' } {
  const { buffer, byteOffset, length } = bytes;
  return { data: Buffer.from(buffer, byteOffset, length).toString('base64'), encoding: 'base64' };
}

function aclDocument(acl: Acl): readonly object[] {
  return acl.map(({ permissions, scheme, id }) => ({
    permissions: permissionsToLetters(permissions),
    scheme,
    id,
  }));
}
