import { setImmediate } from 'node:timers/promises';
import type { CertificateId } from '../../model/principal.ts';
import type { Revocations } from './crl.ts';

/** Of a list, looked at in one turn of the event loop: it may have a hundred thousand. */
const serialsPerTurn = 5_000;

/** Which certificates lists name, for who asks often. */
export class Revoked {
  static readonly none = new Revoked(new Map());

  readonly #serials: ReadonlyMap<string, ReadonlySet<string>>;

  private constructor(serials: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#serials = serials;
  }

  static async in(lists: readonly Revocations[]): Promise<Revoked> {
    const serials = new Map<string, Set<string>>();
    let left = serialsPerTurn;
    for (const list of lists) {
      const ofIssuer = serials.get(list.issuerId) ?? new Set<string>();
      serials.set(list.issuerId, ofIssuer);
      for (const serial of list.serials()) {
        ofIssuer.add(serial);
        if (--left > 0) continue;
        left = serialsPerTurn;
        await setImmediate();
      }
    }
    return new Revoked(serials);
  }

  has({ issuer, serial }: CertificateId): boolean {
    return this.#serials.get(issuer)?.has(serial) === true;
  }
}
