// What is shown as it changes: all of the tree, or with grants on what the user's roles let him watch.

const everywhere = ['/'];
/** Of a socket's thousand watches; who has more prefixes than that is shown these live. */
const watchesMax = 500;

/** The prefixes that somebody may watch, none below another, by the answer to `whoami`. */
function watchableBy({ on, identities, roles, rules }) {
  const mayAll = roles.includes('admin') || identities.some((each) => each.startsWith('super:'));
  if (!on || mayAll) return everywhere;
  const granted = rules.filter(({ verbs }) => verbs.includes('watch')).map(({ prefix }) => prefix);
  const all = [...new Set(granted)].sort();
  return all
    .filter((prefix) => !all.some((other) => other !== prefix && isBelow(prefix, other)))
    .slice(0, watchesMax);
}

function isBelow(path, prefix) {
  return prefix === '/' || path === prefix || path.startsWith(`${prefix}/`);
}

/**
 * `event` gets what happens, `lost` is called when something of it is missing, and `told` with words, each time where live
 * changes stop is another place.
 */
export class Live {
  #connection;
  #on;
  /** By prefix: what `watch` gave. */
  #watches = new Map();

  constructor(connection, on) {
    this.#connection = connection;
    this.#on = on;
  }

  /** A new socket has no watches of the one before, and may be somebody else's. */
  async begin() {
    this.#watches.clear();
    await this.look();
  }

  /** Asks what may be watched by now, and does; true when that is something else than before. */
  async look() {
    const prefixes = watchableBy(await this.#connection.ask('whoami'));
    const gone = [...this.#watches.keys()].filter((prefix) => !prefixes.includes(prefix));
    const come = prefixes.filter((prefix) => !this.#watches.has(prefix));
    for (const prefix of gone) this.#unwatch(prefix);
    await Promise.all(come.map((prefix) => this.#watch(prefix)));
    this.#on.told(wordsFor(prefixes));
    return gone.length + come.length > 0;
  }

  covers(path) {
    return [...this.#watches.keys()].some((prefix) => isBelow(path, prefix));
  }

  async #watch(prefix) {
    const watching = this.#connection.watch({ path: prefix, recursive: true }, (event) => {
      if (event.path !== undefined) this.#on.event(event);
      else if (event.type === 'lost' || event.type === 'refused') {
        // Over: what may be watched is asked anew, and what is shown as well.
        if (this.#watches.get(prefix) === watching) this.#watches.delete(prefix);
        if (event.type === 'lost') this.#on.lost();
      }
    });
    this.#watches.set(prefix, watching);
    await watching.answer;
  }

  #unwatch(prefix) {
    this.#watches.get(prefix)?.stop();
    this.#watches.delete(prefix);
  }
}

function wordsFor(prefixes) {
  if (prefixes.includes('/')) return '';
  if (prefixes.length === 0) {
    return 'Nothing is shown as it changes: no role of yours gives the verb "watch".';
  }
  return `Live below ${prefixes.join(', ')}. All else is shown as it was when it was opened.`;
}
