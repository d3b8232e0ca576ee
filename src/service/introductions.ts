import type { Identity } from '../model/acl.ts';
import type { Caller } from './call.ts';
import type { CoordinationService } from './coordination-service.ts';

/** Identities that are remembered of a connection; one that has more (a proxy's) is met anew. */
export const introducedMax = 256;

/** Tells the service who has proved himself on one connection: of each once, however many requests he makes. */
export class Introductions {
  #met: Set<string> | undefined;
  #last: Caller | undefined;

  meet(service: Pick<CoordinationService, 'introduced'>, caller: Caller): void {
    if (caller === this.#last) return;
    this.#last = caller;
    const { identities, door } = caller;
    let isNew = false;
    for (const identity of identities) if (this.#isNew(identity)) isNew = true;
    if (isNew) service.introduced({ identities, door });
  }

  #isNew({ scheme, id }: Identity): boolean {
    if (scheme === 'ip') return false;
    const met = (this.#met ??= new Set());
    const name = `${scheme}:${id}`;
    if (met.has(name)) return false;
    if (met.size >= introducedMax) met.clear();
    met.add(name);
    return true;
  }
}
