import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * A request as Node makes it, which may be put back: one that is pipelined behind as many as its connection may owe. One read
 * of a socket brings up to 64 KiB, hundreds of requests, and Node makes all of them in one go; the one way to have it stop in
 * between is an upgrade, behind which the bytes are not for it. So a request that is put back tells Node that it asks for
 * one, and comes to whoever takes upgrades, with all that stands behind it.
 */
export abstract class PipelinedRequest extends IncomingMessage {
  #isUpgrade = false;
  #isPutBack = false;

  /** Says whether it is to be put back. */
  protected abstract mustWait(socket: Socket): boolean;

  /** Node sets it once it has read the head, and looks at it when all of that is in its place. */
  get upgrade(): boolean {
    return this.#isUpgrade || this.#isPutBack;
  }

  set upgrade(isUpgrade: boolean | null) {
    // Of Node's constructor, ahead of our fields.
    if (isUpgrade === null) return;
    this.#isUpgrade = isUpgrade;
    if (!isUpgrade) this.#isPutBack = this.mustWait(this.socket);
  }

  get isPutBack(): boolean {
    return this.#isPutBack;
  }
}

/** Says whether a request asked for no upgrade, and comes as one since it has to wait. */
export function isPutBack(request: IncomingMessage): boolean {
  return request instanceof PipelinedRequest && request.isPutBack;
}

/**
 * The newest major version of Node that is known to stop its parser at a request that says late that it is an upgrade: 20, 22
 * and 24 were tried. Node 26 goes on, and the request would be lost.
 */
const stoppingNodeMax = 24;

/** Says whether requests can be put back in a version of Node; elsewhere all that was read at once is taken in at once. */
export function canPutBack(nodeVersion: string): boolean {
  // What is no number is no version that was tried.
  return Number.parseInt(nodeVersion, 10) <= stoppingNodeMax;
}

/** Gives the class of requests of a door. */
export function pipelinedRequests(mustWait: (socket: Socket) => boolean): typeof IncomingMessage {
  return class extends PipelinedRequest {
    protected override mustWait(socket: Socket): boolean {
      return mustWait(socket);
    }
  };
}
