import type { Identity } from './acl.ts';
import type { ErrorCode } from './error-code.ts';
import type { Zxid } from './zxid.ts';

/** The doors of a peer, as whoever reads the audit log is told of them. */
export const doorNames = ['http', 'websocket', 'grpc', 'zookeeper'] as const;

export type DoorName = (typeof doorNames)[number];

/** What is recorded, and what it means. */
export const auditKinds = {
  started: 'this peer began to serve',
  stopped: 'this peer was told to stop',
  authenticated: 'somebody proved who he is, for the first time on his connection',
  ended: 'what somebody had proved ended or was revoked, and what he had open with it',
  authFailed: 'a wrong password, secret, token or certificate was shown',
  refused: 'somebody asked for what he has no right to',
  acl: 'the ACL of a znode was changed',
  auth: 'roles, grants, tokens or the switch of them were changed',
  membership: 'the peers that vote were changed',
  leadership: 'leadership was moved by hand',
  backup: 'the data was taken out, or put back',
  configuration:
    'what an operator sets was changed: quotas, keys, what is logged, the level of the ensemble',
  write: 'a write below one of audit.writesBelow was done',
  lost: 'so many records could not be written before this one',
} as const satisfies Record<string, string>;

export type AuditKind = keyof typeof auditKinds;

/** What was done or refused, and to whom: never a value, a password or a token. */
export interface AuditEvent {
  readonly event: AuditKind;
  /** All that is known of who asked, his address among it. Empty: this peer by itself. */
  readonly who: readonly Identity[];
  readonly door?: DoorName | undefined;
  /** The operation, by the name that the service has for it. */
  readonly op: string;
  readonly path?: string | undefined;
  /** Why it was refused, or why nobody knows what became of it. Undefined: it was done. */
  readonly code?: ErrorCode | undefined;
  readonly zxid?: Zxid | undefined;
  /** What was changed to what, in a few words; for `authFailed` whom it was to prove. Nothing secret. */
  readonly detail?: string | undefined;
  /** How often, where several are recorded as one. */
  readonly times?: number | undefined;
}

/** A line of the audit log: a JSON object, in this order. */
export interface AuditRecord {
  /** ISO 8601, UTC, by the wall clock of the peer. */
  readonly time: string;
  /** The id of the peer. */
  readonly server: number;
  readonly event: AuditKind;
  /** `scheme:id` each; of a digest the user alone, who need not be the one that he says. */
  readonly who: readonly string[];
  /** The address. */
  readonly from?: string;
  readonly door?: DoorName;
  readonly op: string;
  readonly path?: string;
  /** `unknown`: it may have been done; its caller did not wait for the answer, or a leader was lost. */
  readonly verdict: 'done' | 'refused' | 'unknown';
  readonly code?: ErrorCode;
  readonly zxid?: string;
  readonly detail?: string;
  readonly times?: number;
}

/** Names an identity where it may be read: nothing of what proved it. */
export function auditName({ scheme, id }: Identity): string {
  if (scheme === 'super') return scheme;
  return `${scheme}:${scheme === 'digest' ? (id.split(':', 1)[0] ?? '') : id}`;
}
