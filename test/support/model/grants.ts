import type { Identity } from '../../../src/model/acl.ts';
import { authGrantsPath, authRolesPath, authRoot, type Verb } from '../../../src/model/auth.ts';
import type { CreateOp, MultiRequest, SetOp, TreeOp } from '../../../src/model/request.ts';
import { create, multi, set } from './requests.ts';

export const superuser: Identity = { scheme: 'super', id: '' };
/** Proved by a certificate, and granted the role admin by `grantsOn`. */
export const administrator: Identity = { scheme: 'x509', id: 'CN=ops' };

type Rules = Readonly<Record<string, readonly Verb[]>>;

/** Makes a role, of verbs by prefix. */
export function roleOp(name: string, rules: Rules): CreateOp {
  const list = Object.entries(rules).map(([prefix, verbs]) => ({ prefix, verbs }));
  return create(`${authRolesPath}/${name}`, {
    data: JSON.stringify({ rules: list }),
    parents: true,
  });
}

/** Makes a grant of roles to principals. */
export function grantOp(
  name: string,
  principals: readonly string[],
  roles: readonly string[],
): CreateOp {
  const data = JSON.stringify({ principals, roles });
  return create(`${authGrantsPath}/${name}`, { data, parents: true });
}

export function switchOp(on: boolean): SetOp {
  return set(authRoot, JSON.stringify({ on }));
}

/** Switches grants on, with `administrator` for one, and what else is to be there. */
export function grantsOn(...more: readonly TreeOp[]): MultiRequest {
  return multi([grantOp('admins', ['x509:CN=ops'], ['admin']), ...more, switchOp(true)]);
}
