import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import type { Identity } from '../../model/acl.ts';
import type { ServerId } from '../../model/ids.ts';
import type { Asking } from '../../service/auth.ts';
import type { AnswerMeta } from '../../service/call.ts';
import type { LeadershipService, MovedLeader } from '../../service/leadership.ts';
import { validateTimeout } from '../../service/validate.ts';
import type { StateMachine } from '../../state/state-machine.ts';
import type { Admission } from './admission.ts';
import { mayBegin, whoIs } from './local-auth.ts';

type Moved = MovedLeader & { readonly meta: AnswerMeta };

/** Is `LeadershipService` on this peer: lets in who may, and has the leader asked. */
export class LocalLeadership implements LeadershipService {
  readonly #admission: Admission;

  constructor(admission: Admission) {
    this.#admission = admission;
  }

  move(to: ServerId | undefined, { caller, timeoutMs }: Asking): Promise<Moved> {
    const who = validateTimeout(timeoutMs) ?? whoIs(caller);
    return this.#admission.promise<Moved>(who, timeoutMs, (peer, given) => {
      const answer = (result: MovedLeader | Refusal): void => {
        this.#admission.audit.movedLeader(caller, to, result);
        given(isRefusal(result) ? result : { ...result, meta: this.#admission.entrance.meta() });
      };
      const identities = this.#admission.recognize(caller.identities);
      // By what a quorum has applied: a right that was taken back a moment ago at another peer is gone.
      this.#admission.barrier(peer, caller, timeoutMs, (refusal) => {
        const hindrance = refusal ?? refusalFor(peer.applier.state, identities);
        if (hindrance !== undefined) answer(hindrance);
        else peer.handOvers.ask(to, timeoutMs, answer);
      });
    });
  }
}

function refusalFor(
  { grants }: StateMachine,
  identities: readonly Identity[],
): Refusal | undefined {
  if (grants.isOn) {
    return grants.rightsOf(identities).isAdmin
      ? undefined
      : refused('noAuth', 'Only administrators move leadership.');
  }
  return mayBegin(identities)
    ? undefined
    : refused(
        'noAuth',
        'Whoever has a certificate, asks from the machine of the peer itself, or is the super user may move leadership.',
      );
}
