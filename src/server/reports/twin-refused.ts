import type { ServerId } from '../../model/ids.ts';

/**
 * Says that another process runs under this peer's server id, and that the other peers hear it: this one has no place
 * among them and stops. The message is for a person: the cause, whether data is safe, what to do next.
 */
export class TwinRefused extends Error {
  constructor({
    self,
    by,
    livesAt,
  }: {
    readonly self: ServerId;
    /** The peer that hears the other one. */
    readonly by: ServerId;
    readonly livesAt: string;
  }) {
    const id = String(self);
    super(
      `Another process runs as server ${id}: server ${String(by)} hears it from ${livesAt}. That one keeps its place; ` +
        'this one has stopped. What was acknowledged is safe. If this one should not run (started twice, copied, a wrong ' +
        `server id or myid), give it a server id of its own, or remove it. If the one at ${livesAt} should not run, stop ` +
        'it, then start this one again.',
    );
    this.name = 'TwinRefused';
  }
}
