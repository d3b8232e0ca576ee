import { isRefusal } from '../../../model/error-code.ts';
import { withProof } from '../../../model/principal.ts';
import type { Asker, Caller } from '../../../service/call.ts';
import type { IdentityService } from '../../../service/identifying.ts';
import { bearerIn } from '../../../wire/credentials.ts';
import type { Connection } from './connection.ts';
import { Problem, problemOfRefusal } from './problem.ts';

/** A token, and where it was shown; `asker`: who shows it, where that is not the connection's stranger. */
export interface ShownBearer {
  readonly connection: Connection;
  readonly bearer: string;
  readonly asker?: Asker;
}

/**
 * Finds out who shows a bearer token on a connection. What it showed last is known by it, while that stands.
 */
export function signIn(
  identities: IdentityService,
  { connection, bearer, asker = connection.stranger }: ShownBearer,
  done: (outcome: Caller | Problem) => void,
): void {
  const { signedIn, stranger } = connection;
  if (signedIn?.bearer === bearer && identities.stands(signedIn.caller)) {
    done(signedIn.caller);
    return;
  }
  identities.bearer(bearer, asker, (proof) => {
    if (isRefusal(proof)) {
      done(problemOfRefusal(proof));
      return;
    }
    const caller = withProof(stranger, proof);
    connection.signedIn = { bearer, caller };
    done(caller);
  });
}

/** Does the same with a promise, which rejects with the `Problem`. */
export function signedIn(identities: IdentityService, shown: ShownBearer): Promise<Caller> {
  return new Promise((resolve, reject) => {
    signIn(identities, shown, (outcome) => {
      if (outcome instanceof Problem) reject(outcome);
      else resolve(outcome);
    });
  });
}

/**
 * Gives the token by which a request is to be judged. Gateways send the token of whoever signed in there along with all
 * requests: where that is nobody we know, a read is answered as to anybody.
 */
export function bearerOf(
  identities: IdentityService,
  authorization: string | undefined,
  changesState: boolean,
): string | undefined {
  const bearer = bearerIn(authorization);
  if (bearer === undefined || changesState || identities.knows(bearer)) return bearer;
  return undefined;
}
