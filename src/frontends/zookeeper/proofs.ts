import { withProof, type Principal } from '../../model/principal.ts';
import type { Caller } from '../../service/call.ts';
import type { DoorGuard } from '../../service/door-guard.ts';
import type { RequestDoor } from './operations/client.ts';
import type { JuteWriter } from '../../wire/jute/jute-writer.ts';
import { authFailed, authXid } from '../../wire/jute/protocol.ts';

/** Of all identities that a connection proves: every write carries them. */
const identityBytesMax = 16_384;

/** What it gives takes it back. */
type WhenOver = (principal: Caller) => () => void;

/** Who is at the other end of a connection, as far as it was proved. */
export class Proofs {
  #principal: Caller;
  #bytes = 0;
  /** Of the challenge by SASL that is to be answered. */
  saslNonce: string | undefined;
  /** Verdicts that are to come. */
  #awaited = 0;
  readonly #whenOver: WhenOver;
  readonly #known: () => void;
  #forgetEnd: () => void;

  /**
   * `stranger`: who it is without another word. `whenOver`: has somebody told when what was proved ends. `known`: a verdict
   * that was awaited has come.
   */
  constructor(stranger: Caller, whenOver: WhenOver, known: () => void) {
    this.#principal = stranger;
    this.#whenOver = whenOver;
    this.#known = known;
    this.#forgetEnd = whenOver(stranger);
  }

  get isAwaited(): boolean {
    return this.#awaited > 0;
  }

  await(): () => void {
    this.#awaited++;
    return () => {
      this.#awaited--;
      this.#known();
    };
  }

  get principal(): Caller {
    return this.#principal;
  }

  /** What they take in every write, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** False when they would be too much for every write. */
  add(proof: Principal): boolean {
    const known = this.#principal.identities;
    const identities = proof.identities.filter(
      ({ scheme, id }) => !known.some((other) => other.scheme === scheme && other.id === id),
    );
    const more = identities.reduce((sum, { scheme, id }) => sum + scheme.length + id.length, 0);
    if (identities.length === 0) return true;
    if (this.#bytes + more > identityBytesMax) return false;
    this.#bytes += more;
    this.#principal = withProof(this.#principal, { ...proof, identities });
    this.#forgetEnd();
    this.#forgetEnd = this.#whenOver(this.#principal);
    return true;
  }

  readonly close = (): void => {
    this.#forgetEnd();
  };
}

/**
 * Has a connection end with what it proved. Its client is told as it would be of a wrong proof, so that it does not come back
 * with the same one.
 */
export function endingWithProof(
  { service, guard }: Pick<RequestDoor, 'service'> & { readonly guard: DoorGuard },
  connection: { readonly isOver: boolean; readonly out: JuteWriter; end(): void; hangUp(): void },
): WhenOver {
  const end = (): void => {
    const { isOver, out } = connection;
    if (isOver) return;
    out.beginFrame();
    out.replyHeader(authXid, service.meta().zxid, authFailed);
    out.endFrame();
    connection.end();
  };
  return (principal) =>
    service.identities.whenOver(principal, () => {
      guard.run(end, () => {
        connection.hangUp();
      });
    });
}
