import { isRefusal } from '../../model/error-code.ts';
import { newestLevel } from '../../model/level.ts';
import { levelOf } from '../../model/membership.ts';
import type { Asking } from '../../service/auth.ts';
import type { AnswerMeta } from '../../service/call.ts';
import type { LevelService, LevelView, LevelWanted } from '../../service/levels.ts';
import { validateTimeout } from '../../service/validate.ts';
import type { WriteResult } from '../requests/write-path.ts';
import type { Admission } from './admission.ts';
import { whoIs } from './local-auth.ts';
import { judgeOperator } from './operators.ts';

type Raised = LevelView & { readonly meta: AnswerMeta };

const raiseRequest = { kind: 'admin', op: 'raiseLevel', path: '' } as const;

/** Is `LevelService` on this peer: lets in who may, and brings the wish to the leader as any write. */
export class LocalLevels implements LevelService {
  readonly #admission: Admission;

  constructor(admission: Admission) {
    this.#admission = admission;
  }

  raise({ level = newestLevel, isTrial }: LevelWanted, asking: Asking): Promise<Raised> {
    const { caller, timeoutMs } = asking;
    const who = validateTimeout(timeoutMs) ?? whoIs(caller);
    const asked = { request: raiseRequest, asker: caller };
    return this.#admission.promise<Raised>(asked, who, timeoutMs, (peer, answer) => {
      const done = (result: WriteResult): void => {
        if (!isTrial) this.#admission.audit.raisedLevel(caller, level, result);
        if (isRefusal(result)) answer(result);
        else {
          const now = levelOf(peer.applier.membership);
          answer({ level: now, newestLevel, meta: this.#admission.entrance.meta() });
        }
      };
      judgeOperator({ admission: this.#admission, peer }, asking, 'end an upgrade', (refusal) => {
        if (refusal !== undefined) done(refusal);
        else {
          const context = { identities: this.#admission.recognize(caller.identities) };
          peer.writes.submit({ kind: 'raiseLevel', level, isTrial }, context, timeoutMs, done);
        }
      });
    });
  }
}
