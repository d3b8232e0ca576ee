import { Writable } from 'node:stream';
import { createLogger } from '../adapters/system/logger.ts';
import { describeComplaints, type Complaint } from '../config/complaint.ts';
import type { PeerConfig } from '../config/config.ts';
import { loadOptions } from '../config/load.ts';
import type { LogOptions, PeerOptions } from '../config/options.ts';
import type { Logger } from '../ports/logger.ts';
import { composePeer, type ComposedPeer } from './compose-peer.ts';
import type { PeerFailed } from './peer-failed.ts';
import { defaultWaitMs, waitFor } from './wait-for.ts';

export type { Complaint, LogOptions, PeerOptions };
export type { DoorOptions, TlsOptions } from '../config/options.ts';

/** Thrown when the options were wrong, and nothing was started. The message lists every mistake with its remedy. */
export class OptionsRefused extends Error {
  readonly complaints: readonly Complaint[];

  constructor(complaints: readonly Complaint[]) {
    super(describeComplaints(complaints));
    this.name = 'OptionsRefused';
    this.complaints = complaints;
  }
}

/** How long to wait, in milliseconds. */
export interface WaitOptions {
  /** Default: 60000. */
  readonly timeoutMs?: number;
}

/** A peer of Quoll in this process. */
export interface EmbeddedPeer {
  readonly serverId: number;
  /** Where its doors listen, as `host:port`; empty where a door is closed. */
  readonly addresses: {
    readonly http: string;
    readonly grpc: string;
    readonly zookeeper: string;
  };
  /** `http://host:port` of the HTTP door, `https://` where it speaks TLS; empty when that is closed. */
  readonly url: string;
  /** True until it was stopped or killed, or has failed. */
  readonly isRunning: boolean;
  /** As it sees itself now; `looking` while it knows no leader, and once it does not run. */
  readonly role: 'leader' | 'follower' | 'observer' | 'looking';
  /**
   * Resolves once the peer serves reads and knows a leader, as `GET /readyz` would say. Rejects with `PeerFailed` when
   * the peer has failed, and with an `Error` that says what is missing when it was stopped or the time is over.
   */
  ready(options?: WaitOptions): Promise<void>;
  /**
   * Looks at once whether the files of the keys for TLS have changed, as it does every five seconds by itself. Resolves
   * once new ones are taken over; those that are of no use are logged, and the old ones stay.
   */
  renewKeys(): Promise<void>;
  /** Answers what is in flight, makes everything durable, closes every door. May be called more than once. */
  stop(): Promise<void>;
  /**
   * Ends the peer as `kill -9` would end its process, as far as one process can: connections break, nobody is answered
   * any more, and what was not durable may be lost. Resolves once the data directory is free for another start.
   */
  kill(): Promise<void>;
  /**
   * Resolves, with the reason, once the peer has stopped by itself: its disk failed, or a rule of Quoll's own was
   * broken. Everything is closed by then. Never rejects, and never settles while all is well nor after a stop.
   */
  readonly failed: Promise<PeerFailed>;
}

/**
 * Starts one peer in this process. Resolves once its data is recovered and its doors are open; the ensemble may still
 * be electing then, see `ready`. An embedded peer reads no environment variables, writes nothing to standard output,
 * installs no signal handlers and never ends the process. Any number may run in one process, each with a data directory
 * and ports of its own.
 *
 * Rejects, with nothing left open: with `OptionsRefused` when the options are wrong (all mistakes at once), with
 * `PeerFailed` when the data can't be used, with an `Error` that names the setting when a port can't be listened on.
 */
export function startPeer(options: PeerOptions): Promise<EmbeddedPeer> {
  return startPeerWith(options, undefined);
}

/** Does what `startPeer` does, with a secret for the links between peers that is in no file. */
export async function startPeerWith(
  options: PeerOptions,
  peerSecret: Uint8Array | undefined,
): Promise<EmbeddedPeer> {
  const outcome = loadOptions(options);
  if (outcome.kind === 'refused') throw new OptionsRefused(outcome.complaints);
  const { config, notices } = outcome;
  const logger = loggerFor(config, options.log);
  for (const { level, where, text } of notices) logger.log(level, 'configuration', { where, text });
  return embedded(config, await composePeer(config, { logger, peerSecret }));
}

function embedded({ serverId, tls }: PeerConfig, composed: ComposedPeer): EmbeddedPeer {
  const { addresses, failed } = composed;
  let ended: 'stopped' | PeerFailed | undefined;
  void failed.then((failure) => (ended = failure));
  return {
    serverId,
    addresses,
    url: addresses.http === '' ? '' : `${tls === undefined ? 'http' : 'https'}://${addresses.http}`,
    failed,
    get isRunning() {
      return ended === undefined;
    },
    get role() {
      return ended === undefined ? composed.role() : 'looking';
    },
    ready: ({ timeoutMs = defaultWaitMs } = {}) =>
      waitFor(`peer ${String(serverId)} to be ready`, timeoutMs, () => {
        if (ended === 'stopped') throw new Error(`Peer ${String(serverId)} was stopped.`);
        if (ended !== undefined) throw ended;
        return composed.unreadyBecause();
      }),
    renewKeys: () => composed.renewKeys(),
    stop: () => {
      ended ??= 'stopped';
      return composed.stop();
    },
    kill: () => {
      ended ??= 'stopped';
      return composed.abort();
    },
  };
}

function loggerFor(config: PeerConfig, log: LogOptions | undefined): Logger {
  const { level, format } = config.log;
  const server = config.serverId;
  if (log === undefined) return createLogger({ level: 'silent', form: 'json', server });
  const to = new Writable({
    decodeStrings: false,
    write(line, _encoding, done) {
      try {
        log.write(String(line));
      } catch {
        // A peer does not die of a log that can't be written.
      }
      done();
    },
  });
  return createLogger({ level, form: format === 'pretty' ? 'human' : 'json', server, to });
}
