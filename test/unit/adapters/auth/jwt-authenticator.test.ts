import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JwtAuthenticator } from '../../../../src/adapters/auth/jwt-authenticator.ts';
import type { Principal } from '../../../../src/model/principal.ts';
import type { ProofFailed } from '../../../../src/ports/authenticator.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { Issuer } from '../../../support/identity/issuer.ts';

describe('tokens of strangers', () => {
  let issuer: Issuer;
  let folder: string;
  let file: string;
  let clock: HandClock;
  let jwt: JwtAuthenticator;
  const lines: string[] = [];

  const judge = (token: string, address = '10.0.0.1') =>
    new Promise<Principal | ProofFailed>((resolve) => {
      jwt.signedToken(token, address, resolve);
    });
  const isProved = async (token: string, address?: string) =>
    !('failed' in (await judge(token, address)));

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quoll-jwt-'));
    file = join(folder, 'keys.json');
    issuer = await Issuer.open();
    clock = new HandClock();
    clock.wallOffsetMs = Date.now();
    lines.length = 0;
  });

  function open(): void {
    const { url } = issuer;
    const claims = { audience: ['quoll'], groupsClaim: 'groups', name: 'house' };
    jwt = new JwtAuthenticator({
      settings: {
        ...claims,
        issuer: url,
        jwksUrl: undefined,
        jwksFile: file,
        algorithms: ['ES256'],
      },
      dataDir: folder,
      clock,
      logger: { log: (_, event) => void lines.push(event) },
    });
  }

  afterEach(async () => {
    jwt.stop();
    await issuer.down();
    rmSync(folder, { recursive: true });
  });

  const writeKeys = (): void => {
    writeFileSync(file, JSON.stringify(issuer.keys));
  };

  it('are taken by a key that is new, at once; one that is not there is looked for once a second', async () => {
    writeKeys();
    open();
    assert(await isProved(await issuer.sign()));
    for (const key of ['second', 'third']) {
      await issuer.addKey(key);
      writeKeys();
      assert(await isProved(await issuer.sign({ key })), key);
    }
    await issuer.addKey('fourth');
    const byFourth = await issuer.sign({ key: 'fourth' });
    assert(!(await isProved(byFourth)));
    writeKeys();
    assert(!(await isProved(byFourth)), 'within a second');
    clock.pass(1_000);
    assert(await isProved(byFourth));
  });

  it('have one line a second logged while the file is not to be read', async () => {
    open();
    for (let second = 0; second < 3; second++) {
      for (let each = 0; each < 10; each++) assert(!(await isProved(await issuer.sign())));
      clock.pass(1_000);
    }
    assert(lines.length <= 4, String(lines.length));
  });

  it('are judged only so many at a time, of one address and of all; a known one always', async () => {
    writeKeys();
    open();
    const right = await issuer.sign();
    assert(await isProved(right));
    const tokens = await Promise.all(
      Array.from({ length: 40 }, (_, index) => issuer.sign({ subject: String(index) })),
    );
    const judged = Promise.all(tokens.map((token) => judge(token)));
    assert(await isProved(right));
    assert(await isProved(await issuer.sign({ subject: 'elsewhere' }), '10.0.0.2'));
    const beyond = (await judged).filter((each) => 'failed' in each && each.isBusy === true);
    assert.equal(beyond.length, 24);
    assert(await isProved(tokens.at(-1) ?? ''), 'afterwards');
  });

  it('are judged once, however often the same is shown meanwhile', async () => {
    writeKeys();
    open();
    const token = await issuer.sign();
    const all = await Promise.all(Array.from({ length: 40 }, () => judge(token)));
    assert(all.every((each) => !('failed' in each)));
  });
});
