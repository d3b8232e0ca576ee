import type { Exchange } from './exchange.ts';

/** Holds the segments of a URL that its route leaves open, decoded, by their names. */
export type UrlSegments = Readonly<Record<string, string>>;

/** A route of this door beside `/v1/nodes`: what the OpenAPI document lists, and what answers it. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As in the OpenAPI document: `{name}` stands for one segment. */
  readonly path: string;
  readonly parameters: readonly string[];
  answer(exchange: Exchange, segments: UrlSegments): Promise<void> | void;
}
