import express from 'express';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { nearest } from '../../base/nearest.ts';
import { answerOtherMethod } from './exchange/allow.ts';
import type { Exchange } from './exchange/exchange.ts';
import { Problem, badRequest } from './exchange/problem.ts';
import type { UrlSegments } from './exchange/route.ts';
import { routes } from './routes.ts';
import { nodesParameters, nodesPrefix } from './znodes/nodes-url.ts';

/** So much of a path is compared with routes: what `nearest` takes. */
const comparedLengthMax = 40;

/**
 * Gives what answers, by express, the routes of `routes.ts`: all but those that are answered before it, being asked for in
 * thousands a second (see `server.ts`).
 */
export function createColdRoutes(): (exchange: Exchange, response: ServerResponse) => void {
  const exchanges = new WeakMap<IncomingMessage, Exchange>();
  const exchangeOf = (request: IncomingMessage): Exchange => {
    const exchange = exchanges.get(request);
    if (exchange === undefined) throw new Error('a request came to express past the gate');
    return exchange;
  };
  const app = express();
  for (const off of ['x-powered-by', 'etag']) app.disable(off);
  for (const on of ['case sensitive routing', 'strict routing']) app.enable(on);
  app.set('query parser', false);
  // Path by path: one that names its last segment is not the one that stands for any.
  for (const path of new Set(routes.map((route) => route.path))) {
    for (const route of routes.filter((candidate) => candidate.path === path)) {
      const method = route.method.toLowerCase() as 'get' | 'post' | 'put' | 'delete';
      app[method](expressPath(path), async (request: express.Request) => {
        const segments = request.params as UrlSegments;
        await route.answer(exchangeOf(request), segments);
      });
    }
    app.all(expressPath(path), (request) => {
      answerOtherMethod(exchangeOf(request), path, methodsOf(path));
    });
  }
  return (exchange, response) => {
    exchanges.set(exchange.request, exchange);
    const { request } = exchange;
    // The third argument is what express calls when no route answered, or one threw: nothing is left to its defaults.
    const answer = app as unknown as (
      request: IncomingMessage,
      response: ServerResponse,
      done: (error?: unknown) => void,
    ) => void;
    answer(request, response, (error) => {
      exchange.fail(problemOfRouting(error) ?? unknownRoute(exchange.rawPath));
    });
  };
}

/** Express throws a `URIError` of its own for a segment that is no percent-encoding. */
function problemOfRouting(error: unknown): unknown {
  return error instanceof URIError
    ? badRequest('the URL is not valid percent-encoded UTF-8')
    : error;
}

/** Lists every path of this door with its methods: what a 404 tells, and what the OpenAPI document must list. */
export function allRoutes(): readonly {
  readonly path: string;
  readonly methods: readonly string[];
}[] {
  const paths = [...new Set(routes.map((route) => route.path))];
  return [
    { path: `${nodesPrefix}/{path}`, methods: Object.keys(nodesParameters) },
    ...paths.map((path) => ({ path, methods: methodsOf(path) })),
  ];
}

function methodsOf(path: string): readonly string[] {
  const methods: string[] = routes
    .filter((route) => route.path === path)
    .map((route) => route.method);
  return methods.includes('GET')
    ? ['GET', 'HEAD', ...methods.filter((method) => method !== 'GET')]
    : methods;
}

function expressPath(path: string): string {
  return path.replace(/\{([a-z]+)\}/g, ':$1');
}

function unknownRoute(path: string): Problem {
  const known = allRoutes().map((route) => `${route.methods.join('|')} ${route.path}`);
  const meant = nearestRoute(path);
  const advice = meant === undefined ? '' : `Did you mean ${meant}? `;
  return new Problem('noRoute', `${advice}The routes are: ${known.join(', ')}`);
}

/** Compares with what each route is for the same names; `/v1` is easily left away. */
function nearestRoute(path: string): string | undefined {
  const examples = new Map<string, string>();
  for (const route of allRoutes()) {
    for (const start of route.path.startsWith('/v1/') ? ['', '/v1'] : ['']) {
      const asked = start + path;
      // The names alone make nothing alike.
      if (nearest(cut(skeletonOf(route.path, asked)), [cut(route.path)]) === undefined) continue;
      const example = cut(exampleOf(route.path, asked).slice(start.length));
      if (!examples.has(example)) examples.set(example, route.path);
    }
  }
  const found = nearest(cut(path), [...examples.keys()]);
  return found === undefined ? undefined : examples.get(found);
}

function cut(path: string): string {
  return path.slice(0, comparedLengthMax);
}

function isOpen(segment: string | undefined): segment is string {
  return segment?.startsWith('{') === true;
}

/** Gives the path with the open segments of the route for its own; that of a znode has any number of names. */
function skeletonOf(route: string, path: string): string {
  const segments = route.split('/');
  const given = path.split('/');
  const compared = route.startsWith(`${nodesPrefix}/`) ? given.slice(0, segments.length) : given;
  return compared
    .map((segment, index) => {
      const own = segments[index];
      return isOpen(own) && segment !== '' ? own : segment;
    })
    .join('/');
}

/** Gives the route with the names of the path for its open segments. */
function exampleOf(route: string, path: string): string {
  const given = path.split('/');
  const segments = route.split('/');
  const filled = segments.map((segment, index) => (isOpen(segment) ? given[index] : segment));
  const rest = route.startsWith(`${nodesPrefix}/`) ? given.slice(segments.length) : [];
  return [...filled.filter((segment) => segment !== undefined), ...rest].join('/');
}
