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

/** Gives the class of requests of a door. */
export function pipelinedRequests(mustWait: (socket: Socket) => boolean): typeof IncomingMessage {
  return class extends PipelinedRequest {
    protected override mustWait(socket: Socket): boolean {
      return mustWait(socket);
    }
  };
}
