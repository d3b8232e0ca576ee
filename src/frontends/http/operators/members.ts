import { z } from 'zod';
import { serverId, type ServerId } from '../../../model/ids.ts';
import type { MemberStep } from '../../../model/request.ts';
import { parseZxid, zxidToDecimal, type Zxid } from '../../../model/zxid.ts';
import type { MembershipView } from '../../../service/members.ts';
import { etagsOf } from '../exchange/decode.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { checkedBy, decodeJson } from '../exchange/json-body.ts';
import { badRequest } from '../exchange/problem.ts';
import type { Query } from '../exchange/query.ts';
import type { Route, UrlSegments } from '../exchange/route.ts';

/** The shape alone: what a member may be is the service's to say. */
const addSchema = z.strictObject({
  id: z.int(),
  host: z.string(),
  quorumPort: z.int(),
  electionPort: z.int(),
  role: z.enum(['participant', 'observer']).optional(),
  client: z.string().optional(),
});
const idSchema = z.int();

const parameters = ['timeout', 'fromVersion', 'force'];

/** Who belongs to the ensemble, and changes of that. */
export const memberRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1/members', parameters: [], answer: showMembers },
  { method: 'POST', path: '/v1/members', parameters, answer: addMember },
  {
    method: 'DELETE',
    path: '/v1/members/{id}',
    parameters,
    answer: (exchange, segments) => change(exchange, [{ step: 'remove', id: idIn(segments) }]),
  },
  {
    method: 'POST',
    path: '/v1/members/{id}/promote',
    parameters,
    answer: (exchange, segments) =>
      change(exchange, [{ step: 'role', id: idIn(segments), role: 'participant' }]),
  },
  {
    method: 'POST',
    path: '/v1/members/{id}/demote',
    parameters,
    answer: (exchange, segments) =>
      change(exchange, [{ step: 'role', id: idIn(segments), role: 'observer' }]),
  },
];

function showMembers(exchange: Exchange): void {
  exchange.query([]);
  const { service } = exchange.door;
  const view = service.members.list();
  exchange.sendJson(200, encodeMembers(view), { headers: ['ETag', etagOf(view)] });
}

async function addMember(exchange: Exchange): Promise<void> {
  const {
    id,
    role = 'participant',
    client,
    ...address
  } = decodeJson(await exchange.jsonBody(), addSchema);
  const member = { id: serverId(id), role, ...address, ...(client !== undefined && { client }) };
  await change(exchange, [{ step: 'add', member }]);
}

async function change(exchange: Exchange, steps: readonly MemberStep[]): Promise<void> {
  const query = exchange.query(parameters);
  const asking = { caller: exchange.caller(), timeoutMs: exchange.timeoutMs(query) };
  const fromVersion = fromVersionOf(exchange, query);
  const { meta, ...view } = await exchange.door.service.members.change(
    {
      steps,
      isWhole: false,
      force: query.flag('force'),
      ...(fromVersion !== undefined && { fromVersion }),
    },
    asking,
  );
  exchange.sendJson(200, encodeMembers(view), { meta, headers: ['ETag', etagOf(view)] });
}

function idIn({ id = '' }: UrlSegments): ServerId {
  const number = /^[1-9]\d{0,2}$/.test(id) ? Number(id) : id;
  return serverId(checkedBy(idSchema, number, 'id'));
}

/** `?fromVersion=` or `If-Match`, as `GET` shows it in `version` and `ETag`. */
function fromVersionOf(exchange: Exchange, query: Query): Zxid | undefined {
  const header = exchange.headers['if-match'];
  const asked = query.text('fromVersion');
  if (asked !== undefined && header !== undefined) {
    throw badRequest('fromVersion and If-Match say the same: give one of them');
  }
  const [tag, ...others] = header === undefined || header === '*' ? [] : (etagsOf(header) ?? ['']);
  const text = asked ?? tag?.replaceAll('"', '');
  if (text === undefined) return undefined;
  const version = parseZxid(text);
  if (version !== undefined && others.length === 0) return version;
  throw badRequest('a version of the membership is a number, as GET /v1/members shows it');
}

function etagOf({ version }: MembershipView): string {
  return `"${zxidToDecimal(version)}"`;
}

function encodeMembers({ version, members, pending }: MembershipView): object {
  return {
    version: zxidToDecimal(version),
    pending:
      pending === undefined
        ? null
        : {
            version: zxidToDecimal(pending.version),
            members: pending.members.map(({ id, role, votes }) => ({ id, role, voter: votes })),
          },
    members: members.map((member) => ({
      id: member.id,
      role: member.role,
      voter: member.votes,
      joining: member.isJoining,
      leader: member.leads,
      state: member.isUp ? 'up' : 'down',
      host: member.host,
      quorumPort: member.quorumPort,
      electionPort: member.electionPort,
      client: member.client,
      inConfig: member.isConfigured,
    })),
  };
}
