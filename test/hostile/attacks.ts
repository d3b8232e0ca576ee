import type { Attack } from './attack.ts';
import { httpAttacks } from './http-attacks.ts';
import { wireAttacks } from './wire-attacks.ts';

const single: readonly Attack[] = [...httpAttacks, ...wireAttacks];

const mixedOf = [
  'http-pipeline',
  'ws-slow-readers',
  'grpc-closed-window',
  'grpc-burst',
  'zookeeper-pipeline',
  'http-bombs',
];

function named(name: string): Attack {
  const attack = single.find((one) => one.name === name);
  if (attack === undefined) throw new Error(`no attack is named ${name}`);
  return attack;
}

/** Several at once, at different doors. */
const mixed: Attack = {
  name: 'mixed',
  about: `at once: ${mixedOf.join(', ')}`,
  async prepare(target) {
    for (const name of mixedOf) await named(name).prepare?.(target);
  },
  async begin(target, scale) {
    const ends = await Promise.all(mixedOf.map((name) => named(name).begin(target, scale)));
    return () => {
      for (const end of ends) end();
    };
  },
};

export const attacks: readonly Attack[] = [...single, mixed];
