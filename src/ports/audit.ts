import type { AuditEvent } from '../model/audit.ts';

/**
 * Takes down who did or was refused what. Called by the service for what it judges, and by doors for what they judge
 * themselves; when it returns the record may not be on the disk yet. Never throws: what happens when records can't be
 * kept is a policy of the adapter's.
 */
export interface Audit {
  record(event: AuditEvent): void;
}

/** Takes nothing down. */
export const noAudit: Audit = Object.freeze({ record: () => undefined });
