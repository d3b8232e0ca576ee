import { isSuper, type Identity } from '../../model/acl.ts';
import { refused, type Refusal } from '../../model/error-code.ts';
import { isInIpRange, parseIp, parseIpRange } from '../../model/ip-range.ts';
import type { StateMachine } from '../../state/state-machine.ts';
import type { Asking } from '../../service/auth.ts';
import type { RunningPeer } from '../running-peer.ts';
import type { Admission } from './admission.ts';

// Who may operate an ensemble: administrators, once grants are on; before, whoever may switch them on.

const loopbacks = [parseIpRange('127.0.0.0/8'), parseIpRange('::1')];

/** The super user, the machine of this peer itself, or whoever has a certificate. */
export function mayBegin(identities: readonly Identity[]): boolean {
  return (
    isSuper(identities) ||
    identities.some(({ scheme, id }) => {
      if (scheme !== 'ip') return scheme === 'x509';
      const address = parseIp(id);
      return (
        address !== undefined &&
        loopbacks.some((range) => range !== undefined && isInIpRange(address, range))
      );
    })
  );
}

/** Undefined where they may, by what this state says. `deed`: as in "Only administrators DEED." */
export function operatorRefusal(
  { grants }: StateMachine,
  identities: readonly Identity[],
  deed: string,
): Refusal | undefined {
  if (grants.isOn) {
    return grants.rightsOf(identities).isAdmin
      ? undefined
      : refused('noAuth', `Only administrators ${deed}.`);
  }
  return mayBegin(identities)
    ? undefined
    : refused(
        'noAuth',
        `Whoever has a certificate, asks from the machine of the peer itself, or is the super user may ${deed}.`,
      );
}

/** The same by what a quorum has applied: a right that was taken back a moment ago at another peer is gone. */
export function judgeOperator(
  { admission, peer }: { readonly admission: Admission; readonly peer: RunningPeer },
  { caller, timeoutMs }: Asking,
  deed: string,
  judged: (refusal: Refusal | undefined) => void,
): void {
  const identities = admission.recognize(caller.identities);
  admission.barrier(peer, caller, timeoutMs, (refusal) => {
    judged(refusal ?? operatorRefusal(peer.applier.state, identities, deed));
  });
}
