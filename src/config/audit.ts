import { resolve } from 'node:path';
import { parsePath, type ZnodePath } from '../model/path.ts';
import type { Chosen } from './chosen.ts';
import { configDefaults, type AuditSettings } from './config.ts';
import type { Findings } from './findings.ts';
import type { SettingKey } from './settings.ts';

const withoutFile = [
  'audit.maxBytes',
  'audit.keep',
  'audit.onFailure',
  'audit.writesBelow',
] as const satisfies readonly SettingKey[];

/** Gives how the audit log is kept; undefined: there is none, which nobody must take for one. */
export function assembleAudit(chosen: Chosen, findings: Findings): AuditSettings | undefined {
  const file = chosen.get('audit.file');
  if (file === undefined) {
    const [first] = withoutFile.filter((key) => chosen.get(key) !== undefined);
    if (first === undefined) return undefined;
    findings.complain(
      chosen.where(first),
      `${first} says how the audit log is kept, and there is none`,
      'Name its file in audit.file (zoo.cfg: quoll.audit.file), or take it out.',
    );
    return undefined;
  }
  const { auditMaxBytes, auditKeep, auditOnFailure } = configDefaults;
  return {
    file: resolve(file),
    maxBytes: chosen.get('audit.maxBytes') ?? auditMaxBytes,
    keep: chosen.get('audit.keep') ?? auditKeep,
    onFailure: chosen.get('audit.onFailure') ?? auditOnFailure,
    writesBelow: (chosen.get('audit.writesBelow') ?? []).flatMap(pathOf),
  };
}

/** The setting has taken none that is no path. */
function pathOf(text: string): ZnodePath[] {
  const path = parsePath(text);
  return typeof path === 'string' ? [path] : [];
}
