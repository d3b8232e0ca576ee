import type { Mishaps, Scenario } from './one-change.ts';

/** At one step so many of the things that could be next are tried. */
const turnsMax = 4;

/** What is combined with what. */
export type Kind = 'one' | 'crash, turn' | 'split, turn' | 'crash, split';

/** All there are of a kind, for a change that takes so many steps by itself. */
export function* mishapsOf(kind: Kind, scenario: Scenario, steps: number): Generator<Mishaps> {
  switch (kind) {
    case 'one':
      yield {};
      for (const crash of crashes(scenario, steps)) yield { crash };
      for (const split of splits(scenario, steps)) yield { split };
      for (const turn of turns(0, steps)) yield { turn };
      return;
    case 'crash, turn':
      for (const crash of crashes(scenario, steps)) {
        for (const turn of turns(0, crash.before)) yield { crash, turn };
      }
      return;
    case 'split, turn':
      for (const split of splits(scenario, steps)) {
        for (const turn of turns(0, split.before)) yield { split, turn };
      }
      return;
    case 'crash, split':
      for (const crash of crashes(scenario, steps)) {
        for (const split of splits(scenario, steps)) yield { crash, split };
      }
  }
}

function* crashes(scenario: Scenario, steps: number): Generator<NonNullable<Mishaps['crash']>> {
  for (let before = 0; before <= steps; before++) {
    for (const peer of [...scenario.voters, ...scenario.joiners]) {
      yield { peer, before, comesBack: false };
      yield { peer, before, comesBack: true };
    }
  }
}

/** Into two: the side without the first peer. */
function* splits(scenario: Scenario, steps: number): Generator<NonNullable<Mishaps['split']>> {
  const [, ...others] = [...scenario.voters, ...scenario.joiners];
  for (let before = 0; before <= steps; before++) {
    for (let bits = 1; bits < 2 ** others.length; bits++) {
      yield { side: others.filter((_, index) => (bits & (1 << index)) !== 0), before };
    }
  }
}

function* turns(from: number, to: number): Generator<NonNullable<Mishaps['turn']>> {
  for (let step = from; step < to; step++) {
    for (let which = 1; which <= turnsMax; which++) yield { step, which };
  }
}
