import { z } from 'zod';
import {
  formatPrincipal,
  isComplaint,
  parsePrincipal,
  readGrant,
  readRole,
  readToken,
  type AuthComplaint,
} from '../../../model/auth.ts';
import type { Asking, AuthDocumentKind, AuthStatus } from '../../../service/auth.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { decodeJson } from '../exchange/json-body.ts';
import { badRequest } from '../exchange/problem.ts';
import type { Route, UrlSegments } from '../exchange/route.ts';

const initSchema = z.strictObject({ principals: z.array(z.string()).optional() });
const roleSchema = z.strictObject({ rules: z.unknown() });
const tokenSchema = z.strictObject({
  sha256: z.unknown(),
  groups: z.unknown().optional(),
  notAfter: z.unknown().optional(),
});
const grantSchema = z.strictObject({ principals: z.unknown(), roles: z.unknown() });

/** Who asks and what he may do, the switch, and roles, grants and tokens by name. */
export const authRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1/auth', parameters: ['timeout'], answer: showStatus },
  { method: 'POST', path: '/v1/auth/init', parameters: ['timeout'], answer: switchOn },
  { method: 'POST', path: '/v1/auth/off', parameters: ['timeout'], answer: switchOff },
  ...documentRoutes('roles', async (exchange, name, asking) => {
    const { rules } = decodeJson(await exchange.jsonBody(), roleSchema);
    return exchange.door.service.auth.put('roles', name, orBadRequest(readRole(rules)), asking);
  }),
  ...documentRoutes('grants', async (exchange, name, asking) => {
    const { principals, roles } = decodeJson(await exchange.jsonBody(), grantSchema);
    const grant = orBadRequest(readGrant(principals, roles));
    return exchange.door.service.auth.put('grants', name, grant, asking);
  }),
  ...documentRoutes('tokens', async (exchange, name, asking) => {
    const given = decodeJson(await exchange.jsonBody(), tokenSchema);
    return exchange.door.service.auth.put('tokens', name, orBadRequest(readToken(given)), asking);
  }),
];

type Put = (
  exchange: Exchange,
  name: string,
  asking: Asking,
) => ReturnType<Exchange['door']['service']['auth']['delete']>;

function documentRoutes(kind: AuthDocumentKind, put: Put): readonly Route[] {
  const all = `/v1/auth/${kind}`;
  const one = `${all}/{name}`;
  const parameters = ['timeout'];
  return [
    {
      method: 'GET',
      path: all,
      parameters,
      async answer(exchange) {
        const listed = await exchange.door.service.auth.list(kind, askingOf(exchange));
        exchange.sendJson(200, { [kind]: listed.documents }, { meta: listed.meta });
      },
    },
    {
      method: 'GET',
      path: one,
      parameters,
      async answer(exchange, { name = '' }) {
        const found = await exchange.door.service.auth.get(kind, name, askingOf(exchange));
        exchange.sendJson(200, found.document, { meta: found.meta });
      },
    },
    {
      method: 'PUT',
      path: one,
      parameters,
      async answer(exchange, { name = '' }: UrlSegments) {
        const meta = await put(exchange, name, askingOf(exchange));
        exchange.send({ status: 204, meta });
      },
    },
    {
      method: 'DELETE',
      path: one,
      parameters,
      async answer(exchange, { name = '' }) {
        const meta = await exchange.door.service.auth.delete(kind, name, askingOf(exchange));
        exchange.send({ status: 204, meta });
      },
    },
  ];
}

async function showStatus(exchange: Exchange): Promise<void> {
  const status = await exchange.door.service.auth.status(askingOf(exchange));
  exchange.sendJson(200, statusDocument(status), { meta: status.meta });
}

async function switchOn(exchange: Exchange): Promise<void> {
  const asking = askingOf(exchange);
  const { principals = [] } = decodeJson(await exchange.jsonBody(), initSchema);
  for (const principal of principals) orBadRequest(parsePrincipal(principal));
  const status = await exchange.door.service.auth.init(principals, asking);
  exchange.sendJson(200, statusDocument(status), { meta: status.meta });
}

async function switchOff(exchange: Exchange): Promise<void> {
  const meta = await exchange.door.service.auth.off(askingOf(exchange));
  exchange.send({ status: 204, meta });
}

function statusDocument({ on, identities, roles, rules, warning }: AuthStatus): object {
  const shown = { on, identities: identities.map(formatPrincipal), roles, rules };
  return warning === undefined ? shown : { ...shown, warning };
}

function askingOf(exchange: Exchange): Asking {
  return { caller: exchange.caller(), timeoutMs: exchange.timeoutMs() };
}

function orBadRequest<Document extends object>(read: Document | AuthComplaint): Document {
  if (isComplaint(read)) throw badRequest(read.complaint);
  return read;
}
