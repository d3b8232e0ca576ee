import { isRefusal, type Refusal } from '../../model/error-code.ts';
import type { ServerId } from '../../model/ids.ts';
import type { Asking } from '../../service/auth.ts';
import type { AnswerMeta } from '../../service/call.ts';
import type { LeadershipService, MovedLeader } from '../../service/leadership.ts';
import { validateTimeout } from '../../service/validate.ts';
import type { Admission } from './admission.ts';
import { whoIs } from './local-auth.ts';
import { judgeOperator } from './operators.ts';

type Moved = MovedLeader & { readonly meta: AnswerMeta };

const moveRequest = { kind: 'admin', op: 'moveLeader', path: '' } as const;

/** Is `LeadershipService` on this peer: lets in who may, and has the leader asked. */
export class LocalLeadership implements LeadershipService {
  readonly #admission: Admission;

  constructor(admission: Admission) {
    this.#admission = admission;
  }

  move(to: ServerId | undefined, asking: Asking): Promise<Moved> {
    const { caller, timeoutMs } = asking;
    const asked = { request: moveRequest, asker: caller };
    const who = validateTimeout(timeoutMs) ?? whoIs(caller);
    return this.#admission.promise<Moved>(asked, who, timeoutMs, (peer, given) => {
      const answer = (result: MovedLeader | Refusal): void => {
        this.#admission.audit.movedLeader(caller, to, result);
        given(isRefusal(result) ? result : { ...result, meta: this.#admission.entrance.meta() });
      };
      judgeOperator({ admission: this.#admission, peer }, asking, 'move leadership', (refusal) => {
        if (refusal !== undefined) answer(refusal);
        else peer.handOvers.ask(to, timeoutMs, answer);
      });
    });
  }
}
