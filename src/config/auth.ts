import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isOpenToOthers } from '../base/file-mode.ts';
import type { JwtSettings } from '../model/jwt-settings.ts';
import { parseSaslUsers } from '../model/sasl.ts';
import type { Chosen } from './chosen.ts';
import { configDefaults, isLoopbackHost, type AuthSettings } from './config.ts';
import type { Findings } from './findings.ts';
import type { SettingKey } from './settings.ts';

const jwtKeys = [
  ...(['auth.jwt.audience', 'auth.jwt.jwksUrl', 'auth.jwt.jwksFile'] as const),
  ...(['auth.jwt.algorithms', 'auth.jwt.groupsClaim', 'auth.jwt.name'] as const),
] satisfies readonly SettingKey[];

/** Gives by what clients prove who they are. */
export function assembleAuth(chosen: Chosen, findings: Findings): AuthSettings {
  return {
    superDigest: chosen.get('auth.superDigest'),
    certificateNames: chosen.get('auth.certificateNames') ?? 'dn',
    jwt: assembleJwt(chosen, findings),
    saslUsersFile: assembleSaslUsers(chosen, findings),
    saslWithoutTls: chosen.get('auth.saslWithoutTls') ?? false,
  };
}

/** Also looked at while the peer runs; here it is said at once what is wrong with it. */
function assembleSaslUsers(chosen: Chosen, findings: Findings): string | undefined {
  const named = chosen.get('auth.saslUsersFile');
  if (named === undefined) return undefined;
  const file = resolve(named);
  const where = chosen.where('auth.saslUsersFile');
  try {
    if (isOpenToOthers(statSync(file))) {
      findings.complain(
        where,
        `others may read the passwords in ${file}`,
        `Type: chmod 600 ${file}`,
      );
    }
    const parsed = parseSaslUsers(readFileSync(file, 'utf8'));
    if ('wrongLine' in parsed) {
      const problem = `line ${String(parsed.wrongLine)} of ${file} is no user`;
      findings.complain(where, problem, 'Write one in each line, as name:password.');
    }
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const fix = 'Make it, with a line name:password for each user, readable by its owner alone.';
    findings.complain(where, `${file} cannot be read (${code})`, fix);
  }
  return file;
}

function assembleJwt(chosen: Chosen, findings: Findings): JwtSettings | undefined {
  const issuer = chosen.get('auth.jwt.issuer');
  if (issuer === undefined) {
    const stray = jwtKeys.find((key) => chosen.get(key) !== undefined);
    if (stray !== undefined) {
      findings.complain(
        chosen.where(stray),
        `${stray} is set, and no issuer is named`,
        'Name it in auth.jwt.issuer (zoo.cfg: quoll.auth.jwt.issuer), as its tokens have it.',
      );
    }
    return undefined;
  }
  const audience = chosen.get('auth.jwt.audience') ?? [];
  if (audience.length === 0) {
    findings.complain(
      chosen.where('auth.jwt.issuer'),
      'nothing says whom tokens must be made for: those for others would be taken',
      'Name it in auth.jwt.audience, as the issuer knows this ensemble.',
    );
  }
  const jwksUrl = chosen.get('auth.jwt.jwksUrl');
  const jwksFile = chosen.get('auth.jwt.jwksFile');
  checkUrl('auth.jwt.issuer', issuer, chosen, findings);
  if (jwksUrl !== undefined) checkUrl('auth.jwt.jwksUrl', jwksUrl, chosen, findings);
  if (jwksUrl !== undefined && jwksFile !== undefined) {
    const problem = 'keys come from a URL and from a file';
    findings.complain(chosen.where('auth.jwt.jwksFile'), problem, 'Take one of the two out.');
  }
  return {
    issuer,
    audience,
    jwksUrl,
    jwksFile: jwksFile === undefined ? undefined : resolve(jwksFile),
    algorithms: chosen.get('auth.jwt.algorithms') ?? configDefaults.jwtAlgorithms,
    groupsClaim: chosen.get('auth.jwt.groupsClaim') ?? configDefaults.jwtGroupsClaim,
    name: chosen.get('auth.jwt.name') ?? hostOf(issuer),
  };
}

/** Whoever could change what comes from there could sign for anybody. */
function checkUrl(key: SettingKey, given: string, chosen: Chosen, findings: Findings): void {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isSafe = url?.protocol === 'https:';
  const isLocal = url?.protocol === 'http:' && isLoopbackHost(url.hostname);
  if (isSafe || isLocal) return;
  const problem = `"${given}" is no URL that can be trusted`;
  findings.complain(chosen.where(key), problem, 'Write https://…, or http:// on this machine.');
}

function hostOf(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).host : issuer;
}
