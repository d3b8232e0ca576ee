// node dist/test/hostile/attacker-main.js NAME SCALE TARGET-AS-JSON: prepares, says "prepared", and attacks from the first
// line of its input to the end of it.
import { once } from 'node:events';
import type { Target } from './attack.ts';
import { attacks } from './attacks.ts';

const [, , name, scale, json = ''] = process.argv;
const attack = attacks.find((one) => one.name === name);
if (attack === undefined) throw new Error(`no attack is named ${String(name)}`);
const target = JSON.parse(json) as Target;
await attack.prepare?.(target);
process.stdout.write('prepared\n');
await once(process.stdin, 'data');
const end = await attack.begin(target, Number(scale));
process.stdout.write('attacking\n');
await once(process.stdin, 'end');
end();
process.exit(0);
