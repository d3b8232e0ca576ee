// One WebSocket to the peer that served this page, opened again when it breaks: there, and in turn at the other peers.

const retryMs = 1_000;
/** The folder that this page was found in: a proxy may have put a prefix in front of it. */
const home = new URL('.', document.baseURI).href;
/** A machine that is gone does not even refuse. */
const openMs = 3_000;

/** The URL of a path of the API at the peer (or the proxy in front of it) that is found at `base`. */
function urlAt(base, path) {
  return new URL(path, base);
}

/**
 * `opened` is called each time the socket is open and the peer knows who asks; `refused` when it does not take that, and
 * the socket is nobody's; `closed` when it is not open any more. Requests that the socket took along reject.
 */
export class Connection {
  #socket;
  #nextId = 1;
  #waiting = new Map();
  #listeners = new Map();
  #on;
  /** Where this page came from, then the other peers. */
  #bases = [home];
  #at = 0;
  /** As an Authorization header would have it: here, and nowhere that outlives this page. */
  #authorization;
  #isInHurry = false;

  constructor(on) {
    this.#on = on;
    this.#open();
  }

  /** Where the socket is open, or is being opened. */
  get base() {
    return this.#bases[this.#at] ?? home;
  }

  get isElsewhere() {
    return this.#at > 0;
  }

  /** Tells of the other peers, by the URLs that they are found at. */
  learn(others) {
    const { base } = this;
    // A page that came by TLS may not ask by anything less.
    const usable = others.filter(
      (url) => !(location.protocol === 'https:' && url.startsWith('http:')),
    );
    this.#bases = [home, ...usable.filter((url) => !isSame(url, home))];
    const at = this.#bases.findIndex((known) => isSame(known, base));
    if (at >= 0) this.#at = at;
    else this.#at = this.#bases.push(base) - 1;
  }

  /** Asks in the name of somebody else from now on, by a new socket; undefined: of nobody. */
  signIn(authorization) {
    this.#authorization = authorization;
    this.#isInHurry = true;
    this.#socket.close();
  }

  /** Fetches a document of the API from where the socket is. */
  async fetch(path) {
    const response = await fetch(urlAt(this.base, path));
    return response.json();
  }

  /** The `ok` of the answer; rejects with the problem. */
  ask(op, fields = {}) {
    return this.#send(op, fields).answer;
  }

  /** `event` gets every document of the watch, for as long as this socket lasts or until `stop` is called. */
  watch(fields, event) {
    const { id, answer } = this.#send('watch', fields);
    this.#listeners.set(id, event);
    const stop = () => {
      if (!this.#listeners.delete(id)) return;
      // When the connection breaks it has stopped, too.
      this.ask('unwatch', { watch: id }).catch(() => undefined);
    };
    return { answer, stop };
  }

  #send(op, fields) {
    const id = this.#nextId++;
    const answer = new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ id, op, ...fields }));
    } else {
      this.#fail(id, new Error('not connected'));
    }
    return { id, answer };
  }

  #open() {
    const url = urlAt(this.base, 'v1/ws');
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url);
    this.#socket = socket;
    let wasOpen = false;
    const late = setTimeout(() => {
      socket.close();
    }, openMs);
    socket.addEventListener('open', () => {
      wasOpen = true;
      clearTimeout(late);
      void this.#introduce();
    });
    socket.addEventListener('message', ({ data }) => {
      this.#take(JSON.parse(data));
    });
    socket.addEventListener('close', () => {
      clearTimeout(late);
      this.#listeners.clear();
      for (const id of [...this.#waiting.keys()]) this.#fail(id, new Error('the connection broke'));
      this.#at = wasOpen ? 0 : (this.#at + 1) % this.#bases.length;
      this.#on.closed();
      const waitMs = this.#isInHurry ? 0 : retryMs;
      this.#isInHurry = false;
      setTimeout(() => {
        this.#open();
      }, waitMs);
    });
  }

  async #introduce() {
    const authorization = this.#authorization;
    if (authorization !== undefined) {
      try {
        await this.ask('hello', { authorization });
      } catch (error) {
        // Without a code the connection broke, and is opened again.
        if (error.code !== undefined) this.#on.refused(error.message);
        return;
      }
    }
    this.#on.opened();
  }

  #take(message) {
    if (message.watch !== undefined) {
      this.#listeners.get(message.watch)?.(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.error === undefined) waiting?.resolve(message.ok);
    else waiting?.reject(Object.assign(new Error(message.error.detail), message.error));
  }

  #fail(id, error) {
    this.#waiting.get(id)?.reject(error);
    this.#waiting.delete(id);
  }
}

function isSame(one, other) {
  return new URL(one).href === new URL(other).href;
}
