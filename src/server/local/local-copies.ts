import { authRoot } from '../../model/auth.ts';
import type { Identity } from '../../model/acl.ts';
import { isRefusal, refused, type Refusal } from '../../model/error-code.ts';
import type { Zxid } from '../../model/zxid.ts';
import type { Asking } from '../../service/auth.ts';
import type { Copy, CopyService } from '../../service/copying.ts';
import { ServiceError } from '../../service/service-error.ts';
import { validateTimeout } from '../../service/validate.ts';
import type { StateMachine } from '../../state/state-machine.ts';
import type { RunningPeer } from '../running-peer.ts';
import type { Admission } from './admission.ts';
import type { AnswerCallback } from './entrance.ts';
import { mayBegin } from './operators.ts';

type CopyReader = Parameters<Parameters<RunningPeer['copies']['ofState']>[0]>[0];

const copyRequest = { kind: 'admin', op: 'backup', path: '' } as const;

/** Is `CopyService` on this peer: an administrator's, counted, and told to the audit log. */
export class LocalCopies implements CopyService {
  readonly #admission: Admission;

  constructor(admission: Admission) {
    this.#admission = admission;
  }

  open(asking: Asking, after?: Zxid): Promise<Copy> {
    const { caller, timeoutMs } = asking;
    const asked = { request: copyRequest, asker: caller };
    const who = validateTimeout(timeoutMs) ?? caller;
    return this.#admission.promise(asked, who, timeoutMs, (peer, answer) => {
      const identities = this.#admission.recognize(caller.identities);
      const refusal = refusalFor(peer.applier.state, identities);
      if (refusal !== undefined) {
        this.#admission.audit.answered(caller, 'backup', '/', refusal);
        answer(refusal);
        return;
      }
      const giveBack = this.#admission.keep('copies', caller.identities);
      if (giveBack === undefined) answer(tooMany());
      else this.#begin(peer, { asking, after, giveBack }, answer);
    });
  }

  #begin(
    peer: RunningPeer,
    of: {
      readonly asking: Asking;
      readonly after: Zxid | undefined;
      readonly giveBack: () => void;
    },
    answer: AnswerCallback<Copy>,
  ): void {
    const { asking, after, giveBack } = of;
    const begun = (reader: CopyReader): void => {
      if (isRefusal(reader)) {
        giveBack();
        answer(reader);
        return;
      }
      this.#admission.audit.copied(asking.caller, reader.begins);
      answer({
        begins: reader.begins,
        next: () =>
          new Promise((resolve, reject) => {
            reader.next((piece) => {
              if (isRefusal(piece)) reject(new ServiceError(piece));
              else resolve(piece);
            });
          }),
        close: () => {
          reader.close();
          giveBack();
        },
      });
    };
    if (after === undefined) peer.copies.ofState(begun);
    else peer.copies.ofLog(after, begun);
  }
}

/** All there is goes out, whatever ACLs say: so it takes what it takes to change those. */
function refusalFor(
  { grants }: StateMachine,
  identities: readonly Identity[],
): Refusal | undefined {
  if (grants.isOn) return grants.refusal('read', authRoot, identities);
  if (mayBegin(identities)) return undefined;
  const detail =
    'A copy holds everything, whatever ACLs say. While grants are off, whoever has a certificate, asks from the machine of the peer itself, or is the super user may take one.';
  return refused('noAuth', detail);
}

function tooMany(): Refusal {
  const detail =
    'As many copies are being taken here as may be at a time (budget.copiesEach, budget.copiesAll). Wait for one to end, or ask another peer.';
  return refused('throttled', detail);
}
