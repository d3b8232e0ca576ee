import { authRoutes } from './auth/auth-routes.ts';
import type { Route } from './exchange/route.ts';
import { enterParameters } from './locks/decode-enter.ts';
import { proclaim, showLeader } from './locks/elections.ts';
import { checkToken, pollParameters, queueRoutes, showQueue } from './locks/queue-routes.ts';
import { backupParameters, takeBackup } from './operators/backup.ts';
import { moveLeader, raiseLevel, showCluster } from './operators/cluster.ts';
import { answerLive, answerReady, answerStarted } from './operators/health.ts';
import { showInfo } from './operators/info.ts';
import { setLogLevel, showLogLevel } from './operators/log-level.ts';
import { memberRoutes } from './operators/members.ts';
import { showMetrics } from './operators/metrics.ts';
import { showContract, showReference, showReferenceFile } from './reference/show-reference.ts';
import { closeSession, openSession, touchSession } from './sessions.ts';
import { issueTicket } from './streams/issue-ticket.ts';
import { watchParameters, watchStream } from './streams/watch-stream.ts';
import { socketPath } from './websocket/event-streams.ts';
import { explainSocket } from './websocket/explain-socket.ts';
import { writeParameters } from './znodes/call-options.ts';
import { runTxn } from './znodes/run-txn.ts';
import { sync } from './znodes/sync.ts';

const locks = queueRoutes('locks');
const elections = queueRoutes('elections');
const lock = '/v1/locks/{name}';
const election = '/v1/elections/{name}';

const lockRoutes: readonly Route[] = [
  { method: 'POST', path: lock, parameters: enterParameters, answer: locks.enter },
  { method: 'GET', path: lock, parameters: ['timeout'], answer: showQueue },
  // Ahead of the next: no lockId is as short.
  { method: 'GET', path: `${lock}/check`, parameters: ['token', 'timeout'], answer: checkToken },
  { method: 'GET', path: `${lock}/{id}`, parameters: pollParameters, answer: locks.poll },
  { method: 'DELETE', path: `${lock}/{id}`, parameters: ['timeout'], answer: locks.leave },
  { method: 'POST', path: `${lock}/{id}/renew`, parameters: ['timeout'], answer: locks.renew },
  { method: 'POST', path: election, parameters: enterParameters, answer: elections.enter },
  { method: 'GET', path: election, parameters: ['timeout'], answer: showLeader },
  { method: 'GET', path: `${election}/{id}`, parameters: pollParameters, answer: elections.poll },
  { method: 'PUT', path: `${election}/{id}`, parameters: ['timeout'], answer: proclaim },
  { method: 'DELETE', path: `${election}/{id}`, parameters: ['timeout'], answer: elections.leave },
  {
    method: 'POST',
    path: `${election}/{id}/renew`,
    parameters: ['timeout'],
    answer: elections.renew,
  },
];

/** Lists the routes that express finds, each with the parameters it takes and what answers it. */
export const routes: readonly Route[] = [
  ...lockRoutes,
  ...authRoutes,
  ...memberRoutes,
  { method: 'POST', path: '/v1/txn', parameters: writeParameters, answer: runTxn },
  { method: 'POST', path: '/v1/sync', parameters: ['timeout'], answer: sync },
  { method: 'POST', path: '/v1/sessions', parameters: ['timeout'], answer: openSession },
  { method: 'PUT', path: '/v1/sessions/{id}', parameters: ['timeout'], answer: touchSession },
  { method: 'POST', path: '/v1/sessions/{id}', parameters: ['timeout'], answer: touchSession },
  { method: 'DELETE', path: '/v1/sessions/{id}', parameters: ['timeout'], answer: closeSession },
  { method: 'GET', path: '/v1/watch', parameters: watchParameters, answer: watchStream },
  { method: 'GET', path: socketPath, parameters: [], answer: explainSocket },
  { method: 'POST', path: '/v1/tickets', parameters: ['timeout'], answer: issueTicket },
  { method: 'GET', path: '/v1/cluster', parameters: [], answer: showCluster },
  { method: 'GET', path: '/v1/backup', parameters: backupParameters, answer: takeBackup },
  { method: 'POST', path: '/v1/cluster/leader', parameters: ['timeout'], answer: moveLeader },
  { method: 'POST', path: '/v1/cluster/level', parameters: ['timeout'], answer: raiseLevel },
  { method: 'GET', path: '/v1/log-level', parameters: [], answer: showLogLevel },
  { method: 'PUT', path: '/v1/log-level', parameters: ['timeout'], answer: setLogLevel },
  { method: 'GET', path: '/v1/info', parameters: [], answer: showInfo },
  { method: 'GET', path: '/livez', parameters: ['verbose'], answer: answerLive },
  { method: 'GET', path: '/readyz', parameters: ['verbose'], answer: answerReady },
  { method: 'GET', path: '/health', parameters: ['verbose'], answer: answerReady },
  { method: 'GET', path: '/startupz', parameters: ['verbose'], answer: answerStarted },
  { method: 'GET', path: '/metrics', parameters: [], answer: showMetrics },
  { method: 'GET', path: '/openapi.json', parameters: [], answer: showContract },
  { method: 'GET', path: '/docs', parameters: [], answer: showReference },
  { method: 'GET', path: '/docs/{file}', parameters: [], answer: showReferenceFile },
];
