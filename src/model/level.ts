// What of the ensemble's formats is in use, and which builds know it. One table: a new level, or a new protocol, is a line
// here, and CONTRIBUTING.md says what else.

interface Level {
  readonly level: number;
  /** Whoever speaks this protocol, or a newer one, knows the level. */
  readonly protocol: number;
  /** What is written, in the log, in snapshots and in the state, that is not written below it. */
  readonly brings: string;
}

/**
 * Levels, each with all of those before it. The leader writes nothing that is above the level of its ensemble, so that a
 * build which knows no more can still read all that there is, and the version before can be gone back to.
 */
export const levels: readonly Level[] = [
  { level: 1, protocol: 5, brings: 'all that was there before there were levels' },
  {
    level: 2,
    protocol: 6,
    brings: 'changes of the membership; sessions that know who may keep them',
  },
];

/** The level of an ensemble whose log says none: its members are not written down in it. */
export const firstLevel = 1;
/** From this level on members may be added and removed, and sessions be kept by who began them. */
export const membersLevel = 2;
export const newestLevel = 2;

/** The highest level that a request may name. */
export const levelMax = 1_000;

/** Protocols that a peer speaks with others, the oldest and the newest. */
export interface ProtocolRange {
  readonly oldest: number;
  readonly newest: number;
}

/** 5 is what the last release speaks. 6 has `lead`, `farewell`, `handOver` and its refusal, and two requests more. */
export const protocols: ProtocolRange = { oldest: 5, newest: 6 };
/** Leadership is handed over among those who speak it, and requests about members and levels go to no older leader. */
export const handOverProtocol = 6;

export function isSpoken({ oldest, newest }: ProtocolRange, protocol: number): boolean {
  return protocol >= oldest && protocol <= newest;
}

/** The newest level of whoever speaks these protocols. */
export function newestLevelFor({ newest }: ProtocolRange): number {
  const known = levels.filter(({ protocol }) => protocol <= newest);
  return known.at(-1)?.level ?? firstLevel;
}

/** The oldest protocol that knows the level. Of a level that this build does not know, the newest that it speaks. */
export function protocolOf(level: number): number {
  return levels.find((each) => each.level === level)?.protocol ?? protocols.newest;
}
