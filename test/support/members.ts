import assert from 'node:assert/strict';
import type { PeerProcess, TestEnsemble } from './ensemble.ts';
import { until } from './until.ts';

export interface MemberJson {
  readonly id: number;
  readonly role: string;
  readonly voter: boolean;
  readonly joining: boolean;
  readonly leader: boolean;
  readonly state: string;
  readonly host: string;
  readonly quorumPort: number;
  readonly electionPort: number;
  readonly inConfig: boolean;
}

export interface MembersJson {
  readonly version: string;
  readonly members: readonly MemberJson[];
}

/** Leaves a peer the server lines of these ids alone, as before the others were thought of. */
export function configureWith(peer: PeerProcess, ids: readonly number[]): void {
  peer.rewriteConfig((text) =>
    text
      .split('\n')
      .filter((line) => {
        const [, id] = /^server\.(\d+)=/.exec(line) ?? [];
        return id === undefined || ids.includes(Number(id));
      })
      .join('\n'),
  );
}

export interface NewMember {
  readonly id: number;
  readonly host: string;
  readonly quorumPort: number;
  readonly electionPort: number;
  readonly role: string | undefined;
}

/** What has to be sent to have a peer added: as its own configuration has it. */
export function memberOf(peer: PeerProcess): NewMember {
  const line = new RegExp(`^server\\.${String(peer.id)}=(.*):(\\d+):(\\d+):(\\w+)$`, 'm');
  const [, host, quorumPort, electionPort, role] = line.exec(peer.configText) ?? [];
  assert.ok(host !== undefined, 'it has a line of its own');
  return {
    id: peer.id,
    host,
    quorumPort: Number(quorumPort),
    electionPort: Number(electionPort),
    role,
  };
}

export async function membersBy(peer: PeerProcess): Promise<MembersJson> {
  return JSON.parse((await peer.ask('/v1/members')).body) as MembersJson;
}

/** A change, as a peer answers it. */
export async function changeBy(
  peer: PeerProcess,
  method: 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<Response> {
  return fetch(`${peer.http}/v1/members${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    }),
  });
}

/** Repeated while the ensemble says that it can't now. */
export async function changed(...asked: Parameters<typeof changeBy>): Promise<MembersJson> {
  return until(`${asked[1]} /v1/members${asked[2]}`, async () => {
    const answer = await changeBy(...asked);
    const text = await answer.text();
    if (answer.status === 200) return JSON.parse(text) as MembersJson;
    const { retryable } = JSON.parse(text) as { readonly retryable: boolean };
    assert.ok(retryable || answer.status === 504, text);
    return undefined;
  });
}

/** Until these vote and nobody else does, as this peer has it. */
export async function votersAre(peer: PeerProcess, ids: readonly number[]): Promise<void> {
  await until(`the voters ${ids.join(', ')} at peer ${String(peer.id)}`, async () => {
    const { members } = await membersBy(peer);
    const voters = members.filter(({ voter }) => voter).map(({ id }) => id);
    return voters.join() === ids.join();
  });
}

/** Starts a peer that is to join and has it added by another; resolves once it votes. */
export async function join(ensemble: TestEnsemble, id: number, by: PeerProcess): Promise<void> {
  const peer = ensemble.peer(id);
  await changed(by, 'POST', '', memberOf(peer));
  // Not before: who was removed and is started hears that it was.
  if (!peer.isRunning) peer.start();
  await until(`peer ${String(id)} to vote`, async () => {
    const { members } = await membersBy(by);
    return members.some((member) => member.id === id && member.voter);
  });
}
