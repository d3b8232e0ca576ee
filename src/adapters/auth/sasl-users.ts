import { readFile, stat } from 'node:fs/promises';
import { isOpenToOthers } from '../../base/file-mode.ts';
import type { Principal } from '../../model/principal.ts';
import { parseSaslUsers, type SaslAnswer } from '../../model/sasl.ts';
import type { ProofFailed } from '../../ports/authenticator.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { digestMd5, isSame } from './digest-md5.ts';

const lookEveryMs = 5_000;

/** Stands for whoever is not there, so that it takes as long to say no. */
const nobodysPassword = 'nobody';

/** The users that ZooKeeper's clients sign in as by SASL, as their file has them; it is looked at as long as the peer runs. */
export class SaslUsers {
  readonly #file: string;
  readonly #logger: Logger;
  readonly #timer: Timer;
  #passwords: ReadonlyMap<string, string> = new Map();
  #seen = '';

  private constructor(file: string, ports: { readonly clock: Clock; readonly logger: Logger }) {
    this.#file = file;
    this.#logger = ports.logger;
    this.#timer = ports.clock.every(lookEveryMs, () => void this.#look());
  }

  static async open(
    file: string,
    ports: { readonly clock: Clock; readonly logger: Logger },
  ): Promise<SaslUsers> {
    const users = new SaslUsers(file, ports);
    await users.#look();
    return users;
  }

  /** Gives who answered, and by what he knows us; or why he is nobody. */
  judge(
    answer: SaslAnswer,
  ): { readonly principal: Principal; readonly proof: string } | ProofFailed {
    const { user, response } = answer;
    const password = this.#passwords.get(user);
    const { fromClient, fromServer } = digestMd5(answer, password ?? nobodysPassword);
    if (!isSame(fromClient, response) || password === undefined) {
      return { failed: 'there is no such user with this password' };
    }
    return { principal: { identities: [{ scheme: 'sasl', id: user }] }, proof: fromServer };
  }

  stop(): void {
    this.#timer.cancel();
  }

  /** Never rejects: what can't be read leaves those that were read before. */
  async #look(): Promise<void> {
    try {
      const found = await stat(this.#file);
      const seen = `${String(found.mtimeMs)} ${String(found.size)} ${String(found.ino)} ${String(found.mode)}`;
      if (seen === this.#seen) return;
      this.#seen = seen;
      if (isOpenToOthers(found)) throw new Error('others may read it: chmod 600');
      const parsed = parseSaslUsers(await readFile(this.#file, 'utf8'));
      if ('wrongLine' in parsed) {
        throw new Error(`line ${String(parsed.wrongLine)} is not name:password`);
      }
      this.#passwords = new Map(parsed.users.map(({ name, password }) => [name, password]));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#logger.log('warn', 'saslUsersUnread', { file: this.#file, why });
    }
  }
}
