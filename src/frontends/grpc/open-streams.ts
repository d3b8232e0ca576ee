import type { ServerErrorResponse } from '#grpc';

/** Knows the streams that are open, so that a door that closes can end them. */
export class OpenStreams {
  readonly #ends = new Set<(status: ServerErrorResponse) => void>();

  add(end: (status: ServerErrorResponse) => void): () => void {
    this.#ends.add(end);
    return () => this.#ends.delete(end);
  }

  endAll(status: ServerErrorResponse): void {
    for (const end of [...this.#ends]) end(status);
  }
}
