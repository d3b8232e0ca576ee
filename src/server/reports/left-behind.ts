import type { Logger } from '../../ports/logger.ts';
import type { StateMachine } from '../../state/state-machine.ts';

/** Paths in the line: there may be as many as clients liked to make. */
const namedMax = 10;

/** Says once that clients of a version without grants left something where the ensemble keeps its own. */
export class LeftBehindReport {
  readonly #logger: Logger;
  #isSaid = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  look({ grants }: Pick<StateMachine, 'grants'>): void {
    if (this.#isSaid) return;
    const paths = grants.leftBehind();
    if (paths.length === 0) return;
    this.#isSaid = true;
    const message =
      'clients made this while the ensemble ran a version that knew no grants: it counts for nothing, and ' +
      '"quoll auth init" takes its place';
    this.#logger.log('warn', 'leftBehindIgnored', { paths: paths.slice(0, namedMax), message });
  }
}
