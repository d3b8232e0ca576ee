import { auditName, type AuditEvent, type AuditRecord } from '../../model/audit.ts';
import type { ServerId } from '../../model/ids.ts';
import { formatZxid } from '../../model/zxid.ts';

/** Characters that a record has of any one text. */
export const auditTextMax = 4_096;
/** Identities of who asked that a record names. */
export const auditIdentitiesMax = 20;

/** Gives the line of an event, with its line feed. JSON escapes what a terminal would obey, C1 controls included. */
export function auditLine(event: AuditEvent, server: ServerId, wallMs: number): string {
  const record: AuditRecord = {
    time: new Date(wallMs).toISOString(),
    server,
    event: event.event,
    ...whoOf(event),
    ...(event.door !== undefined && { door: event.door }),
    op: event.op,
    ...(event.path !== undefined && { path: cut(event.path) }),
    verdict: verdictOf(event),
    ...(event.code !== undefined && { code: event.code }),
    ...(event.zxid !== undefined && { zxid: formatZxid(event.zxid) }),
    ...(event.detail !== undefined && { detail: cut(event.detail) }),
    ...(event.times !== undefined && { times: event.times }),
  };
  return `${JSON.stringify(record).replace(controls, escaped)}\n`;
}

/** A change under a code is one of which nobody knows whether it was made: those that were refused are `refused`. */
function verdictOf({ event, code }: AuditEvent): AuditRecord['verdict'] {
  if (code === undefined) return 'done';
  return event === 'refused' || event === 'authFailed' ? 'refused' : 'unknown';
}

/** The address stands apart from what was proved. */
function whoOf({ who }: AuditEvent): Pick<AuditRecord, 'who' | 'from'> {
  const address = who.find(({ scheme }) => scheme === 'ip')?.id;
  const proved = who.filter(({ scheme }) => scheme !== 'ip');
  const names = proved.slice(0, auditIdentitiesMax).map((each) => cut(auditName(each)));
  if (proved.length > names.length) names.push(`… ${String(proved.length - names.length)} more`);
  return { who: names, ...(address !== undefined && { from: address }) };
}

function cut(text: string): string {
  return text.length > auditTextMax ? `${text.slice(0, auditTextMax)}…` : text;
}

// What JSON leaves as it is, and a terminal or an editor takes for a command or a line's end.
const controls = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

function escaped(control: string): string {
  return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
