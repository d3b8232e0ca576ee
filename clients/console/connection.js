// One WebSocket to the peer that served this page, opened again when it breaks.

const retryMs = 1_000;

/**
 * `opened` is called each time the socket is open; `closed` when it is not any more; `event` with what watches yield.
 * Requests that the socket took along reject.
 */
export class Connection {
  #socket;
  #nextId = 1;
  #waiting = new Map();
  #listeners = new Map();
  #on;

  constructor(on) {
    this.#on = on;
    this.#open();
  }

  /** The `ok` of the answer; rejects with the problem. */
  ask(op, fields = {}) {
    return this.#send(op, fields).answer;
  }

  /** `event` gets every document of the watch, for as long as this socket lasts. */
  watch(fields, event) {
    const { id, answer } = this.#send('watch', fields);
    this.#listeners.set(id, event);
    return answer;
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
    const socket = new WebSocket(
      `${location.protocol.replace('http', 'ws')}//${location.host}/v1/ws`,
    );
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#on.opened();
    });
    socket.addEventListener('message', ({ data }) => {
      this.#take(JSON.parse(data));
    });
    socket.addEventListener('close', () => {
      this.#listeners.clear();
      for (const id of [...this.#waiting.keys()]) this.#fail(id, new Error('the connection broke'));
      this.#on.closed();
      setTimeout(() => {
        this.#open();
      }, retryMs);
    });
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
