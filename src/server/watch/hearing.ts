import { permission, type Identity } from '../../model/acl.ts';
import type { Refusal } from '../../model/error-code.ts';
import type { WatchEvent } from '../../model/watch-event.ts';
import type { ZnodePath } from '../../model/path.ts';
import { isAllowed } from '../../state/access/access.ts';
import type { StateMachine } from '../../state/state-machine.ts';

/** What a watch asks to be told. */
export interface WatchWishes {
  /** With values. */
  readonly withData?: boolean;
  /** What is there already, or what happened before. */
  readonly withPast?: boolean;
}

const none: WatchWishes = {};
const past: WatchWishes = { withPast: true };

/**
 * Says who may hear of what. An event is told to who may READ its znode, by ZooKeeper's rule since CVE-2024-23944, and has
 * been granted `watch` there by now; what shows a state besides, a value or what is past, needs `read` as well.
 */
export class Hearing {
  readonly #state: () => StateMachine;

  constructor(state: () => StateMachine) {
    this.#state = state;
  }

  /** Another one means that what was said before may not hold any more. */
  get mark(): object {
    return this.#state().grants.generation;
  }

  /** Refuses a watch that could never be told of anything at its own path. */
  refusal(
    path: ZnodePath,
    identities: readonly Identity[],
    wishes: WatchWishes = none,
  ): Refusal | undefined {
    const { grants } = this.#state();
    const showsState = wishes.withData === true || wishes.withPast === true;
    return (
      grants.refusal('watch', path, identities) ??
      (showsState ? grants.refusal('read', path, identities) : undefined)
    );
  }

  /** Of what is past, also who may not READ it now is told nothing. */
  mayHear(event: WatchEvent, identities: readonly Identity[], wishes = none): boolean {
    const { acl, aclNow, path } = event;
    if (!isAllowed(acl, permission.read, identities)) return false;
    if (aclNow !== undefined && !isAllowed(aclNow, permission.read, identities)) return false;
    return this.refusal(path, identities, aclNow === undefined ? wishes : past) === undefined;
  }

  /** Of what was judged before, and waited: by what is granted since then. */
  mayStillHear(event: WatchEvent, identities: readonly Identity[], wishes: WatchWishes): boolean {
    return this.refusal(event.path, identities, wishes) === undefined;
  }

  /** Of what comes out of the log: by what holds now, too. */
  mayHearLater(event: WatchEvent, identities: readonly Identity[]): boolean {
    return (
      this.mayHear(event, identities, past) && this.#state().allows(event.path, 'read', identities)
    );
  }
}
