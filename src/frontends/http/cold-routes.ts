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
 * Gives what answers, by express, the routes of `routes.ts`: all but `/v1/nodes` and the probes, which are answered
 * before it.
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
    const full = exampleOf(route.path, path);
    examples.set(full, route.path);
    if (!route.path.startsWith('/v1/')) continue;
    const short = exampleOf(route.path, `/v1${path}`).slice('/v1'.length);
    if (!examples.has(short)) examples.set(short, route.path);
  }
  const found = nearest(path.slice(0, comparedLengthMax), [...examples.keys()]);
  return found === undefined ? undefined : examples.get(found);
}

/** Fills the open segments of a route with those of the path, and gives as much of it as is compared. */
function exampleOf(route: string, path: string): string {
  const given = path.split('/');
  const segments = route.split('/');
  const isOpen = (segment: string): boolean => segment.startsWith('{');
  const filled = segments.map((segment, index) => (isOpen(segment) ? given[index] : segment));
  // The path of a znode has any number of names.
  const rest = route.startsWith(`${nodesPrefix}/`) ? given.slice(segments.length) : [];
  const example = [...filled.filter((segment) => segment !== undefined), ...rest].join('/');
  return example.slice(0, comparedLengthMax);
}
