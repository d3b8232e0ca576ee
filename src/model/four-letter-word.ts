/** What a ZooKeeper server may be asked in four bytes (ZooKeeper's FourLetterCommands), without telnet's close sequence. */
export const fourLetterWords = Object.freeze([
  'conf',
  'cons',
  'crst',
  'dirs',
  'dump',
  'envi',
  'gtmk',
  'hash',
  'isro',
  'mntr',
  'ruok',
  'srst',
  'srvr',
  'stat',
  'stmk',
  'wchc',
  'wchp',
  'wchs',
] as const);

export type FourLetterWord = (typeof fourLetterWords)[number];
